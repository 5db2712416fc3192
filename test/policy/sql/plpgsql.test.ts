import { describe, expect, test } from 'vitest';
import { catalog, linesOf, relation, routine } from './database.ts';

const RELATIONS = [relation('t', ['id', 'name']), relation('u', ['id'])];

/** What a DO block with this body does, without the `do` itself. */
function blockOf(body: string, more: Parameters<typeof catalog>[0] = {}): readonly string[] {
  const lines = linesOf(`DO $do$${body}$do$`, { catalog: catalog({ relations: RELATIONS, ...more }) });
  expect(lines).toContain('do function ?.?');
  return lines.filter((line) => line !== 'do function ?.?');
}

const SLEEP = 'lock system ?.pg_sleep < DO < function pg_catalog.pg_sleep';
const DYNAMIC = 'dynamic ? ?.? opaque < DO < EXECUTE';

describe('every place of a PL/pgSQL body that holds code is visited', () => {
  test.each([
    'BEGIN PERFORM pg_sleep(1); END',
    'DECLARE x text := pg_sleep(1); BEGIN END',
    'DECLARE x text DEFAULT pg_sleep(1); BEGIN END',
    'DECLARE c CURSOR FOR SELECT pg_sleep(1); BEGIN END',
    'DECLARE x text; BEGIN x := pg_sleep(1); END',
    'DECLARE x text; BEGIN x = pg_sleep(1); END',
    'DECLARE x text[]; BEGIN x[1] := pg_sleep(1); END',
    'DECLARE x text[]; BEGIN x[length(pg_sleep(1)::text)] := 1; END',
    'BEGIN IF pg_sleep(1) IS NULL THEN NULL; END IF; END',
    'BEGIN IF true THEN PERFORM pg_sleep(1); END IF; END',
    'BEGIN IF true THEN NULL; ELSIF pg_sleep(1) IS NULL THEN NULL; END IF; END',
    'BEGIN IF true THEN NULL; ELSIF true THEN PERFORM pg_sleep(1); END IF; END',
    'BEGIN IF true THEN NULL; ELSE PERFORM pg_sleep(1); END IF; END',
    'BEGIN CASE pg_sleep(1) WHEN 1 THEN NULL; END CASE; END',
    'BEGIN CASE 1 WHEN pg_sleep(1) THEN NULL; END CASE; END',
    'BEGIN CASE 1 WHEN 1 THEN PERFORM pg_sleep(1); END CASE; END',
    'BEGIN CASE 1 WHEN 1 THEN NULL; ELSE PERFORM pg_sleep(1); END CASE; END',
    'BEGIN LOOP PERFORM pg_sleep(1); END LOOP; END',
    'BEGIN WHILE pg_sleep(1) IS NULL LOOP END LOOP; END',
    'BEGIN WHILE true LOOP PERFORM pg_sleep(1); END LOOP; END',
    'BEGIN FOR i IN 1..pg_sleep(1) LOOP END LOOP; END',
    'BEGIN FOR i IN 1..2 BY pg_sleep(1) LOOP END LOOP; END',
    'BEGIN FOR i IN 1..2 LOOP PERFORM pg_sleep(1); END LOOP; END',
    'DECLARE r record; BEGIN FOR r IN SELECT pg_sleep(1) LOOP END LOOP; END',
    'DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP PERFORM pg_sleep(1); END LOOP; END',
    'DECLARE x text; BEGIN FOREACH x IN ARRAY pg_sleep(1) LOOP END LOOP; END',
    'DECLARE x text; BEGIN FOREACH x IN ARRAY $1 LOOP PERFORM pg_sleep(1); END LOOP; END',
    'DECLARE c CURSOR (a int) FOR SELECT a; BEGIN FOR r IN c(pg_sleep(1)) LOOP END LOOP; END',
    'DECLARE c CURSOR (a int) FOR SELECT a; BEGIN OPEN c(pg_sleep(1)); END',
    'DECLARE c refcursor; BEGIN OPEN c FOR SELECT pg_sleep(1); END',
    'DECLARE c refcursor; r record; BEGIN FETCH RELATIVE pg_sleep(1) FROM c INTO r; END',
    'BEGIN LOOP EXIT WHEN pg_sleep(1) IS NULL; END LOOP; END',
    'BEGIN LOOP CONTINUE WHEN pg_sleep(1) IS NULL; END LOOP; END',
    "BEGIN RAISE NOTICE '%', pg_sleep(1); END",
    "BEGIN RAISE NOTICE 'x' USING hint = pg_sleep(1); END",
    'BEGIN ASSERT pg_sleep(1) IS NULL; END',
    'BEGIN ASSERT true, pg_sleep(1); END',
    'BEGIN BEGIN PERFORM pg_sleep(1); END; END',
    'BEGIN NULL; EXCEPTION WHEN others THEN PERFORM pg_sleep(1); END',
    'DECLARE x text; BEGIN SELECT pg_sleep(1) INTO x; END',
    'DECLARE x text; BEGIN INSERT INTO pg_temp.x SELECT pg_sleep(1) RETURNING 1 INTO x; END',
    "BEGIN EXECUTE 'SELECT 1' USING pg_sleep(1); END",
    "BEGIN EXECUTE 'SELECT pg_sleep(1)'; END",
  ])('%s', (body) => {
    expect(blockOf(body)).toContain(SLEEP);
  });
});

