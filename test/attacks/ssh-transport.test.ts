import { type Duplex, duplexPair } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Client as SshClient } from '../../src/protocols/ssh/library.ts';
import { enter, outcomeOf, run } from '../ssh/client.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';

/** What ssh2 says to the other side, without asking whether it may. */
interface Wire {
  channelData(channel: number, data: Buffer): void;
  channelWindowAdjust(channel: number, more: number): void;
  ping(): void;
}

const POLICY = `version: 1
targets: { web-1: { protocol: ssh, address: 127.0.0.1, user: app, agent: true, policy: [held] } }
policies:
  held:
    default: ask
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

/** How many bytes it says on both of its streams. */
async function bytesOf(channel: ClientChannel): Promise<number> {
  let length = 0;
  for (const stream of [channel, channel.stderr]) stream.on('data', (bytes: Buffer) => (length += bytes.length));
  await new Promise((resolve) => channel.once('close', resolve));
  return length;
}
