import { describe, expect, it } from 'vitest';
import { terminalModes } from '../../../src/protocols/ssh/terminal-modes.ts';

function text(value: string | readonly number[]): Buffer {
  const bytes = Buffer.from(value as string, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** SSH_MSG_CHANNEL_REQUEST for a terminal of 80 by 24. */
function request(modes: readonly number[], type = 'pty-req'): Buffer {
  const size = [0, 0, 0, 80, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0];
  return Buffer.concat([
    Buffer.from([98, 0, 0, 0, 7]),
    text(type),
    Buffer.from([1]),
    text('xterm'),
    Buffer.from(size),
    text(modes),
  ]);
}

describe('the modes of a terminal', () => {
  it('are those of the request, each of them once', () => {
    const modes = [3, 0, 0, 0, 8, 129, 0, 0, 150, 0, 3, 0, 0, 0, 127, 0];
    expect(terminalModes(request(modes))).toEqual(Buffer.from([3, 0, 0, 0, 127, 129, 0, 0, 150, 0, 0]));
  });

  it('end with what is unknown, and with what is cut off', () => {
    const erase = [3, 0, 0, 0, 8];
    const clean = Buffer.from([...erase, 0]);
    for (const rest of [[], [0, 42, 0, 0, 0, 1], [160, 0, 0, 0, 1, 42, 0, 0, 0, 1], [42, 0, 0, 0]])
      expect(terminalModes(request([...erase, ...rest]))).toEqual(clean);
  });

  it('are none where the message ends before them', () => {
    const whole = request([3, 0, 0, 0, 8, 0]);
    for (let length = 21; length < whole.length; length += 1)
      expect(terminalModes(whole.subarray(0, length))).toEqual(Buffer.from([0]));
  });

  it('are not looked for in another message', () => {
    expect(terminalModes(request([3, 0, 0, 0, 8], 'window-change'))).toBeNull();
    expect(terminalModes(Buffer.from([98, 0, 0]))).toBeNull();
  });
});
