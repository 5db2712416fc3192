import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, Connection, ServerChannel, X11Info } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { openAgent } from '../../src/protocols/ssh/ssh2-channels.ts';
import { type SshAgent, startAgent } from '../ssh/agent.ts';
import { enter, outcomeOf, run } from '../ssh/client.ts';
import { type HostileServer, startHostileServer } from '../ssh/hostile.ts';
import { startSshServer } from '../ssh/server.ts';
import { eventually, openSshStage, type Ran, type SshStage } from '../ssh/stage.ts';

const LIST = Buffer.from([0, 0, 0, 1, 11]);
const CLEAR = Buffer.from([0, 0, 0, 1, 19]);
const FAILED = Buffer.from([0, 0, 0, 1, 5]);
/** Bytes of a list with the one key that there is. */
const LISTED = 81;
const NO_AGENT: Partial<Policy> = { allow: [] };

/** What becomes of opening something at the client: the channel, or the words of the refusal. */
function opening(
  open: (done: (error: Error | undefined, channel: ServerChannel) => void) => void,
): Promise<string | ServerChannel> {
  return new Promise((resolve) => {
    open((error, channel) => {
      channel?.on('error', () => undefined);
      resolve(error?.message ?? channel);
    });
  });
}

const agentOf = (connection: Connection) => opening((done) => openAgent(connection, done));
const screenOf = (connection: Connection) => opening((done) => connection.x11('127.0.0.1', 1, done));

/** So many bytes of what comes; fewer when it ends before. */
function read(channel: Duplex, length: number): Promise<Buffer> {
  return new Promise((resolve) => {
    let all = Buffer.alloc(0);
    const look = (bytes: Buffer): void => {
      all = Buffer.concat([all, bytes]);
      if (all.length >= length) finish();
    };
    const finish = (): void => {
      channel.off('data', look).off('end', finish).off('close', finish);
      resolve(all);
    };
    channel.on('data', look).on('end', finish).on('close', finish);
  });
}

/** How a client's agent begins its answer: with its length and its type. */
async function ask(channel: ServerChannel, message: Buffer): Promise<Buffer> {
  const answer = read(channel, 5);
  channel.write(message);
  return answer;
}

