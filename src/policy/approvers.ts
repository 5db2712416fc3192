import { type Identity, isSameAddress, principalOf } from '../core/identity.ts';
import { type Approvers, approversLabel, type AskTerms } from '../core/request.ts';

/** Somebody's yes. */
export interface Approval {
  readonly by: Identity;
  readonly breakGlass: boolean;
  /** Why their login does not count as a fresh one, for people to read; null when it does. */
  readonly stale: string | null;
}

/**
 * Why this answer does not count, for people to read; null when it does.
 * An approval counts when it satisfies at least one of the terms. Everybody who could approve may deny, and so may
 * whoever asks; neither takes a fresh login.
 */
export function objection(
  answer: Approval & { readonly verdict: 'approve' | 'deny' },
  terms: readonly AskTerms[],
  requester: Identity,
): string | null {
  const { by, verdict, breakGlass, stale } = answer;
  if (by.kind !== 'person') return 'only a person approves; an agent or a service never does';
  if (verdict === 'deny' && isSame(by, principalOf(requester))) return null;
  if (breakGlass) {
    if (terms.every((one) => isMember(one.breakGlass, by, requester))) return null;
    return 'the policy does not let you override it in an emergency';
  }
  const theirs = terms.filter(({ approvers }) => isMember(approvers, by, requester));
  if (theirs.some((one) => verdict === 'deny' || isFreshEnough(answer, one))) return null;
  if (theirs.length > 0) return stale;
  return isInvolved(by, requester)
    ? `you asked for it yourself: ${whoMay(terms)}`
    : `you are not among those who may approve it: ${whoMay(terms)}`;
}

/** The terms that these approvals leave open. None: the statement may run. */
export function unmet(
  approvals: readonly Approval[],
  terms: readonly AskTerms[],
  requester: Identity,
): readonly AskTerms[] {
  return terms.filter((one) => {
    if (approvals.some(({ by, breakGlass }) => breakGlass && isMember(one.breakGlass, by, requester))) return false;
    const counting = approvals.filter((given) => isFreshEnough(given, one));
    const people = counting.map(({ by }) => by).filter((by) => isMember(one.approvers, by, requester));
    return new Set(people.map(nameOf)).size < (one.approvers === 'self' ? 1 : one.approvers.count);
  });
}

/** Whether somebody's yes takes a login that is made for it: it could count for terms that want one. */
export function wantsFresh(by: Identity, terms: readonly AskTerms[], requester: Identity): boolean {
  return terms.some(({ stepUp, approvers }) => stepUp && isMember(approvers, by, requester));
}

/** Who may approve, in words. */
export function whoMay(terms: readonly AskTerms[]): string {
  const labels = new Set(terms.map(({ approvers }) => approversLabel(approvers)));
  const [first = approversLabel('self'), ...others] = labels;
  return others.length === 0 ? `it takes ${first}` : `it takes ${[first, ...others].join(', and ')}`;
}

/** By what is stable, never by an address or a name that people read. */
export function isSame(one: Identity, other: Identity): boolean {
  return nameOf(one) === nameOf(other);
}

function isFreshEnough({ stale }: Approval, { stepUp }: AskTerms): boolean {
  return !stepUp || stale === null;
}

function nameOf({ issuer, subject }: Identity): string {
  return JSON.stringify([issuer, subject]);
}

function isMember(approvers: Approvers | null, by: Identity, requester: Identity): boolean {
  if (approvers === null || by.kind !== 'person') return false;
  if (approvers === 'self') return isSame(by, principalOf(requester));
  if (isInvolved(by, requester)) return false;
  const { groups, subjects, emails } = approvers;
  return (
    subjects.includes(by.subject) ||
    by.groups.some((group) => groups.includes(group)) ||
    emails.some((email) => by.email !== null && isSameAddress(email, by.email))
  );
}

/** Whoever asks, or anybody in whose name that is done. */
function isInvolved(by: Identity, requester: Identity): boolean {
  return isSame(by, requester) || (requester.actsFor !== null && isInvolved(by, requester.actsFor));
}
