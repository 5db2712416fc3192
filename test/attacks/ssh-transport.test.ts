import { type Duplex, duplexPair } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { uint32 } from '../../src/protocols/ssh/sftp/frames.ts';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Client as SshClient } from '../../src/protocols/ssh/library.ts';
import { enter, outcomeOf, run, sayAsItIs } from '../ssh/client.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';

/** What ssh2 says to the other side, without asking whether it may. */
interface Wire {
  channelData(channel: number, data: Buffer): void;
  channelWindowAdjust(channel: number, more: number): void;
  ping(): void;
}

/** What has keys exchanged anew. */
interface Rekeying {
  rekey(): void;
  readonly _handlers: { DISCONNECT: (wire: unknown, reason: number, words: string) => void };
}

const POLICY = `version: 1
targets: { web-1: { protocol: ssh, address: 127.0.0.1, user: app, agent: true, policy: [held] } }
policies:
  held:
    default: ask
    ask: [{ channel: forward }]
    allow: [{ program: [echo, cat, head] }]
`;

const MIB = 1024 * 1024;
/** Of a channel, as ssh2 gives it. */
const WINDOW = 2 * MIB;

describe('a client that keeps to no bounds', () => {
  let server: SshServer;
  let stage: SshStage;
  let client: Client;
  let near: Duplex;
  let far: Duplex;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target(), [parseConfig(POLICY, 'hoopctl.yaml').policies.get('held') as Policy]);
    [near, far] = duplexPair();
    void stage.session.serve(far);
    client = await admitted(near);
  });
  afterEach(async () => {
    near.destroy();
    await stage.close();
  });

  function admitted(sock: Duplex): Promise<Client> {
    const entering = new SshClient();
    const { credential } = stage;
    return new Promise((resolve, reject) => {
      entering.once('ready', () => resolve(entering)).once('error', reject);
      entering.on('error', () => undefined);
      const privateKey = doorKeys(credential).client.privateText;
      entering.connect({ sock, username: credential.user, privateKey });
    });
  }

  const wire = (): Wire => (client as unknown as { readonly _protocol: Wire })._protocol;

  it('is cut off when it sends more than a channel’s window holds, where nobody reads it', async () => {
    client.exec('held-command', () => undefined);
    await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    const closed = new Promise((resolve) => far.once('close', resolve));
    const piece = Buffer.alloc(32 * 1024 - 7);
    // ssh2 opens the window once more before it notices that nobody reads.
    for (let length = 0; length <= 2 * WINDOW; length += piece.length) wire().channelData(0, piece);
    await closed;
  });

  it('may send as much as the window holds, and more as it is read', async () => {
    const channel = await run(client, 'cat >/dev/null; echo done');
    const outcome = outcomeOf(channel);
    channel.end(Buffer.alloc(3 * WINDOW));
    expect(await outcome).toEqual({ said: 'done\n', exit: 0 });
  });

  it('is not read from while it does not read what it is answered, and is when it does', async () => {
    near.pause();
    for (let round = 0; round < 300; round += 1) {
      for (let ping = 0; ping < 500; ping += 1) wire().ping();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(far.writableLength).toBeGreaterThan(4 * MIB);
    expect(far.writableLength).toBeLessThan(5 * MIB);
    expect(near.writableLength).toBeGreaterThan(0);
    near.resume();
    expect(await outcomeOf(await run(client, 'echo on'))).toEqual({ said: 'on\n', exit: 0 });
  });

  it.each([0, 1, 255])(
    'is cut off when it would take %i bytes in one packet: there would be no end of them',
    async (size) => {
      const closed = new Promise((resolve) => far.once('close', resolve));
      sayAsItIs(client, sessionOf(size));
      await closed;
    },
  );

  it('is answered when it closes what it has started nothing on, and nothing is kept of it', async () => {
    const { _handlers: handlers } = wire() as unknown as { readonly _handlers: Record<string, unknown> };
    let closed = 0;
    handlers['CHANNEL_CLOSE'] = () => void (closed += 1);
    handlers['CHANNEL_OPEN_CONFIRMATION'] = (_wire: unknown, { sender }: { readonly sender: number }) =>
      sayAsItIs(client, message(MESSAGE.close, uint32(sender)));
    const rounds = 3;
    for (let round = 1; round <= rounds; round += 1) {
      for (let open = 0; open < 100; open += 1) sayAsItIs(client, SESSION);
      await eventually(
        () => closed,
        (number) => number === 100 * round,
      );
    }
  });

  it('is cut off when it asks without end behind what is held', async () => {
    client.forwardIn('127.0.0.1', 0, () => undefined);
    await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    const closed = new Promise((resolve) => far.once('close', resolve));
    for (let ping = 0; ping < 1200; ping += 1) wire().ping();
    await closed;
  });

  it('may have keys exchanged while it goes on, and is cut off with words when it does so again and again', async () => {
    const { _protocol: own } = client as unknown as { readonly _protocol: Rekeying };
    let words = '';
    own._handlers.DISCONNECT = (_wire, _reason, said) => void (words = said);
    const closed = new Promise<false>((resolve) => near.once('end', () => resolve(false)));
    const exchanged = (): Promise<boolean> => {
      const done = new Promise<true>((resolve) => client.once('handshake', () => resolve(true)));
      own.rekey();
      return Promise.race([done, closed]);
    };
    for (let count = 0; count < 5; count += 1) {
      expect(await exchanged()).toBe(true);
      expect(await outcomeOf(await run(client, 'echo on'))).toEqual({ said: 'on\n', exit: 0 });
    }
    let count = 0;
    while (await exchanged()) expect((count += 1)).toBeLessThan(500);
    expect(count).toBeGreaterThanOrEqual(50);
    expect(words).toBe('hoopctl: keys are exchanged too often: raise RekeyLimit');
    expect(stage.warnings).toEqual(['a client was cut off: it had keys exchanged again and again']);
  });

  it.each(['', ' >&2'])('is sent no more than it reads, however large a window it gives (head%s)', async (to) => {
    const channel = await run(client, `cat; head -c 40000000 /dev/zero${to}`);
    const { id } = (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing;
    wire().channelWindowAdjust(id, 2 ** 31);
    const outcome = bytesOf(channel);
    near.pause();
    channel.end();
    await eventually(
      () => far.writableLength,
      (length) => length > MIB,
    );
    // Meanwhile all of it would have come.
    const other = await enter(stage);
    for (let round = 0; round < 15; round += 1) await outcomeOf(await run(other, 'echo on'));
    other.end();
    expect(far.writableLength).toBeLessThan(4 * MIB);
    near.resume();
    expect(await outcome).toBe(40_000_000);
  });
});

