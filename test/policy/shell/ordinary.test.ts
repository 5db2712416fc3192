import { describe, expect, it } from 'vitest';
import { verdictOn } from './judging.ts';
import { ORDINARY } from './ordinary.ts';

describe('ordinary commands under a sensible policy', () => {
  it('are many', () => {
    expect(ORDINARY.length).toBeGreaterThan(150);
  });

  it.each(ORDINARY)('%s passes unasked', (text) => {
    expect(verdictOn(text)).toBe('allow');
  });
});
