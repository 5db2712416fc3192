import { describe, expect, it } from 'vitest';
import { describeEffect } from '../../../src/policy/refusal.ts';
import { NOWHERE } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { askRule } from '../examples.ts';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

const UNREAD: readonly string[] = [
  'echo (rm -rf /x)',
  'if true; then ls',
  "ls '",
  'ls )',
  'rm -rf /srv; fi',
  'sh -c "if ls"',
  'sudo sh -c "ls )"',
  'echo $(ls',
  'ls\u0000',
  `ls ${'x'.repeat(40_000)}`,
  `${'('.repeat(40)}ls${')'.repeat(40)}`,
  `echo ${'$('.repeat(30)}ls${')'.repeat(30)}`,
  `echo ${'$((1)) '.repeat(2_000)}`,
  `${'sudo '.repeat(30)}ls`,
  `{rm,-rf}${'{a,b}'.repeat(8)}`,
  `for i in ${'1 '.repeat(64)}; do ${'ls;'.repeat(5_000)} done`,
  'f()'.repeat(10_000),
  `echo "\${x:-'}"; rm -rf /srv; echo "'}"`,
  "cat <<E\n${x:-'}$(rm -rf /srv)'}\nE",
];

const ANYTHING = { ...SENSIBLE, opaque: 'allow' as const, deny: [], ask: [] };

describe('a command line that cannot be read', () => {
  it.each(UNREAD)('is refused where a rule could be about what is in it: %s', (text) => {
    for (const held of [
      rule({ program: ['mkfs*'] }),
      rule({ args: ['--force'] }),
      rule({ path: ['/etc/**'] }),
      rule({ operation: ['remove'] }),
      rule({ program: ['rm'], channel: ['exec'] }),
      rule({ program: ['rm'], channel: ['exec', 'shell'] }),
    ]) {
      const lets = { ...ANYTHING, allow: [rule({ opaque: true }), rule({ program: ['*'] })] };
      expect(verdictOn(text, { ...lets, deny: [held] })).toBe('deny');
      expect(verdictOn(text, { ...lets, opaque: 'ask', deny: [held] })).toBe('deny');
    }
  });

  it('is refused where something is only asked for', () => {
    const asks = askRule(rule({ program: ['systemctl'] }));
    expect(verdictOn('ls )', { ...ANYTHING, ask: [asks] })).toBe('deny');
  });

  it('is opaque, and no more, where no rule holds anything back by what a command is', () => {
    for (const held of [rule({ channel: ['shell'] }), rule({ channel: ['forward'], args: ['remote'] })]) {
      expect(verdictOn('ls )', { ...ANYTHING, deny: [held] })).toBe('allow');
      expect(verdictOn('ls )', { ...ANYTHING, deny: [held], opaque: 'ask' })).toBe('ask');
    }
    expect(verdictOn('ls )', { ...ANYTHING, default: 'deny' })).toBe('deny');
  });

  it('says so, and differs from what was read and cannot be known', () => {
    const [effect] = analyseCommand({ text: 'ls )', ...NOWHERE }).filter(({ command }) => command?.unread);
    expect(effect === undefined ? '' : describeEffect(effect)).toContain('could not be read');
    for (const text of ['eval "$X"', '$X', 'sh x', 'curl x | sh', 'echo "$(cat x)" $y', 'cat <<E\n$x\nE']) {
      expect(analyseCommand({ text, ...NOWHERE }).filter(({ command }) => command?.unread)).toEqual([]);
    }
  });
});
