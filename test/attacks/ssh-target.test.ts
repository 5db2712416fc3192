import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Target } from '../../src/core/target.ts';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Server } from '../../src/protocols/ssh/library.ts';
import { fingerprintOf } from '../../src/protocols/ssh/openssh-key.ts';
import { uint32 } from '../../src/protocols/ssh/sftp/frames.ts';
import { enter, outcomeOf, run, sayAsItIs } from '../ssh/client.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';

/** What ssh2 says to the other side, without asking whether it may. */
interface Wire {
  channelData(channel: number, data: Buffer): void;
  channelExtData(channel: number, data: Buffer, kind: number): void;
  channelEOF(channel: number): void;
  channelSuccess(channel: number): void;
  exitStatus(channel: number, status: number): void;
  requestFailure(): void;
  channelOpenConfirm: (to: number, from: number, window: number, packet: number) => void;
  readonly _handlers: { GLOBAL_REQUEST: (wire: unknown, name: string, reply: boolean, data: unknown) => void };
}

/** A target that does with a command whatever it is told. */
type Conduct = (about: {
  readonly channel: ServerChannel;
  readonly id: number;
  readonly wire: Wire;
  readonly connection: Connection;
}) => void;

const KEY = doorKeys({ user: '', secret: new Secret('of this server') }).host;
const MIB = 1024 * 1024;

