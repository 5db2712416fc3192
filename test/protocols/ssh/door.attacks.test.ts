import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnyAuthMethod, ConnectConfig, ParsedKey } from 'ssh2';
import { Secret } from '../../../src/core/secret.ts';
import type { Target } from '../../../src/core/target.ts';
import { doorKeys } from '../../../src/protocols/ssh/door-keys.ts';
import { Client, utils } from '../../../src/protocols/ssh/library.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

function parsed(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

const STRANGER = parsed(doorKeys({ user: 'x', secret: new Secret('of somebody else') }).client.privateText);

describe('a door for SSH, and who is not let in', () => {
  let server: SshServer;
  let stage: SshStage;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target());
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await stage.close();
    await eventually(
      () => server.connections(),
      (left) => left.length === 0,
    );
  });

  const ours = (): ParsedKey => parsed(doorKeys(stage.credential).client.privateText);
  const port = (on = stage): number => (on.door.address.kind === 'tcp' ? on.door.address.port : 0);

  /** What comes of logging in like this, one method after the other. */
  function attempt(methods: readonly AnyAuthMethod[], more: ConnectConfig = {}): Promise<'in' | 'out'> {
    const left = [...methods];
    const client = new Client();
    const outcome = new Promise<'in' | 'out'>((resolve) => {
      client
        .on('ready', () => resolve('in'))
        .on('error', () => resolve('out'))
        .on('close', () => resolve('out'));
    });
    client.connect({
      host: '127.0.0.1',
      port: port(),
      username: stage.credential.user,
      // The types do not say that `false` ends it.
      authHandler: (_left, _partial, next) => next(left.shift() ?? (false as unknown as AnyAuthMethod)),
      ...more,
    });
    return outcome.finally(() => client.end());
  }

  /** A key that offers one public key, and signs with another's private one. */
  function offering(shown: ParsedKey, signing: ParsedKey): ParsedKey {
    return Object.assign(Object.create(shown) as ParsedKey, {
      sign: (data: Buffer, algo?: string) => signing.sign(data, algo),
    });
  }

  async function nobodyCame(): Promise<void> {
    expect(stage.recorder.events).toEqual([]);
    expect(server.connections()).toEqual([]);
  }

  const user = (): string => stage.credential.user;

  it('lets in who signs with the session’s key', async () => {
    expect(await attempt([{ type: 'publickey', username: user(), key: ours() }])).toBe('in');
  });

  it('lets nobody in who offers the right key, and signs with another (R1)', async () => {
    const key = offering(ours(), STRANGER);
    expect(await attempt([{ type: 'publickey', username: user(), key }])).toBe('out');
    await nobodyCame();
  });

  it('lets nobody in who offered the right key before, and logs in with another, or with anything else (R1)', async () => {
    const username = user();
    const probe: AnyAuthMethod = { type: 'publickey', username, key: offering(ours(), STRANGER) };
    const others: readonly AnyAuthMethod[] = [
      { type: 'publickey', username, key: STRANGER },
      { type: 'password', username, password: stage.credential.secret.reveal() },
      { type: 'none', username },
      { type: 'hostbased', username, localHostname: 'localhost', localUsername: username, key: ours() },
      { type: 'keyboard-interactive', username, prompt: (_name, _words, _lang, _prompts, finish) => finish([]) },
    ];
    for (const other of others) expect(await attempt([probe, other])).toBe('out');
    await nobodyCame();
  });

  it('lets nobody in under another name, whatever they sign with (R2)', async () => {
    expect(await attempt([{ type: 'publickey', username: 'root', key: ours() }], { username: 'root' })).toBe('out');
    await nobodyCame();
  });

  it('lets nobody in who changes the name on the way (R2)', async () => {
    const first: AnyAuthMethod = { type: 'publickey', username: 'root', key: STRANGER };
    const then: AnyAuthMethod = { type: 'publickey', username: user(), key: ours() };
    expect(await attempt([first, then], { username: 'root' })).toBe('out');
    await nobodyCame();
  });

  it('takes no certificate, not even one of the right key (R4, R5)', async () => {
    const key = ours();
    const blob = certificateOf(key);
    const certificate = Object.assign(Object.create(key) as ParsedKey, {
      type: 'ssh-ed25519-cert-v01@openssh.com',
      getPublicSSH: () => blob,
    });
    expect(await attempt([{ type: 'publickey', username: user(), key: certificate }])).toBe('out');
    await nobodyCame();
  });

  it('ends after a few attempts', async () => {
    const wrong: AnyAuthMethod = { type: 'password', username: user(), password: 'x' };
    const right: AnyAuthMethod = { type: 'publickey', username: user(), key: ours() };
    expect(await attempt([...Array.from({ length: 5 }, () => wrong), right])).toBe('in');
    expect(await attempt([...Array.from({ length: 6 }, () => wrong), right])).toBe('out');
  });

  async function raw(on = stage): Promise<Socket> {
    const socket = connect(port(on), '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['the PROXY protocol', 'PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nSSH-2.0-x\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00'],
    ['the first version of SSH', 'SSH-1.5-x\r\n'],
  ])('hangs up at the first bytes of %s (R14, R16)', async (_what, bytes) => {
    const socket = await raw();
    socket.resume();
    socket.write(bytes, 'latin1');
    await closed(socket);
    // At once, and not because it took too long.
    expect(stage.warnings).toEqual([]);
    await nobodyCame();
  });

  it('hangs up on who sends more than a login takes (R15)', async () => {
    const socket = await raw();
    socket.resume();
    socket.write('SSH-2.0-x\r\n');
    // A packet that is announced, and never whole.
    socket.write(Buffer.concat([Buffer.from('000088b0', 'hex'), Buffer.alloc(100 * 1024)]));
    await closed(socket);
    await nobodyCame();
  });

  it('hangs up on who is too slow, and lets a newcomer displace who waits longest (R15)', async () => {
    const { limits, ...rest } = server.target();
    const target: Target = { ...rest, limits: { ...limits, login: 300, unauthenticated: 2 } };
    const strict = await openSshStage(target);
    const [first] = [await raw(strict), await raw(strict)];
    const displaced = closed(first.resume());
    await raw(strict);
    await displaced;
    const slow = await raw(strict);
    slow.resume().write('SSH-2.0-x\r\n');
    await closed(slow);
    expect(strict.warnings.some((warning) => warning.includes('logging in'))).toBe(true);
    await strict.close();
  });

  it('agrees on no SHA-1, CBC or weak group, whatever a client wishes', async () => {
    const key: AnyAuthMethod = { type: 'publickey', username: user(), key: ours() };
    for (const algorithms of [
      { kex: ['diffie-hellman-group14-sha1'] },
      { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] },
      { cipher: ['aes128-cbc'] },
    ] as const) {
      expect(
        await attempt([key], { algorithms: algorithms as unknown as NonNullable<ConnectConfig['algorithms']> }),
      ).toBe('out');
    }
  });

  it('does not hold a client’s place after it has gone', async () => {
    const socket = await raw();
    socket.end();
    await closed(socket.resume());
    await eventually(
      () => stage.door.connections(),
      (count) => count === 0,
    );
  });
});

/** Resolves when the socket is closed, in whatever way. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A certificate for a key, as somebody could make one up: its wire form only has to be parsed. */
function certificateOf(key: ParsedKey): Buffer {
  const string = (value: string | Buffer): Buffer => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const zeros = Buffer.alloc(8);
  return Buffer.concat([
    string('ssh-ed25519-cert-v01@openssh.com'),
    string(Buffer.alloc(32)),
    string(key.getPublicSSH().subarray(-32)),
    zeros,
    Buffer.from([0, 0, 0, 1]),
    string('id'),
    string(string('visitor')),
    zeros,
    Buffer.alloc(8, 0xff),
    ...['', '', ''].map(string),
    string(key.getPublicSSH()),
    string(Buffer.alloc(83)),
  ]);
}
