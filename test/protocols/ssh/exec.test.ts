import { createHash, randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('a command through a door to a real sshd, with OpenSSH’s client', () => {
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

  it('runs it, and shows what it says', async () => {
    const ran = await stage.ssh(['web-1', 'echo out; echo err >&2; exit 3']);
    expect(ran).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(stage.shown('output')).toBe('out\n');
    expect(stage.shown('errors')).toBe('err\n');
    expect(stage.of('complete')).toMatchObject([{ tag: 'exit 3' }]);
  });

  it('hands on what it is sent, and that no more comes', async () => {
    const ran = await stage.ssh(['web-1', 'sort; echo end'], { input: 'b\na\n' });
    expect(ran).toMatchObject({ code: 0, stdout: 'a\nb\nend\n', stderr: '' });
  });

  it('runs it also for a client that says at once that it sends nothing', async () => {
    const ran = await stage.ssh(['-n', 'web-1', 'echo out; cat']);
    expect(ran).toMatchObject({ code: 0, stdout: 'out\n', stderr: '' });
  });

  it('says by which signal it ended', async () => {
    const ran = await stage.ssh(['web-1', 'kill -TERM $$']);
    expect(ran.code).toBe(255);
    expect(stage.of('complete')).toMatchObject([{ tag: 'signal TERM' }]);
  });

  it('tells the record who came, with what, and how it ended', async () => {
    await stage.ssh(['web-1', 'true']);
    await eventually(
      () => stage.of('close'),
      (closes) => closes.length === 1,
    );
    expect(stage.of('open')).toMatchObject([{ connection: 1, application: expect.stringMatching(/^OpenSSH_/) }]);
    expect(stage.of('close')).toMatchObject([{ connection: 1, cause: 'client' }]);
    expect(stage.of('statement')).toMatchObject([{ text: 'true', connection: 1 }]);
  });

  it('gives it a terminal that knows its size and its kind, and hands changes of it on', async () => {
    const ran = await stage.ssh(['-tt', 'web-1', 'tty >/dev/null && echo yes; echo $TERM; stty size'], {
      env: { TERM: 'screen-256color' },
    });
    expect(ran.stdout).toBe('yes\r\nscreen-256color\r\n0 0\r\n');
    expect(ran.code).toBe(0);
  });

  it('lets a variable through that the server takes', async () => {
    const ran = await stage.ssh(['-o', 'SetEnv=TEST_ONE=first', 'web-1', 'echo $TEST_ONE']);
    expect(ran.stdout).toBe('first\n');
    expect(stage.of('statement').map(({ text }) => text)).toEqual(['env TEST_ONE=first', 'echo $TEST_ONE']);
  });

  it('is cut off where it is longer than can be taken, and the operator is told what to do', async () => {
    expect(await stage.ssh(['web-1', `true ${'x'.repeat(33_000)}`])).toMatchObject({ code: 0 });
    expect(stage.warnings).toEqual([]);
    expect(await stage.ssh(['web-1', `true ${'x'.repeat(36_000)}`])).toMatchObject({ code: 255 });
    expect(stage.warnings.join()).toContain('a command line of more than about 34,000 bytes');
  });

  it('runs fifty at once on one connection', async () => {
    const control = ['-o', `ControlPath=${join(stage.directory, 'control')}`];
    const master = spawn('ssh', ['-F', stage.config, ...control, '-M', '-N', 'web-1'], { stdio: 'ignore' });
    await eventually(
      () => stage.run('ssh', ['-F', stage.config, ...control, '-O', 'check', 'web-1']),
      ({ code }) => code === 0,
    );
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const all = await Promise.all(
      numbers.map((number) => stage.ssh([...control, 'web-1', `read line; echo ${number} $line`], { input: 'in\n' })),
    );
    expect(all.map(({ stdout }) => stdout)).toEqual(numbers.map((number) => `${number} in\n`));
    expect(stage.of('open')).toHaveLength(1);
    // A signal that comes just before it waits for what comes next is not noticed until then.
    const over = once(master, 'exit');
    await stage.ssh([...control, '-O', 'exit', 'web-1']);
    await over;
  });

  it('brings a lot there and back unchanged, with new keys all the time', async () => {
    const sent = randomBytes(24 * 1024 * 1024);
    const args = ['-o', 'RekeyLimit=1M', 'web-1', 'cat'];
    const child = spawn('ssh', ['-F', stage.config, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const hash = createHash('sha256');
    child.stdout.on('data', (bytes: Buffer) => void hash.update(bytes));
    child.stdin.end(sent);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  it('keeps output and errors whole when both are more than a client takes at once', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do head -c 700000 /dev/zero; head -c 700000 /dev/zero >&2; done';
    const child = spawn('ssh', ['-F', stage.config, 'web-1', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    // Whoever reads late lets all windows fill up.
    await eventually(
      () => stage.shown('output').length + stage.shown('errors').length,
      (length) => length > 2_000_000,
    );
    let [out, err] = [0, 0];
    child.stdout.on('data', (bytes: Buffer) => void (out += bytes.length));
    child.stderr.on('data', (bytes: Buffer) => void (err += bytes.length));
    await once(child, 'close');
    expect([out, err]).toEqual([5_600_000, 5_600_000]);
  });

  it('ends what runs when the client goes away', async () => {
    const child = spawn('ssh', ['-F', stage.config, 'web-1', 'echo $PPID; cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await eventually(
      () => server.connections(),
      (left) => left.length === 0,
    );
    expect(stage.of('complete')).toMatchObject([{ tag: 'client gone' }]);
  });

  it('tells the client in words when the target breaks off', async () => {
    const running = stage.ssh(['web-1', 'echo there; sleep 100']);
    await eventually(
      () => stage.shown('output'),
      (text) => text === 'there\n',
    );
    server.breakOff();
    const ran = await running;
    expect(ran.code).toBe(255);
    expect(ran.stderr).toContain('hoopctl: web-1 closed the connection');
  });

  it('ends it with the session, and says so', async () => {
    const running = stage.ssh(['web-1', 'echo there; sleep 100']);
    await eventually(
      () => stage.shown('output'),
      (text) => text === 'there\n',
    );
    await stage.session.end('expired');
    const ran = await running;
    expect(ran.code).toBe(255);
    expect(ran.stderr).toContain('hoopctl: the hoopctl session has ended');
  });
});