describe('a target that lies', () => {
  let conduct: Conduct;
  let server: InstanceType<typeof Server>;
  let stage: SshStage;
  const connections = new Set<Connection>();
  /** Bytes that it says it takes in one packet; null for what is usual. */
  let packet: number | null;
  /** What it was asked of the whole connection. */
  let asked: string[];

  beforeEach(async () => {
    packet = null;
    asked = [];
    server = new Server({ hostKeys: [KEY.privateText], ident: 'OpenSSH_9.9' }, (connection) => {
      connections.add(connection);
      attend((connection as unknown as { readonly _protocol: Wire })._protocol);
      connection.on('error', () => undefined).once('close', () => connections.delete(connection));
      connection.on('authentication', (context) => context.accept());
      connection.on('session', (accept) => {
        accept().on('exec', (take, _refuse, { command }) => {
          const channel = take();
          if (command.startsWith('pwd -P')) return void channel.end('/\n/\n', () => channel.exit(0));
          const { id } = (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing;
          conduct({ channel, id, connection, wire: (connection as unknown as { readonly _protocol: Wire })._protocol });
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stage = await openSshStage(targetAt((server.address() as AddressInfo).port));
  });
  afterEach(async () => {
    await stage.close();
    for (const connection of connections) connection.end();
    server.close();
  });

  function attend(wire: Wire): void {
    const { channelOpenConfirm, _handlers: handlers } = wire;
    wire.channelOpenConfirm = (to, from, window, usual) =>
      channelOpenConfirm.call(wire, to, from, window, packet ?? usual);
    const { GLOBAL_REQUEST: own } = handlers;
    handlers.GLOBAL_REQUEST = (from, name, reply, data) => {
      asked.push(name);
      own(from, name, reply, data);
    };
  }

  function targetAt(port: number): Target {
    const hostKeys = { kind: 'pinned', fingerprints: [fingerprintOf(KEY.blob)], authorities: [] } as const;
    return {
      name: 'web-1',
      protocol: 'ssh',
      host: '127.0.0.1',
      port,
      database: '',
      user: 'app',
      password: new Secret('any'),
      tls: { mode: 'disable', ca: null, certificate: null },
      limits: LIMITS,
      ssh: { key: null, passphrase: null, certificate: null, agent: null, hostKeys },
    };
  }

  async function said(): Promise<{ readonly said: string; readonly exit: unknown }> {
    const client = await enter(stage);
    const outcome = await outcomeOf(await run(client, 'anything'));
    client.end();
    return outcome;
  }

  it('by sending more than was asked for is cut off, and nothing of it is kept', async () => {
    conduct = ({ id, wire }) => {
      const piece = Buffer.alloc(32 * 1024 - 7, 'x');
      for (let length = 0; length < 12 * MIB; length += piece.length) wire.channelData(id, piece);
    };
    const client = await enter(stage);
    const channel = await run(client, 'anything');
    // Nobody reads it.
    channel.pause();
    await eventually(
      () => connections.size,
      (left) => left === 0,
    );
    client.end();
  });

  it.each<readonly [string, Conduct, RegExp, unknown]>([
    [
      'about errors of a kind that there is not',
      ({ channel, id, wire }) => {
        wire.channelExtData(id, Buffer.from('hidden'), 7);
        channel.exit(3);
        channel.end();
      },
      /^$/,
      3,
    ],
    [
      'about its end, twice',
      ({ channel, id, wire }) => {
        wire.exitStatus(id, 4);
        wire.channelEOF(id);
        wire.channelEOF(id);
        wire.exitStatus(id, 0);
        channel.close();
      },
      /^$/,
      4,
    ],
    [
      'about what nobody asked',
      ({ channel, id, wire }) => {
        for (let time = 0; time < 20; time += 1) {
          wire.channelSuccess(id);
          wire.channelSuccess(77);
          wire.channelData(77, Buffer.from('stray'));
          wire.requestFailure();
        }
        channel.exit(5);
        channel.end('mine');
      },
      /^mine$/,
      5,
    ],
    [
      'by wanting channels of its own',
      ({ channel, connection }) => {
        const done = (): void => undefined;
        connection.forwardOut('127.0.0.1', 22, '127.0.0.1', 1, done);
        connection.openssh_forwardOutStreamLocal('/run/x', done);
        connection.x11('127.0.0.1', 1, done);
        channel.exit(6);
        channel.end('mine');
      },
      /^mine$/,
      6,
    ],
  ])('%s is not believed', async (_, lie, words, exit) => {
    conduct = lie;
    const outcome = await said();
    expect(outcome.said).toMatch(words);
    expect(outcome.exit).toBe(exit);
  });

  it.each([0, 1])('by taking %i bytes in one packet is left: there would be no end of them', async (size) => {
    packet = size;
    conduct = () => undefined;
    const { said: words, exit } = await said();
    expect(words).toContain('the server did not start the command');
    expect(exit).toBe(255);
  });

  it('by words in place of a signal’s name has them on no record', async () => {
    const words = 'canary\u001b]0;4111 1111 1111 1111';
    const fields = ['exit-signal', words, '', ''].map((text) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([uint32(bytes.length), bytes]);
    });
    const [type, name, message, language] = fields as [Buffer, Buffer, Buffer, Buffer];
    conduct = ({ channel, id, connection }) => {
      sayAsItIs(
        connection,
        Buffer.concat([Buffer.of(98), uint32(id), type, Buffer.of(0), name, Buffer.of(0), message, language]),
      );
      channel.close();
    };
    await said();
    await eventually(
      () => stage.of('complete').map(({ tag }) => tag),
      (tags) => tags.includes('signal UNKNOWN'),
    );
    expect(JSON.stringify(stage.recorder.events)).not.toContain('canary');
  });

  it('by showing keys of its own is not asked for proofs of them, of which it could have any number kept', async () => {
    const keys = Buffer.concat([uint32(KEY.blob.length), KEY.blob]);
    const name = Buffer.from('hostkeys-00@openssh.com');
    const shown = Buffer.concat([Buffer.of(80), uint32(name.length), name, Buffer.of(0), keys]);
    conduct = ({ channel, connection }) => {
      for (let time = 0; time < 20; time += 1) sayAsItIs(connection, shown);
      channel.exit(7);
      channel.end('mine');
    };
    expect(await said()).toEqual({ said: 'mine', exit: 7 });
    expect(asked).toEqual([]);
  });

  it('by having keys exchanged again and again is left, and the operator is told', async () => {
    let exchanges = 0;
    conduct = ({ connection }) => {
      const again = (): void => {
        exchanges += 1;
        (connection as unknown as { rekey(done: () => void): void }).rekey(again);
      };
      again();
    };
    expect((await said()).exit).toBe(255);
    const told = ['web-1 has keys exchanged again and again: its connection was ended'];
    await expect.poll(() => stage.warnings).toEqual(told);
    expect(exchanges).toBeGreaterThan(50);
    expect(exchanges).toBeLessThan(70);
  });

  it('by giving a window without an end has no more kept for it than it reads', async () => {
    let sock: { pause(): unknown; resume(): unknown } | null = null;
    let read = 0;
    conduct = ({ channel, id, wire, connection }) => {
      (wire as unknown as { channelWindowAdjust(id: number, more: number): void }).channelWindowAdjust(id, 2 ** 31);
      ({ _sock: sock } = connection as unknown as { readonly _sock: NonNullable<typeof sock> });
      sock.pause();
      channel.on('data', (bytes: Buffer) => (read += bytes.length));
      channel.once('end', () => {
        channel.exit(0);
        channel.end();
      });
    };
    const client = await enter(stage);
    const channel = await run(client, 'anything');
    const outcome = outcomeOf(channel);
    await eventually(
      () => sock,
      (paused) => paused !== null,
    );
    channel.end(Buffer.alloc(80 * MIB));
    // Time enough for all of it, as far as anybody takes it.
    for (let round = 0; round < 3000; round += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(channel.writableLength).toBeGreaterThan(40 * MIB);
    (sock as unknown as { resume(): unknown }).resume();
    expect((await outcome).exit).toBe(0);
    expect(read).toBe(80 * MIB);
    client.end();
  });
});
