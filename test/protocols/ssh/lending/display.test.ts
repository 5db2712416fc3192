import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRule, Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { askRule } from '../../../policy/examples.ts';
import { freePort } from '../../../postgres/server.ts';
import { answerTo } from '../../../session/asking.ts';
import { startSshServer, type SshServer } from '../../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../../ssh/stage.ts';

const PROTOCOL = 'MIT-MAGIC-COOKIE-1';
const COOKIE = '0123456789abcdef0123456789abcdef';
const DISPLAY: CommandRule = {
  program: null,
  args: null,
  path: null,
  operation: null,
  opaque: false,
  channel: ['x11'],
};

/** How a program that draws introduces itself (X11 protocol, 8), least significant byte first. */
function greeting(cookie: string): Buffer {
  const header = Buffer.alloc(12);
  header.write('l', 'latin1');
  header.writeUInt16LE(11, 2);
  header.writeUInt16LE(PROTOCOL.length, 6);
  header.writeUInt16LE(cookie.length / 2, 8);
  return Buffer.concat([header, Buffer.from(PROTOCOL.padEnd(20, '\0')), Buffer.from(cookie, 'hex')]);
}

/** A display that takes whoever has its cookie, and sends back what it is sent then. */
function display(): Server {
  return createServer((socket) => {
    const expected = greeting(COOKIE);
    let seen = Buffer.alloc(0);
    socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        const before = Math.max(0, expected.length - seen.length);
        seen = Buffer.concat([seen, bytes.subarray(0, before)]);
        if (seen.length === expected.length && !seen.equals(expected)) socket.destroy();
        else socket.write(bytes.subarray(before));
      });
  });
}

/** OpenSSH's client, whose command goes on until it is told to end. */
interface Drawing {
  readonly child: ChildProcessWithoutNullStreams;
  said(): string;
  end(): Promise<void>;
}

