import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { verdictOn } from './judging.ts';

const SHELLS = ['/bin/bash', '/bin/dash', '/bin/sh', '/bin/zsh', '/bin/ksh'];
const PROGRAMS = ['ls', 'rm', 'cat', 'id', 'zz'];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoopctl-shells-'));
  const fake = join(folder, 'fake');
  // Whatever it is told to do, it only writes down that it was.
  const record = `all=$(printf '%s\\037' "\${0##*/}" "$@"); printf '%s\\036' "$all" >> '${folder}/ran'`;
  writeFileSync(fake, `#!/bin/sh\n${record}\n`);
  chmodSync(fake, 0o755);
  for (const program of PROGRAMS) symlinkSync(fake, join(folder, program));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The programs that ran when a shell was given the text, each with its words. */
function runIn(shell: string, text: string): readonly (readonly string[])[] {
  const log = join(folder, 'ran');
  rmSync(log, { force: true });
  const cwd = mkdtempSync(join(folder, 'work-'));
  spawnSync(shell, ['-c', text], { cwd, env: { PATH: folder, HOME: cwd }, timeout: 5_000, input: '', stdio: 'pipe' });
  if (!existsSync(log)) return [];
  const runs = readFileSync(log, 'utf8')
    .split('\u001e')
    .filter((run) => run !== '');
  return runs.map((run) => run.split('\u001f').slice(0, -1));
}

/** Whether a program that ran is among the effects, with its words as far as they are known. */
function isForeseen([program, ...args]: readonly string[], text: string): boolean {
  const effects = analyseCommand({ text, directory: '/home/op', home: '/home/op', shell: 'plain' });
  // What eval is given, when nobody knows it, may be anything, as a program without a name may.
  const anything = [null, 'eval'];
  if (effects.some(({ opaque, command }) => opaque && anything.includes(command?.program ?? null))) return true;
  return effects.some(({ action, command }) => {
    if (action !== 'run' || command === undefined || command.program !== program) return false;
    if (command.args.includes(null) || command.args.some((word) => word?.includes('*'))) return true;
    return command.args.length === args.length && command.args.every((word, at) => word === args[at]);
  });
}

const quoted = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'b c', '-r', '/srv', '$', '*', '{', '#', '!', '=', '~').map((one) => `'${one}'`),
      fc.constantFrom('a', 'b c', '-x', 'x\\y', '\\"', '\\$').map((one) => `"${one}"`),
      fc.constantFrom('a', 'Z', '-', '/', '.', ':', '\\ ', '\\*', '\\$', "\\'", '\\"', '\\\\', '\\\n'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));

const command = fc
  .tuple(
    fc.constantFrom(
      ...PROGRAMS,
      "r''m",
      '"cat"',
      '\\ls',
      'c"a"t',
      'if ls; then rm x; fi',
      'for i in a b; do ls $i; done',
      '[[ -d /tmp ]] && ls; [[ $HOME == x ]] || rm x',
    ),
    fc.array(quoted, { maxLength: 3 }),
  )
  .map(([program, words]) => (program.includes(';') ? program : [program, ...words].join(' ')));

const line = fc
  .tuple(
    command,
    fc.array(fc.tuple(fc.constantFrom('; ', ' && ', ' || ', ' | ', '\n', ' & '), command), { maxLength: 3 }),
  )
  .map(([first, rest]) => first + rest.map(([sign, next]) => sign + next).join(''));

const odd = fc
  .array(
    fc.constantFrom(
      ...PROGRAMS,
      ' ',
      ' ',
      ' ',
      ';',
      '&&',
      '|',
      '$(',
      ')',
      '`',
      "'",
      '"',
      '\\',
      '{',
      '}',
      '(',
      '$x',
      'x=rm;',
      '\n',
      '#',
      'eval ',
      'a',
      '-r',
      '<<E\n',
      '\nE\n',
      '!',
      '2>&1',
      '>f',
      '${x:-',
      '[',
      'then ',
      'if ',
      'fi',
      '$@',
      '~',
      '*',
    ),
    { minLength: 2, maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

describe.each(SHELLS)('what %s runs', (shell) => {
  it('is among the effects, word by word', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(line, (text) => {
        for (const run of runIn(shell, text)) expect([text, run, isForeseen(run, text)]).toEqual([text, run, true]);
      }),
      { numRuns: 150 },
    );
  });

  it('is among the effects, or something opaque is, where the text makes little sense', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(odd, (text) => {
        for (const run of runIn(shell, text)) expect([text, run, isForeseen(run, text)]).toEqual([text, run, true]);
      }),
      { numRuns: 200 },
    );
  });

  it('is denied when it is rm -rf /srv, in whatever quotes', { timeout: 240_000 }, () => {
    const letter = (char: string): fc.Arbitrary<string> =>
      fc.constantFrom(char, `'${char}'`, `"${char}"`, `\\${char}`, `${char}''`, `""${char}`, `${char}\\\n`);
    const spelt = (word: string): fc.Arbitrary<string> =>
      fc.tuple(...word.split('').map(letter)).map((one) => one.join(''));
    fc.assert(
      fc.property(fc.tuple(spelt('rm'), spelt('-rf'), spelt('/srv')), (words) => {
        const text = words.join(' ');
        expect(runIn(shell, text)).toEqual([['rm', '-rf', '/srv']]);
        expect(verdictOn(text)).toBe('deny');
      }),
      { numRuns: 60 },
    );
  });
});
