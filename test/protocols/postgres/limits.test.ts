import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { type Limits, LIMITS } from '../../../src/core/limits.ts';
import { cancelRequest } from '../../../src/protocols/postgres/startup.ts';
import { eventually } from '../../eventually.ts';
import { fieldsOf, frames, startupPacket } from '../../postgres/frames.ts';
import { startServer } from '../../postgres/server.ts';
import { dial, type WireClient } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer, GREETING, type Peer } from './fake-server.ts';
import { knock, refusedWith, types } from './knocking.ts';
import { challenge } from './login-steps.ts';
import { column, server as say } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

let server: FakeServer;
let door: ScriptedDoor;
const clients: WireClient[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.destroy();
  await door.close();
  await server.close();
});

/** Opens a door with these limits before a server that plays along. */
async function opened(
  limits: Partial<Limits>,
  play: (peer: Peer) => Promise<unknown> = (peer) => obliging(peer),
): Promise<void> {
  server = await fakeServer(async (peer) => {
    const code = (await peer.startup()).readInt32BE(4);
    return code === 196608 ? play(peer) : peer.rest();
  });
  door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }), { limits });
}

async function connected(): Promise<WireClient> {
  const client = await door.connect();
  clients.push(client);
  return client;
}

/** Lets anybody in, and answers whatever it is sent; `row N` and `notice N` are answered with so many letters. */
async function obliging(peer: Peer, before?: (letter: string) => Promise<unknown> | null): Promise<void> {
  peer.send(...GREETING);
  const plain: Readonly<Record<string, readonly Buffer[]>> = {
    P: [say.parseComplete()],
    B: [say.bindComplete()],
    C: [say.closeComplete()],
    E: [say.complete('SELECT 0')],
    S: [say.ready()],
  };
  for (;;) {
    const message = await peer.next();
    const letter = String.fromCharCode(message[0] ?? 0);
    await before?.(letter);
    const [, what, count = '0'] = /(row|notice) (\d+)/.exec(message.toString('latin1', 5)) ?? [];
    const much = 'x'.repeat(Number(count));
    if (letter !== 'Q') peer.send(...(plain[letter] ?? []));
    else if (what === 'row') peer.send(say.columns(column('a')), say.row(much), say.complete('SELECT 1'), say.ready());
    else if (what === 'notice') peer.send(say.notice(much), say.complete('DO'), say.ready());
    else peer.send(say.complete('SELECT 0'), say.ready());
  }
}

const errorOf = (client: WireClient): Record<string, string> | undefined => {
  const error = client.messages.find(({ type }) => type === 'E');
  return error === undefined ? undefined : fieldsOf(error);
};

async function goesOn(client: WireClient): Promise<void> {
  client.send(frames.query('select 1'));
  await eventually(
    () => types(client.messages),
    (heard) => heard.endsWith('CZ'),
  );
}

