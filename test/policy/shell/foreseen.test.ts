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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { CONSTRUCTS } from './constructs.ts';

const SHELLS = ['/bin/bash', '/bin/dash'];

let folder = '';
let ran = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoopctl-foreseen-'));
  ran = join(folder, 'ran');
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\nall=$(printf '%s\\037' "\${0##*/}" "$@"); printf '%s\\036' "$all" >> '${ran}'\n`);
  chmodSync(program, 0o755);
  for (const name of ['ls', 'cat', 'zz', 'env', 'nohup']) symlinkSync(program, join(folder, 'bin', name));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a shell did: the programs that ran with their words, and the files that it wrote. */
function doneBy(
  shell: string,
  text: string,
  directory: string,
): { runs: readonly (readonly string[])[]; files: readonly string[] } {
  rmSync(ran, { force: true });
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const env = { PATH: join(folder, 'bin'), HOME: directory };
  spawnSync(shell, ['-c', text], { cwd: directory, env, timeout: 5_000, input: 'zz in\n', stdio: 'pipe' });
  const runs = existsSync(ran)
    ? readFileSync(ran, 'utf8')
        .split('\u001e')
        .filter((run) => run !== '')
    : [];
  return { runs: runs.map((run) => run.split('\u001f').slice(0, -1)), files: readdirSync(directory) };
}

/** What was done and not foreseen; nothing where it was known that something unknown may be done. */
function unforeseen(shell: string, text: string): readonly string[] {
  const directory = join(folder, 'w');
  const { runs, files } = doneBy(shell, text, directory);
  const effects = analyseCommand({ text, directory, home: directory, shell: 'plain' });
  if (effects.some(({ opaque }) => opaque)) return [];
  const isRun = ([program, ...args]: readonly string[]): boolean =>
    effects.some(({ command }) => {
      if (command === undefined || command.program !== program) return false;
      if (command.args.some((word) => word === null || word.includes('*'))) return true;
      return command.args.length === args.length && command.args.every((word, at) => word === args[at]);
    });
  const isWritten = (path: string): boolean =>
    effects.some(({ action, name }) => action === 'write' && (name === null || name === path || name.includes('*')));
  return [
    ...runs.filter((run) => !isRun(run)).map((run) => `ran ${run.join(' ')}`),
    ...files.filter((file) => !isWritten(join(directory, file))).map((file) => `wrote ${file}`),
  ];
}

describe.each(SHELLS)('what %s does', (shell) => {
  it('is foreseen, or known to be unknown, whatever its constructs are', { timeout: 240_000 }, () => {
    for (const construct of CONSTRUCTS) {
      const text = construct.replaceAll('§', 'zz 1');
      expect([text, unforeseen(shell, text)]).toEqual([text, []]);
    }
  });
});
