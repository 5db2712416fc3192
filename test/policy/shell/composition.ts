import fc from 'fast-check';

/*
 * Command lines as people and attackers compose them: programs, words in all quotings, expansions, redirections and what puts
 * commands together. Most of them mean something in every shell of POSIX; some mean different things, or nothing.
 */

/** Names that lie in PATH, and do nothing but to be noticed. */
export const COMPOSED_PROGRAMS: readonly string[] = ['ls', 'cat', 'rm', 'zz', 'tee', 'cp'];

/** Directories that a line may go to. */
export const COMPOSED_DIRECTORIES: readonly string[] = ['d', 'd/e', 'f'];

const NAMES = ['x', 'y', 'dir'];

interface Parts {
  readonly word: string;
  readonly piece: string;
  readonly quoted: string;
  readonly expansion: string;
  readonly simple: string;
  readonly redirection: string;
  readonly command: string;
  readonly list: string;
}

function weighted(...choices: readonly (readonly [number, fc.Arbitrary<string>])[]): fc.Arbitrary<string> {
  return fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })),
  );
}

const one = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** A template: `§` stands for the parts, one after the other. */
function filled(template: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((values) => {
    const rest = [...values];
    return template.replaceAll('§', () => rest.shift() ?? '');
  });
}

const { list } = fc.letrec((tie: fc.LetrecTypedTie<Parts>): fc.LetrecValue<Parts> => ({
  quoted: weighted(
    [4, one("'a b'", "'$x'", "'-r'", "'*'", "'#'", "'{'", "'~'", "'!'", "''", "'a\\'", "'a\nb'")],
    [4, one('"a b"', '"$x"', '"${x}"', '"$@"', '"\\""', '"\\$x"', '"\\\\"', '"!"', '"a\\\nb"', '"~"', '""', '"a\nb"')],
    [1, filled('"§"', tie('expansion'))],
    [1, filled('"a§b"', tie('expansion'))],
  ),
  expansion: weighted(
    [5, one('$x', '${y}', '$dir', '${x:-d}', '${x-}', '${x:+y}', '${x%a}', '${x#*/}', '$1', '$*', '$#', '$?', '$HOME')],
    [1, one('${x:=a}', '${#x}', '$((1+1))', '$((x))', '$$', '${x/a/b}', '$x[1]', '$x:h', '${x:-"a b"}', "${x:-'a'}")],
    [2, filled('$(§)', tie('command'))],
    [1, filled('`§`', tie('simple'))],
    [1, filled('${x:-§}', tie('word'))],
    [1, filled('${x:-$(§)}', tie('simple'))],
  ),
  piece: weighted(
    [16, one('a', 'b', '-r', 'd', 'd/e', 'f', '..', '.', '/', '/d', '-', '--', 'a=b', 'x', './a', '../f', '%', '+')],
    [3, one('\\a', '\\ ', '\\*', '\\$', '\\\n', "\\'", '\\"', '\\\\', '\\#')],
    [
      1,
      one(
        '*',
        'd/*',
        '?',
        '[a-z]',
        '~',
        '~/a',
        '{a,b}',
        '{a',
        'b}',
        '#',
        '!',
        '=a',
        'a~',
        'a:~',
        '^',
        '@',
        '{}',
        "$'a'",
      ),
    ],
    [5, tie('quoted')],
    [3, tie('expansion')],
  ),
  word: weighted(
    [6, tie('piece')],
    [2, filled('§§', tie('piece'), tie('piece'))],
    [1, filled('§§§', tie('piece'), tie('piece'), tie('piece'))],
  ),
  redirection: weighted(
    [4, filled('> §', one('out', 'd/out', '../out', '"$x"', '$x', './o"u"t'))],
    [2, filled('§ §', one('>>', '<', '2>', '>|', '<>', '&>', '>&', '2>>'), one('out', 'd/out', 'a', '/dev/null'))],
    [1, one('2>&1', '>&2', '<&-', '3>&1', '2>&-', '> o*', '>! out', '<<< a', '> out > d/out')],
    [
      1,
      one('<<E\na\nE\n', "<<'E'\n$x\nE\n", '<<E\n$x\nE\n', '<<-E\n\ta\n\tE\n', '<<E\n\\$x`zz`\nE\n', '<<E\n\\\nE\nE\n'),
    ],
  ),
  simple: weighted(
    [16, filled('§ §', one(...COMPOSED_PROGRAMS), tie('word'))],
    [10, filled('§ § §', one(...COMPOSED_PROGRAMS), tie('word'), tie('word'))],
    [5, filled('§ § §', one('zz', 'cat'), tie('word'), tie('redirection'))],
    [1, filled('§ § §', tie('redirection'), one('zz', 'cat'), tie('word'))],
    [4, filled('§=§', one(...NAMES), tie('word'))],
    [1, filled('§=§ § §', one('x', 'LC_ALL', 'IFS', 'HOME', 'PATH'), tie('piece'), one('zz', 'ls'), tie('word'))],
    [6, filled('cd §', weighted([4, one('d', 'd/e', '..', '../f', '/', '.', '"$PWD"', 'nowhere')], [1, tie('word')]))],
    [1, filled('set -- § §', tie('word'), tie('word'))],
    [1, filled('§ §', tie('word'), tie('word'))],
    [1, filled('eval §', tie('quoted'))],
    [1, filled("eval '§'", one('zz 1', 'x=2', 'cd d', 'zz $x', 'zz "$y"; cd ..'))],
    [
      1,
      filled(
        '§ § §',
        one('command', 'exec', 'builtin', 'command -p', 'exec -a b', '\\command'),
        one('zz', 'cd'),
        tie('word'),
      ),
    ],
    [
      1,
      filled('§ §', one('test', '[', 'printf', 'echo', 'read', 'unset', 'export', 'shift', 'local', ':'), tie('word')),
    ],
    [1, filled('alias §=zz', one('ls', 'q'))],
    [1, filled('read x <<E\n§\nE', tie('piece'))],
  ),
  command: weighted(
    [14, tie('simple')],
    [1, filled('(§)', tie('list'))],
    [1, filled('{ §; }', tie('simple'))],
    [1, filled('if §; then §; else §; fi', tie('simple'), tie('simple'), tie('simple'))],
    [1, filled('if §; then §; elif §; then §; fi', tie('simple'), tie('simple'), tie('simple'), tie('simple'))],
    [1, filled('for x in § §; do §; done', tie('word'), tie('word'), tie('simple'))],
    [1, filled('for dir in d f; do §; §; done', tie('simple'), tie('simple'))],
    [1, filled('while §; do §; break; done', tie('simple'), tie('simple'))],
    [1, filled('case § in §) §;; *) §;; esac', tie('word'), tie('piece'), tie('simple'), tie('simple'))],
    [1, filled('! §', tie('simple'))],
    [1, filled('§ | §', tie('simple'), tie('simple'))],
    [1, filled('{ §; } §', tie('simple'), tie('redirection'))],
    [1, filled('f() { §; }; §; f', tie('simple'), tie('simple'))],
    [1, filled('time §', tie('simple'))],
  ),
  list: weighted(
    [2, tie('command')],
    [
      4,
      filled(
        '§§§',
        tie('command'),
        one('; ', ' && ', ' || ', '\n', ' & ', ' # a\n', ' |\n', ' &&\n', ';\n'),
        tie('command'),
      ),
    ],
    [3, filled('§; §; §', tie('command'), tie('command'), tie('command'))],
    [2, filled('x=§; y=§; §', tie('word'), tie('word'), tie('command'))],
    [1, filled('cd § && §; §', one('d', 'd/e', 'f', '/', '..'), tie('command'), tie('command'))],
  ),
}));

/** A command line. */
export const composedLine: fc.Arbitrary<string> = list;
