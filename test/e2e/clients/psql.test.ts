import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { type ProgramOptions, psql } from './program.ts';
import { type PolicyName, type Stage, startStage } from './stage.ts';

const prepared = `
create schema app;
create schema other;
create table app.people (id int primary key, name text not null, note text, born date, tags text[], extra jsonb);
insert into app.people select g, 'name ' || g, nullif('note ' || g, 'note 3'), date '2000-01-01' + g, array['a', 'b' || g],
  jsonb_build_object('g', g) from generate_series(1, 30) g;
create function app.tell(what text, loud boolean default false) returns text language plpgsql as $$
begin
  raise debug 'quietly %', what;
  raise notice 'told: %', what;
  if loud then
    raise warning using message = 'LOUD ' || what, detail = 'the detail', hint = 'the hint', errcode = '01234',
      schema = 'app', table = 'people', column = 'name', constraint = 'c', datatype = 't';
  end if;
  return upper(what);
end $$;
create function app.fail(code text) returns void language plpgsql as $$
begin
  raise exception using message = 'failed: ünïcödé', detail = 'why', hint = 'how', errcode = code;
end $$;
create procedure app.twice(n int) language plpgsql as $$
begin
  insert into app.people (id, name) values (n, 'first');
  commit;
  insert into app.people (id, name) values (n + 1, 'second');
  rollback;
end $$;
`;

