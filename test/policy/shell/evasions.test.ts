import { describe, expect, it } from 'vitest';
import { DENIED } from './evasions.ts';
import { verdictOn } from './judging.ts';
import { UNCLEAR } from './unclear.ts';

describe('what is denied', () => {
  it.each(DENIED)('is denied as %j', (text) => {
    expect(verdictOn(text)).toBe('deny');
  });
});

describe('what cannot be known', () => {
  it.each(UNCLEAR)('is not let through as %j', (text) => {
    expect(verdictOn(text)).not.toBe('allow');
  });

  // To a shell that does not know `[[`, the next line is a command.
  it('is not let through where a line ends within brackets', () => {
    expect(verdictOn('[[ -f\nzz ]]')).not.toBe('allow');
  });
});
