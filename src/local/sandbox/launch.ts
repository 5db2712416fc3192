import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateDirectory } from '../../config/paths.ts';
import { sandboxTools } from './availability.ts';
import { type Control, openControl } from './control.ts';
import { sandboxEnvironment } from './environment.ts';
import { coversFor } from './hidden.ts';
import { ISOLATION } from './isolation.ts';
import type { SandboxLimits } from './limits.ts';
import { machineMounts, madeSettings } from './machine.ts';
import { type Mount, mountArguments } from './mount.ts';
import { CONTROL, HOME, INSTRUCTIONS, OWN, RUNTIME, socketInside } from './places.ts';
import { findProgram } from './program.ts';
import { openWorkdir, type WorkdirMode } from './workdir.ts';

export interface SandboxRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** The caller's environment. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Names of variables of it that the program gets, besides those that say how to speak and draw. */
  readonly passed: readonly string[];
  /** What leads to the doors. */
  readonly doors: Readonly<Record<string, string>>;
  /** Ports on the sandbox's loopback, and the sockets outside to which they lead. Nothing else is reached. */
  readonly ways: readonly { readonly port: number; readonly socket: string }[];
  /** What clients read to find the doors: absolute paths inside, and what stands there. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly workdir: string;
  readonly mode: WorkdirMode;
  /** The user's home first, then hoopctl's own directories. */
  readonly guarded: readonly string[];
  /** Files that hold secrets. */
  readonly secrets: readonly string[];
  /** Files that hoopctl itself runs, or believes. */
  readonly relied: readonly string[];
  readonly limits: SandboxLimits;
  /** Markdown for whoever runs inside. */
  readonly instructions: string;
  /** It will run on a terminal of its own. */
  readonly terminal: boolean;
  /** Where directories of sockets are made. */
  readonly runtime: string;
}

/** What has to be started. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface Sandbox {
  readonly launch: Launch;
  readonly control: Control;
  readonly warnings: readonly string[];
  /** What the program will find in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be called when all has ended: nothing of it stays behind. Idempotent. */
  close(): void;
}

/**
 * The keys of the terminal reach everything on it: they are for the command, not for what holds it. Descriptors that
 * bubblewrap reads cannot be given to a program on a new terminal, so a shell opens them.
 */
const START = 'trap "" INT QUIT TSTP; exec "$1" --args 8 -- "$2" --no-warnings "$3" "$4" 8<"$5" 9<"$6"';

/**
 * Puts a sandbox together, without starting it.
 * @throws HoopError `local.sandbox` where there is none, `local.child` when the program is not found
 */
export async function openSandbox(request: SandboxRequest): Promise<Sandbox> {
  const tools = sandboxTools();
  const scratch = new Scratch(await privateDirectory(request.runtime));
  try {
    const blanks = { file: scratch.file('blank', '', 0o444), directory: scratch.directory('blanks') };
    const workdir = openWorkdir({ ...request, path: request.workdir }, blanks);
    scratch.onClose(() => workdir.release());
    const program = findProgram({
      command: request.command,
      path: request.env['PATH'] ?? '',
      workdir: workdir.path,
      guarded: request.guarded,
    });
    const control = await openControl(scratch.path('control'));
    scratch.onClose(() => control.close());
    const init = ownProgram();
    const mounts: readonly Mount[] = [
      ...machineMounts(scratch.settings(), blanks.file),
      ...memoryMounts(request.limits),
      ...program.mounts,
      ...program.mounts.flatMap(({ at }) => (isDirectory(at) ? coversFor(at, request, blanks.file).mounts : [])),
      ...ownMounts(request, scratch, init),
      ...workdir.mounts,
    ];
    const list = [
      ...isolationArguments(request.terminal),
      ...mounts.flatMap(mountArguments),
      ...lastArguments(workdir.path),
    ];
    const environment = sandboxEnvironment({ own: request.env, searched: program.searched, ...request });
    const { limits } = request;
    control.send({
      command: tools.prlimit,
      args: [...limitArguments(limits), '--', program.path, ...request.args],
      env: environment,
      terminal: request.terminal,
      ways: request.ways.map(({ port }, index) => ({ port, socket: socketInside(index) })),
      processes: limits.processes,
      memory: limits.memory,
    });
    const files = [scratch.file('arguments', list.join('\0')), scratch.file('filter', tools.filter)];
    return {
      launch: {
        file: '/bin/sh',
        args: ['-c', START, 'sh', tools.bubblewrap, RUNTIME, init.at, CONTROL, ...files],
        env: {},
        cwd: '/',
      },
      control,
      warnings: workdir.warnings,
      environment,
      close: () => scratch.close(),
    };
  } catch (error) {
    scratch.close();
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path).isDirectory();
}

