import type { Policy, Rule } from '../../policy/rules.ts';
import { schemaScopes } from './scopes.ts';

/** What policies let one do, in sentences. All of them hold; none says what else a policy is made of. */
export function policyWords(policies: readonly Policy[]): readonly string[] {
  const columns = policies.some(({ mask }) => mask.some(({ column }) => column !== null));
  const detects = policies.some(({ mask }) => mask.some(({ detect }) => detect !== null));
  return [
    policies.some(({ access }) => access === 'read-only') ? 'Only reading is allowed.' : 'Reading and writing.',
    ...DEFAULTS.filter(([verdict]) => policies.some((policy) => policy.default === verdict)).map(([, words]) => words),
    ...actionWords(
      'Denied, at least in some cases',
      policies.flatMap(({ deny }) => deny),
    ),
    ...actionWords(
      'Held until a person approves, at least in some cases',
      policies.flatMap(({ ask }) => ask),
    ),
    ...schemaScopes(policies).map((one) => `Only these schemas: ${one.map(({ source }) => source).join(', ')}.`),
    ...(columns ? ['Values of some columns are masked: describe_schema says which.'] : []),
    ...(detects ? ['What looks like personal data or a secret is masked wherever it is found.'] : []),
  ];
}

const DEFAULTS = [
  ['deny', 'What no rule allows is denied.'],
  ['ask', 'What no rule allows is held until a person approves it.'],
] as const;

function actionWords(label: string, rules: readonly Rule[]): readonly string[] {
  if (rules.length === 0) return [];
  const named = new Set(rules.flatMap(({ action }) => action ?? []));
  const all = [
    ...named,
    ...(rules.every(({ action }) => action !== null) ? [] : ['whatever concerns certain objects']),
  ];
  return [`${label}: ${all.join(', ')}.`];
}
