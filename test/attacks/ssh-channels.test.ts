import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Client, ClientChannel, ExecOptions, PseudoTtyOptions } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Client as SshClient } from '../../src/protocols/ssh/library.ts';
import { answerTo } from '../session/asking.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';
import { POLICIES } from './ssh.corpus.ts';
import { direct, fateOf, policiesOf, Range } from './ssh/range.ts';

/** What ssh2 says to the other side, without asking whether that makes sense. */
interface Wire {
  exec(channel: number, command: string, wantReply: boolean): void;
  shell(channel: number, wantReply: boolean): void;
  subsystem(channel: number, name: string, wantReply: boolean): void;
  env(channel: number, name: string, value: string, wantReply: boolean): void;
  windowChange(channel: number, rows: number, cols: number, height: number, width: number): void;
}

describe('what a client asks of a door besides commands, on a real server (R32)', () => {
  let range: Range;
  let stage: SshStage;
  let client: Client;
  let place: string;

  beforeAll(async () => {
    range = await Range.open();
  });
  afterAll(() => range.close());
  beforeEach(async () => {
    const policy = policiesOf(range, POLICIES).get('sensible');
    if (policy === undefined) throw new Error('there is no such policy');
    stage = await openSshStage(range.server.target(), [policy]);
    client = await enter();
    place = range.place();
  });
  afterEach(async () => {
    client.end();
    await stage.close();
    expect(range.harm(place, '')).toBeNull();
  });

  async function enter(): Promise<Client> {
    const { door, credential } = stage;
    if (door.address.kind !== 'tcp') throw new Error('the door is not a port');
    const { host, port } = door.address;
    const entered = new SshClient();
    const ready = new Promise<void>((resolve, reject) => entered.once('ready', () => resolve()).once('error', reject));
    const privateKey = doorKeys(credential).client.privateText;
    entered.connect({ host, port, username: credential.user, privateKey });
    await ready;
    entered.on('error', () => undefined);
    return entered;
  }

  /** What comes of asking for a channel: its channel, or the words of the refusal. */
  function asked(
    ask: (answer: (error: Error | undefined, channel: ClientChannel) => void) => unknown,
  ): Promise<unknown> {
    return new Promise((resolve) => ask((error, channel) => resolve(error?.message ?? channel)));
  }

  const run = (command: string, options = {}): Promise<Awaited<ReturnType<typeof fateOf>>> =>
    new Promise((resolve, reject) => {
      client.exec(command.replaceAll('§', place), options, (error, channel) => {
        if (error === undefined) resolve(fateOf(channel, ''));
        else reject(error);
      });
    });

  /** A program that waits for input, and the means to say anything more about its channel. */
  async function waiting(): Promise<{ channel: ClientChannel; id: number; wire: Wire }> {
    const channel = (await asked((answer) => client.exec('cat', answer))) as ClientChannel;
    const { id } = (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing;
    return { channel, id, wire: (client as unknown as { readonly _protocol: Wire })._protocol };
  }

  async function refusal(channel: ClientChannel, typed: string): Promise<void> {
    const fate = await fateOf(channel, typed.replaceAll('§', place));
    expect(fate).toMatchObject({ code: 126, stdout: '' });
    expect(fate.stderr).toContain('hoopctl:');
  }

  it.each([false, { term: 'xterm', rows: 24, cols: 80 } as PseudoTtyOptions] as const)(
    'gets no shell, whatever is typed into it (%j)',
    async (pty) => {
      const channel = (await asked((answer) => client.shell(pty, {}, answer))) as ClientChannel;
      await refusal(channel, 'wreck §\nexit\n');
    },
  );

  it.each(['sftp', 'netconf', 'wreck §', '/bin/sh', '../sftp', '', 'x'.repeat(20_000)])(
    'gets no subsystem: %j',
    async (name) => {
      const channel = (await asked((answer) => client.subsys(name.replaceAll('§', place), answer))) as ClientChannel;
      await refusal(channel, '');
    },
  );

  it.each([
    'scp -t §/srv/app',
    'scp -tr -- §/srv',
    'scp -f §/srv/key',
    'scp -v -f -- §/srv/key',
    "sc''p -t §/srv/app",
    '/usr/bin/scp -t §/srv/app',
    'cd §/srv && scp -t app',
    'env scp -t §/srv/app',
    "scp -f x'; wreck §; '",
    'scp -S wreck x: §/open',
    'rsync --server -logDtpre.iLsfxC . §/srv/app/',
    'rsync --server --sender -logDtpre.iLsfxC . §/srv/',
    'rsync --server --daemon .',
    "git-receive-pack '§/srv/app'",
    "git receive-pack '§/srv/app'",
    "git-upload-pack '§/srv'; wreck §",
    "git-shell -c 'wreck §'",
    'internal-sftp',
    '/usr/lib/openssh/sftp-server',
    'exec /usr/lib/openssh/sftp-server -d §/srv',
  ])('gets no other way to files: %s', async (command) => {
    stage.register.listen((event) => {
      if (event.type !== 'request') return;
      void stage.register.answer(answerTo(event.request, { verdict: 'deny', reason: 'an attack' }), null);
    });
    expect(await run(command)).toMatchObject({ code: 126, stdout: '' });
  });

  it('gets no forward of ports or sockets, in no direction', async () => {
    const { port } = range.server;
    const socket = join(place, 'open', 'socket');
    const ways = [
      asked((answer) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', port, answer)),
      asked((answer) => client.forwardOut('127.0.0.1', 1, '::1', port, answer)),
      asked((answer) => client.openssh_forwardOutStreamLocal('/run/dbus/system_bus_socket', answer)),
      new Promise((resolve) => client.forwardIn('127.0.0.1', 0, (error) => resolve(error?.message ?? 'a port'))),
      new Promise((resolve) =>
        client.openssh_forwardInStreamLocal(socket, (error) => resolve(error?.message ?? 'a socket')),
      ),
    ];
    for (const answer of await Promise.all(ways)) expect(answer).toMatch(/refused|prohibited|[Uu]nable|fail|not/);
    expect(existsSync(socket)).toBe(false);
  });

  it('brings neither an agent nor a display', async () => {
    const { SSH_AUTH_SOCK = '/nonexistent' } = process.env;
    client.end();
    client = await enter();
    Object.assign((client as unknown as { readonly config: object }).config, { agent: SSH_AUTH_SOCK });
    const agent = await asked((answer) =>
      client.exec('echo "[$SSH_AUTH_SOCK]"', { agentForward: true } as ExecOptions, answer),
    );
    if (typeof agent !== 'string') expect((await fateOf(agent as ClientChannel, '')).stdout).toBe('[]\n');
    const display = await asked((answer) => client.exec('echo "[$DISPLAY]"', { x11: true }, answer));
    if (typeof display !== 'string') expect((await fateOf(display as ClientChannel, '')).stdout).toBe('[]\n');
  });

  it.each(['BASH_ENV', 'ENV', 'LD_PRELOAD', 'PATH', 'IFS', 'GIT_SSH_COMMAND', 'GIT_PROTOCOL', 'LC_ALL', 'TEST_ONE'])(
    'sets no variable: %s',
    async (name) => {
      const value = join(place, 'open', 'x');
      const control = await direct(range);
      const { stdout } = await control.run({ command: `echo "$${name}"`, env: { [name]: value } }, place);
      control.close();
      if (name !== 'PATH' && name !== 'IFS') expect(stdout).toContain(value);
      expect((await run(`echo "$${name}"`, { env: { [name]: value } })).stdout).not.toContain(value);
    },
  );

  it('runs one program on a channel, and no second', async () => {
    const { channel, id, wire } = await waiting();
    for (const wantReply of [true, false]) {
      wire.exec(id, `wreck ${place}`, wantReply);
      wire.subsystem(id, 'sftp', wantReply);
      wire.shell(id, wantReply);
      wire.env(id, 'BASH_ENV', '/x', wantReply);
    }
    const fate = await fateOf(channel, `wreck ${place}\n`);
    expect(fate.stdout).toBe(`wreck ${place}\n`);
    expect(stage.of('statement').map(({ text }) => text)).toEqual(['cat']);
  });

  it('starts nothing else on a channel after a refusal', async () => {
    const channel = (await asked((answer) => client.shell(false, answer))) as ClientChannel;
    const { id } = (channel as unknown as { readonly outgoing: { readonly id: number } }).outgoing;
    (client as unknown as { readonly _protocol: Wire })._protocol.exec(id, `wreck ${place}`, true);
    await refusal(channel, 'wreck §\n');
  });

  it('is not confused by a size that no terminal has, and goes on', async () => {
    const { channel, id, wire } = await waiting();
    wire.windowChange(id, 2 ** 32 - 1, 0, 0, 0);
    expect((await fateOf(channel, 'still here')).stdout).toBe('still here');
  });

  it('keeps what is sent while it is held, and gives it to nobody when it is refused', async () => {
    const fate = new Promise<unknown>((resolve, reject) => {
      client.exec('bash', (error, channel) =>
        error === undefined ? resolve(fateOf(channel, `wreck ${place}\n`)) : reject(error),
      );
    });
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    if (request === undefined) throw new Error('nothing is held');
    await stage.register.answer(answerTo(request, { verdict: 'deny', reason: 'no' }), null);
    expect(await fate).toMatchObject({ code: 126, stdout: '' });
  });

  it('runs nothing for a client that closed it while it was held, though it is approved that moment', async () => {
    const channel = (await asked((answer) =>
      client.exec(`$X; wreck ${place}`.replace('wreck', '/bin/touch').replace(place, `${place}/open/late`), answer),
    )) as ClientChannel;
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    if (request === undefined) throw new Error('nothing is held');
    channel.close();
    client.end();
    await eventually(
      () => stage.of('settled'),
      (settled) => settled.length === 1,
    );
    expect(await stage.register.answer(answerTo(request), null)).toMatchObject({ accepted: false });
    expect(existsSync(join(place, 'open', 'late'))).toBe(false);
  });

  it('runs what was approved as often as was said, and nothing that differs by a byte', async () => {
    const answers: string[] = [];
    stage.register.listen((event) => {
      if (event.type !== 'request') return;
      answers.push(event.request.text);
      const first = answers.length === 1;
      const answer = first
        ? { uses: 2, until: new Date(Date.now() + 60_000).toISOString() }
        : ({ verdict: 'deny', reason: 'no' } as const);
      void stage.register.answer(answerTo(event.request, answer), null);
    });
    const approved = `$X echo one >> ${place}/open/log`;
    expect(await run(approved)).toMatchObject({ code: 0 });
    for (const other of [
      `${approved} `,
      ` ${approved}`,
      approved.replace('one', 'two'),
      `${approved}#`,
      approved.replace(' ', '\t'),
    ]) {
      expect(await run(other), other).toMatchObject({ code: 126 });
    }
    expect(await run(approved)).toMatchObject({ code: 0 });
    expect(await run(approved)).toMatchObject({ code: 126 });
    expect(
      await textOf((await asked((answer) => client.exec(`wc -l < ${place}/open/log`, answer))) as ClientChannel),
    ).toBe('2\n');
  });

  it('opens no more channels than there may be, and goes on with those there are', async () => {
    const all = await Promise.all(
      Array.from({ length: 300 }, () => asked((answer) => client.exec(`wreck ${place}`, answer))),
    );
    const opened = all.filter((one) => typeof one !== 'string') as ClientChannel[];
    expect(opened.length).toBeLessThan(300);
    for (const channel of opened) channel.close();
    expect(
      await eventually(
        () => run('echo on').catch(() => null),
        (fate) => fate?.code === 0,
      ),
    ).toMatchObject({ stdout: 'on\n' });
  });

  it('ends a connection that sends more than a message may hold, and no other', async () => {
    const other = await enter();
    const closed = new Promise<void>((resolve) => other.once('close', () => resolve()));
    other.exec(`echo ${'x'.repeat(200_000)}; wreck ${place}`, () => undefined);
    await closed;
    expect(await run('echo on')).toMatchObject({ code: 0, stdout: 'on\n' });
  });

  it.each([
    'wreck §\0',
    'echo \uFFFD; wreck §',
    '\r\nwreck §\r\n',
    'wreck §\u0000x',
    'ｗreck §; wreck §',
    'wre\u200bck §; wreck §',
    '\u001b[2Kwreck §',
  ])('runs nothing that has signs in it that mean something else to others: %j', async (command) => {
    stage.register.listen((event) => {
      if (event.type !== 'request') return;
      void stage.register.answer(answerTo(event.request, { verdict: 'deny', reason: 'an attack' }), null);
    });
    expect((await run(command)).code).toBeOneOf([126, 255]);
  });
});
