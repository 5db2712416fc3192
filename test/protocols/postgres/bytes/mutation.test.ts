import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Door, openDoor } from '../../../postgres/door.ts';
import { startupPacket } from '../../../postgres/frames.ts';
import { type Bend, type Relay, startRelay, straight } from '../../../postgres/relay.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import { dial, wireClient, wireOptions } from '../../../postgres/wire-client.ts';
import { conversation } from './conversation.ts';

let server: Server;
let relay: Relay;
let door: Door;

beforeAll(async () => {
  // A login that the server leaves hanging keeps its connection until the time for logins is over.
  server = await startServer({ settings: { max_connections: '250' } });
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
    policies: { p: { default: 'allow', deny: [{ action: ['drop', 'truncate', 'delete'] }] } },
  });
});

afterAll(async () => {
  await door?.close();
  await relay?.close();
  await server?.stop();
});

/** Resident memory of the door's process, in bytes. */
function resident(): number {
  const status = readFileSync(`/proc/${door.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

interface Change {
  readonly place: number;
  readonly byte: number;
  readonly kind: 'set' | 'insert' | 'remove' | 'cut';
}

const change = fc.record<Change>({
  place: fc.nat(6000),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 4, 0x7f, 0x80, 0xff)),
  kind: fc.constantFrom('set', 'insert', 'remove', 'cut'),
});

function changed(bytes: Buffer, changes: readonly Change[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { place, byte, kind } of changes) {
    const at = place % Math.max(1, result.length);
    if (kind === 'set') result[at] = byte;
    else if (kind === 'insert')
      result = Buffer.concat([result.subarray(0, at), Buffer.from([byte]), result.subarray(at)]);
    else if (kind === 'remove') result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else result = result.subarray(0, at);
  }
  return result;
}

async function stillServes(): Promise<void> {
  relay.bend(
    () => straight,
    () => straight,
  );
  const client = await wireClient(wireOptions(door.env('one')));
  expect((await client.query('select 42')).map((message) => message.type).join('')).toBe('TDCZ');
  await client.end();
  expect(door.errors()).not.toMatch(/bug|at .*\.ts:\d+/);
}

/** Reads whatever comes until the other side ends or says nothing more. */
async function listen(client: Awaited<ReturnType<typeof dial>>): Promise<void> {
  let heard = -1;
  for (let quiet = 0; quiet < 3 && !client.closed; quiet += heard === client.messages.length ? 1 : 0) {
    heard = client.messages.length;
    await pause(10);
  }
  client.destroy();
}

it('bent bytes from a client end its connection at worst', async () => {
  const before = resident();
  const options = wireOptions(door.env('one'));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const client = await wireClient(options);
      client.send(changed(conversation.bytes, changes));
      await listen(client);
    }),
    { numRuns: 120 },
  );
  await stillServes();
  expect(resident() - before).toBeLessThan(96 * 1024 * 1024);
}, 120_000);

it('bent bytes from somebody who has not logged in end the connection', async () => {
  const { host, port, user, database } = wireOptions(door.env('one'));
  const start = startupPacket({ user, database, application_name: 'x' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.uint8Array({ maxLength: 64 }),
      async (changes, tail) => {
        const client = await dial(host, port);
        client.send(changed(Buffer.concat([start, Buffer.from(tail)]), changes));
        client.socket.end();
        await listen(client);
      },
    ),
    { numRuns: 120 },
  );
  await stillServes();
}, 120_000);

it('bent bytes from a server end the connection at worst', async () => {
  const before = resident();
  const options = wireOptions(door.env('one'));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(6), async (changes, skip) => {
      let chunk = 0;
      const bend: Bend = (bytes) => {
        chunk += 1;
        return chunk <= skip ? [bytes] : [changed(bytes, changes)];
      };
      relay.bend(
        () => straight,
        () => bend,
      );
      const client = await dial(options.host, options.port);
      const talk = client.login(options).then(
        () => client.send(conversation.bytes),
        () => client.destroy(),
      );
      await Promise.race([talk, pause(300)]);
      await listen(client);
      await talk;
    }),
    { numRuns: 100 },
  );
  await stillServes();
  expect(resident() - before).toBeLessThan(96 * 1024 * 1024);
}, 120_000);
