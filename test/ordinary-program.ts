import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Somebody who is nobody special. */
export const ORDINARY = { uid: 65_534, gid: 65_534 };

/** What of a checkout is run. */
const PARTS = ['src', 'test', 'node_modules'];

/** Nobody else sees what is mounted, and it is gone with the process. */
const BECOME = `from=$1 to=$2 && shift 2
for part in ${PARTS.join(' ')}; do mount --bind "$from/$part" "$to/$part" || exit; done
exec setpriv --reuid=${ORDINARY.uid} --regid=${ORDINARY.gid} --clear-groups "$@"`;

/** A place where an ordinary user gets at this program, which may have been checked out below a directory closed to all. */
export class OrdinaryProgram {
  readonly #place = mkdtempSync(join(tmpdir(), 'hoopctl-program-'));

  constructor() {
    chmodSync(this.#place, 0o755);
    for (const part of PARTS) mkdirSync(join(this.#place, part));
    copyFileSync(join(root, 'package.json'), join(this.#place, 'package.json'));
  }

  /** Where the ordinary user finds what is at this path; other paths stay as they are. */
  at(path: string): string {
    const below = relative(root, path);
    return below.startsWith('..') ? path : join(this.#place, below);
  }

  /** The command of root's that runs this one as the ordinary user. */
  command(file: string, args: readonly string[]): readonly [file: string, args: readonly string[]] {
    const words = [file, ...args].map((word) => (word.startsWith(root) ? this.at(word) : word));
    return ['/usr/bin/unshare', ['--mount', 'sh', '-c', BECOME, 'sh', root, this.#place, ...words]];
  }

  /** Part by part: what might still be mounted there is not removed. */
  remove(): void {
    rmSync(join(this.#place, 'package.json'));
    for (const part of PARTS) rmdirSync(join(this.#place, part));
    rmdirSync(this.#place);
  }
}
