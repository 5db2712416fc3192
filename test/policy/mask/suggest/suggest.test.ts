import { describe, expect, it } from 'vitest';
import type { CatalogRelation } from '../../../../src/core/catalog.ts';
import { samplings, suggestMasks } from '../../../../src/policy/mask/suggest/suggest.ts';
import { catalog, relation } from '../../sql/database.ts';

const suggested = (
  relations: readonly CatalogRelation[],
  samples = new Map<number, Map<string, string[]>>(),
): string[] =>
  suggestMasks(catalog({ relations }), null, samples).suggestions.map(
    ({ relation: table, column, kind }) => `${table}.${column}: ${kind.name}`,
  );

const addresses = ['a@example.org', 'b@example.org', 'c@example.org'];

describe('masks', () => {
  it('are suggested for tables and foreign tables, not for views or what is temporary', () => {
    const kinds = (['table', 'foreign-table', 'view', 'materialized-view', 'sequence', 'index', 'type'] as const).map(
      (kind) => relation(kind, ['email'], { kind }),
    );
    expect(suggested([...kinds, relation('passing', ['email'], { temporary: true })])).toEqual([
      'foreign-table.email: email',
      'table.email: email',
    ]);
  });

  it('are suggested once for a table and all below it', () => {
    const leaf = relation('leaf', ['email']);
    const middle = relation('middle', ['email'], { children: [leaf.oid] });
    const top = relation('top', ['email'], { children: [middle.oid] });
    expect(suggested([leaf, middle, top])).toEqual(['top.email: email']);
  });

  it('follow what values are where names say something else', () => {
    const table = relation('people', ['phone', 'note']);
    const samples = new Map([
      [
        table.oid,
        new Map([
          ['phone', addresses],
          ['note', addresses],
        ]),
      ],
    ]);
    expect(suggested([table], samples)).toEqual(['people.phone: email', 'people.note: email']);
    const [phone] = suggestMasks(catalog({ relations: [table] }), null, samples).suggestions;
    expect(phone?.because).toEqual({ name: false, type: false, values: { matching: 3, of: 3 } });
  });

  it('redact what has no text to keep a part of', () => {
    const columns = [
      { number: 1, name: 'phone', type: 20 },
      { number: 2, name: 'phones', type: 1009 },
      { number: 3, name: 'phone_text', type: 1043 },
    ];
    const { suggestions } = suggestMasks(catalog({ relations: [relation('t', [], { columns })] }), null, new Map());
    expect(suggestions.map((one) => one.with)).toEqual(['redact', 'redact', { partial: 4 }]);
  });
});

describe('values are looked at', () => {
  it('in columns that are of built-in types of text and large numbers', () => {
    const columns = [16, 20, 23, 25, 114, 1042, 1043, 1184, 1700, 20_000].map((type, index) => ({
      number: index + 1,
      name: `of_${type}`,
      type,
    }));
    expect(samplings(catalog({ relations: [relation('t', [], { columns })] }), null)).toMatchObject([
      { columns: ['of_20', 'of_25', 'of_1042', 'of_1043', 'of_1700'], withChildren: true },
    ]);
  });

  it('on no other server: neither in foreign tables nor below a table that has one', () => {
    const foreign = relation('abroad', ['a'], { kind: 'foreign-table' });
    const middle = relation('middle', ['a'], { children: [foreign.oid] });
    const top = relation('top', ['a'], { children: [middle.oid] });
    const alone = relation('alone', ['a'], { kind: 'foreign-table' });
    const found = samplings(catalog({ relations: [foreign, middle, top, alone] }), null);
    expect(found.map((one) => [one.relation.name, one.withChildren])).toEqual([['top', false]]);
  });
});