/** Messages by their numbers (RFC 4250). */
const MESSAGE = { serviceAccept: 6, success: 52, global: 80, open: 90, close: 97, request: 98 } as const;

const text = (value: string): Buffer => Buffer.concat([uint32(value.length), Buffer.from(value, 'latin1')]);
const message = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(type), ...parts]);

const sessionOf = (packet: number): Buffer =>
  message(MESSAGE.open, text('session'), uint32(0), uint32(WINDOW), uint32(packet));
const SESSION = sessionOf(32_768);
const EXEC = message(MESSAGE.request, uint32(0), text('exec'), Buffer.of(1), text('echo on'));

const EARLY: Readonly<Record<string, readonly Buffer[]>> = {
  'a channel': [SESSION, EXEC],
  'a channel, as if it had been told that it is let in': [message(MESSAGE.success), SESSION, EXEC],
  'a channel, as if it had been given the service': [
    message(MESSAGE.serviceAccept, text('ssh-connection')),
    message(MESSAGE.success),
    SESSION,
    EXEC,
  ],
  'a command on a channel that there is not': [EXEC],
  'a connection to somewhere else': [
    message(
      MESSAGE.open,
      text('direct-tcpip'),
      uint32(0),
      uint32(WINDOW),
      uint32(32_768),
      text('127.0.0.1'),
      uint32(22),
      text('127.0.0.1'),
      uint32(1),
    ),
  ],
  'a port to listen on': [message(MESSAGE.global, text('tcpip-forward'), Buffer.of(1), text(''), uint32(0))],
};

describe('a client that has not logged in', () => {
  let server: SshServer;
  let stage: SshStage;
  beforeAll(async () => {
    server = await startSshServer();
    stage = await openSshStage(server.target());
  });
  afterAll(async () => {
    await stage.close();
    await server.stop();
  });

  /** What ssh2 says has come, until the connection is closed or something is granted. */
  async function heardBy(messages: readonly Buffer[], when: 'handshake' | 'ready'): Promise<string> {
    const [near, far] = duplexPair();
    const end = stage.session.serve(far);
    const { client } = doorKeys(stage.credential);
    const privateKey = when === 'ready' ? client.privateText : undefined;
    const entering = new SshClient();
    let heard = '';
    const debug = (line: string): void => {
      heard += `${line}\n`;
      if (GRANTED.test(line)) far.destroy();
    };
    entering.on('error', () => undefined);
    const ask = (): void => messages.forEach((one) => sayAsItIs(entering, one));
    if (when === 'handshake') entering.once('handshake', ask);
    // The door begins to listen in the same turn.
    else entering.once('ready', () => setImmediate(ask));
    const authHandler = when === 'ready' ? (['publickey'] as const) : (['none'] as const);
    entering.connect({
      sock: near,
      username: 'visitor',
      debug,
      authHandler: [...authHandler],
      ...(privateKey === undefined ? {} : { privateKey }),
    });
    await end;
    return heard;
  }

  it.each(Object.entries(EARLY))('is given nothing when it asks for %s', async (_, messages) => {
    expect(await heardBy(messages, 'handshake')).not.toMatch(GRANTED);
    expect(stage.recorder.events).toEqual([]);
    expect(server.log()).not.toContain('Accepted');
  });

  it('exchanges keys once, and no second time', async () => {
    const [near, far] = duplexPair();
    const end = stage.session.serve(far);
    const entering = new SshClient();
    entering.on('error', () => undefined);
    let exchanges = 0;
    entering.on('handshake', () => {
      exchanges += 1;
      (entering as unknown as { readonly _protocol: Rekeying })._protocol.rekey();
    });
    // Asked for nothing, it would say so, and leave.
    entering.connect({ sock: near, username: 'visitor', authHandler: () => undefined });
    await end;
    expect(exchanges).toBe(2);
  });

  it('is given it for the same messages when it has', async () => {
    expect(await heardBy(EARLY['a channel'] ?? [], 'ready')).toMatch(GRANTED);
  });
});

/** By what ssh2 says of it. */
const GRANTED = /Inbound: .*(?:CHANNEL_OPEN_CONFIRM|REQUEST_SUCCESS|CHANNEL_SUCCESS)/;

/** How many bytes it says on both of its streams. */
async function bytesOf(channel: ClientChannel): Promise<number> {
  let length = 0;
  for (const stream of [channel, channel.stderr]) stream.on('data', (bytes: Buffer) => (length += bytes.length));
  await new Promise((resolve) => channel.once('close', resolve));
  return length;
}
