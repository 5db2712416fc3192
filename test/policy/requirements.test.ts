import { expect, it } from 'vitest';
import { policySupport, requirements } from '../../src/policy/requirements.ts';
import type { MaskRule } from '../../src/policy/rules.ts';
import { name, policy, rule, schemas } from './examples.ts';

const columnMask: MaskRule = { column: [name('*.*.ssn')], field: null, detect: null, except: null, with: 'redact' };
const detectMask: MaskRule = { column: null, field: null, detect: ['jwt'], except: null, with: 'redact' };

it.each([
  ['nothing', {}, []],
  ['statements, for rules', { deny: [rule({ action: ['drop' as const] })] }, ['statement']],
  ['statements, for a scope', { scope: schemas('app') }, ['statement']],
  ['statements, for read-only access', { access: 'read-only' as const }, ['statement']],
  ['statements, for a default', { default: 'deny' as const }, ['statement']],
  ['columns, for a mask of one', { mask: [columnMask] }, ['column']],
  ['bytes, for a detector', { mask: [detectMask] }, ['byte']],
])('a policy needs %s', (_what, with_, expected) => {
  expect([...requirements(policy(with_))]).toEqual(expected);
});

it('names every policy that needs what a protocol does not offer', () => {
  const masked = policy({ name: 'masked', deny: [rule({ action: ['drop'] })], mask: [columnMask, detectMask] });
  const found = policySupport([policy(), masked], new Set(['statement']));
  expect(found.map(({ policy: named, needs }) => [named, needs])).toEqual([
    ['masked', 'column'],
    ['masked', 'byte'],
  ]);
  expect(found[0]?.message).toBe(
    'policy "masked" masks columns, which is not available for this protocol in this version',
  );
  expect(policySupport([masked], new Set(['statement', 'column', 'byte']))).toEqual([]);
});
