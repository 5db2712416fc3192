import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framedCommand } from '../../../src/core/command-frame.ts';
import { programsNamed, readLine } from '../../../src/policy/shell/line.ts';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { rule } from './judging.ts';

/** Whether a shell finds a text complete, without running any of it. */
function isAccepted(shell: string, text: string): boolean {
  try {
    execFileSync(shell, ['-n', '-c', text], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const WHOLE = [
  'ls',
  'ls;',
  'ls -l | sort && echo "a b" # said }',
  "echo '}; {'",
  'echo } {',
  'true & sleep 1',
  '{ ls; }',
  '(ls)',
  'if true; then ls; fi',
  'cat <<END\n}\n{\nEND',
  'echo a \\\n b',
  'echo \\\\',
  'for i in a b; do echo $i; done',
  'echo $(ls) `ls` ${HOME}',
  'case x in x) ls;; esac',
];

const UNFINISHED = [
  'ls |',
  'ls &&',
  "echo 'a",
  'echo "a',
  'echo `ls',
  'echo $(ls',
  'ls \\',
  'ls \\\\\\',
  'cat <<END',
  'cat <<END\n}',
  'cat <<END | sort\nEND \n',
  'if true; then',
  'for i in a; do ls',
  '{ ls',
  '(ls',
  'f() {',
  '{',
];

const UNREADABLE = [
  '}; ls; {',
  'ls; }; ls',
  'ls\n}\nls\n{',
  'ls )',
  'done',
  '; ls',
  '&& ls',
  'ls;;',
  'ls\u0000',
  'ls\rls',
  'ls\u001b[A',
  'ls\u009b',
  'ls\uFFFD',
  'ls \ud800',
  'x'.repeat(40_000),
];

/** What lines are made of that open, close and part things. */
const piece = fc.constantFrom(
  '}',
  '{',
  ';',
  '\n',
  ' ',
  "'",
  '"',
  '\\',
  '`',
  '$(',
  ')',
  '(',
  '#',
  '<<E',
  'E',
  '&&',
  '|',
  '&',
  'x',
  'do',
  'done',
  'if',
  'fi',
  "$'",
  '!',
  '((',
);

describe('a line that is read', () => {
  it.each(WHOLE)('is whole, also within a frame, for every shell: %j', (line) => {
    expect(readLine(line).kind).toBe('whole');
    for (const shell of ['dash', 'bash']) expect(isAccepted(shell, framedCommand(line, "/it's"))).toBe(true);
  });

  it.each(UNFINISHED)('is not finished: %j', (line) => {
    expect(readLine(line).kind).toBe('unfinished');
  });

  it.each(UNREADABLE)('cannot be read: %j', (line) => {
    expect(readLine(line).kind).toBe('unreadable');
  });

  it.each(['', '  ', '# only this', ' \n# this\n'])('is empty: %j', (line) => {
    expect(readLine(line).kind).toBe('empty');
  });

  it('tells one command from more, and words that are known from others', () => {
    expect(readLine("cd '/a b'")).toMatchObject({ alone: { program: 'cd', words: ['/a b'] } });
    expect(readLine('cd $HOME')).toMatchObject({ alone: { program: 'cd', words: [null] } });
    expect(readLine('export A=b')).toMatchObject({ alone: { program: 'export' }, assigns: false });
    expect(readLine('A=b C=d')).toMatchObject({ alone: null, assigns: true });
    for (const more of [
      'cd a; ls',
      'cd a && ls',
      'cd a | cat',
      'cd a &',
      'cd a > b',
      'A=b cd a',
      '! cd a',
      '(cd a)',
      'cd <<<a',
    ]) {
      expect(readLine(more)).toMatchObject({ kind: 'whole', alone: null });
    }
    expect(readLine('sleep 1 &')).toMatchObject({ background: true });
  });

  it('stays between its braces, of whatever pieces it is made', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const line = parts.join('');
        if (readLine(line).kind !== 'whole') return;
        // What stands behind the frame would run if the line had closed it: then an open brace would be missing here.
        expect(readLine(`${framedCommand(line, '/')} && ls`).kind).toBe('whole');
        expect(readLine(framedCommand(line, '/').slice(0, -1)).kind).not.toBe('whole');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a frame around lines of any pieces', () => {
  it('ends where it ends for dash and bash, too', () => {
    const lines = fc
      .array(piece, { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''))
      .filter((line) => readLine(line).kind === 'whole');
    fc.assert(
      fc.property(lines, (line) => {
        const frame = framedCommand(line, '/');
        for (const shell of ['dash', 'bash']) expect(isAccepted(shell, frame.slice(0, -1))).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the programs that are offered', () => {
  it('are those that rules name, but for patterns and what is denied', () => {
    const policy = {
      ...UNGUARDED,
      allow: [rule({ program: ['systemctl', 'kube*', '/opt/app/bin/migrate'] })],
      deny: [rule({ program: ['journalctl'] })],
    };
    const other = { ...UNGUARDED, allow: [rule({ program: ['journalctl', 'df'] })] };
    expect(programsNamed([policy, other])).toEqual(['/opt/app/bin/migrate', 'df', 'systemctl']);
  });
});
