import { execFile } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxRequest } from '../../../src/local/sandbox/launch.ts';
import type { Attempt } from './attempt.ts';
import type { Owner, Stage } from './world.ts';

/** Exit code and last words by title. */
export type Results = Readonly<Record<string, readonly [code: number, words: string]>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs a program in the sandbox, as its owner. */
export function runInside(stage: Stage, owner: Owner, request: Partial<SandboxRequest>): Promise<Ran> {
  const { world, base } = stage;
  const path = join(base, `request-${Math.random().toString(36).slice(2)}.json`);
  const whole: Partial<SandboxRequest> = {
    workdir: world.project,
    guarded: [world.home, world.state, join(world.runtime, 'hoopctl')],
    secrets: ['hoopctl.yaml', 'password.txt', 'conf/deep/policy.yaml'].map((name) => join(world.project, name)),
    relied: [join(world.project, 'tools/password.sh')],
    runtime: join(world.runtime, 'hoopctl'),
    ...request,
  };
  writeFileSync(path, JSON.stringify(whole));
  chownSync(path, owner.uid, owner.gid);
  const words = [here('stand.ts'), path];
  const [file, args] = stage.ordinary?.command(process.execPath, words) ?? [process.execPath, words];
  return run(file, args, { cwd: world.project, env: environment(stage) });
}

/** What a user’s shell has. */
function environment({ world }: Stage): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: world.home,
    XDG_RUNTIME_DIR: world.runtime,
    SSH_AUTH_SOCK: `${world.runtime}/ssh-agent`,
    DOCKER_HOST: `unix://${world.runtime}/docker.sock`,
    AWS_SECRET_ACCESS_KEY: world.canary,
    LANG: 'C.UTF-8',
  };
}

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

function run(file: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { ...options, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
      (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr, milliseconds: performance.now() - started }),
    );
  });
}

/** Makes attempts, within the sandbox. */
export async function attemptInside(
  stage: Stage,
  owner: Owner,
  attempts: readonly Attempt[],
  request: Partial<SandboxRequest> = {},
): Promise<Results> {
  const files = filesFor(stage, attempts);
  const ran = await runInside(stage, owner, { command: '/usr/bin/python3', args: files, ...request });
  return results(ran);
}

/** Makes the same attempts outside, where they work: what they mount, or call the machine, is gone with them. */
export async function attemptOutside(stage: Stage, attempts: readonly Attempt[]): Promise<Results> {
  const apart = ['--mount', '--uts', '--time', '--propagation', 'private', '--', '/usr/bin/python3'];
  const files = filesFor(stage, attempts);
  const options = { cwd: stage.world.project, env: environment(stage) };
  return results(await run('/usr/bin/unshare', [...apart, ...files], options));
}

function filesFor({ world }: Stage, attempts: readonly Attempt[]): string[] {
  const list = join(world.project, 'attempts.json');
  writeFileSync(list, JSON.stringify(attempts));
  const driver = join(world.project, 'driver.py');
  writeFileSync(driver, readFileSync(here('driver.py')));
  return [driver, join(world.project, 'world.json'), list];
}

function results({ stdout, stderr }: Ran): Results {
  try {
    return JSON.parse(stdout) as Results;
  } catch {
    throw new Error(`the driver says nothing that can be read: ${stderr}`);
  }
}
