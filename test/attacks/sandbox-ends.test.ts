import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORDINARY } from '../ordinary-program.ts';
import { type Ran, runInside } from './sandbox/trial.ts';
import { filesBelow, type Owner, Stage } from './sandbox/world.ts';

const root = process.getuid?.() === 0;
const SELF: Owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const OWNERS: readonly (readonly [string, Owner])[] = root
  ? [
      ['root', SELF],
      ['an ordinary user', ORDINARY],
    ]
  : [['an ordinary user', SELF]];

const MIB = 1024 * 1024;

describe.each(OWNERS)('the sandbox of %s', (_, owner) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(owner);
  });
  afterAll(() => stage.close());

  const shell = (script: string, request: Parameters<typeof runInside>[2] = {}): Promise<Ran> =>
    runInside(stage, owner, { command: 'sh', args: ['-c', script], ...request });
  const python = (code: string, request: Parameters<typeof runInside>[2] = {}): Promise<Ran> =>
    runInside(stage, owner, { command: '/usr/bin/python3', args: ['-c', code], ...request });

  /** Processes of the machine whose arguments hold the word. */
  const running = (word: string): readonly string[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => commandLine(pid).includes(word));

  it('gives back the exit code, and 128+n for a signal', async () => {
    expect(await shell('exit 7')).toMatchObject({ code: 7 });
    expect(await shell('kill -TERM $$')).toMatchObject({ code: 143 });
  });

  it('keeps output and errors apart', async () => {
    expect(await shell('echo out; echo err >&2')).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
  });

  it('ends with its command, whoever was left behind (R50)', async () => {
    const word = `left-${stage.world.canary}`;
    const code = [
      'import os, signal, sys, time',
      'for _ in range(3):',
      '    if os.fork() == 0:',
      '        os.setsid()',
      '        if os.fork() == 0:',
      '            signal.signal(signal.SIGTERM, signal.SIG_IGN)',
      `            os.execv("/bin/sleep", ["${word}", "1000"])`,
      '        os._exit(0)',
      'def called(one):',
      '    try: return open(f"/proc/{one}/cmdline").read()',
      '    except OSError: return ""',
      'def left():',
      `    return sum(called(one).startswith("${word}") for one in os.listdir("/proc") if one.isdigit())`,
      'while left() < 3: time.sleep(0.05)',
      'print(left())',
    ].join('\n');
    const ran = await python(code);
    expect(ran.stdout.trim()).toBe('3');
    expect(running(word)).toEqual([]);
  });

  it('stops a fork bomb', async () => {
    const bomb = `# bomb-${stage.world.canary}\nimport os\nwhile True:\n    try: os.fork()\n    except OSError: pass`;
    const ran = await python(bomb, { limits: { processes: 100 } as never });
    expect(ran.code).not.toBe(0);
    expect(ran.milliseconds).toBeLessThan(20_000);
    expect(running(`bomb-${stage.world.canary}`)).toEqual([]);
  });

  it('stops processes that hold too much memory together', async () => {
    const share =
      'import mmap, time\nm = mmap.mmap(-1, 400 << 20)\nfor i in range(0, 400 << 20, 4096): m[i] = 1\ntime.sleep(30)';
    const ran = await python(share, { limits: { memory: 200 * MIB } as never });
    expect(ran).toMatchObject({ code: 137 });
  });

  it('gives one process only so much memory', async () => {
    const ran = await python('x = bytearray(600 << 20)', { limits: { data: 200 * MIB } as never });
    expect(ran.stderr).toContain('MemoryError');
  });

  it('holds only so much in /tmp, and nothing of it stays', async () => {
    const fill =
      'cd /tmp && head -c 100000000 /dev/zero >filled-by-attack; ls -s --block-size=1M /tmp/filled-by-attack | cut -d" " -f1';
    const ran = await shell(fill, { limits: { temporary: 16 * MIB } as never });
    expect(Number(ran.stdout)).toBeLessThanOrEqual(16);
    expect(readdirSync('/tmp')).not.toContain('filled-by-attack');
  });

  it('leaves nothing on the machine', async () => {
    const before = filesBelow(join(stage.world.runtime, 'hoopctl'));
    await shell('true');
    expect(filesBelow(join(stage.world.runtime, 'hoopctl'))).toEqual(before);
  });

  it('lets programs reach its doors, and sees both ends of what is said', async () => {
    const code = [
      'import socket',
      `one = socket.create_connection(("127.0.0.1", ${stage.world.door}))`,
      'said = b""',
      'while chunk := one.recv(100): said += chunk',
      'print(said.decode())',
    ].join('\n');
    const ways = [{ port: stage.world.door, socket: stage.door }];
    expect(await python(code, { ways })).toMatchObject({ code: 0, stdout: 'door\n' });
  });

  it('runs what people run: node, git, psql, an interpreter', async () => {
    const command = stage.ordinary?.at(process.execPath) ?? process.execPath;
    const node = await runInside(stage, owner, { command, args: ['index.js'] });
    expect(node).toMatchObject({ code: 0, stdout: 'hello\n' });
    const git = await shell('git status --short && git log 2>&1 | head -1');
    expect(git.stdout).toContain('index.js');
    const psql = await shell('psql --version && /usr/bin/python3 -c "import psycopg2; print(psycopg2.__version__)"');
    expect(psql).toMatchObject({ code: 0, stderr: '' });
  });

  it('lets a writable project be written to', async () => {
    const ran = await shell('echo new > new-file && mkdir made && mv index.js made/', { mode: 'read-write' });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(stage.world.project, 'new-file'), 'utf8')).toBe('new\n');
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
