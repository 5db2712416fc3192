import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { fieldsOf, frames, type Message, startupPacket, valuesOf } from '../../postgres/frames.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { dial, type WireClient, WireError } from '../../postgres/wire-client.ts';
import { fakeServer, GREETING, type Peer } from './fake-server.ts';
import { server as say } from './messages.ts';
import { backends, eventually, type ScriptedDoor, scriptedDoor, type ScriptedOptions, targetOf } from './scripted.ts';

const types = (messages: readonly Message[]): string => messages.map((message) => message.type).join('');
const value = (messages: readonly Message[]): string | null => {
  const row = messages.find((message) => message.type === 'D');
  return row === undefined ? null : (valuesOf(row)[0]?.toString() ?? null);
};
const sqlstate = (messages: readonly Message[]): string | undefined => {
  const error = messages.find((message) => message.type === 'E');
  return error === undefined ? undefined : fieldsOf(error)['C'];
};
const refusedWith = (code: string): unknown =>
  expect.objectContaining({ fields: expect.objectContaining({ C: code, S: 'FATAL' }) as unknown });

/** A request without a body, such as SSLRequest. */
function request(code: number, ...more: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8 + more.reduce((sum, part) => sum + part.length, 0), 0);
  bytes.writeInt32BE(code, 4);
  return Buffer.concat([bytes, ...more]);
}
const SSL = request(80877103);
const GSSENC = request(80877104);

/** Sends bytes to the door and gives all that comes back until it closes. */
async function knock(door: ScriptedDoor, ...parts: readonly Buffer[]): Promise<Buffer> {
  const socket: Socket = connect({ host: '127.0.0.1', port: door.options.port });
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void heard.push(chunk));
  socket.on('error', () => socket.destroy());
  for (const part of parts) socket.write(part);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(heard);
}

