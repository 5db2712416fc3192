import { existsSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, root } from './command-line.ts';
import { ExecStage } from './exec-stage.ts';

let stage: ExecStage;
beforeAll(async () => {
  stage = await ExecStage.open();
});
afterAll(() => stage.close());

/** The session that the summary names. */
function sessionOf(stderr: string): string {
  return /hoopctl replay (\S+)/.exec(stderr)?.[1] ?? '';
}

describe('exec', () => {
  it('runs a script of the configuration, whose client finds the door', async () => {
    const ran = await stage.run('exec', 'count');
    expect(ran).toMatchObject({ code: 0, stdout: '2\n' });
    expect(lastLine(ran.stderr)).toMatch(/^pg-one: 1 statement, 0 refused\. On record: hoopctl replay \S+$/);
  });

  it('passes the exit code on, and 128+n for a signal', async () => {
    expect(await stage.exec(['sh', '-c', 'exit 42'])).toMatchObject({ code: 42 });
    expect(await stage.exec(['sh', '-c', 'kill -9 $$'])).toMatchObject({ code: 137 });
  });

  it('keeps output and errors apart', async () => {
    const ran = await stage.exec(['sh', '-c', 'echo out; echo err >&2']);
    expect(ran.stdout).toBe('out\n');
    expect(ran.stderr.split('\n')[0]).toBe('err');
  });

  it('tells what was refused, and goes on', async () => {
    const ran = await stage.exec(['psql', '-c', 'drop table app.customers', '-c', 'select 1']);
    expect(ran.stderr).toContain('not here');
    expect(lastLine(ran.stderr)).toContain('2 statements, 1 refused');
  });

  it('tells how many values were masked', async () => {
    const ran = await stage.exec(['psql', '-Atc', 'select name from app.customers order by id']);
    expect(ran.stdout).not.toContain('Ada');
    expect(lastLine(ran.stderr)).toContain('1 statement, 0 refused, 2 values masked.');
  });

  it('asks as an agent that acts for whoever starts it', async () => {
    const ran = await stage.exec(['true'], '--as', 'reporter');
    const { stdout } = await stage.run('replay', '--json', sessionOf(ran.stderr));
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      header: { identity: { kind: 'agent', actsFor: { kind: 'person' } } },
    });
  });

  it('holds a script to policies of its own', async () => {
    const ran = await stage.run('exec', 'narrow');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('1 refused');
  });

  it('runs no script of which a policy would hold nothing back', async () => {
    const ran = await stage.run('exec', 'misled');
    expect(ran).toMatchObject({ code: 5, stdout: '' });
    expect(ran.stderr).toMatch(
      /the policy elsewhere, which is to hold here besides those of pg-one, does not apply to/,
    );
    expect(lastLine(ran.stderr)).toMatch(/^Try: .*applies_to/);
    expect(existsSync(join(stage.project, 'made'))).toBe(false);
  });

  it('gives drivers what they read, of every target', async () => {
    stage.write(
      'drivers.py',
      `import os, psycopg2
print(psycopg2.connect(os.environ['DATABASE_URL']).get_dsn_parameters()['port'] == os.environ['PGPORT'])
for name in ('HOOPCTL_PG_ONE_URL', 'HOOPCTL_PG_TWO_URL'):
    with psycopg2.connect(os.environ[name]) as one, one.cursor() as cursor:
        cursor.execute('select count(*) from app.customers')
        print(cursor.fetchone()[0])
`,
    );
    const ran = await stage.run(
      'exec',
      '--target',
      'pg-one',
      '--target',
      'pg-two',
      '--',
      '/usr/bin/python3',
      'drivers.py',
    );
    expect(ran).toMatchObject({ code: 0, stdout: 'True\n2\n2\n' });
    expect(ran.stderr.match(/On record/g)).toHaveLength(2);
  });

  it('lets a program of Node through, with packages that are linked to', async () => {
    symlinkSync(join(root, 'node_modules'), join(stage.project, 'node_modules'));
    stage.write(
      'run.mjs',
      `import pg from 'pg';
const client = new pg.Client();
await client.connect();
console.log((await client.query('select count(*)::int as n from app.customers')).rows[0].n);
await client.end();
`,
    );
    const ran = await stage.exec([process.execPath, 'run.mjs']);
    unlinkSync(join(stage.project, 'node_modules'));
    expect(ran).toMatchObject({ code: 0, stdout: '2\n' });
  });

  it('leads to the hosts that a script names, and to no others', async () => {
    stage.write(
      'hosts.py',
      `import base64, os, re, socket
user, host, port = re.match('http://(.*)@(.*):(.*)', os.environ['HTTPS_PROXY']).groups()
def ask(target):
    one = socket.create_connection((host, int(port)), timeout=5)
    one.sendall(f'CONNECT {target} HTTP/1.1\\r\\nProxy-Authorization: Basic {base64.b64encode(user.encode()).decode()}\\r\\n\\r\\n'.encode())
    said = one.recv(1000).split(b' ')[1].decode()
    if said == '200':
        one.sendall(b'hello')
        said += ' ' + one.recv(5).decode()
    return said
print(ask(open('echo').read()), ask('169.254.169.254:80'), ask('127.0.0.1:22'))
print(user)
`,
    );
    stage.write('echo', `127.0.0.1:${stage.echo}`);
    const ran = await stage.run('exec', 'hosts');
    expect(ran.stdout).toBe('200 hello 403 403\nhoopctl:[secret]\n');
    expect(ran.stderr).toContain('the program asked for 169.254.169.254:80');
  });

  it('tells whoever runs inside where it is', async () => {
    const ran = await stage.exec(['sh', '-c', 'cat "$HOOPCTL_INSTRUCTIONS"']);
    expect(ran.stdout).toContain('**pg-one**: postgres, database postgres. See `PGHOST`');
    expect(ran.stdout).toContain('do not send variants');
  });
});