describe('a client’s display (ssh -Y), through a door to a real sshd', () => {
  let server: SshServer;
  let screen: Server;
  let port: number;
  let authority: string;
  let stage: SshStage;
  let drawing: Drawing | null = null;
  beforeAll(async () => {
    server = await startSshServer({
      settings: ['X11Forwarding yes', 'SetEnv SHLVL=1 XAUTHORITY=$DIRECTORY/xauthority'],
    });
    do port = await freePort();
    while (port < 6000);
    screen = display().listen(port, '127.0.0.1');
    await once(screen, 'listening');
    authority = join(server.directory, 'of-the-client');
    execFileSync('xauth', ['-q', '-f', authority, 'add', `127.0.0.1:${port - 6000}`, PROTOCOL, COOKIE], {
      stdio: 'ignore',
    });
  });
  afterAll(async () => {
    screen.close();
    await server.stop();
  });
  afterEach(async () => {
    await drawing?.end();
    drawing = null;
    await stage.close();
  });

  const under = async (policy: Partial<Policy> = {}, target = server.target()): Promise<void> => {
    stage = await openSshStage(target, [{ ...UNGUARDED, name: 'strict', ...policy }]);
  };
  const asking = (): Promise<void> => under({ allow: [], ask: [askRule({ command: DISPLAY, within: 60_000 })] });
  const env = (): Readonly<Record<string, string>> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    DISPLAY: `127.0.0.1:${port - 6000}`,
    XAUTHORITY: authority,
  });
  const draw = (): Drawing => {
    const command = 'echo "[$DISPLAY]"; xauth list "$DISPLAY"; echo ready; cat';
    const child = spawn('ssh', ['-F', stage.config, '-Y', 'web-1', command], { env: env() });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const over = once(child, 'exit');
    return {
      child,
      said: () => said,
      end: async () => {
        child.stdin.end();
        await over;
      },
    };
  };
  const ready = (one: Drawing): Promise<string> =>
    eventually(
      () => one.said(),
      (text) => text.includes('ready'),
    );
  /** What the server's programs reach a display by. */
  const shown = (said: string): { readonly at: number; readonly cookie: string } => ({
    at: 6000 + Number(/\[localhost:(\d+)\.0\]/.exec(said)?.[1]),
    cookie: /MIT-MAGIC-COOKIE-1 +([0-9a-f]+)/.exec(said)?.[1] ?? '',
  });
  /** All that comes back when a program introduces itself, and draws; nothing when it is turned away. */
  const exchange = async (at: number, cookie: string, bytes: Buffer): Promise<Buffer> => {
    const socket = connect(at, '127.0.0.1');
    const parts: Buffer[] = [];
    let length = 0;
    socket
      .on('error', () => undefined)
      .on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length === bytes.length) socket.end();
      });
    socket.write(Buffer.concat([greeting(cookie), bytes]));
    await once(socket, 'close');
    return Buffer.concat(parts);
  };

  it('is drawn on by a program on the server, and is on record without its cookies', async () => {
    await under();
    drawing = draw();
    const { at, cookie } = shown(await ready(drawing));
    expect(cookie).toMatch(/^[0-9a-f]{32}$/);
    expect(cookie).not.toBe(COOKIE);
    const bytes = Buffer.alloc(3_000_000, 'pixels');
    expect((await exchange(at, cookie, bytes)).equals(bytes)).toBe(true);
    const transfers = await eventually(
      () => stage.of('transfer'),
      (all) => all.length === 2,
    );
    const sent = bytes.length + greeting(cookie).length;
    expect(transfers).toMatchObject([
      { direction: 'in', bytes: bytes.length, path: null, complete: true },
      { direction: 'out', bytes: sent, path: null },
    ]);
    expect(stage.of('notice').map(({ message }) => message)).toEqual(['the client’s display is reached by the target']);
    await drawing.end();
    await eventually(
      () => stage.of('complete'),
      (all) => all.some(({ tag, bytes: count }) => tag === 'closed' && count === sent),
    );
    // What the command itself printed is its own to say.
    const recorded = stage.recorder.events.filter(({ type }) => type !== 'terminal');
    expect(JSON.stringify(recorded)).not.toContain(cookie);
    expect(JSON.stringify(stage.recorder.events)).not.toContain(COOKIE);
  });

  it('takes nobody who does not know the cookie', async () => {
    await under();
    drawing = draw();
    const { at, cookie } = shown(await ready(drawing));
    expect((await exchange(at, 'f'.repeat(cookie.length), Buffer.from('abc'))).toString()).toBe('');
  });

  it('is not there where no rule names it, and the client is told', async () => {
    await under({ allow: [] });
    drawing = draw();
    const said = await ready(drawing);
    expect(said).toContain('[]');
    expect(said).toContain('hoopctl: x11 is off here');
  });

  it('goes on without where the server takes none, and the client is told', async () => {
    const strict = await startSshServer({ settings: ['X11Forwarding no'] });
    await under({}, strict.target());
    drawing = draw();
    const said = await ready(drawing);
    expect(said).toContain('[]');
    expect(said).toContain('hoopctl: the server does not take X11 forwarding: it goes on without');
    await drawing.end();
    await strict.stop();
  });

  it('waits for an answer, and is lent when it is yes', async () => {
    await asking();
    drawing = draw();
    const held = await eventually(
      () => stage.held[0],
      (request) => request !== undefined,
    );
    if (held === undefined) throw new Error('nothing is held');
    await stage.register.answer(answerTo(held), null);
    const said = await ready(drawing);
    expect(said).toContain(`hoopctl: held for approval: request ${held.id}`);
    const { at, cookie } = shown(said);
    expect((await exchange(at, cookie, Buffer.from('abc'))).toString()).toBe('abc');
  });

  it('is gone from a program that outlives the command for which it was lent', async () => {
    await under();
    drawing = draw();
    const { at, cookie } = shown(await ready(drawing));
    const socket: Socket = connect(at, '127.0.0.1').on('error', () => undefined);
    socket.write(Buffer.concat([greeting(cookie), Buffer.from('abc')]));
    expect((await once(socket, 'data'))[0]).toEqual(Buffer.from('abc'));
    const closed = once(socket, 'close');
    await drawing.end();
    await closed;
  });
});
