import { describe, expect, test } from 'vitest';
import { analysisOf, catalog, linesOf, relation, routine, type } from './database.ts';

const log = relation('log', ['at']);
const note = routine('note', 'plpgsql', 'BEGIN INSERT INTO log VALUES (now()); RETURN NEW; END', { symbol: 'trigger' });
const purge = routine('purge', 'sql', 'DELETE FROM app.orders');
const lines = relation('lines', ['id']);
const orders = relation('orders', ['id', 'user_id'], {
  cascades: [{ on: 'delete', child: lines.oid, does: 'update' }],
});
const users = relation('users', ['id', 'name'], {
  triggers: [{ events: ['insert'], function: note.oid }],
  rules: ['CREATE RULE r AS ON UPDATE TO app.users DO ALSO INSERT INTO app.log VALUES (1)'],
  cascades: [{ on: 'delete', child: orders.oid, does: 'delete' }],
});
const base = catalog({ relations: [log, lines, orders, users], functions: [note, purge] });

const ask = (text: string, more: Partial<typeof base> = {}) => linesOf(text, { catalog: { ...base, ...more } });

/** A call of one function, which is all there is besides. */
function bodyOf(one: ReturnType<typeof routine>): readonly string[] {
  const effects = ask(`SELECT ${one.name}()`, { functions: [...base.functions, one] });
  return effects.filter((line) => !/^(?:call|select) function/u.test(line) || line.includes('opaque'));
}

describe('what a table sets off is part of the statement', () => {
  test('a trigger’s function is followed for its event', () => {
    expect(ask('INSERT INTO users VALUES (1)')).toEqual([
      'insert table app.users(id,name)',
      'insert table app.log(at) < table app.users < trigger < function app.note',
    ]);
  });

  test('COPY FROM fires insert triggers', () => {
    expect(ask('COPY users FROM STDIN')).toContain(
      'insert table app.log(at) < table app.users < trigger < function app.note',
    );
  });

  test('a rule’s actions are followed for its event', () => {
    expect(ask("UPDATE users SET name = 'x'")).toEqual([
      'update table app.users(name) where=absent',
      'insert table app.log(at) < table app.users < rule',
    ]);
  });

  test('a foreign key that passes a delete on is followed to the end', () => {
    expect(ask('DELETE FROM users WHERE id = 1')).toEqual([
      'select table app.users(id)',
      'delete table app.users(id,name) where=present',
      'delete table app.orders(id,user_id) where=present < table app.users < cascade',
      'update table app.lines(id) where=present < table app.users < cascade < table app.orders < cascade',
    ]);
  });

  test('a default, check or policy that calls a function is followed', () => {
    const checked = relation('checked', ['id'], { code: [purge.oid] });
    expect(ask('SELECT id FROM checked', { relations: [...base.relations, checked] })).toContain(
      'delete table app.orders(id,user_id) where=absent < table app.checked < function app.purge',
    );
  });

  test('a plain EXPLAIN sets nothing off', () => {
    expect(ask('EXPLAIN DELETE FROM users')).toEqual(['select table app.users(id,name) < EXPLAIN']);
  });
});

describe('partitions and children', () => {
  const part = relation('events_1', ['id']);
  const whole = relation('events', ['id'], { children: [part.oid] });
  const more = { relations: [whole, part] };

  test('what is done to the whole is done to its parts', () => {
    expect(ask('DELETE FROM events', more)).toEqual([
      'delete table app.events(id) where=absent',
      'delete table app.events_1(id) where=absent < table app.events',
    ]);
  });

  test('what is done to a part is done to the whole', () => {
    expect(ask('SELECT * FROM events_1', more)).toEqual([
      'select table app.events_1(id)',
      'select table app.events(id) < table app.events_1',
    ]);
  });

  test('ONLY leaves the parts out', () => {
    expect(ask('DELETE FROM ONLY events', more)).toEqual(['delete table app.events(id) where=absent']);
  });

  test('an update that may move a row fires the triggers of the insert and the delete', () => {
    const fired = { ...part, triggers: [{ events: ['insert'] as const, function: purge.oid }] };
    expect(ask('UPDATE events SET id = 1', { relations: [whole, fired, orders, lines] })).toContain(
      'delete table app.orders(id,user_id) where=absent < table app.events < table app.events_1 < trigger < function app.purge',
    );
  });
});

