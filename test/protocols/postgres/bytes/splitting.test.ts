import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Door, openDoor } from '../../../postgres/door.ts';
import { type Relay, startRelay, straight } from '../../../postgres/relay.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import { wireOptions } from '../../../postgres/wire-client.ts';
import { conversation, converse, cut } from './conversation.ts';

let server: Server;
let relay: Relay;
let door: Door;
let whole: string[];

beforeAll(async () => {
  server = await startServer();
  await server.admin('postgres', 'create table t as select generate_series(1, 10) as id');
  relay = await startRelay({ host: server.host, port: server.port });
  door = await openDoor({
    targets: {
      one: {
        address: `127.0.0.1:${relay.port}`,
        database: 'postgres',
        user: server.user,
        tls: 'disable',
        policy: ['p'],
      },
    },
    // What a DO block does is not known: the rule says that it may.
    policies: { p: { default: 'allow', deny: [{ action: ['drop'] }] } },
  });
  whole = await converse(wireOptions(door.env('one')), [conversation.bytes]);
});

afterAll(async () => {
  await door?.close();
  await relay?.close();
  await server?.stop();
});

it('the conversation has answers of every kind, refusals among them', () => {
  const types = new Set(whole.map((line) => line[0]));
  expect(Array.from('TDCEZ12st3GHdcI').filter((type) => !types.has(type))).toEqual([]);
  expect(whole.filter((line) => line.startsWith('E ERROR 42501')).length).toBe(2);
});

it('a client’s bytes give the same answers however they are split', async () => {
  const places = fc.array(fc.nat(conversation.bytes.length), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      expect(await converse(wireOptions(door.env('one')), cut(conversation.bytes, at))).toEqual(whole);
    }),
    { numRuns: 40 },
  );
});

it('a client’s bytes give the same answers when they come one by one', async () => {
  const every = Array.from(conversation.bytes, (_, index) => index);
  expect(await converse(wireOptions(door.env('one')), cut(conversation.bytes, every))).toEqual(whole);
});

it('a server’s bytes give the same answers however they are split', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), async (forth, back) => {
      const slices = (size: number) => (chunk: Buffer) =>
        cut(
          chunk,
          Array.from({ length: Math.min(2000, Math.ceil(chunk.length / size)) }, (_, index) => index * size),
        );
      relay.bend(
        () => slices(forth),
        () => slices(back),
      );
      expect(await converse(wireOptions(door.env('one')), [conversation.bytes])).toEqual(whole);
    }),
    { numRuns: 15 },
  );
  relay.bend(
    () => straight,
    () => straight,
  );
});