function channelOf(outcome: string | ServerChannel): ServerChannel {
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

const COOKIE = '00112233445566778899aabbccddeeff';

function screened(client: Client, single: boolean): Promise<ClientChannel> {
  const x11 = { single, protocol: 'MIT-MAGIC-COOKIE-1', cookie: COOKIE, screen: 3 };
  return run(client, 'command', { x11 });
}

describe('a target that reaches for what clients have', () => {
  let target: HostileServer;
  let agent: SshAgent;
  let stage: SshStage;
  let children: ChildProcess[];
  /** What it was told of displays. */
  const screens: X11Info[] = [];
  /** What a command does, by the test. */
  let act: (channel: ServerChannel, connection: Connection) => Promise<unknown>;

  beforeAll(async () => {
    agent = await startAgent();
    target = await startHostileServer(
      (channel, connection) => {
        void act(channel, connection).then((said) => {
          channel.write(JSON.stringify(said ?? null));
          channel.exit(0);
          channel.end();
        });
      },
      (session) => {
        session.on('auth-agent', (accept) => void accept?.());
        session.on('x11', (accept, _reject, info) => {
          screens.push({ ...info, cookie: Buffer.from(info.cookie).toString('latin1') });
          accept?.();
        });
      },
    );
  });
  afterAll(() => Promise.all([target.stop(), agent.stop()]));
  beforeEach(() => {
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await stage.close();
  });

  const under = async (policy: Partial<Policy> = {}): Promise<void> => {
    stage = await openSshStage(target.target, [{ ...UNGUARDED, name: 'strict', ...policy }]);
  };
  const env = (): Readonly<Record<string, string>> => ({ SSH_AUTH_SOCK: agent.socket, DISPLAY: '127.0.0.1:99' });
  const command = (...args: readonly string[]): Promise<Ran> =>
    stage.ssh([...args, 'web-1', 'command'], { env: env() });
  /** A client that stays until it is killed. */
  const stay = (...args: readonly string[]): ChildProcess => {
    const child = spawn('ssh', ['-F', stage.config, ...args, 'web-1', 'command'], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env() },
    });
    children.push(child);
    return child;
  };
  const notices = (): readonly string[] => stage.of('notice').map(({ message }) => message);

  it.each([
    ['agent', agentOf],
    ['display', screenOf],
  ])('gets no %s that the client did not offer, and is on record once, however often it tries', async (name, reach) => {
    await under();
    act = (_channel, connection) => Promise.all([reach(connection), reach(connection), reach(connection)]);
    const ran = await command();
    const refusal = '(SSH) Channel open failure: hoopctl: it is not lent';
    expect(JSON.parse(ran.stdout)).toEqual([refusal, refusal, refusal]);
    expect(notices()).toEqual([`the client’s ${name} was wanted by the target, and is not lent to it: refused`]);
  });

  it.each([
    ['agent', '-A', agentOf],
    ['display', '-Y', screenOf],
  ])('gets no %s that the policy does not grant, though the client offers it', async (_name, option, reach) => {
    await under(NO_AGENT);
    act = (_channel, connection) => reach(connection);
    const ran = await command(option);
    expect(JSON.parse(ran.stdout)).toContain('it is not lent');
    expect(ran.stderr).toContain('is off here');
  });

  it('gets an agent while the program runs that may have it, and neither before nor after', async () => {
    await under();
    const before: unknown[] = [];
    act = async (_channel, connection) => channelOf(await agentOf(connection)).close();
    // Several programs on one connection of the client.
    const control = join(stage.directory, 'control');
    const master = stay('-A', '-M', '-S', control, '-o', 'ControlPersist=yes');
    await once(master, 'exit');
    const connection = target.connections.at(-1);
    if (connection === undefined) throw new Error('nobody came');
    await eventually(
      () => stage.of('complete'),
      (all) => all.length === 2,
    );
    before.push(await agentOf(connection));
    act = async () => agentOf(connection);
    const off = await stage.run('ssh', ['-F', stage.config, '-S', control, '-a', 'web-1', 'command'], { env: env() });
    expect(before).toEqual([expect.stringContaining('it is not lent')]);
    expect(off.stdout).toContain('it is not lent');
    await stage.run('ssh', ['-F', stage.config, '-S', control, '-O', 'exit', 'web-1']);
  });

  it('is answered in the order of its questions, of which only those that are allowed reach the agent', async () => {
    await under();
    act = async (_channel, connection) => {
      const channel = channelOf(await agentOf(connection));
      const answers = read(channel, 3 * FAILED.length + LISTED);
      channel.write(Buffer.concat([CLEAR, CLEAR, LIST, CLEAR]));
      const hex = (await answers).toString('hex');
      channel.close();
      return hex;
    };
    const { stdout } = await command('-A');
    const failed = FAILED.toString('hex');
    expect(JSON.parse(stdout)).toMatch(new RegExp(`^${failed}${failed}0000004d0c(..)+${failed}$`));
    expect(agent.add('-l')).toContain(agent.fingerprint);
  });

  it.each([
    ['a length that is impossible', Buffer.from([0, 0, 0, 0])],
    ['more than an agent takes', Buffer.from([0xff, 0xff, 0xff, 0xff, 13])],
    ['what is no message', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('is cut off when it sends %s', async (_what, bytes) => {
    await under();
    act = async (_channel, connection) => (await ask(channelOf(await agentOf(connection)), bytes)).length;
    expect(JSON.parse((await command('-A')).stdout)).toBe(0);
  });

  it.each([
    ['a signature that is asked for badly', Buffer.from([0, 0, 0, 6, 13, 0, 0, 0, 9, 1])],
    ['a question with more behind it', Buffer.from([0, 0, 0, 2, 11, 0])],
    ['an unknown question', Buffer.from([0, 0, 0, 1, 200])],
  ])('gets a no for %s, and the agent is not asked', async (_what, bytes) => {
    await under();
    act = async (_channel, connection) => {
      const channel = channelOf(await agentOf(connection));
      const answer = await ask(channel, bytes);
      channel.close();
      return answer.toString('hex');
    };
    expect(JSON.parse((await command('-A')).stdout)).toBe(FAILED.toString('hex'));
    expect(notices().at(-1)).toContain(': refused');
  });

  it('says nothing on record that a terminal would obey', async () => {
    await under();
    const name = Buffer.from('\u001b]0;x\u0007\u202e@example.com');
    const length = Buffer.alloc(9);
    length.writeUInt32BE(5 + name.length);
    length.writeUInt8(27, 4);
    length.writeUInt32BE(name.length, 5);
    act = async (_channel, connection) => {
      const channel = channelOf(await agentOf(connection));
      await ask(channel, Buffer.concat([length, name]));
      channel.close();
    };
    await command('-A');
    expect(notices().at(-1)).toContain('an extension of its: <U+001B>]0;x<U+0007><U+202E>@example.com');
  });

  it('reaches by each connection the agent of its own client, and of no other', async () => {
    await under();
    const other = await startAgent();
    const channels: ServerChannel[] = [];
    act = (channel) => {
      channels.push(channel);
      return new Promise(() => undefined);
    };
    const from = target.connections.length;
    stay('-A');
    await eventually(
      () => channels.length,
      (count) => count === 1,
    );
    stay('-o', `ForwardAgent=${other.socket}`);
    await eventually(
      () => channels.length,
      (count) => count === 2,
    );
    stay();
    await eventually(
      () => channels.length,
      (count) => count === 3,
    );
    const keys = async (index: number): Promise<string> => {
      const connection = target.connections[from + index];
      if (connection === undefined) throw new Error('nobody came');
      const outcome = await agentOf(connection);
      if (typeof outcome === 'string') return outcome;
      const answer = read(outcome, 60);
      outcome.write(LIST);
      return (await answer).toString('base64');
    };
    const blob = ({ publicKey }: SshAgent): string => publicKey.split(' ')[1] ?? '';
    const holds = (text: string, one: SshAgent): boolean =>
      Buffer.from(text, 'base64').includes(Buffer.from(blob(one), 'base64'));
    const [one, two, three] = await Promise.all([keys(0), keys(1), keys(2)]);
    expect([holds(one, agent), holds(one, other)]).toEqual([true, false]);
    expect([holds(two, agent), holds(two, other)]).toEqual([false, true]);
    expect(three).toContain('it is not lent');
    await other.stop();
  });

  it('loses an agent when its client is gone', async () => {
    await under();
    const reached = Promise.withResolvers<ServerChannel>();
    act = async (_channel, connection) => {
      reached.resolve(channelOf(await agentOf(connection)));
      return new Promise(() => undefined);
    };
    const client = stay('-A');
    const channel = await reached.promise;
    expect((await ask(channel, LIST))[4]).toBe(12);
    const closed = once(channel, 'close');
    channel.resume();
    client.kill('SIGKILL');
    await closed;
  });

  it('loses an agent when the session ends', async () => {
    await under();
    const reached = Promise.withResolvers<ServerChannel>();
    act = async (_channel, connection) => {
      reached.resolve(channelOf(await agentOf(connection)));
      return new Promise(() => undefined);
    };
    stay('-A');
    const channel = await reached.promise;
    const closed = once(channel, 'close');
    channel.resume();
    await stage.session.end('enough');
    await closed;
    expect(stage.of('complete').some(({ tag }) => tag === 'closed')).toBe(true);
  });

  it.each([
    [true, [true, false, false]],
    [false, [true, true, true]],
  ])('gets a display as often as the client said (once: %s)', async (single, expected) => {
    await under();
    act = async (_channel, connection) => {
      const first = await screenOf(connection);
      const all = [first, await screenOf(connection), await screenOf(connection)];
      return all.map((outcome) => typeof outcome !== 'string');
    };
    const client = await enter(stage);
    client.on('x11', (_details, accept) => void accept().on('error', () => undefined));
    const { said } = await outcomeOf(await screened(client, single));
    expect(JSON.parse(said)).toEqual(expected);
    client.end();
  });

  it('is told of a display what the client said, and no record is', async () => {
    await under();
    act = async () => screens.at(-1);
    const client = await enter(stage);
    const { said } = await outcomeOf(await screened(client, true));
    expect(JSON.parse(said)).toEqual({ single: true, protocol: 'MIT-MAGIC-COOKIE-1', cookie: COOKIE, screen: 3 });
    expect(stage.of('statement').map(({ text }) => text)).toEqual(['X11 forwarding', 'command']);
    const recorded = stage.recorder.events.filter(({ type }) => type !== 'terminal');
    expect(JSON.stringify(recorded)).not.toContain(COOKIE);
    client.end();
  });

  it.each([
    ['a cookie that is no number', { cookie: 'x; touch /tmp/x' }],
    ['no cookie', { cookie: '' }],
    ['a protocol that is no name', { protocol: 'A B' }],
  ])('is asked for no display with %s', async (_what, wrong) => {
    await under();
    act = async () => screens.length;
    const client = await enter(stage);
    const asked = run(client, 'command', { x11: { protocol: 'MIT-MAGIC-COOKIE-1', cookie: COOKIE, ...wrong } });
    await expect(asked).rejects.toThrow('Unable to request X11');
    client.end();
  });

  it('never reaches the agent that hoopctl logs in with', async () => {
    const real = await startSshServer();
    const [operator, mine] = await Promise.all([startAgent(), startAgent()]);
    operator.add(join(real.directory, 'user'));
    let visits = 0;
    const path = join(real.directory, 'operator');
    const proxy = createServer((socket) => {
      visits += 1;
      socket
        .on('error', () => undefined)
        .pipe(connect(operator.socket).on('error', () => undefined))
        .pipe(socket);
    }).listen(path);
    // On a real server it has logged in, and the client's agent is the one that is there.
    stage = await openSshStage(real.target({ key: null, agent: path }));
    const ran = await stage.ssh(['-A', 'web-1', 'ssh-add -l'], { env: { SSH_AUTH_SOCK: mine.socket } });
    expect(ran.stdout).toContain(mine.fingerprint);
    expect(ran.stdout).not.toContain(operator.fingerprint);
    const none = await stage.ssh(['-A', 'web-1', 'echo "[$SSH_AUTH_SOCK]"; ssh-add -l'], {});
    expect(none.stdout).toBe('[]\n');
    await stage.close();
    // A hostile one asks for it in vain.
    const { ssh } = target.target;
    if (ssh === undefined) throw new Error('no access');
    stage = await openSshStage({ ...target.target, ssh: { ...ssh, agent: path } });
    visits = 0;
    act = async (_channel, connection) => [await agentOf(connection), visits];
    expect(JSON.parse((await command()).stdout)).toEqual([expect.stringContaining('it is not lent'), 0]);
    expect(visits).toBe(0);
    proxy.close();
    await Promise.all([real.stop(), operator.stop(), mine.stop()]);
  });
});
