import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ParseOutcome } from '../../../src/core/grammar.ts';
import { analyse } from '../../../src/policy/sql/analyse.ts';
import { outcomeOf, parse, SHOP, textOf } from './database.ts';

const TEXTS = [
  'SELECT a.id, lower(name) FROM users a JOIN orders o USING (id) WHERE id IN (SELECT 1) ORDER BY 1 FOR UPDATE',
  'WITH x AS (DELETE FROM users WHERE id = 1 RETURNING *) INSERT INTO orders SELECT * FROM x ON CONFLICT (id) DO UPDATE SET id = 2',
  'MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)',
  "UPDATE users SET name = CASE WHEN id = 1 THEN 'a' ELSE coalesce(name, 'b') END WHERE id BETWEEN 1 AND 2 OR name LIKE '%'",
  'CREATE TABLE t (id int DEFAULT 1 CHECK (id > 0) REFERENCES users (id)) PARTITION BY RANGE (id)',
  "CREATE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; RETURN a; END $$",
  'CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION f()',
  'ALTER TABLE users ADD COLUMN x int, DROP COLUMN y CASCADE; ALTER TABLE users ATTACH PARTITION orders DEFAULT',
  'GRANT SELECT (id), UPDATE ON users TO bob WITH GRANT OPTION; REVOKE admin FROM bob; DROP TABLE users, orders CASCADE',
  "COPY users (id) FROM STDIN WITH (FORMAT csv) WHERE id > 1; SET search_path = a, b; EXPLAIN (ANALYZE) EXECUTE q('x')",
  'DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP r.x := 1; END LOOP; END $$; PREPARE q AS SELECT $1; BEGIN READ WRITE',
  "CREATE VIEW v AS SELECT json_agg(x) FROM json_table($1, '$' COLUMNS (a int PATH '$.a')) x; VACUUM users; LOCK users; CALL p(1)",
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Every object and list within a tree, to break one of them. */
function placesIn(tree: Json): (Json & object)[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return [tree, ...Object.values(tree).flatMap(placesIn)];
}

const junk = fc.oneof(
  fc.constantFrom<Json>(
    null,
    0,
    -1,
    '',
    'x',
    true,
    [],
    {},
    [null],
    [[]],
    { String: {} },
    { A_Star: {} },
    { List: { items: [{}] } },
  ),
  fc.constantFrom<Json>(
    { ColumnRef: {} },
    { FuncCall: {} },
    { SelectStmt: {} },
    { RangeVar: {} },
    { A_Const: { ival: 'x' } },
  ),
);

const broken = fc.record({
  text: fc.constantFrom(...TEXTS),
  place: fc.nat(),
  field: fc.nat(),
  how: fc.constantFrom('delete' as const, 'rename' as const, 'replace' as const),
  junk,
});

function ask(tree: unknown, text: string) {
  const parsed = new Map<string, ParseOutcome>();
  const input = {
    tree,
    text,
    catalog: SHOP,
    masks: null,
    catalogIsCurrent: true,
    preparedTexts: () => [],

    parsed,
  };
  for (let round = 0; round < 20; round += 1) {
    const outcome = analyse(input);
    if (outcome.outcome !== 'needs') return outcome;
    for (const need of outcome.needs) parsed.set(need.key, parse(need.language, textOf(need)));
  }
  throw new Error('the analysis asks for ever more');
}

test('the statements that are broken below are understood whole', () => {
  for (const text of TEXTS) expect(outcomeOf(text).outcome, text).toBe('analysis');
});

test('no broken tree makes the analysis throw', () => {
  fc.assert(
    fc.property(broken, ({ text, place, field, how, junk: rubbish }) => {
      const whole = parse('sql', text);
      if (!whole.ok) throw new Error('the test’s own statement does not parse');
      const tree = structuredClone(whole.tree) as Json;
      const places = placesIn(tree);
      const target = places[place % places.length] as Record<string, Json>;
      const keys = Object.keys(target);
      const key = keys[field % Math.max(keys.length, 1)] ?? 'new';
      if (how === 'rename') target[`${key}x`] = target[key] ?? null;
      if (how === 'replace') target[key] = rubbish;
      else delete target[key];
      expect(['analysis', 'unintelligible']).toContain(ask(tree, text).outcome);
    }),
    { numRuns: 3000 },
  );
});

test('no value at all makes the analysis throw', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      const outcomes = [anything, { stmts: anything }, { stmts: [anything] }, { stmts: [{ stmt: anything }] }];
      for (const tree of outcomes) expect(['analysis', 'unintelligible']).toContain(ask(tree, '').outcome);
    }),
    { numRuns: 500 },
  );
});

test('code that parses into anything at all makes the analysis neither throw nor run for ever', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      const text = "DO 'BEGIN NULL; END'; EXECUTE q";
      const whole = parse('sql', text);
      const parsed = { get: () => ({ ok: true, tree: anything }) } as unknown as ReadonlyMap<string, ParseOutcome>;
      const input = {
        tree: whole.ok ? whole.tree : null,
        text,
        catalog: SHOP,
        catalogIsCurrent: true,
        preparedTexts: () => ['SELECT 1'],
        masks: null,
        parsed,
      };
      expect(['analysis', 'unintelligible']).toContain(analyse(input).outcome);
    }),
    { numRuns: 500 },
  );
});
