import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { client, psql } from './program.ts';
import { type Stage, startStage } from './stage.ts';

const rich = readFileSync(new URL('rich.sql', import.meta.url), 'utf8');
const files = mkdtempSync(join(tmpdir(), 'hoopctl-dump-'));
let stage: Stage;

beforeAll(async () => {
  stage = await startStage(
    15,
    {
      unmatched: ['rich', 'unmatched'],
      scoped: ['rich', 'scoped'],
      reading: ['rich', 'reading'],
      both: ['rich', 'scoped-reading'],
      piped: ['piped', 'unmatched'],
      restored: ['restored', 'unmatched'],
      narrow: ['narrow', 'scoped'],
    },
    async (server) => {
      const made = await psql(rich, server.environment('rich'), ['-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null']);
      expect(made).toMatchObject({ code: 0, stdout: '' });
    },
  );
});
afterAll(async () => {
  rmSync(files, { recursive: true, force: true });
  await stage.stop();
});

/** Every dump protects itself with a random word of its own. */
const neutral = (dump: string): string => dump.replaceAll(/^(\\(?:un)?restrict) \w+$/gm, '$1 WORD');

async function dump(connection: Record<string, string>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await client('pg_dump', args, connection);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return neutral(stdout);
}

/** What an archive holds, as a script. */
async function unpacked(archive: string): Promise<string> {
  const { code, stdout } = await client('pg_restore', ['-f', '-', archive], {});
  expect(code).toBe(0);
  return neutral(stdout);
}

/** Large objects are read outside SQL, see below. */
const whole = ['--no-blobs'];

describe('pg_dump writes the same through the door', () => {
  const readers = ['unmatched', 'reading'];
  test.each([
    ...readers.map((target) => [target, whole] as const),
    ...readers.map((target) => [target, ['--schema=app']] as const),
    ...readers.map((target) => [target, ['--data-only', '--inserts', '--rows-per-insert=7', ...whole]] as const),
    ['unmatched', ['--schema-only', '--clean', '--if-exists', '--create']] as const,
    ['unmatched', ['--column-inserts', '--table=app.customers', '--table=other.*']] as const,
    ['unmatched', ['--serializable-deferrable', '--table=app.orders']] as const,
    ['scoped', ['--schema=app', '--no-subscriptions']] as const,
    ['both', ['--schema=app', '--schema=other', '--no-subscriptions']] as const,
    ['both', ['--table=app.orders', '--data-only', '--no-subscriptions']] as const,
  ])('under %s, with %j', async (target, args) => {
    const expected = await dump(stage.direct('rich'), ...args);
    expect(expected).toContain('PostgreSQL database dump complete');
    expect(await dump(stage.guarded(target), ...args)).toBe(expected);
  });

  test.each([
    ['custom', ['-Fc']],
    ['directory', ['-Fd', '-j', '2']],
    ['tar', ['-Ft']],
  ])('in the %s format', async (name, args) => {
    const [ours, theirs] = [join(files, `${name}.ours`), join(files, `${name}.theirs`)];
    await dump(stage.direct('rich'), ...whole, ...args, '-f', theirs);
    await dump(stage.guarded('unmatched'), ...whole, ...args, '-f', ours);
    expect(await unpacked(ours)).toBe(await unpacked(theirs));
  });

  test.each([
    ['large objects, which are read outside SQL', 'unmatched', ['--blobs'], 'function calls outside SQL'],
    [
      'several workers, which share a snapshot, read-only',
      'reading',
      ['-Fd', '-j', '2', '-f', join(files, 'no')],
      'only be read',
    ],
    ['subscriptions, which lie in no schema, within a scope', 'scoped', ['--schema=app'], 'outside the schemas'],
  ])('but not %s', async (_what, target, args, why) => {
    const { code, stderr } = await client(
      'pg_dump',
      [...whole.filter(() => !args.includes('--blobs')), ...args],
      stage.guarded(target),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(why);
  });
});

describe('a database is filled through the door', () => {
  const original = (...args: string[]): Promise<string> => dump(stage.direct('rich'), ...whole, ...args);

  test('from a dump through the door, by psql', async () => {
    const script = await client('pg_dump', whole, stage.guarded('unmatched'));
    const filled = await psql(script.stdout, stage.guarded('piped'), [
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-o',
      '/dev/null',
    ]);
    expect(filled.stderr.replace(/^WARNING: {2}tables were not subscribed.*\n/m, '')).toBe('');
    expect(filled.code).toBe(0);
    expect(await dump(stage.direct('piped'), ...whole)).toBe(await original());
    expect(await dump(stage.guarded('piped'), ...whole)).toBe(await original());
  });

  test('by pg_restore with four workers, and again over what is there', async () => {
    const archive = join(files, 'restore');
    const tables = ['--schema=app', '--exclude-table=app.distant', ...whole];
    await dump(stage.guarded('unmatched'), ...tables, '-Fd', '-j', '2', '-f', archive);
    for (const again of [[], ['--clean', '--if-exists']]) {
      const args = ['-j', '4', '-d', 'restored', '--exit-on-error', ...again, archive];
      const { code, stderr } = await client('pg_restore', args, stage.guarded('restored'));
      expect({ code, stderr: stderr.match(/^pg_restore: .*$/gm) }).toEqual({ code: 0, stderr: null });
      // Without the cast that was made with it, a function stands elsewhere.
      const lines = async (database: string): Promise<string[]> =>
        (await dump(stage.direct(database), ...tables)).split('\n').toSorted();
      expect(await lines('restored')).toEqual(await lines('rich'));
    }
  });

  test('within a scope, by pg_restore in one transaction', async () => {
    const archive = join(files, 'narrow');
    await stage.server.admin('narrow', 'create schema app', 'create schema other');
    await dump(stage.guarded('scoped'), '--schema=other', '--no-subscriptions', '-Fc', '-f', archive);
    const tables = ['--single-transaction', '-d', 'narrow', '--table=things', archive];
    const { code, stderr } = await client('pg_restore', tables, stage.guarded('narrow'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = 'table other.things';
    expect(await psql(rows, stage.direct('narrow'))).toEqual(await psql(rows, stage.direct('rich')));
  });

  test('and waits for no locks on tables that a statement does not touch', async () => {
    const held = stage.server.admin('rich', 'begin', 'lock table app.customers', 'select pg_sleep(2)', 'rollback');
    const lock = "select 1 from pg_locks where relation = 'app.customers'::regclass and granted";
    while ((await stage.server.admin('rich', lock)).length === 0);
    const asked = psql('select count(*) from other.things', stage.guarded('unmatched'), ['-At']);
    const first = await Promise.race([held.then(() => 'the lock is gone'), asked.then(() => 'an answer')]);
    expect(first).toBe('an answer');
    expect(await asked).toMatchObject({ code: 0, stdout: '1\n' });
    await held;
  });
});
