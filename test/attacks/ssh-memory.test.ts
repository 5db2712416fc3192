import type { Client } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { uint32 } from '../../src/protocols/ssh/sftp/frames.ts';
import { enter, outcomeOf, run, sayAsItIs } from '../ssh/client.ts';
import { type HostileServer, startHostileServer } from '../ssh/hostile.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { openSshStage, type SshStage } from '../ssh/stage.ts';

const POLICY = `version: 1
targets: { web-1: { protocol: ssh, address: 127.0.0.1, user: app, agent: true, policy: [p] } }
policies: { p: { default: ask, allow: [{ program: [echo, cat] }] } }
`;
const policy = (): Policy => parseConfig(POLICY, 'hoopctl.yaml').policies.get('p') as Policy;

const KIB = 1024;
const MIB = 1024 * KIB;
/** Channels at once, and what the door may have to keep for all of them together: see windows.ts. */
const CHANNELS = 200;
const BOUND = 16 * MIB + (CHANNELS + 1) * 32 * KIB;

/** Messages by their numbers (RFC 4250). */
const [OPEN, DATA, CLOSE, ASK] = [90, 94, 97, 98] as const;
const text = (value: string): Buffer => Buffer.concat([uint32(value.length), Buffer.from(value, 'latin1')]);
const message = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(type), ...parts]);

interface Confirmed {
  readonly recipient: number;
  readonly sender: number;
  readonly window: number;
}

interface Wire {
  readonly _handlers: Record<string, (wire: unknown, info: Confirmed) => void>;
}

describe('what all channels of a connection may have kept', () => {
  let server: SshServer;
  let stage: SshStage;
  let client: Client;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target(), [policy()]);
    client = await enter(stage);
  });
  afterEach(async () => {
    client.end();
    await stage.close();
  });

  /** Opens channels that ssh2 knows nothing of, and gives what the door calls them. */
  async function openMany(count: number): Promise<readonly Confirmed[]> {
    const confirmed: Confirmed[] = [];
    const { _handlers: handlers } = (client as unknown as { readonly _protocol: Wire })._protocol;
    const own = handlers['CHANNEL_OPEN_CONFIRMATION'];
    handlers['CHANNEL_OPEN_CONFIRMATION'] = (wire, info) =>
      info.recipient < 1000 ? own?.(wire, info) : void confirmed.push(info);
    for (let index = 0; index < count; index += 1) {
      sayAsItIs(client, message(OPEN, text('session'), uint32(1000 + index), uint32(2 * MIB), uint32(32 * KIB)));
    }
    await expect.poll(() => confirmed.length).toBe(count);
    return confirmed;
  }

  it('is bounded however many of them a client opens and nobody reads, and others go on', async () => {
    const opened = await openMany(CHANNELS);
    expect(opened.reduce((sum, { window }) => sum + window, 0)).toBeLessThanOrEqual(BOUND);
    for (const { sender, window } of opened) {
      sayAsItIs(client, message(ASK, uint32(sender), text('exec'), Buffer.of(0), text('held')));
      for (let left = window; left > 0; left -= 32_000) {
        sayAsItIs(client, message(DATA, uint32(sender), text('x'.repeat(Math.min(left, 32_000)))));
      }
    }
    const channel = await run(client, 'cat');
    const outcome = outcomeOf(channel);
    channel.end('x'.repeat(300_000));
    expect((await outcome).said).toHaveLength(300_000);
  });

  it('is given back with the channels', async () => {
    for (let round = 0; round < 4; round += 1) {
      const opened = await openMany(CHANNELS);
      expect(opened[0]?.window).toBe(2 * MIB);
      for (const { sender } of opened) sayAsItIs(client, message(CLOSE, uint32(sender)));
      expect(await outcomeOf(await run(client, 'echo on'))).toEqual({ said: 'on\n', exit: 0 });
    }
  });

  it('is given back when nobody has read it, too', async () => {
    for (let round = 0; round < 300; round += 1) {
      const [opened] = await openMany(1);
      if (opened === undefined) throw new Error('it is not open');
      const { sender, window } = opened;
      expect(window).toBeGreaterThanOrEqual(32 * KIB);
      sayAsItIs(client, message(ASK, uint32(sender), text('exec'), Buffer.of(0), text('held')));
      sayAsItIs(client, message(DATA, uint32(sender), text('x'.repeat(32_000))));
      sayAsItIs(client, message(CLOSE, uint32(sender)));
    }
    expect(await outcomeOf(await run(client, 'echo on'))).toEqual({ said: 'on\n', exit: 0 });
  });
});

describe('what a target may have kept on all channels', () => {
  let hostile: HostileServer;
  let stage: SshStage;
  const windows: number[] = [];
  beforeAll(async () => {
    hostile = await startHostileServer((channel) => {
      windows.push((channel as unknown as { readonly outgoing: { readonly window: number } }).outgoing.window);
    });
    stage = await openSshStage(hostile.target);
  });
  afterAll(async () => {
    await stage.close();
    await hostile.stop();
  });

  it('is bounded however many channels there are', async () => {
    const client = await enter(stage);
    for (let index = 0; index < CHANNELS; index += 1) await run(client, 'goes on');
    await expect.poll(() => windows.length).toBe(CHANNELS);
    expect(windows[0]).toBe(2 * MIB);
    expect(windows.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(BOUND);
    client.end();
  });
});
