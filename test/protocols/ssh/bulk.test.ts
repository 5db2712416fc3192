import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Masked } from '../../../src/core/guard.ts';
import { Sieve } from '../../../src/protocols/ssh/bulk.ts';

const SECRET = 'AKIAIOSFODNN7EXAMPLE';

/** Nothing but the secret is looked for. */
const guard = {
  text: (bytes: Buffer) =>
    Buffer.from(bytes.toString('latin1').replaceAll(SECRET, '-'.repeat(SECRET.length)), 'latin1'),
  shown: (frame: Buffer) => frame as Masked<Buffer>,
};

describe('a copy in which something is looked for', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function sieve(): { readonly sieve: Sieve; readonly passed: () => string } {
    const passed: string[] = [];
    const one = new Sieve(guard, (bytes) => void passed.push(bytes.toString('latin1')));
    const push = one.push.bind(one);
    one.push = (bytes) => {
      const shown = push(bytes);
      if (shown !== null) passed.push(shown.toString('latin1'));
      return shown;
    };
    return { sieve: one, passed: () => passed.join('') };
  }

  it.each(Array.from({ length: SECRET.length - 1 }, (_, index) => index + 1))(
    'is broken off before the rest of it, however long whoever reads pauses after %i letters',
    (at) => {
      const { sieve: one, passed } = sieve();
      expect(one.push(Buffer.from(`first\nkey ${SECRET.slice(0, at)}`))).not.toBeNull();
      vi.advanceTimersByTime(60_000);
      expect(passed()).toBe(`first\nkey ${SECRET.slice(0, at)}`);
      expect(one.push(Buffer.from(`${SECRET.slice(at)}\n`))).toBeNull();
      expect(passed()).not.toContain(SECRET);
    },
  );

  it('passes as it is when it is clean, in whatever pieces it comes', () => {
    const { sieve: one, passed } = sieve();
    const whole = Array.from({ length: 3000 }, (_, index) => `line ${index} of many`).join('\n');
    for (let at = 0; at < whole.length; at += 997)
      expect(one.push(Buffer.from(whole.slice(at, at + 997)))).not.toBeNull();
    expect(passed() + one.end().toString('latin1')).toBe(whole);
  });
});