describe('a message of a connection', () => {
  const value = (length: number): Buffer[] => [
    frames.parse('select $1', 'a'),
    frames.bind({ statement: 'a', values: ['x'.repeat(length)] }),
    frames.sync(),
  ];
  const named = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, index) => [frames.parse('select 1', `s${index}`), frames.sync()]).flat();
  const long = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, index) => frames.parse('x'.repeat(400), `s${index}`));

  /** What is just small enough for a limit, and what is not. */
  const cases: readonly (readonly [
    limit: keyof Limits,
    key: string,
    value: number,
    fits: readonly Buffer[],
    exceeds: readonly Buffer[],
  ])[] = [
    ['statement', 'statement', 1024, [frames.query('x'.repeat(1018))], [frames.query('x'.repeat(1019))]],
    ['clientMessage', 'client_message', 1024, value(900), value(1024)],
    ['serverMessage', 'server_message', 1024, [frames.query('row 1013')], [frames.query('row 1014')]],
    ['serverReply', 'server_reply', 1024, [frames.query('notice 900')], [frames.query('notice 1024')]],
    ['preparedStatements', 'prepared_statements', 4, named(4), named(5)],
    ['preparedSize', 'prepared_size', 1024, long(3), long(4)],
  ];

  it.each(cases)(
    'is bounded by %s, and the client, the operator and the record are told',
    async (limit, key, most, fits, exceeds) => {
      await opened({ [limit]: most });
      const frugal = await connected();
      for (const bytes of fits) await answered(frugal, bytes);
      expect([errorOf(frugal), frugal.closed]).toEqual([undefined, false]);
      for (let round = 0; round < 3; round += 1) {
        const greedy = await connected();
        for (const bytes of exceeds) await answered(greedy, bytes);
        await eventually(() => greedy.closed, Boolean);
        expect(errorOf(greedy)).toMatchObject({
          S: 'FATAL',
          C: '54000',
          H: `Ask for less, or raise limits.${key} of the target.`,
        });
        expect(await door.ends.at(-1)).toMatchObject({ cause: 'protocol' });
        expect(door.guard().events.slice(-2)).toMatchObject([
          { type: 'error', statement: null, code: '54000', severity: 'FATAL' },
          { type: 'close', cause: 'protocol' },
        ]);
      }
      expect(door.warnings).toHaveLength(1);
      // Whoever asks for little is not disturbed by it.
      await goesOn(frugal);
    },
  );

  it.each(cases)(
    'is bounded by %s as it is configured: what is too much for one target is not for another',
    async (limit, _key, most, _fits, exceeds) => {
      await opened({ [limit]: 4 * most });
      const client = await connected();
      for (const bytes of exceeds) await answered(client, bytes);
      await goesOn(client);
      expect([errorOf(client), door.warnings]).toEqual([undefined, []]);
    },
  );

  /** Sends a message and waits until the server has answered it, so that the next one is counted after it. */
  async function answered(client: WireClient, bytes: Buffer): Promise<void> {
    const before = client.messages.length;
    client.send(bytes);
    await eventually(() => client.closed || client.messages.length > before, Boolean);
  }
});

describe('the first packet and the messages of a login', () => {
  const packet = startupPacket({ user: 'visitor', database: 'postgres', application_name: 'x'.repeat(300) });

  it.each([
    ['the first packet', [packet]],
    [
      'an answer',
      [startupPacket({ user: 'visitor', database: 'postgres' }), frames.raw('p', Buffer.from('x'.repeat(300)))],
    ],
  ])('are bounded by startup_packet: %s', async (_what, parts) => {
    await opened({ startupPacket: 256 });
    for (let round = 0; round < 3; round += 1) {
      const heard = (await knock(door, ...parts)).toString();
      expect(heard).toContain('C54000');
      expect(heard).toContain('limits.startup_packet');
    }
    expect(door.warnings).toHaveLength(1);
    expect(await door.ends[0]).toMatchObject({ cause: 'protocol' });
  });

  it('may be as long as the limit says', async () => {
    await opened({ startupPacket: packet.length });
    const client = await dial('127.0.0.1', door.options.port);
    clients.push(client);
    client.send(packet);
    expect(types(await client.until('R'))).toBe('R');
  });
});

