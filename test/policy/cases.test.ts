import { describe, expect, it } from 'vitest';
import { judgeCase, type PolicyCase, ruleName } from '../../src/policy/cases.ts';
import { decide } from '../../src/policy/decide.ts';
import { analysisOf, effect, person, policy, rule } from './examples.ts';

const decision = decide({
  analysis: analysisOf([effect({ action: 'drop' })]),
  identity: person,
  policies: [policy({ deny: [rule({ action: ['grant'] }), rule({ action: ['drop'] })] })],
  database: 'app',
  temporarySchema: null,
});

const one: PolicyCase = {
  target: 'pg',
  channel: null,
  text: 'DROP TABLE app.customers',
  as: null,
  expect: 'deny',
  rule: null,
  position: 'hoopctl.test.yaml:2:5',
};

describe('a case', () => {
  it.each([null, 'production.deny[1]', 'deny[1]'])('passes when the verdict is right and the rule is %s', (named) => {
    expect(judgeCase({ ...one, rule: named }, decision)).toEqual({
      passed: true,
      verdict: 'deny',
      rule: 'production.deny[1]',
      differences: [],
    });
  });

  it('fails on another verdict, saying which rule decided', () => {
    expect(judgeCase({ ...one, expect: 'allow' }, decision).differences).toEqual([
      'expected allow, but production.deny[1] says deny',
    ]);
  });

  it.each(['deny[0]', 'other.deny[1]', 'y[1]', 'scope'])('fails when %s was to decide', (named) => {
    expect(judgeCase({ ...one, rule: named }, decision).differences).toEqual([
      `expected ${named} to decide, but production.deny[1] did`,
    ]);
  });

  it('names rules by policy, clause and position', () => {
    expect(ruleName({ policy: 'p', clause: 'scope', index: null })).toBe('p.scope');
    expect(ruleName({ policy: '', clause: 'grammar', index: null })).toBe('grammar');
  });
});