describe('views', () => {
  const active = relation('active', ['id'], {
    kind: 'view',
    definition: ' SELECT users.id FROM users WHERE purge() IS NULL;',
  });
  const outer = relation('outer', ['id'], { kind: 'view', definition: ' SELECT active.id FROM active' });
  const kept = relation('kept', ['id'], { kind: 'materialized-view', definition: ' SELECT users.id FROM users' });
  const more = { relations: [...base.relations, active, outer, kept] };

  test('a view is followed through views to its tables, and to the functions it calls', () => {
    const effects = ask('SELECT id FROM outer_view', {
      relations: [...base.relations, active, { ...outer, name: 'outer_view' }],
    });
    expect(effects).toContain('select table app.users(id) < view app.outer_view < view app.active');
    expect(effects).toContain(
      'delete table app.orders(id,user_id) where=absent < view app.outer_view < view app.active < function app.purge',
    );
  });

  test('a write to a view is one to its table', () => {
    expect(ask('DELETE FROM active', more)).toContain('delete table app.users(id,name) where=absent < view app.active');
  });

  test('locking a view locks its table', () => {
    expect(ask('LOCK active', more)).toContain('lock table app.users < view app.active');
  });

  test('a materialized view answers from what it kept, and runs its query when refreshed', () => {
    expect(ask('SELECT * FROM kept', more)).toEqual(['select materialized-view app.kept(id)']);
    expect(ask('REFRESH MATERIALIZED VIEW kept', more)).toEqual([
      'maintenance materialized-view app.kept',
      'select table app.users(id) < materialized-view app.kept',
    ]);
  });

  test('a view whose definition does not parse is opaque', () => {
    const broken = relation('broken', ['id'], { kind: 'view', definition: 'SELEKT' });
    expect(ask('SELECT * FROM broken', { relations: [broken] })).toContain('dynamic ? ?.? opaque < view app.broken');
  });
});

