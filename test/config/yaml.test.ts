import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { parseConfig } from '../../src/config/load.ts';
import { InvalidFile } from '../../src/config/problems.ts';
import type { Problem } from '../../src/config/tree.ts';
import { effort } from '../effort.ts';
import { FULL, inTarget, minimal, problems, replaced } from './examples.ts';

describe('YAML', () => {
  it.each([
    ['an empty file', '', '1:1 is empty'],
    ['comments alone', '# nothing\n', '1:1 is empty'],
    ['a list', '- a\n', '1:1 : expected hoopctl.yaml'],
    ['a duplicate key', `${minimal()}version: 1\n`, 'this key stands here twice'],
    ['a tab', 'version: 1\ntargets:\n\tpg: {}\n', 'tabs cannot indent: use spaces'],
    ['two documents', `${minimal()}---\nversion: 1\n`, 'only one document is accepted'],
    ['an anchor', minimal().replace('user: me', 'user: &me me'), '7:15 anchors ("&name") are not accepted'],
    ['an alias', minimal().replace('user: me', 'user: &me me').replace('database: app', 'database: *me'), 'accepted'],
    ['a merge key', minimal().replace('user: me', '<<: { user: me }'), '7:5 unknown key "<<"'],
    ['a number as key', minimal().replace('  pg:', '  5:'), '3:3 a key must be text: put it in quotes'],
    ['a list as key', minimal().replace('  pg:', '  ? [a]\n  :'), 'a key must be text'],
    ['a binary tag', minimal().replace('user: me', 'user: !!binary aGk='), 'tags ("!name") are not accepted'],
    ['a huge file', `#${'x'.repeat(256 * 1024)}`, '1:1 is larger than 256 KiB'],
    ['NUL', 'version: 1\0', '1:1 holds a NUL character'],
    ['__proto__ as key', minimal({ more: '__proto__: { x: 1 }' }), 'unknown key "__proto__"'],
    ['constructor as key', inTarget('constructor: x'), 'unknown key "constructor" in targets.pg'],
    ['deep nesting', `a: ${'['.repeat(50_000)}`, 'nests deeper than 32 levels'],
    ['deep dashes', `${'- '.repeat(20_000)}a`, 'nests deeper than 32 levels'],
    [
      'deep indentation',
      Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'nests deeper than 32 levels',
    ],
    [
      'a bomb of aliases',
      `a: &a [x, x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`).join('\n')}`,
      'accepted',
    ],
  ])('%s is refused', (_what, text, expected) => {
    const spent = effort();
    const found = problems(text).join('\n');
    expect(found).toContain(expected);
    expect(spent()).toBeLessThan(1000);
  });

  it('is told about with every problem at once, in the order of the file', () => {
    const text = replaced('policy', '[nope]')
      .replace('protocol: postgres', 'protocol: pg')
      .replace('default: allow', 'defualt: allow');
    expect(problems(text)).toEqual([
      '4:15 targets.pg.protocol: unknown protocol "pg", expected "postgres" or "ssh"',
      '8:14 targets.pg.policy: unknown policy "nope"',
      '12:5 unknown key "defualt" in policies.p: did you mean "default"?',
    ]);
  });

  it('is an error with a hint, one line for one problem and a list for several', () => {
    expect(() => parseConfig('', 'my.yaml')).toThrow(/^my\.yaml:1:1 is empty$/u);
    expect(() => parseConfig('version: 2', 'my.yaml')).toThrow(
      /^2 problems in my\.yaml\nmy\.yaml:1:1 targets is missing/u,
    );
    expect(() => parseConfig('', 'my.yaml')).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        hint: 'correct the file, then check it with: hoopctl policy check',
      }),
    );
  });
});

/** What is wrong with a file; anything thrown that is not an error for the user is thrown on. */
function refusals(text: string): readonly Problem[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    if (error instanceof InvalidFile && error instanceof HoopError && error.problems.length > 0) return error.problems;
    throw error;
  }
}

describe('any mutation of a valid file', () => {
  const lines = FULL.split('\n');
  const edits = fc.oneof(
    fc
      .tuple(fc.nat(FULL.length), fc.nat(30), fc.string({ maxLength: 12 }))
      .map(([at, length, text]) => FULL.slice(0, at) + text + FULL.slice(at + length)),
    fc
      .tuple(
        fc.nat(FULL.length),
        fc.constantFrom(
          '\t',
          ' ',
          ':',
          '-',
          '[',
          '}',
          '"',
          "'",
          '&a ',
          '*a',
          '!x ',
          '#',
          '|',
          '>',
          '? ',
          '\n',
          '\0',
          '%',
          '@',
          '`',
          '\uFEFF',
          '\u2028',
        ),
      )
      .map(([at, text]) => FULL.slice(0, at) + text + FULL.slice(at)),
    fc
      .tuple(fc.nat(lines.length - 1), fc.nat(lines.length - 1))
      .map(([one, other]) => lines.with(one, lines[other] ?? '').join('\n')),
    fc
      .tuple(fc.nat(lines.length - 1), fc.nat(8))
      .map(([one, indent]) => lines.with(one, ' '.repeat(indent) + (lines[one] ?? '').trim()).join('\n')),
    fc.nat(FULL.length).map((at) => FULL.slice(0, at)),
    fc.string({ maxLength: 200, unit: 'binary' }),
  );

  it('is read or refused with a position inside the file, and never throws anything else', () => {
    fc.assert(
      fc.property(edits, (text) => {
        const found = refusals(text);
        const last = text.split(/\r\n|\n|\r/u).length + 1;
        expect(found.filter(({ at }) => at.line < 1 || at.line > last || at.column < 1)).toEqual([]);
        expect(found.filter(({ message }) => message.trim() === '')).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
