import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { frame, REQUEST, uint32 } from '../../src/protocols/ssh/sftp/frames.ts';
import { enter, outcomeOf, run, sayAsItIs } from '../ssh/client.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';

const POLICY = `version: 1
targets: { web-1: { protocol: ssh, address: 127.0.0.1, user: app, agent: true, policy: [p] } }
policies:
  p:
    default: allow
    opaque: deny
    deny: [{ program: touch }, { channel: shell }, { operation: [read, write, list], path: /** }]
    ask: [{ program: uptime }]
    allow: [{ channel: [sftp, subsystem, env] }]
`;

/** Messages by their numbers (RFC 4250). */
const [OPEN, DATA, EOF, CLOSE, ASK] = [90, 94, 96, 97, 98] as const;
/** The first, as the door calls it; and as the client does, whose own library must not take it for one of its. */
const [CHANNEL, MINE] = [uint32(0), uint32(900)];

const text = (value: string): Buffer => Buffer.concat([uint32(value.length), Buffer.from(value, 'latin1')]);
const message = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(type), ...parts]);
const ask = (type: string, ...parts: readonly Buffer[]): readonly Buffer[] =>
  [1, 0].map((reply) => message(ASK, CHANNEL, text(type), Buffer.of(reply), ...parts));
const data = (typed: string): readonly Buffer[] => [message(DATA, CHANNEL, text(typed))];

describe('what a client asks of a channel in an order that none asks in', () => {
  let server: SshServer;
  let stage: SshStage;
  let client: Client;
  let directory: string;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hoopctl-requests-'));
    stage = await openSshStage(server.target(), [parseConfig(POLICY, 'hoopctl.yaml').policies.get('p') as Policy]);
    client = await enter(stage);
  });
  afterEach(async () => {
    client.end();
    await stage.close();
    rmSync(directory, { recursive: true });
  });

  const mark = (): string => join(directory, 'mark');
  const open = [message(OPEN, text('session'), MINE, uint32(2 ** 21), uint32(32_768))];
  const exec = (command: string): readonly Buffer[] => ask('exec', text(command.replace('§', mark())));
  const [eof, close] = [[message(EOF, CHANNEL)], [message(CLOSE, CHANNEL)]];
  const terminal = ask('pty-req', text('xterm'), uint32(80), uint32(24), uint32(0), uint32(0), text('\0'));
  const shell = ask('shell');

  /** Nothing of it waits for an answer. And what is decided of it. */
  const ORDERS: Readonly<Record<string, () => readonly [readonly (readonly Buffer[])[], ...decided: string[]]>> = {
    'a command before there is a channel': () => [[exec('touch §'), open]],
    'two commands at once': () => [[open, exec('cat'), exec('touch §'), eof], 'cat'],
    'a command after one that is held': () => [[open, exec('uptime'), exec('touch §'), data('touch §\n')], 'uptime'],
    'a command behind a shell': () => [[open, shell, exec('touch §'), data('touch §\n')], 'shell'],
    'a shell behind a command that is denied': () => [[open, exec('touch §'), shell, data('touch §\n')], 'touch §'],
    'files behind a command': () => [[open, exec('cat'), ask('subsystem', text('sftp')), eof], 'cat'],
    'a command behind files': () => [[open, ask('subsystem', text('sftp')), exec('touch §'), eof], 'subsystem sftp'],
    'variables behind a command': () => [[open, exec('cat'), ask('env', text('BASH_ENV'), text('/x')), eof], 'cat'],
    'terminals behind a command': () => [[open, terminal, exec('cat'), terminal, terminal, eof], 'cat'],
    'input before there is a command': () => [[open, data('touch §\n'), exec('cat'), eof], 'cat'],
    'a command behind the end of its input': () => [[open, eof, exec('touch §')]],
    'a command on a channel that is closed': () => [[open, close, exec('touch §'), shell, data('touch §\n')]],
    'a command on one that is closing': () => [[open, exec('cat'), close, exec('touch §'), data('x'), eof, close]],
  };

  it.each(Object.entries(ORDERS))('%s starts nothing that is not decided, and the rest goes on', async (_, order) => {
    const [messages, ...decided] = order();
    for (const one of messages.flat()) sayAsItIs(client, one);
    expect(await outcomeOf(await run(client, 'echo on'))).toEqual({ said: 'on\n', exit: 0 });
    expect(existsSync(mark())).toBe(false);
    expect(stage.warnings).toEqual([]);
    const texts = (): ReadonlySet<string | null> => new Set(stage.of('statement').map((one) => one.text));
    const expected = [...decided, 'echo on'].map((one) => one.replace('§', mark()));
    await expect.poll(texts).toEqual(new Set(expected));
  });

  /** A server reads the name up to the NUL, or as what it takes the bytes for. */
  it.each(['sftp\0', 'sftp\0\0', 'sftp\0x', '\0sftp', 'sftp\xff'])(
    'gets no files by another name of theirs: %j',
    async (name) => {
      sayAsItIs(client, open[0] as Buffer);
      const { _handlers: handlers } = (client as unknown as { readonly _protocol: Handling })._protocol;
      let said = '';
      let isClosed = false;
      handlers['CHANNEL_DATA'] = (_wire, _channel, bytes) => void (said += bytes?.toString('latin1'));
      handlers['CHANNEL_EXTENDED_DATA'] = (_wire, _channel, bytes) => void (said += bytes?.toString('latin1'));
      handlers['CHANNEL_CLOSE'] = () => void (isClosed = true);
      sayAsItIs(client, message(ASK, CHANNEL, text('subsystem'), Buffer.of(1), text(name)));
      sayAsItIs(client, message(DATA, CHANNEL, text(frame(REQUEST.init, 3).toString('latin1'))));
      await eventually(
        () => isClosed || said.includes('openssh.com'),
        (over) => over,
      );
      expect(said).toMatch(/^hoopctl: the name of the subsystem is not valid UTF-8, or has a NUL in it/);
      expect(stage.of('statement')).toEqual([]);
    },
  );
});

interface Handling {
  readonly _handlers: Record<string, (wire: unknown, channel: number, data?: Buffer) => void>;
}