describe('dynamic SQL is opaque unless its text is constant', () => {
  test.each([
    "BEGIN EXECUTE 'DROP ' || 'TABLE t'; END",
    "BEGIN EXECUTE format('DROP TABLE %I', 't'); END",
    "DECLARE x text := 'DROP'; BEGIN EXECUTE x; END",
    "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT ' || 1 LOOP END LOOP; END",
    "DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE 'SELECT ' || 1; END",
  ])('%s', (body) => {
    expect(blockOf(body)).toContain(DYNAMIC);
  });

  test('RETURN QUERY EXECUTE', () => {
    const one = routine('f', 'plpgsql', "BEGIN RETURN QUERY EXECUTE 'SELECT ' || 1; END", { symbol: 'SETOF integer' });
    expect(linesOf('SELECT f()', { catalog: catalog({ functions: [one] }) })).toContain(
      'dynamic ? ?.? opaque < function app.f < EXECUTE',
    );
  });

  test('a constant text is followed', () => {
    expect(blockOf("BEGIN EXECUTE 'DELETE FROM t WHERE id = $1' USING 1; END")).toContain(
      'delete table app.t(id,name) where=present < DO',
    );
  });
});

describe('what the parser does not tell of record variables is found in the source', () => {
  test.each([
    'DECLARE r record := pg_sleep(1); BEGIN END',
    'DECLARE r record = pg_sleep(1); BEGIN END',
    'DECLARE r record DEFAULT pg_sleep(1); BEGIN END',
    'DECLARE r app.row_type := pg_sleep(1); BEGIN END',
    'DECLARE a int; "R" record := pg_sleep(1); BEGIN END',
    'DECLARE /* ; */ r /* ; */ record -- ;\n := pg_sleep(1); BEGIN END',
    "DECLARE a text := ';BEGIN'; r record := pg_sleep(1); BEGIN END",
    'BEGIN DECLARE r record := pg_sleep(1); BEGIN END; END',
  ])('%s', (body) => {
    expect(blockOf(body)).toContain(SLEEP);
  });

  test.each([
    "DECLARE r app.status := 'new'; BEGIN END",
    'DECLARE r record; n int := 0; BEGIN FOR r IN SELECT id FROM u WHERE id = 1 LOOP n := n + 1; END LOOP; END',
    'DECLARE r record; BEGIN SELECT 1 INTO r; r.a := 1; END',
  ])('but not without reason: %s', (body) => {
    expect(blockOf(body).join()).not.toContain('opaque');
  });
});

test('a block in a language that cannot be followed is an opaque `do`', () => {
  expect(linesOf("DO LANGUAGE plperl 'x'")).toEqual(['do function ?.? opaque']);
  expect(linesOf("DO 'BEGIN SELEKT; END'")).toEqual(['do function ?.? opaque']);
});

test('variables and parameters are no columns', () => {
  expect(blockOf('DECLARE v int := 1; BEGIN DELETE FROM t WHERE id = v; END')).toEqual([
    'select table app.t(id) < DO',
    'delete table app.t(id,name) where=present < DO',
  ]);
  expect(blockOf('DECLARE everything bool := true; BEGIN DELETE FROM t WHERE everything; END')).toEqual([
    'delete table app.t(id,name) where=absent < DO',
  ]);
});

test('names are uncertain throughout a body that changes how they resolve', () => {
  const lines = blockOf('BEGIN LOOP DELETE FROM u; SET search_path = other; END LOOP; END');
  expect(lines).toContain('delete table ?.u(*) where=absent uncertain < DO');
});

test('ordinary functions are followed without anything opaque', () => {
  const bodies: readonly (readonly [string, string])[] = [
    ['trigger', "BEGIN NEW.name := lower(NEW.name); IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"],
    ['SETOF t', 'BEGIN RETURN QUERY SELECT * FROM t; END'],
    ['TABLE(a integer, b text)', 'BEGIN RETURN QUERY SELECT id, name FROM t; RETURN; END'],
    [
      'integer',
      'DECLARE n integer; BEGIN SELECT count(*) INTO STRICT n FROM t; GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END',
    ],
    ['text', 'DECLARE r t%ROWTYPE; BEGIN SELECT * INTO r FROM t LIMIT 1; RETURN r.name; END'],
    ['void', "BEGIN RAISE EXCEPTION 'no' USING errcode = '22000'; EXCEPTION WHEN others THEN RAISE; END"],
  ];
  for (const [returns, body] of bodies) {
    const one = routine('f', 'plpgsql', body, { symbol: returns });
    const lines = linesOf('SELECT f()', { catalog: catalog({ relations: RELATIONS, functions: [one] }) });
    expect(lines.join('\n'), body).not.toContain('opaque');
  }
});
