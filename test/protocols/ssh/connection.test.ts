import { execFileSync } from 'node:child_process';
import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { doorKeys } from '../../../src/protocols/ssh/door-keys.ts';
import { Client } from '../../../src/protocols/ssh/library.ts';
import { enter, outcomeOf, run } from '../../ssh/client.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('a connection through a door to a real sshd', () => {
  let server: SshServer;
  let stage: SshStage;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target());
  });
  afterEach(() => stage.close());

  it('hands on a new size of the window while a program runs, and records it', async () => {
    const client = await enter(stage);
    const script = 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.05; done';
    const channel = await run(client, script, { pty: { cols: 80, rows: 24 } });
    const outcome = outcomeOf(channel);
    await eventually(
      () => stage.shown('output'),
      (text) => text.includes('ready'),
    );
    channel.setWindow(50, 132, 0, 0);
    expect((await outcome).said).toContain('50 132');
    expect(stage.of('resize')).toMatchObject([
      { columns: 80, rows: 24 },
      { columns: 132, rows: 50 },
    ]);
    client.end();
  });

  it('hands on a signal while a program runs', async () => {
    const client = await enter(stage);
    // A server that does not tell it to end leaves it running: no longer than its directory is there.
    const waiting = `while test -d ${stage.directory}; do sleep 0.05; done`;
    const channel = await run(client, `trap "echo caught; exit 3" TERM; echo ready; ${waiting}`);
    const outcome = outcomeOf(channel);
    await eventually(
      () => stage.shown('output'),
      (text) => text.includes('ready'),
    );
    channel.signal('TERM');
    // A server that logs root in has no process that may signal, and says so in its log.
    const reached = await eventually(
      () => server.log() + stage.shown('output'),
      (text) => /session signalling requires|caught/.test(text),
    );
    expect(reached).toMatch(/session signalling requires|caught/);
    channel.close();
    await outcome;
    client.end();
  });

  it('says of a subsystem that the target does not have where to look for it', async () => {
    const ran = await stage.ssh(['-s', 'web-1', 'nosuch']);
    expect(ran.code).toBe(255);
    expect(ran.stderr).toContain('Try: check that its sshd_config has a Subsystem of that name');
  });

  it('answers a client that asks whether it is still there', async () => {
    const alive = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];
    expect(await stage.ssh([...alive, 'web-1', 'sleep 3; echo done'])).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it('is held while something goes on that outlives its program, on a server that asks whether anybody is left', async () => {
    const asking = await startSshServer({ settings: ['ClientAliveInterval 1', 'ClientAliveCountMax 1'] });
    const held = await openSshStage(asking.target());
    const ran = await held.ssh(['web-1', '(sleep 6; echo late) & echo early']);
    expect(ran).toMatchObject({ code: 0, stdout: 'early\nlate\n' });
    await held.close();
    await asking.stop();
  });

  it('carries fifty channels of all kinds at once', async () => {
    const client = await enter(stage);
    const bytes = randomBytes(200_000);
    const one = async (number: number): Promise<boolean> => {
      switch (number % 3) {
        case 0:
          return (await outcomeOf(await run(client, `echo ${number}`))).said === `${number}\n`;
        case 1: {
          const channel = await run(client, 'cat');
          channel.end(bytes);
          let length = 0;
          channel.on('data', (part: Buffer) => void (length += part.length));
          await new Promise((resolve) => channel.once('close', resolve));
          return length === bytes.length;
        }
        default: {
          const channel = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
            client.forwardOut('127.0.0.1', 1, '127.0.0.1', server.port, (error, opened) =>
              error === undefined ? resolve(opened) : reject(error),
            );
          });
          const [greeting] = (await new Promise((resolve) =>
            channel.once('data', (part: Buffer) => resolve([part.toString()])),
          )) as [string];
          return greeting.startsWith('SSH-2.0-');
        }
      }
    };
    const all = await Promise.all(Array.from({ length: 50 }, (_, number) => one(number)));
    expect(all.every(Boolean)).toBe(true);
    client.end();
  });
});

describe('logging in to a real sshd with an agent', () => {
  it('has it sign, and shows it to nobody', async () => {
    const server = await startSshServer();
    const socket = join(server.directory, 'agent');
    const said = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]);
    try {
      const key = join(server.directory, 'user');
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
      const stage = await openSshStage(server.target({ key: null, agent: socket }));
      expect(await stage.ssh(['web-1', 'echo in; echo "$SSH_AUTH_SOCK"'])).toMatchObject({ code: 0, stdout: 'in\n\n' });
      await stage.close();
    } finally {
      process.kill(pid);
      await server.stop();
    }
  });
});