describe('functions', () => {
  test('a call is an effect by its name, besides those of its body', () => {
    expect(ask('SELECT purge()')).toEqual([
      'delete table app.orders(id,user_id) where=absent < function app.purge',
      'update table app.lines(id) where=absent < function app.purge < table app.orders < cascade',
      'call function app.purge',
    ]);
  });

  test('a call of code that only reads is reading, also the second time and from other code', () => {
    const reads = routine('reads', 'sql', 'SELECT id FROM app.lines');
    const outer = routine('outer', 'sql', 'SELECT reads()');
    const acts = routine('acts', 'sql', 'SELECT purge()');
    const similar = routine('similarity', 'c', 'x', { extension: 'pg_trgm' });
    const functions = [...base.functions, reads, outer, acts, similar];
    const calls = (text: string) =>
      ask(text, { functions }).filter((line) => / function app\.\w+$/u.test(line) && !line.includes('<'));
    expect(calls('SELECT reads(), reads(), outer()')).toEqual([
      'select function app.reads',
      'select function app.outer',
    ]);
    expect(calls('SELECT purge(), acts(), acts()')).toEqual(['call function app.purge', 'call function app.acts']);
    expect(calls('SELECT similarity(), similarity()')).toEqual([]);
  });

  test('names in a body resolve where the body runs', () => {
    const own = routine('own', 'sql', 'SELECT * FROM t', { settings: ['search_path=audit, pg_temp'] });
    const relations = [relation('t'), relation('t', ['id'], { schema: 'audit' })];
    expect(ask('SELECT own()', { relations, functions: [own] })).toEqual([
      'select table audit.t(id) < function app.own',
      'select function app.own',
    ]);
  });

  test('a body that runs as its owner may see another schema of the user’s name', () => {
    const definer = routine('definer', 'sql', 'SELECT id FROM log');
    const text = typeof definer.definition === 'string' ? definer.definition : '';
    const one = { ...definer, definition: `${text} SECURITY DEFINER` };
    expect(bodyOf(one)).toEqual([
      'select table app.log(id) uncertain < function app.definer',
      'select table ?.log(id) uncertain < function app.definer',
    ]);
  });

  test('a SQL-standard body is read from the definition', () => {
    const one = routine('std', 'sql', '', {
      definition: 'CREATE FUNCTION app.std() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM app.lines; END',
    });
    expect(bodyOf(one)).toEqual(['delete table app.lines(id) where=absent < function app.std']);
  });

  test('defaults of arguments are part of the call', () => {
    const one = routine('def', 'sql', 'SELECT $1', {
      definition: 'CREATE FUNCTION app.def(a text DEFAULT pg_sleep(1)) RETURNS text LANGUAGE sql AS $$SELECT $1$$',
    });
    expect(bodyOf(one)).toEqual(['lock system ?.pg_sleep < function app.def < function pg_catalog.pg_sleep']);
  });

  test('a function that calls itself is followed once', () => {
    expect(bodyOf(routine('again', 'sql', 'SELECT again()'))).toEqual([]);
  });

  test('every function of the name in any searched schema is a candidate', () => {
    const other = routine('purge', 'sql', 'DELETE FROM app.lines', { schema: 'public' });
    expect(ask('SELECT purge()', { functions: [...base.functions, other] })).toContain(
      'delete table app.lines(id) where=absent < function public.purge',
    );
    expect(ask('SELECT app.purge()', { functions: [...base.functions, other] })).not.toContain(
      'delete table app.lines(id) where=absent < function public.purge',
    );
  });

  test('an aggregate is the functions it is made of', () => {
    const sum = routine('wipe', 'internal', '', { kind: 'aggregate', parts: [purge.oid], definition: null });
    expect(ask('SELECT wipe(1)', { functions: [...base.functions, sum] })).toContain(
      'delete table app.orders(id,user_id) where=absent < function app.wipe < part < function app.purge',
    );
  });

  test('a function called by attribute notation is a call', () => {
    const by = 'delete table app.orders(id,user_id) where=absent < function app.purge';
    expect(ask('SELECT u.purge FROM users u')).toContain(by);
    expect(ask('SELECT (u).purge FROM users u')).toContain(by);
    expect(ask('SELECT (0.1).pg_sleep')).toEqual(['lock system ?.pg_sleep < function pg_catalog.pg_sleep']);
  });

  test.each([
    ['another language', routine('py', 'plpython3u', 'x')],
    ['a C function of no known extension', routine('evil', 'c', 'x')],
    ['a C function of an extension that does more than compute', routine('dblink', 'c', 'x', { extension: 'dblink' })],
    ['an internal symbol that has effects', routine('nap', 'internal', 'pg_sleep', { symbol: 'pg_sleep' })],
    ['a role of its own', routine('as_admin', 'sql', 'SELECT 1', { settings: ['role=admin'] })],
    [
      'a lexer setting of its own',
      routine('lexer', 'sql', 'SELECT 1', { settings: ['standard_conforming_strings=off'] }),
    ],
    ['a body that does not parse', routine('broken', 'sql', 'SELEKT')],
    ['a PL/pgSQL body that does not parse', routine('broken_pl', 'plpgsql', 'BEGIN SELEKT; END')],
  ])('%s makes a call opaque', (_why, one) => {
    expect(bodyOf(one)).toEqual([`call function app.${one.name} opaque`]);
  });

  test.each([
    ['an extension that computes', routine('similarity', 'c', 'x', { extension: 'pg_trgm' })],
    ['an internal symbol that computes', routine('mylower', 'internal', 'lower', { symbol: 'lower' })],
    ['a range type’s constructor', routine('span', 'internal', 'x', { symbol: 'range_constructor3' })],
    ['a multirange type’s constructor', routine('spans', 'internal', 'x', { symbol: 'multirange_constructor1' })],
  ])('%s has no effect', (_why, one) => {
    expect(ask(`SELECT ${one.name}()`, { functions: [one] })).toEqual([]);
  });

  test('a name that neither catalog nor server knows is opaque', () => {
    expect(ask('SELECT no_such_function(1)')).toEqual(['call function ?.no_such_function opaque uncertain']);
  });

  test('CALL is a call', () => {
    const tidy = routine('tidy', 'sql', 'DELETE FROM app.lines', { kind: 'procedure' });
    expect(ask('CALL tidy()', { functions: [tidy] })).toEqual([
      'delete table app.lines(id) where=absent < function app.tidy',
      'call procedure app.tidy',
    ]);
  });
});

