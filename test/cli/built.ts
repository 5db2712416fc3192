import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { once } from '../once.ts';
import { root } from './command-line.ts';

/**
 * The script of the program as it is packed, built once a run: its screens are written in JSX, which Node does not run.
 * Not in dist/, which others may be building at the same time, but within the tree, so that packages are found.
 */
export function builtProgram(): string {
  const scratch = join(root, '.hoopctl');
  mkdirSync(scratch, { recursive: true });
  const built = once(join(scratch, basename(process.env['HOOPCTL_TEST_RUN'] ?? '')), (directory) => {
    const build = join(root, 'node_modules', '.bin', 'tsdown');
    execFileSync(build, ['--out-dir', directory, '--logLevel', 'error'], { cwd: root });
  });
  return join(built, 'main.js');
}