describe('a client that does not keep to the strict key exchange (R19)', () => {
  const { KexInit } = createRequire(import.meta.url)('ssh2/lib/protocol/kex.js') as {
    readonly KexInit: new (lists: unknown) => unknown;
  };

  it.each([
    ['chacha20-poly1305@openssh.com', 'hmac-sha2-256', 'out'],
    ['aes128-ctr', 'hmac-sha2-256-etm@openssh.com', 'out'],
    ['aes128-ctr', 'hmac-sha2-256', 'in'],
    ['aes128-gcm@openssh.com', 'hmac-sha2-256', 'in'],
    // As dropbear has them.
    ['chacha20-poly1305@openssh.com,aes128-ctr', 'hmac-sha2-256-etm@openssh.com,hmac-sha2-256', 'in'],
  ])('with %s and %s stays %s', async (ciphers, macs, expected) => {
    const server = await startSshServer();
    const stage = await openSshStage(server.target());
    const client = new Client();
    const outcome = new Promise((resolve) => {
      client
        .once('ready', () => resolve('in'))
        .once('error', () => resolve('out'))
        .once('close', () => resolve('out'));
    });
    const { address } = stage.door;
    if (address.kind !== 'tcp') throw new Error('no port');
    const { client: key } = doorKeys(stage.credential);
    const { host, port } = address;
    client.connect({ host, port, username: stage.credential.user, privateKey: key.privateText });
    const way = { cipher: ciphers.split(','), mac: macs.split(','), compress: ['none'], lang: [] };
    const offer = new KexInit({ kex: ['curve25519-sha256'], serverHostKey: ['ssh-ed25519'], cs: way, sc: way });
    const wire = (client as unknown as { readonly _protocol: { _offer: unknown; _strictMode: boolean } })._protocol;
    wire._offer = offer;
    wire._strictMode = false;
    expect(await outcome).toBe(expected);
    if (expected === 'out') expect(stage.of('open')).toEqual([]);
    client.end();
    await stage.close();
    await server.stop();
  });
});

describe('a client that guesses how keys will be exchanged, as dropbear does', () => {
  const list = (names: string): Buffer => Buffer.concat([uint32(names.length), Buffer.from(names)]);
  const uint32 = (value: number): Buffer =>
    Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
  const packet = (payload: Buffer): Buffer => {
    const padding = 4 + ((8 - ((payload.length + 5 + 4) % 8)) % 8);
    return Buffer.concat([
      uint32(1 + payload.length + padding),
      Buffer.from([padding]),
      payload,
      Buffer.alloc(padding),
    ]);
  };
  const offer = (kex: string): Buffer => {
    const lists = [
      kex,
      'ssh-ed25519',
      'aes128-ctr',
      'aes128-ctr',
      'hmac-sha2-256',
      'hmac-sha2-256',
      'none',
      'none',
      '',
      '',
    ];
    return packet(Buffer.concat([Buffer.from([20]), randomBytes(16), ...lists.map(list), Buffer.from([1]), uint32(0)]));
  };
  /** The types of the messages that come, in the clear. */
  const typesIn = (said: Buffer): readonly number[] => {
    const types: number[] = [];
    let at = said.indexOf('\n') + 1;
    while (at > 0 && at + 6 <= said.length) {
      types.push(said[at + 5] ?? 0);
      at += 4 + said.readUInt32BE(at);
    }
    return types;
  };
  const curve = (): Buffer => {
    const { publicKey } = generateKeyPairSync('x25519');
    return packet(
      Buffer.concat([Buffer.from([30]), uint32(32), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]),
    );
  };
  const nistp256 = (): Buffer => {
    const exchange = createECDH('prime256v1');
    return packet(Buffer.concat([Buffer.from([30]), uint32(65), exchange.generateKeys()]));
  };

  it.each([
    ['is answered at once where the door likes the same best', 'curve25519-sha256', [curve()], 1],
    ['is not answered where it does not, and what follows is', 'ecdh-sha2-nistp256', [nistp256(), nistp256()], 1],
    ['is not answered where it does not', 'ecdh-sha2-nistp256', [nistp256()], 0],
  ] as const)('%s', async (_, kex, guesses, replies) => {
    const server = await startSshServer();
    const stage = await openSshStage(server.target());
    const { address } = stage.door;
    if (address.kind !== 'tcp') throw new Error('no port');
    const socket = connect(address.port, address.host);
    let said = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => (said = Buffer.concat([said, chunk])));
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-dropbear_2022.83\r\n'), offer(kex), ...guesses]));
    const REPLY = 31;
    if (replies > 0)
      await eventually(
        () => typesIn(said),
        (types) => types.includes(REPLY),
      );
    else {
      // What comes behind it is an exchange that is not allowed now, so that the door says good-bye.
      socket.write(packet(Buffer.from([21])));
      await once(socket, 'close');
    }
    expect(typesIn(said).filter((type) => type === REPLY)).toHaveLength(replies);
    socket.destroy();
    await stage.close();
    await server.stop();
  });
});
