import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesPattern } from '../../../src/protocols/ssh/patterns.ts';
import { effort } from '../../effort.ts';

const letters = (...more: readonly string[]) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '.', ...more), maxLength: 12 });

it('a pattern stands for what an expression of the same meaning stands for', () => {
  fc.assert(
    fc.property(letters('*', '?'), letters(), (pattern, name) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 2000 },
  );
});

it('a pattern of many stars takes no longer than others', () => {
  const spent = effort();
  expect(matchesPattern(`${'*a'.repeat(100)}b`, 'a'.repeat(5000))).toBe(false);
  expect(spent()).toBeLessThan(2000);
});