describe.each(serverVersions())('a connection to PostgreSQL %i', (version) => {
  let server: Server;
  let door: ScriptedDoor;
  const clients: WireClient[] = [];
  const connected = async (...args: Parameters<ScriptedDoor['connect']>): Promise<WireClient> => {
    const client = await door.connect(...args);
    clients.push(client);
    return client;
  };
  /** A door of its own, for tests that end the session or bend its limits. */
  async function withDoor(options: ScriptedOptions, act: (own: ScriptedDoor) => Promise<void>): Promise<void> {
    const own = await scriptedDoor(targetOf(server), options);
    try {
      await act(own);
    } finally {
      await own.close();
    }
  }

  beforeAll(async () => {
    server = await startServer({ version, authentication: 'scram-sha-256' });
    door = await scriptedDoor(targetOf(server));
  });
  afterAll(async () => {
    await door.close();
    await server.stop();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await eventually(
      () => backends(server),
      (count) => count === 0,
    );
  });

  describe('at the door', () => {
    it.each(['protocol 3.0', 'protocol 3.2'])(
      'is let in with the secret, in %s, under the target’s own user',
      async (name) => {
        const client = await connected({ protocol: name === 'protocol 3.0' ? 196608 : 196610 });
        expect(value(await client.query('select current_user'))).toBe(server.user);
        expect(client.key?.secret.length).toBe(name === 'protocol 3.0' ? 4 : 32);
        expect(client.parameters.get('standard_conforming_strings')).toBe('on');
        expect(client.messages.filter((message) => message.type === 'v')).toEqual([]);
      },
    );

    it.each([
      ['a wrong password', { password: 'wrong' }],
      ['no password', { password: '' }],
      ['the target’s own password', { password: 'correct horse battery staple' }],
      ['another user', { user: 'somebody' }],
      ['the target’s own user', { user: 'guarded' }],
    ])('turns away %s before the target hears of it', async (_what, more) => {
      const mark = server.log.mark();
      await expect(door.connect(more)).rejects.toEqual(refusedWith('28P01'));
      expect(server.log.since(mark)).toEqual([]);
    });

    it('leads to one database only, and says which once the secret is shown', async () => {
      await expect(door.connect({ database: 'template1' })).rejects.toMatchObject({
        fields: { C: '3D000', H: expect.stringContaining('"postgres"') as unknown },
      });
      await expect(door.connect({ database: 'template1', password: 'wrong' })).rejects.toEqual(refusedWith('28P01'));
    });

    it.each(['options', 'search_path', 'role', 'session_authorization', 'REPLICATION'])(
      'refuses the start-up parameter %s before it asks for a password (R20)',
      async (name) => {
        const client = await dial('127.0.0.1', door.options.port);
        client.send(startupPacket({ user: 'visitor', database: 'postgres', [name]: 'database' }));
        const answer = await client.until('Z');
        expect([types(answer), sqlstate(answer)]).toEqual(['E', '42501']);
      },
    );

    it('hands on the settings it lets through, and its own', async () => {
      const parameters = { application_name: 'my app', TimeZone: 'Europe/Berlin', client_encoding: 'SQL_ASCII' };
      const client = await connected({ parameters });
      const seen = await client.query(
        "select concat_ws(' ', current_setting('application_name'), current_setting('timezone'), current_setting('client_encoding'))",
      );
      expect(value(seen)).toBe('my app Europe/Berlin UTF8');
    });

    it('makes the server read-only where the policy is', async () => {
      await withDoor({ readOnly: true }, async (own) => {
        const client = await own.connect();
        expect(sqlstate(await client.query('create table nope ()'))).toBe('25006');
        client.destroy();
      });
    });

    it.each([
      ['3.9999', 196608 + 9999, {}, 196610, []],
      ['3.0 with options', 196608, { '_pq_.new': 'x' }, 196608, ['_pq_.new']],
      ['3.2 with options', 196610, { '_pq_.a': 'x', '_pq_.b': 'y' }, 196610, ['_pq_.a', '_pq_.b']],
    ])('negotiates down from protocol %s', async (_what, protocol, parameters, spoken, options) => {
      const client = await connected({ protocol, parameters });
      const [negotiation] = client.messages;
      expect(negotiation?.type).toBe('v');
      expect(negotiation?.body.readInt32BE(0)).toBe(spoken);
      expect(negotiation?.body.toString('utf8', 8).split('\0').slice(0, -1)).toEqual(options);
      expect(value(await client.query('select 1'))).toBe('1');
    });

    it('says no to encryption it does not have, and goes on in plain', async () => {
      const client = await dial('127.0.0.1', door.options.port);
      clients.push(client);
      const answers: Buffer[] = [];
      const listen = (chunk: Buffer): void => void answers.push(chunk);
      client.socket.removeAllListeners('data').on('data', listen);
      client.socket.write(GSSENC);
      await eventually(
        () => Buffer.concat(answers).toString(),
        (heard) => heard === 'N',
      );
      client.socket.write(SSL);
      await eventually(
        () => Buffer.concat(answers).toString(),
        (heard) => heard === 'NN',
      );
      client.socket.write(startupPacket({ user: 'visitor', database: 'postgres' }));
      await eventually(
        () => Buffer.concat(answers).toString('latin1'),
        (heard) => heard.includes('SCRAM-SHA-256'),
      );
    });

    it.each([
      ['SSLRequest and a start-up packet at once', [SSL, startupPacket({ user: 'visitor' })]],
      ['GSSENCRequest and a start-up packet at once', [GSSENC, startupPacket({ user: 'visitor' })]],
      ['SSLRequest twice at once', [SSL, SSL]],
      ['SSLRequest with a byte behind it', [SSL, Buffer.from('x')]],
    ])('drops who sends bytes before encryption is agreed on: %s (R19)', async (_what, parts) => {
      const heard = await knock(door, Buffer.concat(parts));
      expect(heard.toString('latin1')).not.toContain('SCRAM');
      expect(heard.toString('latin1')).toContain('before encryption was agreed on');
    });

    it.each([
      ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
      ['HTTP POST', Buffer.from('POST /query HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello')],
      ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
      ['TLS without a request', Buffer.from('160301020001000200', 'hex')],
      ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
      ['MySQL', Buffer.from('4a0000010a382e302e3336', 'hex')],
      ['a packet of 2 GB', Buffer.from('7fffffff00030000', 'hex')],
      ['a packet of negative length', Buffer.from('ffffffff00030000', 'hex')],
      ['a packet too short for its code', Buffer.from('0000000400030000', 'hex')],
      ['a packet of 10 001 bytes', Buffer.concat([Buffer.from('0000271100030000', 'hex'), Buffer.alloc(100)])],
      ['protocol 2.0', startupPacket({ user: 'visitor' }, 131072)],
      ['the same parameter twice', request(196608, Buffer.from('user\0a\0user\0b\0\0'))],
    ])('drops %s at once, with a message that quotes nothing (R14)', async (_what, bytes) => {
      const started = performance.now();
      const heard = (await knock(door, bytes)).toString('latin1');
      expect(performance.now() - started).toBeLessThan(2000);
      expect(heard).toContain('FATAL');
      expect(heard).not.toMatch(/GET|POST|Host|SSH|SCRAM/);
    });

    it('drops a TLS client that did not ask first', async () => {
      const socket = connectTls({ host: '127.0.0.1', port: door.options.port, rejectUnauthorized: false });
      await expect(
        new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject)),
      ).rejects.toThrow();
    });

    it.each([
      ['a query instead of its proof', frames.query('select 1')],
      ['another mechanism', frames.raw('p', Buffer.from('PLAIN\0\0\0\0\0'))],
      ['a mechanism with channel binding', frames.raw('p', Buffer.from('SCRAM-SHA-256-PLUS\0\0\0\0\0'))],
      ['a length that is too long', frames.raw('p', Buffer.from('SCRAM-SHA-256\0\0\0\0\u00ffn,,n=,r=a'))],
      ['a length of -1', frames.raw('p', Buffer.from('SCRAM-SHA-256\0\xff\xff\xff\xff', 'latin1'))],
      ['its password in clear', frames.raw('p', Buffer.from('a secret of this session only\0'))],
      ['a message of 2 GB', Buffer.from('707fffffff', 'hex')],
      ['nothing more', frames.terminate()],
    ])('does not let in who answers with %s', async (_what, answer) => {
      const heard = await knock(door, startupPacket({ user: 'visitor', database: 'postgres' }), answer);
      expect(heard.toString('latin1')).not.toContain('v=');
      expect(heard.at(-1)).not.toBe('I'.charCodeAt(0));
      expect(heard.toString('latin1')).toContain('FATAL');
    });

    it('does not wait for who is too slow to log in (R15)', async () => {
      await withDoor({ limits: { login: 100 } }, async (own) => {
        const packet = startupPacket({ user: 'visitor', database: 'postgres' });
        for (const part of [Buffer.alloc(0), packet.subarray(0, 7), packet]) {
          const started = performance.now();
          await knock(own, part);
          expect(performance.now() - started).toBeLessThan(2000);
        }
        const dripping = await dial('127.0.0.1', own.options.port);
        const drip = setInterval(() => dripping.send(Buffer.from([0])), 10);
        await eventually(() => dripping.closed, Boolean);
        clearInterval(drip);
        expect(await Promise.all(own.ends)).toEqual(Array(4).fill(expect.objectContaining({ cause: 'protocol' })));
        expect(own.guards).toEqual([]);
      });
    });
  });

  describe('and its target', () => {
    it('tells the client when the target does not let hoopctl in, without its credential', async () => {
      const { Secret } = await import('../../../src/core/secret.ts');
      const own = await scriptedDoor(targetOf(server, { password: new Secret('not the right one') }));
      const error = await own.connect().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WireError);
      expect(error).toEqual(refusedWith('28P01'));
      expect(JSON.stringify((error as WireError).fields)).not.toMatch(/not the right one|guarded/);
      await own.close();
      expect(own.warnings.join()).not.toContain('not the right one');
    });

    it('gives up on a target that does not answer', async () => {
      const silent = await fakeServer((peer) => peer.rest());
      const own = await scriptedDoor(targetOf({ ...server, port: silent.port }), { limits: { connect: 100 } });
      await expect(own.connect()).rejects.toEqual(refusedWith('08006'));
      await own.close();
      await silent.close();
    });

    it('ends when the server ends it, and says what the server said', async () => {
      const client = await connected();
      await server.admin(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${server.user}'`,
      );
      const last = await client.until('Z');
      expect([sqlstate(last), client.closed]).toEqual(['57P01', true]);
      expect(await door.ends.at(-1)).toMatchObject({ cause: 'target' });
    });

    it.each([
      ['client_encoding', 'latin1'],
      ['client_encoding', 'sql_ascii'],
      ['standard_conforming_strings', 'off'],
    ])('ends when %s becomes %s, however that happened', async (name, setting) => {
      for (const how of [`set ${name} to ${setting}`, `select set_config('${name}', '${setting}', false)`]) {
        const client = await connected();
        const answer = await client.query(how);
        expect(types(answer)).not.toContain('Z');
        expect(sqlstate(answer)).toBe('08P01');
        expect(client.closed).toBe(true);
        expect(await door.ends.at(-1)).toMatchObject({ cause: 'target' });
      }
    });

    it('says good-bye to the server when the client does', async () => {
      const client = await connected();
      expect(await backends(server)).toBe(1);
      await client.end();
      await eventually(
        () => backends(server),
        (count) => count === 0,
      );
      expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
    });

    it('finishes what a client sent before it said good-bye or closed its half', async () => {
      await server.admin('postgres', 'create table if not exists half (n int)', 'truncate half');
      const polite = await connected();
      polite.send(frames.query('select pg_sleep(0.2); insert into half values (1)'), frames.terminate());
      const half = await connected();
      half.socket.end(frames.query('select pg_sleep(0.2); insert into half values (2)'));
      expect(types(await half.until('Z'))).toContain('Z');
      await eventually(
        async () => (await server.admin('postgres', 'select count(*)::int as n from half'))[0]?.['n'],
        (count) => count === 2,
      );
    });
  });

  describe('whose client breaks off leaves nothing behind on the server', () => {
    const breaks: readonly (readonly [string, (client: WireClient) => void | Promise<void>])[] = [
      ['idle', () => undefined],
      ['in the middle of a message', (client) => client.send(frames.query('select 1').subarray(0, 7))],
      ['in a transaction', async (client) => void (await client.query('begin'))],
      ['between Parse and Sync', (client) => client.send(frames.parse('select 1'), frames.bind())],
      ['while a query runs', (client) => client.send(frames.query('select pg_sleep(600)'))],
      [
        'while an Execute runs',
        (client) => client.send(frames.parse('select pg_sleep(600)'), frames.bind(), frames.execute(), frames.sync()),
      ],
      [
        'while it should send COPY data',
        async (client) => (client.send(frames.query('copy half from stdin')), void (await client.until('G'))),
      ],
      [
        'while it does not read a large result',
        (client) => {
          client.socket.pause();
          client.send(frames.query("select repeat('x', 1000) from generate_series(1, 1000000)"));
        },
      ],
    ];

    it.each(breaks)('%s', async (_what, act) => {
      await server.admin('postgres', 'create table if not exists half (n int)');
      const client = await connected();
      await act(client);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await backends(server)).toBe(1);
      client.socket.resetAndDestroy();
      await eventually(
        () => backends(server),
        (count) => count === 0,
      );
      expect(await door.ends.at(-1)).toMatchObject({ cause: 'client' });
      const events = door.guard().events.map((event) => event.type);
      expect([events[0], events.at(-1)]).toEqual(['open', 'close']);
    });

    it('while it waits for its turn at the guard', async () => {
      const client = await connected();
      const answer = Promise.withResolvers<null>();
      door.guard().before = () => answer.promise;
      client.send(frames.query('select 1'));
      await eventually(
        () => door.guard().judged.length,
        (count) => count === 1,
      );
      const mark = server.log.mark();
      client.socket.resetAndDestroy();
      await eventually(
        () => backends(server),
        (count) => count === 0,
      );
      answer.resolve(null);
      await door.ends.at(-1);
      expect(server.log.statementsOf(server.user, mark)).toEqual([]);
    });
  });

  describe('when the session ends', () => {
    it.each(['reads on', 'sends on', 'does nothing', 'has not logged in', 'has a query running'])(
      'ends at once, also for a client that %s',
      async (how) => {
        await withDoor({}, async (own) => {
          const client = how === 'has not logged in' ? await dial('127.0.0.1', own.options.port) : await own.connect();
          if (how === 'has a query running') client.send(frames.query('select pg_sleep(600)'));
          if (how === 'has a query running')
            await eventually(
              () => own.guard().judged.length,
              (count) => count === 1,
            );
          const before = client.messages.length;
          await eventually(
            () => own.ends.length,
            (count) => count === 1,
          );
          own.expire();
          if (how === 'sends on') client.send(frames.query('select 1'));
          expect(await own.ends[0]).toMatchObject({ cause: 'expired' });
          await eventually(
            () => backends(server),
            (count) => count === 0,
          );
          const told = client.messages
            .slice(before)
            .filter((message) => message.type === 'E')
            .map(fieldsOf);
          expect(told).toMatchObject([{ S: 'FATAL', C: '57P01' }]);
          if (how === 'sends on') expect(own.guard().judged).toEqual([]);
          client.destroy();
        });
      },
    );

    it('ends also for who keeps its half open and has not logged in', async () => {
      await withDoor({}, async (own) => {
        const socket = connect({ host: '127.0.0.1', port: own.options.port, allowHalfOpen: true });
        socket.resume();
        await eventually(
          () => own.ends.length,
          (count) => count === 1,
        );
        own.expire();
        const late = new Promise((resolve) => setTimeout(resolve, 2000, 'late'));
        expect(await Promise.race([own.ends[0], late])).toMatchObject({ cause: 'expired' });
        socket.destroy();
      });
    });

    it('lets nobody in any more', async () => {
      await withDoor({}, async (own) => {
        own.expire();
        await expect(own.connect()).rejects.toEqual(refusedWith('57P01'));
        expect(own.guards).toEqual([]);
      });
    });

    it('is the end of many connections without a warning from the runtime', async () => {
      const warnings: string[] = [];
      const listen = (warning: Error): void => void warnings.push(warning.message);
      process.on('warning', listen);
      await withDoor({}, async (own) => {
        const many = await Promise.all(Array.from({ length: 20 }, () => own.connect()));
        own.expire();
        await Promise.all(own.ends);
        for (const client of many) client.destroy();
      });
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });
  });

  describe('and cancelling (R24)', () => {
    const cancel = (pid: number, secret: Buffer): Buffer => {
      const head = Buffer.alloc(4);
      head.writeInt32BE(pid);
      return request(80877102, head, secret);
    };

    it.each([196608, 196610])(
      'cancels what runs on the connection whose key it is, in protocol %i',
      async (protocol) => {
        const [one, other] = [await connected({ protocol }), await connected({ protocol })];
        one.send(frames.query('select pg_sleep(600)'));
        other.send(frames.query('select pg_sleep(0.6)'));
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(await knock(door, cancel(one.key?.pid ?? 0, one.key?.secret ?? Buffer.alloc(4)))).toHaveLength(0);
        expect(sqlstate(await one.until('Z'))).toBe('57014');
        expect(sqlstate(await other.until('Z'))).toBeUndefined();
        expect(value(await one.query('select 1'))).toBe('1');
      },
    );

    it('never shows a client the server’s own key or process', async () => {
      const client = await connected();
      const pid = value(await client.query('select pg_backend_pid()'));
      expect(String(client.key?.pid)).not.toBe(pid);
    });

    it('does nothing with a key that is foreign, unknown, too short, expired or the server’s, and says nothing', async () => {
      const [client, gone] = [await connected(), await connected()];
      const { key } = client;
      const old = gone.key;
      if (key === null || old === null) throw new Error('no keys');
      const pid = Number(value(await client.query('select pg_backend_pid()')));
      await gone.end();
      await door.ends.at(-1);
      client.send(frames.query('select pg_sleep(0.8)'));
      const wrong = Buffer.from(key.secret.map((byte) => byte ^ 0xff));
      const requests = [
        cancel(key.pid, wrong),
        cancel(key.pid, Buffer.concat([key.secret, key.secret])),
        cancel(key.pid + 1, key.secret),
        cancel(pid, key.secret),
        cancel(old.pid, old.secret),
        cancel(key.pid, old.secret),
        cancel(0, Buffer.alloc(4)),
      ];
      for (const bytes of requests) expect(await knock(door, bytes)).toHaveLength(0);
      expect(sqlstate(await client.until('Z'))).toBeUndefined();
    });
  });
});