describe('operators, casts and types', () => {
  const gone = 'delete table app.orders(id,user_id) where=absent';

  test('a user-defined operator is the function behind it', () => {
    const operators = [{ schema: 'app', name: '###', functions: [purge.oid] }];
    expect(ask('SELECT 1 ### 2', { operators })).toContain(`${gone} < operator ### < function app.purge`);
    expect(ask('SELECT 1 OPERATOR(app.###) 2', { operators })[0]).toContain('function app.purge');
    expect(ask('SELECT 1 OPERATOR(pg_catalog.+) 2', { operators })).toEqual([]);
  });

  test('operators that nobody writes down count: IN, BETWEEN, CASE, USING', () => {
    const named = (name: string) => ({ operators: [{ schema: 'app', name, functions: [purge.oid] }] });
    expect(ask('SELECT 1 IN (2)', named('='))[0]).toContain('function app.purge');
    expect(ask('SELECT 1 BETWEEN 0 AND 2', named('<='))[0]).toContain('function app.purge');
    expect(ask('SELECT CASE 1 WHEN 2 THEN 3 END', named('='))[0]).toContain('function app.purge');
    expect(ask('SELECT 1 = ANY (SELECT 2)', named('='))[0]).toContain('function app.purge');
    expect(ask('SELECT 1 FROM lines JOIN log USING (id)', named('=')).join()).toContain('function app.purge');
  });

  test('a cast between the server’s own types may be at work in any expression', () => {
    const casts = [{ source: 23, target: 25, function: purge.oid }];
    expect(ask('SELECT id FROM lines', { casts })).toContain(`${gone} < cast < function app.purge`);
    expect(ask('VALUES (1)', { casts })).toContain(`${gone} < cast < function app.purge`);
    expect(ask('BEGIN', { casts })).toEqual([]);
    const own = [{ source: 20_000, target: 25, function: purge.oid }];
    expect(ask(`SELECT 'r'::"char"`, { casts: own })).toEqual([]);
    expect(ask(`SELECT 'r'::odd`, { casts: own })).toContain(`${gone} < cast < function app.purge`);
  });

  test('the code of a type runs where values of user-defined types are in reach', () => {
    const types = [type('money2', [purge.oid])];
    const step = `${gone} < type app.money2 < function app.purge`;
    const typed = relation('typed', [], { columns: [{ number: 1, name: 'id', type: 30_001 }] });
    const relations = [...base.relations, typed];
    expect(ask("SELECT 'x'::money2", { types })).toContain(step);
    expect(ask('SELECT id FROM typed', { types, relations })).toContain(step);
    expect(ask('SELECT $1', { types })).toContain(step);
    expect(ask("SELECT pg_input_is_valid('1', 'app.money2')", { types })).toContain(step);
    expect(ask('SELECT id FROM lines', { types })).toEqual(['select table app.lines(id)']);
  });

  test('an event trigger’s function runs with every definition', () => {
    const watch = routine('watch', 'plpgsql', 'BEGIN DELETE FROM app.lines; END', { symbol: 'event_trigger' });
    expect(ask('CREATE TABLE t (id int)', { functions: [watch] })).toContain(
      'delete table app.lines(*) where=absent < event trigger < function app.watch',
    );
  });
});

