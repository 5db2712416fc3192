import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../eventually.ts';
import { clientBinaries, serverVersions } from '../../postgres/binaries.ts';
import { client, openTerminal, type Terminal } from './program.ts';
import { type Stage, startStage } from './stage.ts';

const entry = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const cancelled = 'canceling statement due to user request';
const interrupt = '\x03';

describe.each(serverVersions())('a statement is cancelled through the door to PostgreSQL %i', (version) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage(version, { unmatched: ['calm', 'unmatched'], scoped: ['calm', 'scoped'] });
  });
  afterAll(() => stage.stop(), 60_000);

  /** Resolves when the server is at a statement that has this in its text. */
  const running = async (what: string): Promise<void> => {
    const busy = `select 1 from pg_stat_activity where state = 'active' and query like '%${what}%' and pid <> pg_backend_pid()`;
    await eventually(async () => (await stage.server.admin('calm', busy)).length > 0);
  };

  const interruptTwice = async (session: Terminal): Promise<void> => {
    for (const name of ['first', 'second']) {
      session.type(`select pg_sleep(600), '${name}';\n`);
      await running(name);
      session.type(interrupt);
      await session.until(new RegExp(cancelled));
      session.type(`select '${name} is ' || 'over';\n`);
      await session.until(new RegExp(`${name} is over`));
    }
    session.type('begin;\n');
    await session.until(/BEGIN/);
    session.type("select pg_sleep(600), 'third';\n");
    await running('third');
    session.type(interrupt);
    await session.until(new RegExp(cancelled));
    session.type('commit;\n');
    await session.until(/ROLLBACK/);
    session.type('\\q\n');
    expect(await session.exit).toBe(0);
  };

  test.each([
    ['C.UTF-8', 'unmatched'],
    ['C', 'unmatched'],
    ['C.UTF-8', 'direct'],
  ])('by Ctrl-C in psql in a terminal, in the locale %s (%s)', async (locale, how) => {
    const connection = how === 'direct' ? stage.direct('calm') : stage.guarded(how);
    const psql = join(clientBinaries() ?? '', 'psql');
    const session = openTerminal([psql, '-X', '-n'], connection, { LC_ALL: locale });
    await session.until(/calm[=#>]+ $/);
    await interruptTwice(session);
  });

  test('by Ctrl-C in psql inside hoopctl, which lives on', async () => {
    const { door } = stage;
    const psql = join(clientBinaries() ?? '', 'psql');
    const argv = [process.execPath, entry, 'connect', 'unmatched', '--', psql, '-X', '-n'];
    const state = join(door.state, 'terminal');
    mkdirSync(state);
    const session = openTerminal(argv, {}, { ...door.environment, HOOPCTL_STATE_DIR: state, PSQL_PAGER: 'cat' });
    await session.until(/calm[=#>]+ $/);
    await interruptTwice(session);
  });

  test.each(['unmatched', 'direct'])('by SIGINT to psql without a terminal (%s)', async (how) => {
    const connection = how === 'direct' ? stage.direct('calm') : stage.guarded(how);
    const args = ['-X', '-At', '-c', "select pg_sleep(600), 'signalled'"];
    const outcome = await client('psql', args, connection, {
      started: (child) => void running('signalled').then(() => child.kill('SIGINT')),
    });
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: `Cancel request sent\nERROR:  ${cancelled}\n` });
  });

  test('and nobody else’s with it', async () => {
    const other = client('psql', ['-X', '-At', '-c', "select pg_sleep(5), 'bystander'"], stage.guarded('unmatched'));
    await running('bystander');
    const { stderr } = await client(
      'psql',
      ['-X', '-c', "select pg_sleep(600), 'target'"],
      stage.guarded('unmatched'),
      {
        started: (child) => void running('target').then(() => child.kill('SIGINT')),
      },
    );
    expect(stderr).toContain(cancelled);
    expect(await other).toEqual({ code: 0, stdout: '|bystander\n', stderr: '' });
  });
});