describe('a server that turns on its client in mid-connection', () => {
  const fails: readonly (readonly [string, (peer: Peer) => void | Promise<void>])[] = [
    [
      'gives two results for one statement',
      (peer) => peer.send(say.complete('SELECT 1'), say.complete('SELECT 1'), say.ready()),
    ],
    ['is ready twice', (peer) => peer.send(say.complete('SELECT 1'), say.ready(), say.ready())],
    ['sends rows it did not describe', (peer) => peer.send(say.row('x'), say.complete('SELECT 1'), say.ready())],
    ['asks for data', (peer) => peer.send(say.copyIn())],
    ['announces 2 GB', (peer) => peer.send(Buffer.from('447fffffff', 'hex'))],
    ['announces less than nothing', (peer) => peer.send(Buffer.from('44ffffffff', 'hex'))],
    [
      'changes the encoding',
      (peer) => peer.send(say.status('client_encoding', 'LATIN1'), say.complete('SET'), say.ready()),
    ],
    ['sends a malformed setting', (peer) => peer.send(Buffer.from('530000000561', 'hex'))],
    ['speaks HTTP', (peer) => peer.send(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))],
    ['breaks off', (peer) => void peer.socket.destroy()],
    [
      'breaks off in the middle',
      (peer) => (peer.send(Buffer.from('4400000100', 'hex')), void peer.socket.destroySoon()),
    ],
  ];

  it.each(fails)('and %s loses the connection, and the client is told', async (_what, act) => {
    const server = await fakeServer(async (peer) => {
      await peer.startup();
      peer.send(...GREETING);
      await peer.next();
      await act(peer);
      return peer.rest();
    });
    const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
    const client = await door.connect();
    client.send(frames.query('select 1'));
    await eventually(() => client.closed, Boolean);
    expect(await door.ends[0]).toMatchObject({ cause: expect.stringMatching(/target|protocol/) as unknown });
    expect(JSON.stringify([client.messages.map(String), door.warnings])).not.toContain('hidden');
    expect(door.guard().events.at(-1)?.type).toBe('close');
    client.destroy();
    await door.close();
    await server.close();
  });

  it.each([
    ['with an encoding that is not UTF-8', say.status('client_encoding', 'SQL_ASCII')],
    ['with strings read otherwise', say.status('standard_conforming_strings', 'off')],
  ])('or greets %s never gets a statement', async (_what, status) => {
    const server = await fakeServer(async (peer) => {
      await peer.startup();
      peer.send(say.authentication(0), status, say.ready());
      return peer.rest();
    });
    const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
    await expect(door.connect()).rejects.toEqual(refusedWith('08P01'));
    expect(await server.outcomes[0]).toHaveLength(0);
    await door.close();
    await server.close();
  });
});
