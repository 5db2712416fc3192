import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command-line.ts';

/** The program as it is packed. */
export interface Built {
  /** The script that Node runs. */
  readonly main: string;
  remove(): void;
}

/**
 * Builds the program: its screens are written in JSX, which Node does not run. Not into dist/, which others may be
 * building at the same time, but within the tree, so that packages are found.
 */
export function buildProgram(): Built {
  const scratch = join(root, '.hoopctl');
  mkdirSync(scratch, { recursive: true });
  const built = mkdtempSync(join(scratch, 'built-'));
  execFileSync(join(root, 'node_modules', '.bin', 'tsdown'), ['--out-dir', built, '--logLevel', 'error'], {
    cwd: root,
  });
  return { main: join(built, 'main.js'), remove: () => rmSync(built, { recursive: true, force: true }) };
}
