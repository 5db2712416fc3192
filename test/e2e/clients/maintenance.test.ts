import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { client, type Outcome, psql } from './program.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  const targets = {
    unmatched: ['shop', 'unmatched'],
    scoped: ['shop', 'scoped'],
    reading: ['shop', 'reading'],
    maintenance: ['postgres', 'unmatched'],
    narrow: ['postgres', 'scoped'],
  } as const;
  stage = await startStage(15, targets, async (server) => {
    await server.admin('shop', 'create schema app', 'create table app.items (id int primary key, name text)');
    await server.admin('shop', "insert into app.items select g, 'item ' || g from generate_series(1, 100) g");
    await server.admin('shop', 'create index items_name on app.items (name)', 'cluster app.items using items_name');
  });
});
afterAll(() => stage.stop(), 60_000);

/** Tables come by their size, which changes under the hands of whoever vacuums them. */
const neutral = ({ code, stdout, stderr }: Outcome): unknown => ({
  code,
  stderr,
  lines: stdout
    .replaceAll(/^(\\(?:un)?restrict) \w+$/gm, '$1 WORD')
    .split('\n')
    .toSorted(),
});

/** As without the guard: the statements it sends (which `--echo` shows), what it prints, how it ends. */
async function same(target: string, database: string, name: string, ...args: string[]): Promise<Outcome> {
  const expected = await client(name, args, stage.direct(database));
  const outcome = await client(name, args, stage.guarded(target));
  expect(neutral(outcome)).toEqual(neutral(expected));
  expect(outcome.code).toBe(0);
  return outcome;
}

describe('maintenance programs work through the door', () => {
  test('pg_isready tells that a server is there', async () => {
    const { code, stdout } = await client('pg_isready', [], stage.guarded('unmatched'));
    expect({ code, stdout: stdout.replace(/^.* - /, '') }).toEqual({ code: 0, stdout: 'accepting connections\n' });
  });

  test.each([
    ['vacuumdb', ['--echo', '--analyze', '-d', 'shop']],
    ['vacuumdb', ['--echo', '--jobs=3', '--full', '-d', 'shop', '-t', 'app.items']],
    ['vacuumdb', ['--echo', '--analyze-in-stages', '-d', 'shop', '-t', 'app.items(name)']],
    ['reindexdb', ['--echo', '-d', 'shop']],
    ['reindexdb', ['--echo', '--jobs=2', '--concurrently', '-d', 'shop', '--table=app.items']],
    ['reindexdb', ['--echo', '-d', 'shop', '--index=app.items_name']],
    ['clusterdb', ['--echo', '-d', 'shop', '-t', 'app.items']],
    ['pg_dumpall', ['--roles-only', '--no-role-passwords', '-l', 'shop']],
  ])('%s %j', async (name, args) => {
    const { stdout } = await same('unmatched', 'shop', name, ...args);
    expect(stdout).toMatch(/VACUUM|ANALYZE|REINDEX|CLUSTER|ROLE/);
  });

  test.each([
    ['vacuumdb', ['--echo', '-d', 'shop', '-t', 'app.items']],
    ['reindexdb', ['--echo', '-d', 'shop', '--table=app.items']],
  ])('within a scope: %s %j', async (name, args) => {
    await same('scoped', 'shop', name, ...args);
  });

  test('createdb and createuser do what the policy lets them', async () => {
    const created = await client('createdb', ['--echo', 'made', 'a comment'], stage.guarded('maintenance'));
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const user = await client('createuser', ['--echo', 'made_too'], stage.guarded('maintenance'));
    expect(user).toMatchObject({ code: 0, stderr: '' });
    const found = await psql("select datname from pg_database where datname = 'made'", stage.direct('postgres'), [
      '-At',
    ]);
    expect(found.stdout).toBe('made\n');
    expect(await client('dropuser', ['made_too'], stage.guarded('maintenance'))).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('maintenance programs are told what the policy refuses', () => {
  test.each([
    ['dropdb, which would drop what a rule protects', 'maintenance', 'dropdb', ['made'], 'drop is not allowed here'],
    ['createdb, within a scope', 'narrow', 'createdb', ['other'], 'outside the schemas'],
    ['createuser, within a scope', 'narrow', 'createuser', ['other'], 'outside the schemas'],
    ['createdb, by a door to another database', 'unmatched', 'createdb', ['other'], 'leads to one database only'],
    ['vacuumdb of every table, within a scope', 'scoped', 'vacuumdb', ['shop'], 'outside the schemas'],
    ['vacuumdb, read-only', 'reading', 'vacuumdb', ['-t', 'app.items', 'shop'], 'may only be read'],
    ['reindexdb, read-only', 'reading', 'reindexdb', ['--table=app.items', 'shop'], 'may only be read'],
    [
      'pg_dumpall with passwords, within a scope',
      'scoped',
      'pg_dumpall',
      ['--globals-only', '-l', 'shop'],
      'outside the schemas',
    ],
    ['a physical copy', 'unmatched', 'pg_basebackup', ['-D', '/nonexistent/copy'], '"replication" is not let through'],
    [
      'a stream of changes',
      'unmatched',
      'pg_recvlogical',
      ['-d', 'shop', '-S', 's', '--start', '-f', '-', '-n'],
      '"replication" is not let through',
    ],
  ])('%s', async (_what, target, name, args, why) => {
    const { code, stderr } = await client(name, args, stage.guarded(target));
    expect(code).toBe(1);
    expect(stderr).toContain(why);
    expect(stderr).toMatch(/hint/i);
  });
});