/** What users do with psql, one script each; every script leaves the database as it found it. */
const scripts: Readonly<Record<string, string>> = {
  'rows in every format': String.raw`
    set search_path = app, public;
    select * from people order by id limit 3;
    \x
    select * from people order by id limit 2;
    \x \a \t
    select * from people order by id limit 2;
    \pset format csv
    select * from people order by id limit 4;
    \pset format html
    select 1 as "<b>", null as n;
    \pset null '(null)' \pset format aligned
    select null, '', ' ', E'a\tb\nc', 'ünïcödé 日本語 🐘';`,
  'values of many types': String.raw`
    select 1::int2, 2147483647, 9223372036854775807, 1.5::float4, 'NaN'::float8, '-Infinity'::float8, 1e-307::float8,
      12345678901234567890.123456789, true, 'x'::"char", 'n'::name, '\xdeadbeef'::bytea, 'abc'::varchar(2), 'a'::char(3);
    select date '2024-02-29', time '23:59:59.999999', timestamp 'infinity', timestamptz '2024-01-01 00:00+05:30',
      interval '1 year -2 days 03:04:05.678', '{1,2,NULL}'::int[], '[2:3]={a,"b,c"}'::text[], '{{1,2},{3,4}}'::int[];
    select '{"a": [1, 2, {"b": null}]}'::json, '{"b": 1, "a": 2}'::jsonb, '10.0.0.1/8'::inet, '08:00:2b:01:02:03'::macaddr,
      int4range(1, 5), '{[1,3),[7,9)}'::int4multirange, uuid '00000000-0000-0000-0000-00000000000a', B'101', '(1,2)'::point,
      'fat & rat'::tsquery, to_tsvector('simple', 'a fat cat'), '$1,000.50'::money, row(1, 'a', null), '1/2'::pg_lsn;
    set bytea_output = escape; set intervalstyle = iso_8601; set datestyle = 'German'; set timezone = 'Asia/Kolkata';
    set extra_float_digits = 0;
    select '\xdeadbeef'::bytea, interval '1 day 2 hours', date '2024-02-29', timestamptz '2024-01-01 00:00Z', 0.1::float8;`,
  'errors, verbose and not': String.raw`
    select 1 / 0;
    selec 1;
    select no_such_column from app.people;
    select * from app.nothing;
    insert into app.people (id, name) values (1, 'again');
    insert into app.people (id, name) values (100, null);
    \errverbose
    \set VERBOSITY verbose
    select app.fail('P0123');
    insert into app.people (id, name) values (1, 'again');
    \set VERBOSITY sqlstate
    select 'x'::int;
    \set VERBOSITY terse
    select app.fail('23505');
    \set SHOW_CONTEXT always
    \set VERBOSITY default
    select app.tell('context');
    \echo :SQLSTATE :ERROR :LAST_ERROR_SQLSTATE :ROW_COUNT`,
  'errors stop a script that says so': String.raw`
    \set ON_ERROR_STOP on
    select 'before';
    select 1 / 0;
    select 'never';`,
  'errors within transactions': String.raw`
    begin;
    insert into app.people (id, name) values (200, 'new');
    select 1 / 0;
    select 'ignored';
    commit;
    select count(*) from app.people;
    \set ON_ERROR_ROLLBACK on
    begin;
    insert into app.people (id, name) values (201, 'kept for now');
    select 1 / 0;
    select name from app.people where id = 201;
    savepoint one;
    update app.people set name = 'changed' where id = 201;
    rollback to savepoint one;
    select name from app.people where id = 201;
    release savepoint one;
    rollback;
    begin isolation level serializable read only deferrable;
    select count(*) from app.people;
    update app.people set name = '' where id = 1;
    end;
    commit;
    begin; begin; rollback and chain; show transaction_isolation; rollback;`,
  'notices and warnings': String.raw`
    select app.tell('a notice');
    select app.tell('both', true);
    \set VERBOSITY verbose
    select app.tell('both', true);
    \set VERBOSITY default
    set client_min_messages = debug1;
    select app.tell('debug');
    set client_min_messages = error;
    select app.tell('silence', true);
    do $$ begin raise notice 'from a block'; end $$;
    reset client_min_messages;
    do $$ begin raise notice 'from a block'; end $$;
    drop table if exists app.not_there;
    create temp table t (a int primary key); create temp table if not exists t (a int); drop table t;`,
  notifications: String.raw`
    listen channel;
    notify channel, 'a payload';
    select pg_notify('channel', 'another');
    begin; notify channel; commit;
    listen "Odd Channel"; notify "Odd Channel", 'ünï'; unlisten "Odd Channel"; notify "Odd Channel";
    unlisten *; notify channel; select 1;`,
  'results into variables': String.raw`
    select id, name as who from app.people where id = 7 \gset p_
    \echo :p_id :p_who :'p_who' :"p_who"
    select :'p_who' = name from app.people where id = :p_id;
    select format('select %s as made', g) from generate_series(1, 3) g \gexec
    select id, name, born, extra from app.people \gdesc
    select 1 as a \gx
    select * from (values (1, 'x', 10), (1, 'y', 20), (2, 'x', 30)) v (r, c, n) \crosstabview
    select 1 \; select 2 \; select 'three' as three;
    \set many 'select 1; select 2'
    :many;
    \if true \echo yes \else \echo no \endif
    select 1 where false \gset none_
    select 2 \g (format=csv)`,
  'copy in and out': String.raw`
    create table app.copied (a int, b text, c timestamptz);
    copy app.copied from stdin;
1	one	2024-01-01 00:00:00+00
2	\N	\N
3	tab\there	infinity
\.
    copy app.copied from stdin with (format csv, header, null 'NIL');
a,b,c
4,"quote "" and, comma",2024-01-01
5,NIL,NIL
\.
    copy app.copied to stdout;
    copy app.copied (b, a) to stdout with (format csv, header, force_quote *);
    copy (select a, b from app.copied order by a desc) to stdout with (delimiter '|');
    copy app.copied from stdin;
6	six	2024-01-01
seven	broken	2024-01-01
8	eight	2024-01-01
\.
    select count(*) from app.copied;
    copy app.copied from stdin;
9	too few
\.
    begin;
    copy app.copied from stdin;
10	ten	2024-01-01
\.
    copy (select 1 / (a - 4) from app.copied order by a) to stdout;
    rollback;
    copy app.copied from stdin;
\.
    copy app.copied (a) from stdin where a > 11;
11
12
\.
    select * from app.copied order by a;
    drop table app.copied;`,
  'prepared statements and cursors': String.raw`
    prepare one (int) as select id, name from app.people where id = $1;
    execute one (3); execute one (4);
    select name, statement, parameter_types from pg_prepared_statements;
    explain (costs off) execute one (3);
    deallocate one;
    begin;
    declare c scroll cursor for select id from app.people order by id;
    fetch 2 from c; fetch last from c; fetch backward 2 from c; move absolute 5 in c; fetch next from c;
    close c; fetch c;
    rollback;
    begin; declare h cursor with hold for select id from app.people order by id limit 2; commit;
    fetch all from h; close h;
    \set FETCH_COUNT 7
    select id from app.people order by id;
    select 1 / (id - 20) from app.people order by id;`,
  'definitions, temporary and not': String.raw`
    create temp table mine (id serial, v text); insert into mine (v) values ('a'), ('b') returning *;
    create index on mine (v); analyze mine; truncate mine restart identity;
    create view app.some as select id from app.people where id < 4; select * from app.some order by id; drop view app.some;
    create type app.feeling as enum ('fine'); alter type app.feeling add value 'bad'; select enum_range(null::app.feeling);
    drop type app.feeling;
    create function app.inc(i int) returns int language sql as 'select i + 1'; select app.inc(41);
    create or replace function app.inc(i int) returns int language sql as 'select i + 2'; select app.inc(41);
    drop function app.inc;
    create table app.parts (k int) partition by range (k); create table app.parts_1 partition of app.parts for values from (0) to (10);
    insert into app.parts values (1); insert into app.parts values (11); drop table app.parts;
    alter table app.people add column extra2 int default 5; select extra2 from app.people where id = 1;
    alter table app.people drop column extra2; select extra2 from app.people;
    call app.twice(300); select id, name from app.people where id >= 300; delete from app.people where id >= 300;
    with gone as (delete from app.people where id = 30 returning *) insert into app.people select * from gone returning id;
    merge into app.people p using (values (1), (400)) v (id) on p.id = v.id when matched then update set note = 'merged'
      when not matched then insert (id, name) values (v.id, 'merged');
    delete from app.people where id = 400; update app.people set note = 'note 1' where id = 1;
    vacuum app.people; explain (costs off, analyze, timing off, summary off, buffers off) select count(*) from app.people where id < 0;
    discard all; drop table mine;`,
  'settings and names': String.raw`
    show search_path; set search_path = other, app; select current_schemas(false); select id from people where id = 2;
    create table people (only_here int); select * from people; drop table people; select id from people where id = 2;
    set local work_mem = '5MB'; begin; set local search_path = other; select id from people; rollback;
    set work_mem = '7MB'; show work_mem; reset work_mem;
    select set_config('app.user', 'me', false), current_setting('app.user');
    create role clients_other; grant usage on schema app to clients_other; set role clients_other;
    select current_user; select id from app.people where id = 1; reset role; select id from app.people where id = 1;
    revoke usage on schema app from clients_other; drop role clients_other;
    set application_name = 'named'; show application_name; set statement_timeout = 500; select pg_sleep(5); reset statement_timeout;
    set lock_timeout = '1s'; show server_encoding; show client_encoding; set client_encoding = 'UTF8'; \encoding
    select current_database(), session_user = current_user, pg_backend_pid() > 0, inet_server_port() is not null;`,
  'what is odd': String.raw`
    ;
    -- a comment alone
    /* and another /* nested */ */
    select;
    select from app.people where id < 3;
    select 'unfinished
    literal', $q$dollar ' quoted$q$, U&'\0041', E'\x41', "a" from (select 1 as "a") s;
    select 1 as "select", 2 as "", 3;
    select repeat('x', 100000) as long \g /dev/null
    select length(repeat('x', 5000000)), md5(repeat('y', 3000000));
    select md5(string_agg(g::text, ',' order by g)) from generate_series(1, 200000) g;
    select lo_from_bytea(88, 'large'); select convert_from(lo_get(88), 'UTF8'); select lo_unlink(88);
    select count(*), count(distinct relkind) > 3 from pg_class;
    values (1, 'a'), (2, 'b'); table app.people limit 1;
    \c
    select 'after reconnecting';
    select 1; select 2 \; select 1 / 0 \; select 3;
    select 'still here';`,
};

