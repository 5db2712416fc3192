import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Door, openDoor } from '../postgres/door.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { letThrough, ranOn, recordOf, unrecorded, verify } from './statements.ts';

let server: Server;
let state: string;

beforeAll(async () => {
  server = await startServer();
  await server.admin('postgres', 'create table t (n int)');
  state = mkdtempSync(join(tmpdir(), 'hoopctl-kill-'));
});

afterAll(async () => {
  await server?.stop();
  rmSync(state, { recursive: true, force: true });
});

function open(): Promise<Door> {
  return openDoor({
    state,
    targets: {
      one: {
        address: `127.0.0.1:${server.port}`,
        database: 'postgres',
        user: server.user,
        tls: 'disable',
        policy: ['p'],
      },
    },
    policies: { p: { default: 'allow', deny: [{ action: ['drop'] }] } },
  });
}

/** Sends statements, each with a text of its own, as fast as they are answered, until the connection breaks. */
async function load(door: Door, round: number, worker: number, answered: () => void): Promise<number> {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = door.env('one');
  const client = new pg.Client({
    host: PGHOST ?? '',
    port: Number(PGPORT),
    user: PGUSER ?? '',
    password: PGPASSWORD ?? '',
    database: PGDATABASE ?? '',
  });
  let broken = false;
  client.on('error', () => (broken = true));
  let sent = 0;
  try {
    await client.connect();
    for (; !broken; sent += 1) {
      const text = `insert into t values (${sent}) /* ${round}.${worker}.${sent} */`;
      await client.query(sent % 2 === 0 ? text : { text: text.replace('values (', 'values ($1 + '), values: [worker] });
      answered();
    }
  } catch {
    // What a killed door leaves its clients with; whether it was too early shows in the count.
  }
  return sent;
}

it('after kill -9 under load, twenty times, the record holds every statement that the server got', async () => {
  let statements = 0;
  for (let round = 0; round < 20; round += 1) {
    const door = await open();
    const mark = server.log.mark();
    let answers = 0;
    const workers = [0, 1, 2, 3].map((worker) => load(door, round, worker, () => (answers += 1)));
    // Whenever in the midst of it, however long logging in takes.
    await expect.poll(() => answers).toBeGreaterThan(20);
    await pause((round * 37) % 200);
    door.kill('SIGKILL');
    expect(await door.exit).toBe('SIGKILL');
    await Promise.all(workers);
    const session = door.ready.get('one')?.session ?? '';
    // The server may still be busy with what it got last.
    await expect.poll(() => busy()).toBe(0);
    const ran = ranOn(server, mark);
    statements += [...ran.values()].reduce((sum, times) => sum + times, 0);
    const events = await recordOf(door.environment, session);
    expect(unrecorded(ran, letThrough(events)), `round ${round}`).toEqual([]);
    const verdict = await verify(door.environment, session);
    expect(verdict.stdout, `round ${round}`).toMatch(/^incomplete/);
  }
  // With too little load the test would show nothing.
  expect(statements).toBeGreaterThan(200);
}, 180_000);

async function busy(): Promise<number> {
  const [row] = await server.admin(
    'postgres',
    `select count(*)::int as n from pg_stat_activity where usename = '${server.user}'`,
  );
  return Number(row?.['n']);
}
