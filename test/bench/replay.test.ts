import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchClient } from '../../bench/client.ts';
import type { Target } from '../../bench/endpoint.ts';
import { BackendReplay, FrontendRewrite, rowsOf } from '../../bench/replay-rewrite.ts';
import { startReplay } from '../../bench/replay.ts';
import { Workspace } from '../../bench/workspace.ts';
import { frames, startupPacket } from '../postgres/frames.ts';
import { type Server, startServer } from '../postgres/server.ts';

const startup = startupPacket({ user: 'u' });
const complete = frames.raw('C', Buffer.from('SELECT 3\0'));
const ready = frames.raw('Z', Buffer.from('I'));
const row = (text: string): Buffer => frames.raw('D', Buffer.from(text));
const answer = Buffer.concat([frames.raw('T', Buffer.from('columns')), row('a'), row('b'), row('c'), complete, ready]);

/** All ways to cut bytes in two. */
function cuts(bytes: Buffer): [Buffer, Buffer][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
}

describe('a client’s messages', () => {
  it('ask for one row where they ask for all, wherever they are cut', () => {
    const others = [
      frames.query('SELECT 1'),
      frames.query('Q 2'),
      frames.parse('Q 2', 'x'),
      frames.bind(),
      frames.sync(),
    ];
    const sent = Buffer.concat([startup, frames.query('Q'), frames.parse('Q', 'name'), ...others]);
    const wanted = [startup, frames.query('Q LIMIT 1'), frames.parse('Q LIMIT 1', 'name'), ...others];
    for (const parts of cuts(sent)) {
      const rewrite = new FrontendRewrite('Q');
      const onward = parts.flatMap((part) => rewrite.push(part).onward);
      expect(Buffer.concat(onward)).toEqual(Buffer.concat(wanted));
    }
  });

  it('are told that there is no encryption, before they begin', () => {
    const request = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
    const rewrite = new FrontendRewrite('Q');
    expect(rewrite.push(request)).toEqual({ onward: [], answer: Buffer.from('N') });
    expect(rewrite.push(startup)).toEqual({ onward: [startup], answer: null });
  });
});

describe('a server’s messages', () => {
  it('have all rows in the place of the first, wherever they are cut', () => {
    const rows = rowsOf(answer);
    const other = Buffer.concat([row('x'), frames.raw('C', Buffer.from('SELECT 1\0')), ready]);
    const one = Buffer.concat([row('a'), frames.raw('C', Buffer.from('SELECT 1\0')), ready]);
    const wanted = Buffer.concat([other, row('a'), row('b'), row('c'), complete, ready, other]);
    for (const parts of cuts(Buffer.concat([other, one, other]))) {
      const replay = new BackendReplay(rows);
      expect(Buffer.concat(parts.flatMap((part) => replay.push(part)))).toEqual(wanted);
    }
  });

  it('are no result without rows', () => {
    expect(() => rowsOf(Buffer.concat([complete, ready]))).toThrow('no whole result');
  });
});

describe('the replay source', () => {
  let server: Server;
  let workspace: Workspace;
  let replay: Target;
  let target: Target;

  beforeAll(async () => {
    server = await startServer({ authentication: 'scram-sha-256' });
    workspace = await Workspace.open();
    await server.admin(
      'postgres',
      "CREATE TABLE wide AS SELECT n::text AS id, repeat('x', 100) AS note FROM generate_series(1, 50000) n",
      `GRANT SELECT ON wide TO ${server.user}`,
    );
    const { host, port, user, password } = server;
    target = { host, port, user, password, verifier: '', database: 'postgres' };
    replay = await startReplay(workspace, target);
    await server.admin('postgres', "DELETE FROM wide WHERE id <> '1'");
  });
  afterAll(async () => {
    await workspace?.close();
    await server?.stop();
  });

  it('answers the query from memory, simple and extended, one after the other', async () => {
    await using direct = await BenchClient.open(target);
    await using client = await BenchClient.open(replay);
    await direct.query('SELECT * FROM wide', 'SELECT 1');
    const simple = await client.query('SELECT * FROM wide', 'SELECT 50000');
    const extended = await client.binary('SELECT * FROM wide', 'SELECT 50000');
    expect(simple).toBeGreaterThan(50_000 * 100);
    // ParseComplete and BindComplete.
    expect(extended - simple).toBe(10);
  });

  it('has everything else answered by the server', async () => {
    await using client = await BenchClient.open(replay);
    await client.query('SELECT count(*) FROM wide', 'SELECT 1');
    await expect(client.query('SELECT * FROM nowhere', 'SELECT 1')).rejects.toThrow('does not exist');
  });
});
