import { describe, expect, it } from 'vitest';
import { unreachableRules } from '../../src/policy/reachability.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { askRule, name, policy, rule } from './examples.ts';

function unreachable(with_: Partial<Policy>): string[] {
  return unreachableRules(policy(with_)).map(({ clause, index, by }) =>
    by === null ? `${clause}[${index}] contradicts itself` : `${clause}[${index}] by ${by.clause}[${by.index}]`,
  );
}

const drop = rule({ action: ['drop'] });
const dropTables = rule({ action: ['drop'], object: ['table'] });

describe('a rule is unreachable', () => {
  it.each([
    ['behind an equal one', ['deny[1] by deny[0]'], { deny: [drop, drop] }],
    ['behind a wider one', ['deny[1] by deny[0]'], { deny: [drop, dropTables] }],
    [
      'behind a rule of a stronger list',
      ['ask[0] by deny[0]', 'allow[0] by deny[0]'],
      {
        deny: [drop],
        ask: [askRule({ action: ['drop'] })],
        allow: [dropTables],
      },
    ],
    [
      'behind several that share its actions',
      ['allow[0] by deny[1]'],
      {
        deny: [drop, rule({ action: ['truncate'] })],
        allow: [rule({ action: ['drop', 'truncate'] })],
      },
    ],
    [
      'behind a wider pattern',
      ['deny[1] by deny[0]'],
      {
        deny: [rule({ relation: [name('app.*')] }), rule({ relation: [name('app.a'), name('app.b*')] })],
      },
    ],
    [
      'behind a pattern of any schema',
      ['deny[1] by deny[0]'],
      {
        deny: [rule({ relation: [name('secrets')] }), rule({ relation: [name('app.secrets')] })],
      },
    ],
    [
      'when it is about relations and functions at once',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ relation: [name('t')], function: [name('f')] })],
      },
    ],
    [
      'when only updates and deletes have its condition',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ action: ['select'], where: 'absent' })],
      },
    ],
    [
      'when its kind of object has no such name',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ object: ['role'], relation: [name('t')] })],
      },
    ],
  ] satisfies [string, string[], Partial<Policy>][])('%s', (_what, expected, with_) => {
    expect(unreachable(with_)).toEqual(expected);
  });
});

describe('a rule is reachable', () => {
  it.each([
    ['before a wider one', { deny: [dropTables, drop] }],
    ['behind one that covers only some of its actions', { deny: [drop, rule({ action: ['drop', 'truncate'] })] }],
    ['behind one of a weaker list', { allow: [drop], deny: [dropTables] }],
    [
      'behind one of a certain schema',
      {
        deny: [rule({ relation: [name('app.secrets')] }), rule({ relation: [name('secrets')] })],
      },
    ],
    [
      'behind one with a condition',
      {
        deny: [rule({ action: ['delete'], where: 'absent' }), rule({ action: ['delete'] })],
      },
    ],
    [
      'when it names code that a rule without action cannot name',
      {
        deny: [rule({ object: ['function'] })],
        allow: [rule({ action: ['call'], object: ['function'] })],
      },
    ],
    [
      'behind another expression',
      {
        deny: [rule({ relation: [name('/a.*/')] }), rule({ relation: [name('/ab.*/')] })],
      },
    ],
  ] satisfies [string, Partial<Policy>][])('%s', (_what, with_) => {
    expect(unreachable(with_)).toEqual([]);
  });
});
