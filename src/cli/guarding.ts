import type { Policy } from '../policy/rules.ts';

/** A fact about what guards a target, and whether it holds in this version. */
export interface Guarding {
  readonly what: string;
  readonly enforced: boolean;
  readonly note: string;
}

/** True when the policies hold anything back. */
export function isRestricting({ deny, ask, allow, mask, scope, access, default: otherwise }: Policy): boolean {
  const rules = deny.length + ask.length + allow.length + mask.length;
  return rules > 0 || scope !== null || access === 'read-only' || otherwise !== 'allow';
}

/** What is so whatever the protocol. */
export function surroundings(logins: boolean): readonly Guarding[] {
  return [
    {
      what: 'who asks',
      enforced: logins,
      note: logins
        ? 'verified with the provider, and again while a session lasts'
        : 'the operating system’s user, not verified, and marked as such in the record',
    },
    { what: 'ways around', enforced: false, note: 'whoever reaches the target without hoopctl is not guarded' },
  ];
}

/** How far answers of people can be relied on. */
export function approvalsGuarding(policies: readonly Policy[], logins: boolean): readonly Guarding[] {
  const rules = policies.flatMap(({ ask }) => ask);
  const others = rules.some(({ approvers, breakGlass }) => approvers !== 'self' && breakGlass !== 'self');
  const nobody = 'refused: nobody logs in where hoopctl.yaml has no identity';
  const known = logins ? 'people who are logged in, verified with their provider' : nobody;
  const fresh = logins ? 'by a login that is made for the answer' : nobody;
  return [
    { what: 'approvals', enforced: true, note: 'held until a person approves: hoopctl approve' },
    ...(others ? [{ what: 'other approvers', enforced: true, note: known }] : []),
    ...(rules.some(({ stepUp }) => stepUp) ? [{ what: 'fresh logins', enforced: true, note: fresh }] : []),
    {
      what: 'who approves',
      enforced: false,
      note: logins
        ? 'any process of this user outside of a sandbox can answer by the logins that this user keeps; a fresh login it cannot make'
        : 'any process of this user outside of a sandbox can answer what `approvers: self` leaves to this user',
    },
  ];
}
