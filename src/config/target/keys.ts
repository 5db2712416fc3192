import { type Limits, LIMITS } from '../../core/limits.ts';
import type { Address } from '../address.ts';
import { type Field, optional, required } from '../keyed.ts';
import { limits } from '../limits-shape.ts';
import type { SecretReference } from '../reference.ts';
import { BAD, choice, listOf, type Located, located, mismatch, quoted, type Shape, text } from '../shape.ts';
import { nearest } from '../suggest.ts';

/** The protocols that this version speaks. */
export const AVAILABLE = ['postgres', 'ssh'] as const;

export type AvailableProtocol = (typeof AVAILABLE)[number];

/** What every target has, whatever its protocol. References to secrets, no values. */
export interface AnyTarget {
  readonly address: Address;
  readonly user: string;
  readonly password: SecretReference | null;
  readonly limits: Limits;
}

/** Policies that have not been looked up yet, at least one; or the word that does without. */
export type Guards = readonly Located<string>[] | 'unguarded';

/** The key `protocol` of targets of one protocol: others are told what there is. */
export function protocolKey<const P extends AvailableProtocol>(protocol: P): Field<P> {
  const any = choice(AVAILABLE, 'protocol');
  const shape: Shape<P> = {
    expected: any.expected,
    schema: { const: protocol },
    read(node, report, path) {
      // Whoever calls has chosen the keys by this word, unless it is none of them.
      if (node.kind === 'scalar' && node.value === protocol) return protocol;
      any.read(node, report, path);
      return BAD;
    },
  };
  return required(shape, 'The wire language of the target.');
}

const names = listOf(located(text({ longest: 63 })), 'list of policies');
const POLICY_MISSING = 'name the policies that guard it, or write policy: unguarded to do without';

const guardedBy: Shape<Guards> = {
  expected: 'a list of policies, or the word unguarded',
  schema: { anyOf: [{ const: 'unguarded' }, { ...names.schema, uniqueItems: true }] },
  read(node, report, path) {
    if (node.kind === 'list') return names.read(node, report, path);
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    const { value } = node;
    if (value === 'unguarded') return value;
    if (value.trim() === '') return report.add(node.at, `${path} is empty: ${POLICY_MISSING}`);
    if (nearest(value, ['unguarded']) !== null) {
      return report.add(node.at, `${path}: unknown word ${quoted(value)}: did you mean "unguarded"?`);
    }
    return report.add(node.at, `${path}: expected ${this.expected}: write [${value.slice(0, 63)}]`);
  },
};

/** Keys of every target. */
export const POLICY = required(
  guardedBy,
  'The policies that guard it; doing without takes the word unguarded.',
  POLICY_MISSING,
);
export const LIMITED = optional(limits, LIMITS, 'How much its clients, and the target itself, may ask for.');
