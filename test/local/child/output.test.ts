import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Child } from '../../../src/local/child/child.ts';
import { Output } from '../../../src/local/child/output.ts';

/** What is shown on stdout, and what is laid down. */
function stand(secrets: readonly string[] = []) {
  let print: (stream: 'stdout' | 'stderr', chunk: Buffer) => void = () => undefined;
  const child = {
    onOutput: (listener: typeof print) => (print = listener),
    pause: () => undefined,
    resume: () => undefined,
  } as Pick<Child, 'onOutput' | 'pause' | 'resume'> as Child;
  let shown = '';
  let recorded = '';
  const to = (): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        shown += chunk.toString('latin1');
        done();
      },
    });
  const stdout = to();
  const record = {
    output: (text: string): null => {
      recorded += text;
      return null;
    },
    resize: () => undefined,
    end: () => undefined,
  };
  const output = new Output(child, {
    stdout,
    stderr: to(),
    secrets: () => secrets,
    records: [record],
    pipes: false,
  });
  return {
    output,
    stdout,
    print: (bytes: Uint8Array | string) => print('stdout', Buffer.from(bytes)),
    shown: () => shown,
    recorded: () => recorded,
  };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the output of a program', () => {
  it('is on record to the last letter when nobody reads it any more, however slowly it comes', async () => {
    const secrets = ['hunter2'];
    const { output, stdout, print, shown, recorded } = stand(secrets);
    stdout.destroy(new Error('EPIPE'));
    await setImmediate();
    print('prompt hu');
    expect(recorded()).toBe('prompt ');
    vi.advanceTimersByTime(100);
    expect(recorded()).toBe('prompt hu');
    print('nter2 end');
    output.end();
    expect(recorded()).toBe('prompt hu[secret] end');
    expect(shown()).toBe('');
  });

  it('that ends in the middle of a character is on record with a sign of it', () => {
    const { output, print, shown, recorded } = stand();
    print(Buffer.from('end é').subarray(0, 5));
    output.end();
    expect(shown()).toBe('end \u00c3');
    expect(recorded()).toBe('end \ufffd');
  });
});
