import fc from 'fast-check';
import { expect, it } from 'vitest';
import { secretFileName } from '../../../src/local/secrets/file-name.ts';

it.each([
  ['pg-prod_1', 'pg-prod_1'],
  ['Prod', '%50rod'],
  ['../../etc/passwd', '%2e%2e%2f%2e%2e%2fetc%2fpasswd'],
  ['a.yielding', 'a%2eyielding'],
  ['.', '%2e'],
  ['a\0b', 'a%00b'],
  ['50%', '50%25'],
  ['ü', '%c3%bc'],
])('%j is kept in %s', (name, file) => {
  expect(secretFileName(name)).toBe(file);
});

it('no name leaves the directory, takes another’s file, or is too long for a file system', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(name, name, (one, other) => {
      const file = secretFileName(one);
      expect(file).toMatch(/^(?:[a-z0-9_-]|%[0-9a-f]{2})+$|^%sha256-[0-9a-f]{64}$/);
      expect(file.length).toBeLessThanOrEqual(180);
      if (one !== other) expect(secretFileName(other)).not.toBe(file);
    }),
  );
});

it('long names that differ in one character have files of their own', () => {
  const long = 'x'.repeat(200);
  expect(secretFileName(`${long}a`)).not.toBe(secretFileName(`${long}b`));
});
