import type { Enforcement } from '../core/protocol.ts';
import type { Policy } from './rules.ts';

/** Something a policy demands that a protocol cannot hold anybody to. */
export interface Unsupported {
  readonly policy: string;
  readonly needs: Enforcement;
  /** One sentence for the operator. */
  readonly message: string;
}

const REASONS: Readonly<Record<Enforcement, string>> = {
  statement: 'decides single statements, which this protocol does not show',
  column: 'masks columns, which is not available for this protocol in this version',
  byte: 'masks what detectors find in results, which is not available for this protocol in this version',
  field: 'masks fields of documents, which is not available for this protocol in this version',
};

/** What a protocol must be able to do for this policy to hold. */
export function requirements(policy: Policy): ReadonlySet<Enforcement> {
  const needs = new Set<Enforcement>();
  if (judgesStatements(policy)) needs.add('statement');
  for (const mask of policy.mask) {
    if (mask.column !== null) needs.add('column');
    if (mask.detect !== null) needs.add('byte');
    if (mask.field !== null) needs.add('field');
  }
  return needs;
}

/**
 * What the policies need and `enforces` does not offer. A session must not start unless this is empty:
 * a mask that is not applied is worse than none, because somebody relies on it.
 */
export function policySupport(policies: readonly Policy[], enforces: ReadonlySet<Enforcement>): readonly Unsupported[] {
  return policies.flatMap((policy) =>
    [...requirements(policy)]
      .filter((needs) => !enforces.has(needs))
      .map((needs) => ({ policy: policy.name, needs, message: `policy "${policy.name}" ${REASONS[needs]}` })),
  );
}

function judgesStatements(policy: Policy): boolean {
  // Leave for what is off otherwise holds nobody back.
  const allowed = policy.allow.filter(({ command }) => command === undefined);
  const rules = policy.deny.length + policy.ask.length + allowed.length;
  return rules > 0 || policy.scope !== null || policy.access === 'read-only' || policy.default !== 'allow';
}
