import { describe, expect, it } from 'vitest';
import { completionOf, wantedBy } from '../../../../src/protocols/ssh/guarded/completion.ts';
import { analyseCommand } from '../../../../src/policy/shell/analyse.ts';

/** What is put in behind a line where there are files of these names. */
function completed(before: string, ...names: readonly string[]): string {
  const wanted = wantedBy(before);
  if (wanted === null) return '';
  return completionOf(
    wanted,
    names.map((name) => ({ name, isDirectory: false })),
    80,
  ).inserted;
}

describe('what Tab puts in', () => {
  it.each([
    ['-rf', './-rf '],
    ['--help', './--help '],
    ['-', './- '],
    ['+1', './+1 '],
    ['=ls', './=ls '],
    ['~root', '\\~root '],
    ['$(touch x)', '\\$\\(touch\\ x\\) '],
    ['`touch x`', '\\`touch\\ x\\` '],
    ['a;touch x', 'a\\;touch\\ x '],
    ["it's", "it\\'s "],
    ['{a,b}', '\\{a,b\\} '],
    ['!x', '\\!x '],
    ['#x', '\\#x '],
    ['*', '\\* '],
    ['a>b', 'a\\>b '],
    ['back\\slash', 'back\\\\slash '],
  ])('means the file of that name alone: %j', (name, inserted) => {
    expect(completed('cat ', name)).toBe(inserted);
    const effects = analyseCommand({
      text: `cat ${inserted}`,
      directory: '/srv',
      home: '/root',
      shell: 'plain' as const,
    });
    expect(effects.filter(({ object }) => object === 'path')).toMatchObject([
      { action: 'read', name: `/srv/${name}`, certain: true },
    ]);
    expect(effects.every(({ opaque }) => !opaque)).toBe(true);
  });

  it.each(['line\nfeed', '\u001b[31mred', 'tab\there', 'turned\u202e', 'hid\u200bden', '\uFFFD', '..'])(
    'is no name that cannot be seen, or written, as it is: %j',
    (name) => {
      expect(completed('cat ', name)).toBe('');
    },
  );

  it('goes on with an option, a path and a program as they were begun', () => {
    expect(completed('rm -', '-rf')).toBe('rf ');
    expect(completed('cat ./-', '-rf')).toBe('rf ');
    expect(completed('cat sub/', '-rf')).toBe('-rf ');
    expect(completed('cat ', '-a', '-ab')).toBe('./-a');
    expect(completed('cat "', '-rf')).toBe('');
    expect(completed('cat $X/', '-rf')).toBe('');
  });
});
