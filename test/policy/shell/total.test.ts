import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOWHERE } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { effort } from '../../effort.ts';
import { verdictOn } from './judging.ts';

const PIECES = [
  ...'\'"\\$`(){}[]<>|&;!#*?~=, \n\t'.split(''),
  ..."rm -rf /srv a x=1 if then fi for in do done case esac sudo sh -c $( ${ $(( )) $' $x && || find -exec ; xargs eval cd /".split(
    ' ',
  ),
  '<<E',
  '\nE\n',
];

/** Inputs that make parsers walk the same way again and again. */
const HEAVY: Readonly<Record<string, (size: number) => string>> = {
  'one word': (size) => 'a'.repeat(size),
  'many words': (size) => 'a '.repeat(size / 2),
  'many commands': (size) => 'ls;'.repeat(size / 3),
  'many paths': (size) => `cat ${'/a/b '.repeat(size / 5)}`,
  'open brackets': (size) => `ls ${'['.repeat(size)}`,
  'open braces': (size) => `ls ${'{'.repeat(size)}`,
  'pairs of braces': (size) => `ls ${'{a,b}'.repeat(size / 5)}`,
  'nested braces': (size) => `ls ${'{a,'.repeat(size / 4)}${'}'.repeat(size / 4)}`,
  'open parentheses': (size) => '('.repeat(size),
  'open substitutions': (size) => '$('.repeat(size / 2),
  quotes: (size) => `'"`.repeat(size / 2),
  backslashes: (size) => '\\'.repeat(size),
  backticks: (size) => '`'.repeat(size),
  stars: (size) => `ls ${'*/'.repeat(size / 2)}`,
  assignments: (size) => Array.from({ length: size / 8 }, (_, at) => `a${at}=1;`).join(''),
  wrappers: (size) => 'sudo '.repeat(size / 5),
  'nested finds': (size) => 'find a b c -exec '.repeat(size / 17),
  'loops in loops': (size) => `${'for a in 1 2; do '.repeat(200)}ls${'; done'.repeat(200)};${'x'.repeat(size / 2)}`,
  directories: (size) => 'cd a;ls b;'.repeat(size / 10),
  pipelines: (size) => 'ls|'.repeat(size / 3),
  'here-documents': (size) => 'cat <<E\na\nE\n'.repeat(size / 12),
  'reading with sed': (size) => `sed '${'s/a/b/;'.repeat(size / 7)}'`,
  awk: (size) => `awk '${'{a'.repeat(size / 2)}'`,
  'directories within directories': (size) => `${'cd a&&'.repeat(size / 6)}ls`,
  'many roots and many actions': (size) => `find ${'a '.repeat(size / 4)}${'-exec ls {} + '.repeat(size / 32)}`,
  'many roots and deletions': (size) => `find ${'a '.repeat(size / 4)}${'-delete '.repeat(size / 16)}`,
  climbing: (size) => `cat ${'../'.repeat(size / 3)}`,
  'open arithmetic': (size) => '$(('.repeat(size / 3),
  'open arithmetic in values': (size) => `echo ${'${a:$(('.repeat(size / 7)}`,
  'arithmetic within arithmetic': (size) => `echo ${`${'$(('.repeat(30)}1${'))'.repeat(30)} `.repeat(size / 152)}`,
  negations: (size) => `echo ${'! '.repeat(size / 2)}`,
  functions: (size) => 'f()'.repeat(size / 3),
  'functions by name': (size) => 'function f '.repeat(size / 11),
  'words that are removed': (size) => `rm -rf ${'a '.repeat(size / 2 - 4)}`,
  'rounds of loops': (size) => `for i in ${'1 '.repeat(64)};do ${'ls;'.repeat(size / 3 - 60)}done`,
  'commands of finds': (size) =>
    `find a b c d e f g h -exec find a b c d e f g h -exec sh -c "${'ls;'.repeat(size / 4)}" {} + {} +`,
  'values that double': (size) => `x=a;${'x=$x$x;'.repeat(size / 7 - 1)}`,
};

const OPENERS = [
  '$((',
  '${a:-',
  '"$(',
  'a[',
  '<(',
  '`',
  '{a,b}',
  'f()',
  'function f ',
  'coproc ',
  'for i in 1 2;do ',
  'x=$x$x;',
  'find a b -exec ',
];

/** What is judged at all. */
const LONGEST = 35 * 1024;
/** By how much judging a line may take longer than judging a plain one of the same length. */
const SLOWEST = 8;
const PLAIN = 'cat a/b c;'.repeat(LONGEST / 10);

/** How much longer it takes than a plain line; the best of three where that is too much. */
function slownessOf(text: string): number {
  let best = Infinity;
  for (let round = 0; round < 3 && best >= SLOWEST; round++) best = Math.min(best, timeOf(text) / timeOf(PLAIN));
  return best;
}

function timeOf(text: string): number {
  const spent = effort();
  verdictOn(text);
  return spent();
}

describe('judging a command line', () => {
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((one) => one.join('')),
        ),
        (text) => {
          expect(Array.isArray(analyseCommand({ text, ...NOWHERE }))).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each(Object.entries(HEAVY))('takes time in the length of the text: %s', (_, make) => {
    expect(slownessOf(make(LONGEST).slice(0, LONGEST))).toBeLessThan(SLOWEST);
  });

  it('takes time in the length of the text, whatever is repeated in it', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES, ...OPENERS), { minLength: 1, maxLength: 4 }), (pieces) => {
        const unit = pieces.join('');
        const text = `ls ${unit.repeat(LONGEST)}`.slice(0, LONGEST);
        expect([unit, slownessOf(text) < SLOWEST]).toEqual([unit, true]);
      }),
      { numRuns: 60 },
    );
  });

  it('reads no text without end, however much it would come to', () => {
    const doubled = `x=a;${'x=$x$x;'.repeat(200)}ls "$x"`;
    expect(analyseCommand({ text: doubled, ...NOWHERE }).length).toBeGreaterThan(0);
    const rounds = `for i in ${'1 '.repeat(64)};do ${'ls;'.repeat(10_000)}done`;
    expect(analyseCommand({ text: rounds, ...NOWHERE }).length).toBeLessThan(10_000);
    const shared = `rm ${'a '.repeat(17_000)}`;
    const words = analyseCommand({ text: shared, ...NOWHERE }).map(({ command }) => command?.args.length ?? 0);
    expect(words.reduce((sum, count) => sum + count, 0)).toBeLessThan(2_000_000);
  });

  it('does nothing where there is nothing to do', () => {
    expect(analyseCommand({ text: '', ...NOWHERE })).toEqual([]);
    expect(analyseCommand({ text: ' \n', ...NOWHERE })).toEqual([]);
    expect(verdictOn('')).toBe('allow');
  });

  it('finds something in every text that is no white space or comment', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        // All words of a command line that has none: that is nothing.
        fc.pre(/^[a-z/'"$]/u.test(text) && !text.includes('=') && !text.startsWith('$*'));
        expect(analyseCommand({ text, ...NOWHERE })).not.toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