function isolationArguments(terminal: boolean): readonly string[] {
  const uid = process.getuid?.() === 0 ? ORDINARY : [];
  return [...ISOLATION, ...uid, ...(terminal ? [] : ['--new-session']), '--seccomp', '9'];
}

/** The kernel counts threads as processes. A bomb that the look at what runs comes too late for ends here, except for root. */
const THREADS = 8;

/** Root outside is nobody special inside. */
const ORDINARY = ['--uid', '1000', '--gid', '1000'];

function lastArguments(workdir: string): readonly string[] {
  return ['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', workdir];
}

/** A core of one byte is none, and unlike one of none it keeps the system's own handler of crashes out (core(5)). */
function limitArguments({ processes, data, file, descriptors }: SandboxLimits): readonly string[] {
  return [
    `--nproc=${THREADS * processes}`,
    `--data=${data}`,
    `--fsize=${file}`,
    `--nofile=${descriptors}`,
    '--core=1',
    '--memlock=65536',
  ];
}

function memoryMounts({ temporary }: SandboxLimits): readonly Mount[] {
  return ['/tmp', '/var/tmp', '/dev/shm', HOME].map((at): Mount => ({ kind: 'memory', at, size: temporary }));
}

function ownMounts(
  { ways, files, instructions }: SandboxRequest,
  scratch: Scratch,
  init: { source: string; at: string },
): readonly Mount[] {
  const bind = (source: string, at: string): Mount => ({ kind: 'bind', source, at });
  return [
    bind(realpathSync(process.execPath), RUNTIME),
    bind(init.source, init.at),
    bind(scratch.path('control'), CONTROL),
    bind(scratch.file('instructions', instructions, 0o444), INSTRUCTIONS),
    ...ways.map(({ socket }, index) => bind(socket, socketInside(index))),
    ...files.map(({ path, text }, index) => bind(scratch.file(`file-${index}`, text), path)),
  ];
}

/** The program that starts first: beside this module, or beside the bundle. */
function ownProgram(): { source: string; at: string } {
  const typed = import.meta.url.endsWith('.ts');
  const source = fileURLToPath(new URL(typed ? './init.ts' : './sandbox-init.js', import.meta.url));
  // Outside of any package, the name alone says that it is a module.
  return { source, at: `${OWN}/init.${typed ? 'mts' : 'mjs'}` };
}

/** A private directory for one sandbox. */
class Scratch {
  readonly #directory: string;
  readonly #closing: (() => void)[] = [];

  constructor(runtime: string) {
    this.#directory = join(runtime, randomBytes(4).toString('hex'));
    mkdirSync(this.#directory, { mode: 0o700 });
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  file(name: string, contents: string | Uint8Array, mode = 0o400): string {
    const path = this.path(name);
    writeFileSync(path, contents, { mode: 0o600, flag: 'wx' });
    chmodSync(path, mode);
    return path;
  }

  directory(name: string): string {
    mkdirSync(this.path(name), { mode: 0o755 });
    return this.path(name);
  }

  settings(): Readonly<Record<string, string>> {
    const [uid, gid] =
      process.getuid?.() === 0 ? [1000, 1000] : [process.getuid?.() ?? 1000, process.getgid?.() ?? 1000];
    const made = Object.entries(madeSettings({ uid, gid }, HOME));
    return Object.fromEntries(made.map(([name, text]) => [name, this.file(name, text, 0o444)]));
  }

  onClose(action: () => void): void {
    this.#closing.push(action);
  }

  close(): void {
    for (const action of this.#closing.splice(0).reverse()) action();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
