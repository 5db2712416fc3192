import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { templateOf, watch } from '../../../src/policy/sql/literals.ts';
import { fold } from '../../../src/policy/sql/fold.ts';

describe('a template', () => {
  it.each<[string, readonly string[]]>([
    ['select * from t where id = 42', ['42']],
    ["select 'a', 'it''s', '' from t", ["'a'", "'it''s'", "''"]],
    ['select a1, "b 2", t3.c4 from t3 limit 5', ['5']],
    ['select 1,2 , 3;', ['1', '2', '3']],
    ['select -7, a - 8', ['7', '8']],
    ["select 'a'\n'b'", ["'a'", "'b'"]],
    ['select 999999999, 1000000000', ['999999999']],
    ['select 1.5, .5, 5., 1e5, 0x1F, 1_000, 7', ['7']],
    ['select "a"5, "5", 6', ['6']],
    ["select 5 'a', 6", ['5', "'a'", '6']],
  ])('of %j has the literals that are plain', (text, literals) => {
    expect(templateOf(text)?.literals).toEqual(literals);
  });

  it.each([
    'select 1 -- a comment',
    'select 1 /* a comment */',
    'select $1 + 1',
    'select $$a$$, 1',
    String.raw`select 'a\b', 1`,
    String.raw`select e'a', 1`,
    "select U&'a', 1",
    "select n'a', 1",
    "select b'1', x'1', 1",
    'select "größe", 1',
    "select 'größe', 1",
    "select 5'a', 6",
    "select 'no end, 1",
    'select "no end, 1',
    'select 1\u0001',
    'select 1\0',
    'select a from t',
    '',
  ])('of %j there is none', (text) => {
    expect(templateOf(text)).toBeNull();
  });

  it('with its literals is the text', () => {
    const word = fc.constantFrom('select', 'a', '"b c"', ',', '=', '(', ')', ' ', '\n', '-', '+', '<', 'x9', '.', ';');
    const literal = fc.oneof(
      fc.nat().map(String),
      fc.string({ unit: 'grapheme-ascii', maxLength: 6 }).map((text) => `'${text.replaceAll("'", "''")}'`),
    );
    const property = fc.property(fc.array(fc.oneof(word, literal), { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const template = templateOf(text);
      if (template === null) return;
      let index = 0;
      const back = template.skeleton.replaceAll(/[\u0001\u0002]/g, () => template.literals[index++] ?? '?');
      expect(back).toBe(text);
      for (const [place, one] of template.literals.entries())
        expect(text.startsWith(one, template.offsets[place])).toBe(true);
    });
    expect(() => fc.assert(property, { numRuns: 3000 })).not.toThrow();
  });
});

/** A tree without its positions and without the values of its constants. */
function bare(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (
        [
          'location',
          'stmt_len',
          'stmt_location',
          'rexpr_list_start',
          'rexpr_list_end',
          'list_start',
          'list_end',
        ].includes(key)
      )
        return undefined;
      return key === 'ival' || key === 'sval' || key === 'fval' ? 'constant' : value;
    }),
  ) as unknown;
}

describe('texts with the same skeleton', () => {
  beforeAll(() => loadModule());

  it('have the same tree but for the values of their constants', () => {
    const shapes = [
      'select * from t where a = ? and b < - ? or c in (?, ?)',
      'select ?, ? as x, (?), a[?], -?, ? - ?, ?::int, cast(? as text), f(?, x => ?) from t',
      'select a from t group by ? order by ? limit ? offset ?',
      'insert into t (a, b) values (?, ?), (default, ?) on conflict do nothing returning ?',
      'update t set a = ?, (b, c) = (?, ?) where d between ? and ? returning a',
      "delete from t where a like ? escape '!' and b is not distinct from ?",
      'select interval ?, date ?, a at time zone ?, extract(year from b), ? collate "C"',
      'select case a when ? then ? else ? end, coalesce(?, ?), array[?, ?], row(?, ?), ? || ?',
      'with x as (select ? as y) select * from x where y = ? fetch first ? rows only',
      'select ?; select ?, ?',
      'select float(?) from t',
      'select a from t for update; set work_mem = ?',
    ];
    const literal = fc.oneof(
      fc.nat({ max: 999_999_999 }).map(String),
      fc
        .string({ unit: fc.constantFrom('a', ' ', '-', '%', "''", '1', '"', '/', '*', ';'), maxLength: 5 })
        .map((text) => `'${text}'`),
    );
    const property = fc.property(
      fc.constantFrom(...shapes),
      fc.array(fc.tuple(literal, literal), { minLength: 12, maxLength: 12 }),
      (shape, pairs) => {
        const fill = (side: 0 | 1): string => {
          let index = 0;
          return shape.replaceAll('?', () => pairs[index++]?.[side] ?? '0');
        };
        const [one, other] = [fill(0), fill(1)];
        const [first, second] = [templateOf(one), templateOf(other)];
        if (first === null || second === null || first.skeleton !== second.skeleton) return;
        const outcome = (text: string): unknown => {
          try {
            return bare(parseSync(text));
          } catch {
            return 'no statement';
          }
        };
        expect(outcome(one)).toEqual(outcome(other));
      },
    );
    expect(() => fc.assert(property, { numRuns: 5000 })).not.toThrow();
  });
});

describe('a watched tree', () => {
  beforeAll(() => loadModule());

  const constants = (tree: unknown): unknown[] => {
    if (typeof tree !== 'object' || tree === null) return [];
    if ('A_Const' in tree) return [tree];
    return Object.values(tree).flatMap(constants);
  };

  it('tells which constants were looked at', () => {
    const text = "select 5, 'x', - 7 from t";
    const tree: unknown = parseSync(text);
    const witness = watch(tree);
    const { offsets } = templateOf(text) ?? { offsets: [] };
    expect(offsets.map((offset) => witness.untouched(text, offset))).toEqual([true, true, true]);
    const [five, , seven] = constants(tree);
    expect(fold(five)).toBe(5);
    expect(offsets.map((offset) => witness.untouched(text, offset))).toEqual([false, true, true]);
    expect(fold(seven)).toBe(-7);
    expect(offsets.map((offset) => witness.untouched(text, offset))).toEqual([false, true, false]);
  });

  it('knows nothing of literals that are no constants of their own', () => {
    const text = "select 'a'\n'b', float(24) '1', varchar(5) 'x' from t tablesample system (3)";
    const plain = "select 'a'\n'b' from t";
    const witness = watch(parseSync(plain));
    expect(templateOf(plain)?.offsets.map((offset) => witness.untouched(plain, offset))).toEqual([true, false]);
    expect(() => parseSync(text)).not.toThrow();
    const other = watch(parseSync(text));
    const { literals, offsets } = templateOf(text) ?? { literals: [], offsets: [] };
    const untouched = literals.filter((_, index) => other.untouched(text, offsets[index] ?? 0));
    expect(untouched).not.toContain('24');
  });
});