describe('the environment of a program', () => {
  it('in the sandbox has nothing of the caller’s but what it is said to', async () => {
    const ran = await stage.exec(['env']);
    const names = ran.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names).not.toContain('GITHUB_TOKEN');
    expect(names).not.toContain('OPENAI_API_KEY');
    expect(names).not.toContain('TARGET_PASSWORD');
    expect(names).toContain('PGHOST');
    expect((await stage.run('exec', 'passed')).stdout).toBe('got it\n[secret]\n');
  });

  it('without a sandbox has no credentials that are known by their names', async () => {
    const ran = await stage.run('exec', 'free');
    expect(ran).toMatchObject({ code: 0, stdout: '\nhome\n' });
  });
});

describe('the sandbox', () => {
  it('is not left by an option where the policy demands it', async () => {
    const ran = await stage.exec(['true'], '--no-sandbox');
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('the policy guarded of pg-one demands a sandbox');
  });

  it('is not left by an option where a script has it, whatever the policies let', async () => {
    const ran = await stage.run('exec', 'bold', '--no-sandbox');
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('the script bold runs in a sandbox');
    expect(readdirSync(stage.project)).not.toContain('made-boldly');
  });

  it('is left out where a script says so, and taken all the same where an option says so', async () => {
    expect((await stage.run('exec', 'free', '--no-sandbox')).stdout).toContain('home');
    expect((await stage.run('exec', 'free', '--sandbox')).stdout).not.toContain('home');
  });

  it('is left by an option where all policies let it', async () => {
    const ran = await stage.run(
      'exec',
      '--target',
      'pg-free',
      '--no-sandbox',
      '--',
      'sh',
      '-c',
      'test -d "$HOME/work" && echo free',
    );
    expect(ran).toMatchObject({ code: 0, stdout: 'free\n' });
  });

  it('hides where people answer requests, and hoopctl itself', async () => {
    const hoopctl = join(import.meta.dirname, '..', '..', 'bin', 'hoopctl.js');
    const ran = await stage.exec([
      'sh',
      '-c',
      `ls "${stage.place.state}"; test -e ${hoopctl} && ${hoopctl} approve x; exit 0`,
    ]);
    expect(ran.stderr).toContain('No such file');
  });

  it('holds a script to its limits', async () => {
    const bomb = await stage.run('exec', 'bomb');
    expect(bomb.code).toBe(137);
    expect(bomb.stderr).toContain('more processes than it may');
    const slow = await stage.run('exec', 'slow');
    expect(slow.code).toBe(3);
    expect(slow.stderr).toContain('its time was up');
  });

  it('holds a script to its limits when it has stopped what counts inside', async () => {
    const bomb = await stage.run('exec', 'stopper');
    expect(bomb.code).toBe(137);
    expect(bomb.stderr).toContain('more processes than it may');
    const hoard = [
      'import mmap, os, signal, time',
      'os.kill(2, signal.SIGSTOP)',
      'held = mmap.mmap(-1, 400 << 20)',
      'for at in range(0, 400 << 20, 4096): held[at] = 1',
      'time.sleep(60)',
    ];
    stage.write('hoard.py', `${hoard.join('\n')}\n`);
    const hoarder = await stage.run('exec', 'hoarder');
    expect(hoarder.code).toBe(137);
    expect(hoarder.stderr).toContain('more memory than it may');
  });

  it('lets a script write where it is said that it may', async () => {
    expect(await stage.run('exec', 'writer')).toMatchObject({ code: 0 });
    expect(readdirSync(stage.project)).toContain('made');
    expect(readdirSync(stage.project).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a session', () => {
  it('is not opened from within another', async () => {
    const inside = stage.start(
      'exec',
      '--target',
      'pg-free',
      '--no-sandbox',
      '--',
      process.execPath,
      join(root, 'src/cli/main.ts'),
      'exec',
      'count',
    );
    const ran = await inside.outcome;
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('inside a guarded session already');
  });
});

describe('the end of exec', () => {
  it('leaves no process, no socket and no door behind, within a second (R50)', async () => {
    // As long as nobody else sleeps: it is told by that.
    const [first, second] = [process.pid + 1_000_000, process.pid + 2_000_000];
    const leave = `(setsid sleep ${first} &) ; (trap "" TERM; exec sleep ${second}) & until [ "$(pgrep -fc '^sleep (${first}|${second})')" = 2 ]; do sleep 0.05; done; date +%s%3N`;
    for (const options of [[], ['--target', 'pg-free', '--no-sandbox']]) {
      const target = options.length === 0 ? ['--target', 'pg-one'] : options;
      const begun = Date.now();
      const ran = await stage.run('exec', ...target, '--', 'bash', '-c', leave);
      const now = Date.now();
      expect(ran).toMatchObject({ code: 0 });
      const ended = Number(ran.stdout);
      // On a machine that takes its time for the beginning, the end takes longer, too.
      expect(now - ended).toBeLessThan(1000 + (ended - begun));
      expect(processes(`sleep\0${first}`)).toEqual([]);
      expect(processes(`sleep\0${second}`)).toEqual([]);
    }
    expect(await stage.run('status')).toMatchObject({ stdout: expect.not.stringContaining('pg-') });
    const left = readdirSync(join(stage.place.state, 'run'), { recursive: true }).filter(
      (name) => !/^(?:doors|inbox)$/.test(String(name)),
    );
    expect(left).toEqual([]);
  });

  it('does not wait for somebody who has hidden and holds its output open', async () => {
    const time = process.pid + 3_000_000;
    const hide = `env -u HOOPCTL_SESSION setsid sleep ${time} & until pgrep -f '^sleep ${time}' > /dev/null; do sleep 0.05; done; echo out`;
    const ran = await stage.run('exec', '--target', 'pg-free', '--no-sandbox', '--', 'sh', '-c', hide);
    expect(ran).toMatchObject({ code: 0, stdout: 'out\n' });
    const hidden = processes(`sleep\0${time}`);
    expect(hidden).toHaveLength(1);
    for (const pid of hidden) process.kill(Number(pid), 'SIGKILL');
  });

  /** A program that goes on until it is told to end, and has told that it is there. */
  async function looping(trap: string): Promise<ReturnType<typeof stage.start>> {
    const loop = `trap ${trap} TERM; echo up; while :; do sleep 0.05; done`;
    const running = stage.start('exec', '--target', 'pg-one', '--', 'sh', '-c', loop);
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    return running;
  }

  it('comes with SIGTERM, which the program gets, and has its code', async () => {
    const { child, outcome } = await looping('"echo told; exit 9"');
    child.kill('SIGTERM');
    expect(await outcome).toMatchObject({ code: 9, stdout: expect.stringContaining('told') });
  });

  it('comes by force where the program does not listen', async () => {
    const { child, outcome } = await looping('""');
    child.kill('SIGTERM');
    expect((await outcome).code).not.toBe(0);
  });

  // While the program is put together, while signals are handed over to it, while it starts, while it runs.
  it.each([0, 100, 200, 400])(
    'comes in order with a signal %d ms after its sessions, which the program does not outlive',
    async (moment) => {
      const time = String(process.pid + 4_000_000 + moment);
      const { child, outcome } = stage.start('exec', '--target', 'pg-one', '--json', '--', 'sleep', time);
      const ready = await new Promise<Buffer>((resolve) => child.stdout?.once('data', resolve));
      await pause(moment);
      child.kill('SIGTERM');
      // By force where the machine is too slow for it to hear in time.
      const { code, stderr } = await outcome;
      expect({ code, stderr }).toEqual({ code: code === 137 ? 137 : 143, stderr: '' });
      expect(processes(`sleep\0${time}`)).toEqual([]);
      const { session } = JSON.parse(ready.toString().split('\n', 1)[0] ?? '') as { readonly session: string };
      expect((await stage.run('sessions', 'verify', session)).code).toBe(0);
    },
  );
});

describe.runIf(process.getuid?.() === 0)('exec by an ordinary user', () => {
  let ordinary: ExecStage;
  beforeAll(async () => {
    ordinary = await ExecStage.open();
    ordinary.becomeOrdinary();
  });
  afterAll(() => ordinary.close());

  it('runs programs in the sandbox as well', async () => {
    expect(await ordinary.run('exec', 'count')).toMatchObject({ code: 0, stdout: '2\n' });
    const ran = await ordinary.exec(['sh', '-c', 'id -un; ls / | tr "\\n" " "']);
    expect(ran.stdout).toMatch(/^sandbox\n/);
    expect(ran.stdout).not.toContain('root');
  });

  it('holds them to their limits as well', async () => {
    expect(await ordinary.run('exec', 'bomb')).toMatchObject({ code: 137 });
  });
});

describe('what cannot be run', () => {
  it.each([
    [['exec'], /name a script/],
    [['exec', 'cuont'], /no script "cuont": did you mean "count"/],
    [['exec', 'count', '--target', 'pg-one'], /has targets of its own/],
    [['exec', 'count', '--', 'true'], /a script or a command, not both/],
    [['exec', '--', 'true'], /no target is named/],
    [['exec', '--target', 'pg-one', '--'], /nothing follows --/],
    [['exec', '--target', 'pg-free', '--no-sandbox', '--', ''], /the command after -- is empty/],
    [['exec', '--target', 'pg-one', '--', 'no-such-program'], /no-such-program was not found/],
  ])('%j is an error that says what to do', async (args, message) => {
    const ran = await stage.run(...args);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toMatch(message);
    expect(lastLine(ran.stderr)).toMatch(/^Try: /);
  });
});

function processes(words: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(words));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
