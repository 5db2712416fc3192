import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that ran, with its words, and where. */
export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
}

export interface Done {
  readonly runs: readonly Run[];
  /** Absolute. */
  readonly files: readonly string[];
}

/** Milliseconds, seconds and blocks that a line may take. */
const PATIENCE = 5_000;
const BOUNDS = 'ulimit -t 3; ulimit -f 64; exec "$@"';

/** Where shells are given lines: all that they find in PATH does nothing, and is written down. */
export class Recorder {
  readonly root = mkdtempSync(join(tmpdir(), 'hoopctl-recorder-'));
  readonly work = join(this.root, 'w');
  readonly #log = join(this.root, 'ran');
  readonly #directories: readonly string[];

  constructor(programs: readonly string[], directories: readonly string[]) {
    this.#directories = directories;
    const program = join(this.root, 'program');
    const record = `all=$(printf '%s\\037' "$(pwd -P)" "\${0##*/}" "$@"); printf '%s\\036' "$all" >> '${this.#log}'`;
    writeFileSync(program, `#!/bin/sh\n${record}\n`);
    chmodSync(program, 0o755);
    mkdirSync(join(this.root, 'bin'));
    for (const name of programs) symlinkSync(program, join(this.root, 'bin', name));
  }

  /** What comes of a line in a directory that is always the same. */
  run(shell: string, text: string): Done {
    rmSync(this.#log, { force: true });
    rmSync(this.work, { recursive: true, force: true });
    for (const name of ['', ...this.#directories]) mkdirSync(join(this.work, name), { recursive: true });
    const words = ['-c', BOUNDS, 'sh', ...shell.split(' '), '-c', text];
    const env = { PATH: join(this.root, 'bin'), HOME: this.work };
    spawnSync('/bin/sh', words, {
      cwd: this.work,
      env,
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
      input: 'zz in\n',
      stdio: 'pipe',
    });
    return { runs: this.#runs(), files: this.#files() };
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #runs(): readonly Run[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, 'utf8').split('\u001e').slice(0, -1);
    return lines.map((line) => {
      const [directory = '', program = '', ...args] = line.split('\u001f').slice(0, -1);
      return { program, args, directory };
    });
  }

  #files(): readonly string[] {
    const entries = readdirSync(this.work, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  }
}
