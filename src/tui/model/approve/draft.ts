import { type ApprovalRequest, LONGEST_GRANT, MOST_USES } from '../../../core/request.ts';
import type { Reply } from '../../../core/inbox.ts';
import { shellQuoted } from '../../../core/shell.ts';

/** How an approval that is about to be given is meant. */
export interface Draft {
  readonly uses: number;
  /** Milliseconds; null: with the request. */
  readonly lasts: number | null;
  /** Only exactly what the dry run did may happen. */
  readonly bound: boolean;
  readonly breakGlass: boolean;
  readonly reason: string;
}

/** The least that can be meant: once, now, whatever it does then. */
export const PLAIN_DRAFT: Draft = { uses: 1, lasts: null, bound: false, breakGlass: false, reason: '' };

/** True when it can be approved for exactly what it did on trial: it would do that again. */
export function offersEffect({ preview }: ApprovalRequest): boolean {
  return preview?.dryRun?.repeatable === true;
}

export function offersBreakGlass({ terms }: ApprovalRequest): boolean {
  return terms.some(({ breakGlass }) => breakGlass !== null);
}

/** True when a yes takes a login that is made for it, which no screen can wait for: an override takes none. */
export function wantsLogin({ terms }: ApprovalRequest, { breakGlass }: Draft): boolean {
  return !breakGlass && terms.some(({ stepUp }) => stepUp);
}

/** What says yes as the draft means it on a command line, where one can log in, as the same profile. Not made safe. */
export function approvalCommand({ id }: ApprovalRequest, draft: Draft, profile: string | null): string {
  const { uses, lasts, bound } = draft;
  const reason = draft.reason.trim();
  return [
    `hoopctl approve ${shellQuoted(id)}`,
    ...(uses === 1 ? [] : [`--uses ${uses}`]),
    ...(lasts === null ? [] : [`--for ${typedTime(lasts)}`]),
    ...(bound ? ['--effect'] : []),
    ...(profile === null ? [] : [`--profile ${shellQuoted(profile)}`]),
    ...(reason === '' ? [] : [`--reason ${shellQuoted(reason)}`]),
  ].join(' ');
}

/** What still keeps the draft from being sent, for people to read; null: nothing. */
export function missingFrom({ breakGlass, reason }: Draft): string | null {
  if (breakGlass && reason.trim() === '') return 'an emergency override needs a reason: r';
  return null;
}

const BOUND =
  /^(?:(?<uses>\d{1,4})\s*(?:times?|x)?)?[\s,]*(?:(?<amount>\d{1,5})\s*(?<unit>s|m|min|minutes?|h|hours?))?$/i;

export type Bound = Pick<Draft, 'uses' | 'lasts'>;

/** Reads `5 30m`, `5 times, 30 minutes`, `1`; otherwise says what is wrong with it. */
export function boundOf(text: string): Bound | string {
  const groups = BOUND.exec(text.trim())?.groups;
  if (groups === undefined || text.trim() === '') return 'say how often and how long: 5 30m';
  const uses = groups['uses'] === undefined ? null : Number(groups['uses']);
  const amount = groups['amount'] === undefined ? null : Number(groups['amount']);
  if (uses === null) return 'say how often, too: 5 30m';
  if (uses < 1 || uses > MOST_USES) return `1 to ${MOST_USES} times`;
  if (amount === null) return uses === 1 ? { uses, lasts: null } : 'say how long, too: 5 30m';
  const lasts = amount * unitOf(groups['unit'] ?? 'm');
  return lasts > 0 && lasts <= LONGEST_GRANT ? { uses, lasts } : 'one second to 24 hours';
}

function unitOf(unit: string): number {
  const first = unit.slice(0, 1).toLowerCase();
  return first === 'h' ? 3_600_000 : first === 'm' ? 60_000 : 1000;
}

/** How a bound is typed. */
export function typedBound({ uses, lasts }: Bound): string {
  return lasts === null ? String(uses) : `${uses} ${typedTime(lasts)}`;
}

function typedTime(lasts: number): string {
  if (lasts % 3_600_000 === 0) return `${lasts / 3_600_000}h`;
  return lasts % 60_000 === 0 ? `${lasts / 60_000}m` : `${lasts / 1000}s`;
}

/** The reply that says yes as the draft means it. */
export function approval(request: ApprovalRequest, draft: Draft): Reply {
  const { id, digest, preview } = request;
  const reason = draft.reason.trim();
  return {
    request: id,
    digest,
    verdict: 'approve',
    reason: reason === '' ? null : reason,
    uses: draft.uses,
    lasts: draft.lasts,
    effect: draft.bound ? (preview?.dryRun?.effect ?? null) : null,
    breakGlass: draft.breakGlass,
  };
}

export function denial({ id, digest }: ApprovalRequest, reason: string): Reply {
  const said = reason.trim();
  return {
    request: id,
    digest,
    verdict: 'deny',
    reason: said === '' ? null : said,
    uses: 1,
    lasts: null,
    effect: null,
    breakGlass: false,
  };
}
