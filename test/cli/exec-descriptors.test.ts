import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, root } from './command-line.ts';
import { ExecStage, outcomeOf } from './exec-stage.ts';

const CONFINED = ['--target', 'pg-one'];
const FREE = ['--target', 'pg-free', '--no-sandbox'];
const MAIN = join(root, 'src', 'cli', 'main.ts');

let stage: ExecStage;
beforeAll(async () => {
  stage = await ExecStage.open();
});
afterAll(() => stage.close());

/** `exec` of a shell's script, by whoever has these descriptors. */
function exec(script: string, options: readonly string[], stdio: StdioOptions): Promise<Outcome> {
  const args = [MAIN, 'exec', ...options, '--', 'sh', '-c', script];
  return outcomeOf(spawn(process.execPath, args, { cwd: stage.project, env: stage.place.env, stdio }));
}

/** The path of a file that is open for reading while this lasts. */
async function withFile<T>(
  use: (descriptor: number) => Promise<T>,
): Promise<{ readonly ran: T; readonly left: string }> {
  const path = join(stage.place.directory, 'outside.sh');
  stage.write('../../outside.sh', 'echo outside\n');
  const descriptor = openSync(path, 'r');
  try {
    return { ran: await use(descriptor), left: readFileSync(path, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/** What a shell outside does that reads its commands from a pipe, one of which runs a program with these options. */
function shellOnPipe(options: readonly string[]): Promise<Outcome> {
  const hoopctl = `${process.execPath} ${MAIN} exec ${options.join(' ')}`;
  const commands = `${hoopctl} -- sh -c 'echo "echo es''caped" >/proc/self/fd/0'\n`;
  // The outer one makes the pipe: what Node makes is a socket.
  const outer = `printf '%s' "$COMMANDS" | bash`;
  return outcomeOf(
    spawn('bash', ['-c', outer], {
      cwd: stage.project,
      env: { ...stage.place.env, COMMANDS: commands },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

describe('what a program reads', () => {
  const append = 'cat; echo changed >>/proc/self/fd/0';

  it('is a file that it cannot write to, though without a sandbox it can', async () => {
    const confined = await withFile((input) => exec(append, CONFINED, [input, 'pipe', 'pipe']));
    expect(confined.ran.stdout).toBe('echo outside\n');
    expect(confined.left).toBe('echo outside\n');
    const free = await withFile((input) => exec(append, FREE, [input, 'pipe', 'pipe']));
    expect(free.left).toBe('echo outside\nchanged\n');
  });

  it('is not the pipe by which a shell outside is told what to run, as it is without a sandbox', async () => {
    expect((await shellOnPipe(CONFINED)).stdout).toBe('');
    expect((await shellOnPipe(FREE)).stdout).toBe('escaped\n');
  });

  it('comes whole, and ends', async () => {
    const child = spawn(process.execPath, [MAIN, 'exec', ...CONFINED, '--', 'sha256sum'], {
      cwd: stage.project,
      env: stage.place.env,
    });
    child.stdin.end(Buffer.alloc(10_000_000, 'x'));
    const { stdout } = await outcomeOf(child);
    expect(stdout).toBe('0c9a42b3d065a64063eca67e98c932fa2e9a077bc7973a421a964a11304c998c  -\n');
  });

  it('does not keep it waiting that nobody says anything', async () => {
    const child = spawn(process.execPath, [MAIN, 'exec', ...CONFINED, '--', 'echo', 'done'], {
      cwd: stage.project,
      env: stage.place.env,
    });
    expect(await outcomeOf(child)).toMatchObject({ code: 0, stdout: 'done\n' });
    child.stdin.destroy();
  });

  it.each(['/dev/null', '/'])('is nothing where %s is read', async (path) => {
    const input = openSync(path, 'r');
    const ran = await exec('wc -c', CONFINED, [input, 'pipe', 'pipe']);
    closeSync(input);
    expect(ran).toMatchObject({ code: 0, stdout: '0\n' });
  });
});

describe('what a program has open', () => {
  const ends = 'echo in >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin';

  it.each([
    ['in the sandbox', CONFINED],
    ['without one', FREE],
  ])('can be opened by its name, %s', async (_, options) => {
    const { ran } = await withFile((input) => exec(ends, options, [input, 'pipe', 'pipe']));
    expect(ran.stdout).toBe('in\necho outside\n');
    expect(ran.stderr).toContain('err\n');
  });

  it('are its streams alone, whatever whoever started hoopctl left open', async () => {
    const list = 'ls -l /proc/self/fd | grep -c outside.sh';
    const many = (descriptor: number): StdioOptions => [
      'ignore',
      'pipe',
      'pipe',
      ...Array(27).fill('ignore'),
      descriptor,
    ];
    const confined = await withFile((descriptor) => exec(list, CONFINED, many(descriptor)));
    expect(confined.ran.stdout).toBe('0\n');
    const free = await withFile((descriptor) => exec(list, FREE, many(descriptor)));
    expect(free.ran.stdout).toBe('1\n');
  });
});