describe('the time', () => {
  it('that a client takes to log in is bounded by login, and the client is told', async () => {
    await opened({ login: 50 });
    const client = await dial('127.0.0.1', door.options.port);
    clients.push(client);
    await eventually(() => client.closed, Boolean);
    expect(errorOf(client)).toMatchObject({ S: 'FATAL', C: '08006', M: 'logging in took longer than 0.05 s' });
    expect(door.warnings).toEqual(['logging in took longer than 0.05 s']);
  });

  it('that a client has for its login does not go on when it is in', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await opened({ login: 300 }, async (peer) => {
      await vi.advanceTimersByTimeAsync(350);
      return obliging(peer);
    });
    const client = await connected();
    expect(types(await client.query('select 1'))).toBe('CZ');
  });

  it('that reaching the target takes is bounded by connect', async () => {
    await opened({ connect: 50 }, (peer) => peer.rest());
    await expect(door.connect()).rejects.toEqual(refusedWith('08001'));
    expect(await server.outcomes[0]).toHaveLength(0);
    expect(await door.ends[0]).toMatchObject({ cause: 'target' });
  });

  it('that a server takes to say what names mean does not begin before it has done what the client sent first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const work = (): Promise<unknown> => vi.advanceTimersByTimeAsync(400);
    await opened({ catalogWait: 100 }, (peer) => obliging(peer, (letter) => (letter === 'E' ? work() : null)));
    const client = await connected();
    const guard = door.guard();
    guard.before = async ({ text }) => {
      if (text === 'second') await guard.catalog.read([]).catch(() => null);
      return null;
    };
    client.send(frames.parse('first'), frames.bind(), frames.execute(), frames.parse('second'), frames.sync());
    expect(types(await client.until('Z'))).toBe('12C1Z');
  });

  it('that cancelling takes is bounded by cancel: the client waits no longer', async () => {
    const stubborn = async (peer: Peer): Promise<unknown> => {
      if ((await peer.startup()).readInt32BE(4) === 196608) return obliging(peer);
      // Has taken the request, and does not close.
      return new Promise((resolve) => peer.socket.once('close', resolve));
    };
    server = await fakeServer(stubborn, { allowHalfOpen: true });
    door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }), {
      limits: { cancel: 100 },
    });
    const client = await connected();
    const { pid = 0, secret = Buffer.alloc(4) } = client.key ?? {};
    const started = performance.now();
    expect(await knock(door, cancelRequest(pid, secret))).toHaveLength(0);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(90);
    expect(took).toBeLessThan(LIMITS.cancel);
    expect(types(await client.query('select 1'))).toBe('CZ');
  });
});

describe('the work of a login', () => {
  it.each([
    [4096, 4096, 'is done'],
    [4096, 4097, 'is refused'],
    [5000, 4097, 'is done'],
  ])('under a limit of %i for %i SCRAM iterations %s', async (scramIterations, asked, what) => {
    await opened({ scramIterations }, async (peer) => {
      await challenge(peer, (nonce) => `r=${nonce}x,s=QUJD,i=${asked}`);
      // Whoever answers has done the work.
      return (await peer.next()).length;
    });
    await expect(door.connect()).rejects.toThrow(what === 'is done' ? 'closed the connection' : 'SCRAM iterations');
    expect(typeof (await server.outcomes[0]) === 'number').toBe(what === 'is done');
  });
});

describe('a pipeline', () => {
  it('is read no further than the server has answered', async () => {
    let received = 0;
    let answering = false;
    const answer: (() => void)[] = [];
    await opened({ pipeline: 2000 }, async (peer) => {
      if (door.ends.length > 1) return obliging(peer);
      peer.send(...GREETING);
      for (;;) {
        await peer.next();
        received += 1;
        if (answering) peer.send(say.parseComplete());
        else answer.push(() => peer.send(say.parseComplete()));
      }
    });
    const client = await connected();
    const other = await connected();
    client.send(...Array.from({ length: 5000 }, (_, index) => frames.parse('select 1', `s${index % 10}`)));
    await eventually(
      () => received,
      (count) => count >= 2000,
    );
    // Time enough for all that has been sent to pass, if it could.
    for (let round = 0; round < 50; round += 1) await other.query('select 1');
    expect(received).toBe(2000);
    answering = true;
    for (const one of answer) one();
    await eventually(
      () => client.messages.filter(({ type }) => type === '1').length,
      (count) => count === 5000,
    );
  });

  it('that is longer than the limit is carried all the same, also where nothing asks for answers before its end', async () => {
    const real = await startServer({ authentication: 'scram-sha-256' });
    try {
      server = await fakeServer(async () => undefined);
      door = await scriptedDoor(
        targetOf({ ...real, password: real.password }, { password: new Secret(real.password) }),
        {
          limits: { pipeline: 2000 },
        },
      );
      const client = await connected();
      const one = [frames.parse('select 1'), frames.bind(), frames.execute()];
      client.send(...Array.from({ length: 1000 }, () => one).flat(), frames.sync());
      const answer = await client.until('Z');
      expect(answer.filter(({ type }) => type === 'C')).toHaveLength(1000);
      expect(answer.filter(({ type }) => type === 'E')).toEqual([]);
    } finally {
      await door.close();
      await real.stop();
    }
  });
});
