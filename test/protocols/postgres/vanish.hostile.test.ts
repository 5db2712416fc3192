import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { frames, startupPacket } from '../../postgres/frames.ts';
import { ScramClient } from '../../postgres/scram.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { dial, WireClient } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { SSL } from './knocking.ts';
import { active, backends, type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

/** How a client is gone: its process was killed, its machine was, or it only has nothing more to say. */
const WAYS = {
  'closes its socket': (socket: Socket) => void socket.destroy(),
  'resets the connection': (socket: Socket) => void socket.resetAndDestroy(),
  'ends its half': (socket: Socket) => void socket.end(),
} as const;
type Way = keyof typeof WAYS;

const STARTUP = startupPacket({ user: 'visitor', database: 'postgres' });

/** SASLInitialResponse. */
function initial(scram: ScramClient): Buffer {
  const first = Buffer.from(scram.first());
  const length = Buffer.alloc(4);
  length.writeInt32BE(first.length);
  return frames.raw('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first]));
}

async function challenged(client: WireClient, scram: ScramClient): Promise<string> {
  client.send(STARTUP);
  await client.until('R');
  client.send(initial(scram));
  const [challenge] = await client.until('R');
  return challenge?.body.toString('utf8', 4) ?? '';
}

describe('a client that is gone while it comes in leaves nothing behind', () => {
  /** A target that takes connections and never says a word. */
  let silent: FakeServer;
  let door: ScriptedDoor;

  beforeEach(async () => {
    silent = await fakeServer((peer) => peer.rest());
    door = await scriptedDoor(targetOf({ port: silent.port, user: 'app', password: 'hidden' }));
  });
  afterEach(async () => {
    await door.close();
    await silent.close();
  });

  const steps: readonly (readonly [string, (client: WireClient) => unknown, 'reaches the target'?])[] = [
    ['before it has said anything', () => undefined],
    ['in the middle of its first packet', (client) => client.send(STARTUP.subarray(0, 7))],
    ['after it asked for TLS', (client) => client.send(SSL)],
    ['when it is asked for its password', (client) => (client.send(STARTUP), client.until('R'))],
    [
      'in the middle of its answer',
      async (client) => {
        client.send(STARTUP);
        await client.until('R');
        client.send(initial(new ScramClient('x')).subarray(0, 20));
      },
    ],
    ['in the middle of SCRAM', (client) => challenged(client, new ScramClient('x'))],
    [
      'while the target is being reached',
      async (client) => {
        const scram = new ScramClient(door.options.password);
        client.send(frames.raw('p', Buffer.from(scram.final(await challenged(client, scram)))));
        await client.until('R');
        await eventually(
          () => silent.outcomes.length,
          (count) => count === 1,
        );
      },
      'reaches the target',
    ],
  ];
  const cases = steps.flatMap((step) =>
    (Object.keys(WAYS) as Way[]).map((way) => [way, step[0], step[1], step[2]] as const),
  );

  it.each(cases)('%s %s', async (way, _when, act, reaches) => {
    const client = await dial('127.0.0.1', door.options.port);
    await eventually(
      () => door.ends.length,
      (count) => count === 1,
    );
    await act(client);
    WAYS[way](client.socket);
    expect(await door.ends[0]).toMatchObject({ cause: 'client' });
    await eventually(
      () => door.connections(),
      (count) => count === 0,
    );
    // The target saw the connection go, if there was one at all.
    expect(silent.outcomes).toHaveLength(reaches === undefined ? 0 : 1);
    await Promise.all(silent.outcomes);
    expect([door.guards, door.warnings]).toEqual([[], []]);
  });
});

describe('a client that is gone in mid-connection', () => {
  let server: Server;
  let door: ScriptedDoor;

  beforeAll(async () => {
    server = await startServer({ authentication: 'scram-sha-256' });
    await server.admin('postgres', 'create table kept (n int)');
    door = await scriptedDoor(targetOf(server));
  });
  afterAll(async () => {
    await door.close();
    await server.stop();
  });

  const extended = (text: string): Buffer[] => [frames.parse(text), frames.bind(), frames.execute()];
  const LONG = "select repeat('x', 1000) from generate_series(1, 1000000)";

  /** Each leaves something undone; those that run at once are let run until the server is at them. */
  const steps: readonly (readonly [string, (client: WireClient) => unknown, 'runs'?])[] = [
    ['that is idle', () => undefined],
    ['that is in a transaction', (client) => client.query('begin; insert into kept values (1)')],
    [
      'whose transaction has failed',
      async (client) => (await client.query('begin; insert into kept values (1)'), client.query('select 1/0')),
    ],
    ['in the middle of a message', (client) => client.send(frames.query('insert into kept values (1)').subarray(0, 9))],
    ['whose statement runs', (client) => client.send(frames.query('select pg_sleep(600)')), 'runs'],
    [
      'whose pipelined statements run',
      (client) =>
        client.send(
          ...extended('insert into kept values (1)'),
          ...extended('select pg_sleep(600)'),
          ...extended('insert into kept values (1)'),
          frames.sync(),
        ),
      'runs',
    ],
    [
      'whose next statement has to wait',
      (client) => client.send(frames.query('select pg_sleep(600)'), frames.query('insert into kept values (1)')),
      'runs',
    ],
    [
      'between the statements of a pipeline',
      async (client) => {
        client.send(...extended('insert into kept values (1)'), frames.flush());
        await client.until('C');
      },
    ],
    [
      'that sends COPY data',
      async (client) => {
        client.send(frames.query('copy kept from stdin'));
        await client.until('G');
        client.send(frames.copyData('1\n'), frames.copyData('2\n').subarray(0, 6));
      },
    ],
    [
      'that sends COPY data in a pipeline',
      async (client) => {
        client.send(...extended('copy kept from stdin'));
        await client.until('G');
        client.send(frames.copyData('1\n'));
      },
    ],
    [
      'that reads COPY data',
      async (client) => {
        client.send(frames.query(`copy (${LONG}) to stdout`));
        await client.until('d');
        client.socket.pause();
      },
    ],
    [
      'that does not read its result',
      (client) => {
        client.socket.pause();
        client.send(frames.query(LONG));
      },
      'runs',
    ],
  ];
  const gone = ['closes its socket', 'resets the connection'] as const;
  const cases = steps.flatMap((step) => gone.map((way) => [step[0], way, step[1], step[2]] as const));

  it.each(cases)('%s and %s leaves nothing behind', async (_when, way, act, runs) => {
    const client = await door.connect();
    await act(client);
    if (runs !== undefined) await eventually(() => active(server));
    WAYS[way](client.socket);
    expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
    await eventually(
      () => backends(server),
      (count) => count === 0,
    );
    expect(await server.admin('postgres', 'select * from kept')).toEqual([]);
    await eventually(
      () => door.connections(),
      (count) => count === 0,
    );
    const events = door.guard().events.map((event) => event.type);
    expect([events[0], events.at(-1)]).toEqual(['open', 'close']);
  });

  it.each(gone)('while its statement is judged, and %s, leaves nothing to be judged for', async (way) => {
    const client = await door.connect();
    const [judged, verdict] = [Promise.withResolvers<void>(), Promise.withResolvers<null>()];
    door.guard().before = () => {
      judged.resolve();
      return verdict.promise;
    };
    client.send(frames.query('insert into kept values (1)'));
    await judged.promise;
    WAYS[way](client.socket);
    await eventually(
      () => door.connections(),
      (count) => count === 0,
    );
    verdict.resolve(null);
    expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
    expect(await server.admin('postgres', 'select * from kept')).toEqual([]);
  });

  it('and only has ended its half, reads what it waits for all the same', async () => {
    const reader = connect({ host: '127.0.0.1', port: door.options.port, allowHalfOpen: true });
    const client = new WireClient(reader);
    await client.login(door.options);
    // Longer than it takes to be asked twice whether it is still there.
    reader.end(frames.query('select pg_sleep(1.3)'));
    const types = (await client.until('Z')).map((message) => message.type).join('');
    expect(types).toMatch(/^S*TDCZ$/);
    expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
  });
});
