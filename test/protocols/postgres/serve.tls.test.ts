import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { eventually } from '../../eventually.ts';
import { frames, type Message } from '../../postgres/frames.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { active, backends, type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

const types = (messages: readonly Message[]): string => messages.map((message) => message.type).join('');

describe('a target behind TLS', () => {
  let server: Server;
  let door: ScriptedDoor;

  beforeAll(async () => {
    server = await startServer({ authentication: 'cert' });
    const files = server.certificates;
    if (files === null) throw new Error('no certificates');
    const read = (path: string): string => readFileSync(path, 'utf8');
    const certificate = { cert: read(files.clientCertificate), key: new Secret(read(files.clientKey)) };
    const tls = { mode: 'verify-full', ca: read(files.authority), certificate } as const;
    door = await scriptedDoor(targetOf(server, { host: 'localhost', password: null, tls }));
    await server.admin('postgres', 'create table half (n int)');
  });
  afterAll(async () => {
    await door.close();
    await server.stop();
  });
  beforeEach(() =>
    eventually(
      () => backends(server),
      (count) => count === 0,
    ),
  );

  it('gives large results whole, and takes large data', async () => {
    const client = await door.connect();
    const answer = await client.query("select repeat('x', 100000) from generate_series(1, 200)");
    expect(types(answer)).toBe(`T${'D'.repeat(200)}CZ`);
    client.send(frames.query('copy half from stdin'));
    await client.until('G');
    client.send(...Array.from({ length: 20_000 }, (_row, index) => frames.copyData(`${index}\n`)), frames.copyDone());
    expect(types(await client.until('Z'))).toBe('CZ');
    await client.end();
  });

  it('finishes what a client sent before it closed its half', async () => {
    await server.admin('postgres', 'truncate half');
    const client = await door.connect();
    client.socket.end(frames.query('select pg_sleep(0.2); insert into half values (2)'));
    expect(types(await client.until('Z'))).toContain('Z');
    await eventually(
      async () => (await server.admin('postgres', 'select count(*)::int as n from half'))[0]?.['n'],
      (count) => count === 1,
    );
  });

  it('keeps nothing of a client that breaks off, whatever it was doing', async () => {
    for (const text of [
      'select 1',
      'select pg_sleep(600)',
      "select repeat('x', 1000) from generate_series(1, 1000000)",
    ]) {
      const client = await door.connect();
      client.socket.pause();
      client.send(frames.query(text));
      if (text !== 'select 1') await eventually(() => active(server));
      client.socket.resetAndDestroy();
      await eventually(
        () => backends(server),
        (count) => count === 0,
      );
      expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
    }
  });

  it('is cancelled with its own key', async () => {
    const client = await door.connect();
    client.send(frames.query('select pg_sleep(600)'));
    await eventually(() => active(server));
    const request = Buffer.alloc(12);
    request.writeInt32BE(12 + (client.key?.secret.length ?? 0), 0);
    request.writeInt32BE(80877102, 4);
    request.writeInt32BE(client.key?.pid ?? 0, 8);
    const { connect } = await import('node:net');
    connect({ host: '127.0.0.1', port: door.options.port }).end(
      Buffer.concat([request, client.key?.secret ?? Buffer.alloc(0)]),
    );
    expect(types(await client.until('Z'))).toMatch(/EZ$/);
    await client.end();
  });

  it('is left when the session ends, with what runs there', async () => {
    const clients = [await door.connect(), await door.connect()];
    clients[0]?.send(frames.query('select pg_sleep(600)'));
    await eventually(() => active(server));
    door.expire();
    const ends = await Promise.all(door.ends.slice(-2));
    expect(ends).toEqual([
      expect.objectContaining({ cause: 'expired' }),
      expect.objectContaining({ cause: 'expired' }),
    ]);
    await eventually(
      () => backends(server),
      (count) => count === 0,
    );
    for (const client of clients) client.destroy();
  });
});
