import { expect, it } from 'vitest';
import { policyHash } from '../../src/policy/hash.ts';
import { name, policy, rule, schemas } from './examples.ts';

const one = policy({ deny: [rule({ action: ['drop'], relation: [name('app.*')] })], scope: schemas('app') });

it('is the same for equal policies, however their keys are ordered', () => {
  const again = policy({ scope: schemas('app'), deny: [rule({ relation: [name('app.*')], action: ['drop'] })] });
  const shuffled = Object.fromEntries(Object.entries(again).toReversed()) as typeof again;
  expect(policyHash([shuffled])).toBe(policyHash([one]));
  expect(policyHash([one])).toMatch(/^[0-9a-f]{64}$/u);
});

it('does not change from one release to the next by accident', () => {
  expect(policyHash([])).toBe('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945');
});

it.each([
  ['a pattern', { scope: schemas('app2') }],
  ['the default', { default: 'deny' as const }],
  ['a message', { deny: [rule({ action: ['drop'], relation: [name('app.*')], message: 'no' })] }],
  ['a limit', { session: { ...one.session, ttl: 1 } }],
])('changes with %s', (_what, with_) => {
  expect(policyHash([{ ...one, ...with_ }])).not.toBe(policyHash([one]));
});

it('changes with the order of the policies', () => {
  const other = policy({ name: 'other' });
  expect(policyHash([one, other])).not.toBe(policyHash([other, one]));
});