/** Once one of its statements has failed, a transaction's names cannot be looked up, and refusals are worded otherwise. */
const inPieces: ReadonlySet<string> = new Set(['definitions, temporary and not']);

const variants: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['in UTF-8', [], {}],
  ['in the locale C', [], { LC_ALL: 'C' }],
  ['echoing all, in one transaction', ['-a', '-1'], {}],
];

/** Ports and process numbers are not the same twice. */
const neutral = (text: string): string =>
  text.replaceAll(/with PID \d+/g, 'with PID').replaceAll(/(?:on host|user|at port|address) "[^"]*"/g, '');

describe.each(serverVersions())('psql through the door to PostgreSQL %i', (version) => {
  let stage: Stage;
  const files = mkdtempSync(join(tmpdir(), 'hoopctl-psql-'));
  const targets: Readonly<Record<string, readonly [string, PolicyName]>> = {
    unmatched: ['people', 'unmatched'],
    scoped: ['people', 'scoped'],
  };

  beforeAll(async () => {
    stage = await startStage(version, targets, async (server) => void (await server.admin('people', prepared)));
  });
  afterAll(async () => {
    rmSync(files, { recursive: true, force: true });
    await stage.stop();
  });

  /** The same done directly and through the door. */
  const both = async (script: string, target: string, args: readonly string[], options: ProgramOptions = {}) => {
    const results = [];
    for (const connection of [stage.direct('people'), stage.guarded(target)]) {
      const { code, stdout, stderr } = await psql(script, connection, args, options);
      results.push({ code, stdout: neutral(stdout), stderr: neutral(stderr) });
    }
    const [direct, guarded] = results;
    if (direct === undefined || guarded === undefined) throw new Error('nothing was run');
    return { direct, guarded };
  };

  test.each(Object.keys(scripts))('%s', async (name) => {
    for (const [how, args, environment] of variants) {
      if (args.includes('-1') && inPieces.has(name)) continue;
      const { direct, guarded } = await both(scripts[name] ?? '', 'unmatched', args, { environment });
      expect({ how, ...guarded }).toEqual({ how, ...direct });
      expect(direct.stdout).not.toBe('');
    }
  });

  test.each([
    'rows in every format',
    'values of many types',
    'errors, verbose and not',
    'copy in and out',
    'results into variables',
  ])('within a scope: %s', async (name) => {
    const { direct, guarded } = await both(scripts[name] ?? '', 'scoped', []);
    expect(guarded).toEqual(direct);
  });

  test(String.raw`\copy moves files of every format, byte for byte`, async () => {
    for (const format of ['text', 'csv', 'binary']) {
      const file = (who: string): string => join(files, `${format}.${who}`);
      const out = (who: string): string => String.raw`\copy app.people to '${file(who)}' with (format ${format})`;
      await psql(out('direct'), stage.direct('people'));
      expect(await psql(out('guarded'), stage.guarded('unmatched'))).toMatchObject({ code: 0, stdout: 'COPY 30\n' });
      expect(readFileSync(file('guarded')).equals(readFileSync(file('direct')))).toBe(true);
      const back = String.raw`create table app.back (like app.people);
        \copy app.back from '${file('guarded')}' with (format ${format})
        table app.back except table app.people; select count(*) from app.back; drop table app.back;`;
      const { direct, guarded } = await both(back, 'unmatched', []);
      expect(guarded).toEqual(direct);
      expect(guarded.stdout).toContain('COPY 30');
    }
  });

  test('a large file is copied in and out whole', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `${index}\t${'é'.repeat(index % 100)}\n`).join('');
    writeFileSync(join(files, 'large'), rows);
    const script = String.raw`create table app.large (a int, b text);
      \copy app.large from '${join(files, 'large')}'
      \copy (select * from app.large order by a) to '${join(files, 'large.out')}'
      select count(*), sum(length(b)) from app.large; drop table app.large;`;
    const { direct, guarded } = await both(script, 'unmatched', []);
    expect(guarded).toEqual(direct);
    expect(readFileSync(join(files, 'large.out'), 'utf8') === rows).toBe(true);
  });

  test.each([
    ['several in one -c, in one transaction', ['-c', 'select 1; select 2; select 1 / 0; select 3']],
    ['several -c', ['-c', 'select 1', '-c', String.raw`\d app.people`, '-c', 'select 3']],
    ['unaligned, with separators', ['-At', '-F', '|', '-R', ';', '-c', 'select id, name from app.people order by id']],
    ['as CSV', ['--csv', '-c', 'table app.people']],
    ['variables from the command line', ['-v', 'x=5', '-c', 'select 1', '-c', String.raw`\echo :x`]],
    ['a list of databases', ['-t', '-A', '-c', 'select datname from pg_database order by 1']],
    ['a table that is not there', ['-c', 'table nothing']],
  ])('options: %s', async (_what, args) => {
    const { direct, guarded } = await both('', 'unmatched', args);
    expect(guarded).toEqual(direct);
  });

  test('large objects go by number outside SQL, which is refused; SQL moves them', async () => {
    writeFileSync(join(files, 'object'), 'large');
    const { stderr } = await psql(String.raw`\lo_import '${join(files, 'object')}'`, stage.guarded('unmatched'));
    expect(stderr).toContain('function calls outside SQL are not let through');
  });

  test('another encoding than UTF-8 is refused with what to do', async () => {
    const options = { environment: { PGCLIENTENCODING: 'LATIN1' } };
    const { code, stderr } = await psql('select 1', stage.guarded('unmatched'), [], options);
    expect(code).toBe(2);
    expect(stderr).toContain('PGCLIENTENCODING=UTF8');
  });
});
