import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import { openDetection } from '../../src/policy/mask/detect/detection.ts';
import { RecordedTerminal } from '../../src/session/terminal.ts';
import { parseConfig } from '../../src/config/load.ts';
import { minimal } from '../config/examples.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const policies = [
  ...parseConfig(
    minimal({ policy: 'default: allow\n    mask: [{ detect: [credit-card], with: redact }]' }),
    'it',
  ).policies.values(),
];

function open(write: (event: SessionEvent) => Promise<void> | null = () => null) {
  const events: SessionEvent[] = [];
  const lost: unknown[] = [];
  const terminal = new RecordedTerminal({
    recorder: {
      write: (event) => {
        const room = write(event);
        events.push(event);
        return room;
      },
    },
    detection: openDetection([policies], () => ''),
    lost: (error) => lost.push(error),
  });
  const texts = (): readonly string[] => events.flatMap((event) => (event.type === 'terminal' ? [event.text] : []));
  return { terminal, events, lost, texts };
}

describe('the record of a terminal', () => {
  it('has whole lines, and a prompt when nothing follows it', () => {
    const { terminal, texts } = open();
    void terminal.output('one\r\ntwo\r\nName: ');
    expect(texts()).toEqual(['one\r\ntwo\r\n']);
    vi.advanceTimersByTime(200);
    expect(texts()).toEqual(['one\r\ntwo\r\n', 'Name: ']);
  });

  it('masks what policies look for, wherever it is cut', () => {
    const { terminal, texts } = open();
    for (const letter of 'card 4111111111111111 end\n') void terminal.output(letter);
    terminal.end();
    expect(texts().join('')).toMatch(/^card .*end\n$/);
    expect(texts().join('')).not.toContain('4111');
  });

  it('does not let a line grow for ever', () => {
    const { terminal, texts } = open();
    for (let index = 0; index < 9; index += 1) void terminal.output('x'.repeat(1000));
    expect(texts().join('').length).toBeGreaterThan(8000);
  });

  it('has the sizes of the window', () => {
    const { terminal, events } = open();
    terminal.resize(100, 30);
    expect(events).toEqual([{ type: 'resize', connection: 0, columns: 100, rows: 30 }]);
  });

  it('has whoever writes wait where there is no room', async () => {
    const room = Promise.withResolvers<void>();
    const { terminal } = open(() => room.promise);
    const waiting = terminal.output('one\n');
    expect(waiting).toBeInstanceOf(Promise);
    room.resolve();
    await waiting;
  });

  it('that cannot be written ends the session', async () => {
    const failure = new HoopError('record.append', 'no room');
    const thrown = open(() => {
      throw failure;
    });
    void thrown.terminal.output('one\n');
    expect(thrown.lost).toEqual([failure]);
    const rejected = open(() => Promise.reject(failure));
    await rejected.terminal.output('one\n');
    expect(rejected.lost).toEqual([failure]);
  });
});