describe('making code is judged like running it', () => {
  const created = (text: string) => ask(text).filter((line) => line.includes('<'));

  test('a SQL function', () => {
    expect(created("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM lines'")).toEqual([
      'delete table app.lines(id) where=absent < function app.f',
    ]);
  });

  test('a SQL-standard body', () => {
    expect(created('CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC DELETE FROM lines; END')).toEqual([
      'delete table app.lines(id) where=absent < procedure app.p',
    ]);
  });

  test('a PL/pgSQL function', () => {
    const text =
      'CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM lines WHERE id = a; RETURN 1; END $$';
    expect(created(text)).toEqual([
      'select table app.lines(id) < function app.f',
      'delete table app.lines(id) where=present < function app.f',
    ]);
  });

  test('code that cannot be followed is opaque', () => {
    expect(created("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'")).toEqual([
      'call function app.f opaque < function app.f',
    ]);
    expect(created("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'x'")).toEqual([
      'call function app.f opaque < function app.f',
    ]);
  });

  test('a trigger is judged by its function', () => {
    const text = 'CREATE TRIGGER t AFTER INSERT ON lines FOR EACH ROW EXECUTE FUNCTION note()';
    expect(created(text)).toContain('insert table app.log(*) uncertain < trigger t < function app.note');
  });
});

test('the analysis says whether it rests on code and on names', () => {
  const rests = (text: string) => {
    const { restsOnCode, restsOnCatalog } = analysisOf(text, { catalog: base });
    return [restsOnCode, restsOnCatalog];
  };
  expect(rests('BEGIN')).toEqual([false, false]);
  expect(rests('SELECT id FROM lines')).toEqual([false, true]);
  expect(rests('SELECT purge()')).toEqual([true, true]);
  expect(rests('INSERT INTO users VALUES (1)')).toEqual([true, true]);
});

test('the functions of a statement are listed with what is known of them', () => {
  const [statement] = analysisOf('SELECT lower(name), purge(), nowhere() FROM users', { catalog: base }).statements;
  expect(statement?.functions).toEqual([
    { schema: 'pg_catalog', name: 'lower', knowledge: 'pure' },
    { schema: 'app', name: 'purge', knowledge: 'followed' },
    { schema: null, name: 'nowhere', knowledge: 'opaque' },
  ]);
});

describe('the server’s own functions under other names', () => {
  const opaque = 'call function ?.? opaque uncertain < operator ###';

  test('an operator made of one that has effects is opaque', () => {
    const pgReadFile = 2624;
    const operators = [{ schema: 'app', name: '###', functions: [pgReadFile] }];
    expect(ask("SELECT ### '/etc/passwd'", { operators })).toContain(opaque);
  });

  test('one made of a function that computes is not', () => {
    const int4pl = 177;
    expect(ask('SELECT 1 ### 2', { operators: [{ schema: 'app', name: '###', functions: [int4pl] }] })).toEqual([]);
  });

  test('a function that the catalog should have, and has not, is opaque', () => {
    expect(ask('SELECT 1 ### 2', { operators: [{ schema: 'app', name: '###', functions: [99_999] }] })).toContain(
      opaque,
    );
  });

  test('making one is judged like calling it', () => {
    const text = 'CREATE OPERATOR ### (rightarg = text, function = pg_read_file)';
    expect(ask(text)).toContain('server-file system ?.pg_read_file < ### < function pg_catalog.pg_read_file');
    expect(ask('CREATE CAST (text AS bytea) WITH FUNCTION pg_read_binary_file(text)').join()).toContain('server-file');
    expect(ask('CREATE AGGREGATE a (int) (sfunc = pg_advisory_lock, stype = int)').join()).toContain('lock system');
  });
});
