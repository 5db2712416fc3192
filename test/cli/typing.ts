import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { type Place, root } from './command-line.ts';

export type Steps = readonly (readonly [shown: string, typed: string])[];

export interface Shown {
  readonly shown: string;
  readonly code: number;
}

/** Runs hoopctl on a terminal of 80 columns: each text is typed when the one before it has been shown. */
export async function typeInto(
  place: Place,
  args: readonly string[],
  steps: Steps,
  changes: NodeJS.ProcessEnv = {},
): Promise<Shown> {
  const command = [process.execPath, join(root, 'src', 'cli', 'main.ts'), ...args];
  const env = { ...place.env, TERM: 'xterm', PAGER: 'cat', ...changes };
  const child = spawn('python3', [join(root, 'test', 'cli', 'type-into.py')], { cwd: place.directory, env });
  child.stdin.end(JSON.stringify({ command, steps }));
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(errors).toBe('');
  return JSON.parse(answer) as Shown;
}
