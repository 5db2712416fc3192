import { describe, expect, it } from 'vitest';
import type { ShellKind } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { hangsOnShell, isAlike } from '../../../src/policy/shell/dialect.ts';
import { ORDINARY } from './ordinary.ts';

/** Whether it is known all that a line does where such a shell reads it. */
function isKnown(text: string, shell: ShellKind | null): boolean {
  return analyseCommand({ text, directory: '/srv', home: '/home/op', shell }).every(({ opaque }) => !opaque);
}

const ALIKE = [
  'ls',
  'ls -la /srv/*.log; df -h',
  'cat a && echo "a b" || echo \'c (d)\'',
  'sort < a | uniq > b & sleep 1',
  "git-upload-pack '/srv/app.git'",
  'echo "http://app/x?a=1&b=2"; ls a[0-9] [ab]*; sleep 1&',
  'rsync --server --sender -logDtpre.iLsfxC . /srv',
];

const UNLIKE = [
  "echo 'a\nb'",
  'echo "a\nb"',
  'echo "\\""',
  'echo "$HOME"',
  "echo 'hi!'",
  'ls 2>&1',
  'ls 2> a',
  'ls \\*',
  'if true; then ls; fi',
  'for i in a; do ls; done',
  'cat <<E\nE',
  'A=b; ls $A',
  'cd a &&\nls > b',
  'cat a&x=/../b',
  'cat a&"ls"',
  'cat a[;x=]/../b',
  'cat a[ b]/../b',
  'ls |\nsort',
];

describe('what a line means', () => {
  it.each(ALIKE)('is the same for every shell: %j', (text) => {
    expect([isAlike(text), hangsOnShell(text)]).toEqual([true, false]);
    for (const shell of ['plain', 'korn', 'fish', null] as const) expect(isKnown(text, shell)).toBe(true);
  });

  it.each(UNLIKE)('is not known where nobody knows that a shell of POSIX reads it: %j', (text) => {
    expect([isAlike(text), hangsOnShell(text)]).toEqual([false, true]);
    expect(['plain', 'korn'].map((shell) => isKnown(text, shell as ShellKind))).toEqual([true, true]);
    expect([isKnown(text, 'fish'), isKnown(text, null)]).toEqual([false, false]);
  });

  it.each(["eval 'cat a&x=/../b'", "eval 'echo $x'", "flock l -c 'cat a&x=/../b'", "cd a; flock l -c 'echo $x'"])(
    'is not known of what that shell is given to read: %s',
    (text) => {
      expect([isAlike(text), hangsOnShell(text), isKnown(text, 'plain')]).toEqual([true, true, true]);
      expect([isKnown(text, 'fish'), isKnown(text, null)]).toEqual([false, false]);
    },
  );

  it('is known of ordinary lines of which the shell is known', () => {
    for (const text of ORDINARY) expect([text, isKnown(text, 'plain')]).toEqual([text, true]);
  });
});

describe('what a shell of the Korn family computes', () => {
  it.each([
    'test x -eq 1',
    '[ 1 -lt x ]',
    '[ "$x" -gt 1 ]',
    '[ 1 "$x" y ]',
    'ulimit -n x',
    'ulimit -n "$x"',
    'sh -c "test x -eq 1"',
    'watch test x -eq 1',
  ])('is not known: %s', (text) => {
    // What sh is does not hang on which shell reads the line.
    expect(hangsOnShell(text)).toBe(!text.startsWith('sh -c'));
    expect([isKnown(text, 'korn'), isKnown(text, null)]).toEqual([false, false]);
  });

  it.each(['test x -eq 1', '[ "$x" -gt 1 ]', 'ulimit -n x', 'bash -c "test x -eq 1"'])('others do not: %s', (text) => {
    expect(isKnown(text, 'plain')).toBe(true);
  });

  it.each([
    'n=7; [ $n -gt 5 ]',
    'n=$(wc -l < a); [ "$n" -gt 5 ]',
    'n=$(wc -l < a); echo $((n + 1))',
    '[ $? -eq 0 ]',
    '[ "$#" -eq 0 ]',
    "sh -c '[ $? -eq 0 ]'",
    '[ 1 -eq 2 ]',
    '[ -f x ] && ls',
    '[ "$x" = y ]',
    '[ -n "$x" ]',
    'ulimit -n 1024',
  ])('is none of it: %s', (text) => {
    expect(isKnown(text, 'korn')).toBe(true);
  });
});
