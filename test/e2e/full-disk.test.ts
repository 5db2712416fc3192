import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Door, openDoor } from '../postgres/door.ts';
import { frames } from '../postgres/frames.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { wireClient, wireOptions } from '../postgres/wire-client.ts';
import { letThrough, ranOn, recordOf, unrecorded } from './statements.ts';

let server: Server;
let state: string;
let door: Door;

beforeAll(async () => {
  server = await startServer();
  await server.admin('postgres', 'create table t (n int)');
  state = mkdtempSync(join(tmpdir(), 'hoopctl-full-'));
  door = await openDoor({
    state,
    // No file of the program may grow past this many blocks of 512 bytes: the next write fails.
    wrapper: ['sh', '-c', 'trap \'\' XFSZ; ulimit -f 200; exec "$@"', 'sh'],
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
});

afterAll(async () => {
  await door?.close();
  await server?.stop();
  rmSync(state, { recursive: true, force: true });
});

it('a record that cannot be written ends the session before the statement reaches the server (R43)', async () => {
  const mark = server.log.mark();
  const client = await wireClient(wireOptions(door.env('one')));
  let sent = 0;
  for (; sent < 5000 && !client.closed; sent += 1) {
    client.send(frames.query(`insert into t values (${sent}) /* ${'x'.repeat(200)} */`));
    const answer = await client.until('Z');
    if (answer.at(-1)?.type !== 'Z') break;
  }
  expect(sent).toBeGreaterThan(10);
  expect(sent).toBeLessThan(5000);
  const [row] = await server.admin('postgres', 'select count(*)::int as n from t');
  // What was not recorded did not run: the last one sent found no room.
  expect(row).toEqual({ n: sent });
  const session = door.ready.get('one')?.session ?? '';
  expect(unrecorded(ranOn(server, mark), letThrough(await recordOf(door.environment, session)))).toEqual([]);
  await expect(wireClient(wireOptions(door.env('one')))).rejects.toThrow();
});
