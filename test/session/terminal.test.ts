import { createHash } from 'node:crypto';
import fc from 'fast-check';
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

const LOOKING = [
  ...parseConfig(
    minimal({ policy: 'default: allow\n    mask: [{ detect: [credit-card, private-key, aws-key], with: redact }]' }),
    'it',
  ).policies.values(),
];

const KEY = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkq', 'hkiG9w0BAQEFAASC', '-----END PRIVATE KEY-----'].join(
  '\r\n',
);

/** A key as it is shown: every letter hidden, its lines as they were. */
const hiddenLines = (key: string): string => key.replaceAll(/[^\r\n]/g, '*').replace('*'.repeat(10), '[redacted]');

function open(
  write: (event: SessionEvent) => Promise<void> | null = () => null,
  policies = LOOKING,
  results: 'full' | 'summary' = 'full',
) {
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
    results,
    detection: openDetection([policies], () => ''),
    lost: (error) => lost.push(error),
  });
  const texts = (): readonly string[] => events.flatMap((event) => (event.type === 'terminal' ? [event.text] : []));
  return { terminal, events, lost, texts };
}

describe('the record of a terminal', () => {
  it('has what was shown as it came', () => {
    const { terminal, texts } = open();
    void terminal.output('one\r\ntwo\r\nName: ');
    expect(texts()).toEqual(['one\r\ntwo\r\nName: ']);
  });

  it('has what could be the beginning of something when that is known, and at the end of all', () => {
    const { terminal, texts } = open();
    void terminal.output('card 4111');
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['card ']);
    void terminal.output(' and\r\nAKI');
    expect(texts().join('')).toBe('card 4111 and\r\n');
    terminal.end();
    expect(texts().join('')).toBe('card 4111 and\r\nAKI');
  });

  it.each([
    ['a number', 'card 4111111111111111 end\n', 'card [redacted]****** end\n', 0],
    ['a token', 'id AKIAIOSFODNN7EXAMPLE end\n', 'id [redacted]********** end\n', 0],
    ['a line without an end', 'card 4111111111111111', 'card [redacted]******', 0],
    ['what goes on over lines', `key:\n${KEY}\r\nend\n`, `key:\n${hiddenLines(KEY)}\r\nend\n`, 0],
    ['a number', 'card 4111111111111111 end\n', 'card [redacted]****** end\n', 1000],
    ['what goes on over lines', `key:\n${KEY}\r\nend\n`, `key:\n${hiddenLines(KEY)}\r\nend\n`, 1000],
  ])('masks %s, however slowly it comes: %j', (_, said, shown, pause) => {
    const { terminal, texts } = open();
    for (const letter of said) {
      void terminal.output(letter);
      vi.advanceTimersByTime(pause);
    }
    terminal.end();
    expect(texts().join('')).toBe(shown);
  });

  it('masks alike wherever text is cut', () => {
    const words = fc.constantFrom(
      '4111111111111111',
      ' ',
      'ü',
      '\n',
      KEY,
      '-----BEGIN PRIVATE KEY-----',
      '\u001b[1m',
      'x'.repeat(3000),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.array(fc.nat(9000), { maxLength: 20 }), (parts, cuts) => {
        const said = parts.join(' ');
        const [one, other] = [open(), open()];
        void one.terminal.output(said);
        let at = 0;
        for (const cut of cuts) {
          void other.terminal.output(said.slice(at, at + cut));
          at += cut;
        }
        void other.terminal.output(said.slice(at));
        for (const { terminal, texts } of [one, other]) {
          terminal.end();
          expect(texts().join('')).not.toMatch(/4111|hkiG9w/);
        }
        const longest = Math.max(...said.split('\n').map((line) => line.length));
        if (longest < 8192 && !said.includes('BEGIN')) expect(other.texts().join('')).toBe(one.texts().join(''));
      }),
    );
  });

  it('does not let a line grow for ever, and masks what stands anywhere in it', () => {
    for (let offset = 0; offset < 7; offset += 1) {
      const { terminal, texts } = open();
      const written = `${'x'.repeat(97)} 4111111111111111 `;
      const all = 'y'.repeat(offset) + written.repeat(300);
      for (let at = 0; at < all.length; at += 7) void terminal.output(all.slice(at, at + 7));
      const before = texts().join('').length;
      expect(before).toBeGreaterThan(15_000);
      terminal.end();
      expect(texts().join('')).toBe(
        'y'.repeat(offset) + written.replace('4111111111111111', '[redacted]******').repeat(300),
      );
    }
  });

  it('goes on behind a key that has no end', () => {
    const { terminal, texts } = open();
    void terminal.output('-----BEGIN PRIVATE KEY-----\n');
    for (let line = 0; line < 2000; line += 1) void terminal.output(`line ${line}\n`);
    expect(texts().join('')).toMatch(/^\[redacted\]\*+\nline 0\n/);
    expect(texts().join('')).toContain('line 1999\n');
  });

  it('has its size and its hash, as it was shown, where nothing of it is kept', () => {
    const { terminal, events } = open(undefined, undefined, 'summary');
    void terminal.output('id AKIAIOSFODNN7EXAMPLE, ');
    void terminal.output('card 4111111111111111\r\n');
    terminal.end();
    const text = 'id [redacted]**********, card [redacted]******\r\n';
    const sha256 = createHash('sha256').update(text).digest('hex');
    const about = { type: 'transfer', connection: 0, stream: 'output', direction: 'out', path: null, complete: true };
    expect(events).toEqual([{ ...about, bytes: text.length, sha256 }]);
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
