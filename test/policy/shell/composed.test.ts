import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/core/action.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { compilePath } from '../../../src/policy/shell/pattern.ts';
import { COMPOSED_DIRECTORIES, COMPOSED_PROGRAMS, composedLine } from './composition.ts';
import { Recorder, type Run } from './recorder.ts';

const SHELLS = ['/bin/bash', '/bin/dash', '/usr/bin/zsh', '/usr/bin/mksh', '/usr/bin/fish', '/usr/bin/tcsh'];
/** What is known of a shell, by its name. */
const KINDS = { mksh: 'korn', fish: 'fish', tcsh: null } as const;
/** Of every shell. More are drawn with HOOPCTL_TEST_LINES=n. */
const LINES = Number(process.env['HOOPCTL_TEST_LINES'] ?? 250);

let recorder: Recorder;

beforeAll(() => {
  recorder = new Recorder(COMPOSED_PROGRAMS, COMPOSED_DIRECTORIES);
});
afterAll(() => {
  recorder.close();
});

function isRun({ program, args }: Run, effects: readonly Effect[]): boolean {
  return effects.some(({ action, command }) => {
    if (action !== 'run' || command?.program !== program) return false;
    if (command.args.some((word) => word === null || word.includes('*'))) return true;
    return command.args.length === args.length && command.args.every((word, at) => word === args[at]);
  });
}

/** Whether something done to a path is among the effects. */
function isOn(path: string, action: Effect['action'], effects: readonly Effect[]): boolean {
  const pattern = compilePath(path);
  return effects.some(
    (effect) =>
      effect.action === action &&
      (effect.name === null ||
        // No rule can be written for a name that ends in white space.
        !pattern.ok ||
        pattern.value.meets({
          name: effect.name,
          certain: effect.certain,
          beneath: effect.command?.recursive === true,
        })),
  );
}

/** What was done that nobody foresaw; nothing where it was known that something unknown may be done. */
function unforeseen(shell: string, text: string): readonly string[] {
  const kind = KINDS[shell.slice(shell.lastIndexOf('/') + 1) as keyof typeof KINDS];
  const start = { directory: recorder.work, home: recorder.work, shell: kind === undefined ? 'plain' : kind } as const;
  const effects = analyseCommand({ text, ...start });
  if (effects.some(({ opaque }) => opaque)) return [];
  const { runs: all, files } = recorder.run(shell, text);
  // fish has a function of that name, which tries out what ls can do.
  const runs = all.filter(({ program }) => kind !== 'fish' || program !== 'ls');
  const removed = runs.flatMap(({ program, args, directory }) =>
    program === 'rm' ? args.filter((word) => /^[^-]/u.test(word)).map((word) => resolve(directory, word)) : [],
  );
  return [
    ...runs.filter((run) => !isRun(run, effects)).map((run) => `ran ${JSON.stringify(run)}`),
    ...files.filter((file) => !isOn(file, 'write', effects)).map((file) => `wrote ${file}`),
    ...removed.filter((path) => !isOn(path, 'remove', effects)).map((path) => `removed ${path}`),
  ];
}

describe.each(SHELLS)('what %s makes of a line that is composed of anything', (shell) => {
  it('is foreseen, or known to be unknown', { timeout: LINES * 400 }, () => {
    fc.assert(
      fc.property(composedLine, (text) => {
        expect([text, unforeseen(shell, text)]).toEqual([text, []]);
      }),
      { numRuns: LINES },
    );
  });
});

it('many of the lines that are composed are known, so that something could be unforeseen', () => {
  const known = fc
    .sample(composedLine, { numRuns: 500, seed: 1 })
    .filter((text) =>
      analyseCommand({ text, directory: '/w', home: '/w', shell: 'plain' }).every(({ opaque }) => !opaque),
    );
  expect(known.length).toBeGreaterThan(80);
});
