import {
  type ApprovalRequest,
  LONGEST_GRANT,
  LONGEST_REASON,
  MOST_USES,
  type SignedAnswer,
} from '../../core/request.ts';

/** What is wrong with the bounds of an answer, for people to read; null when nothing is. */
export function malformation(answer: SignedAnswer, request: ApprovalRequest): string | null {
  const { verdict, uses, at, until, effect, reason, breakGlass } = answer;
  if (!isTime(at)) return 'it does not say when it was given';
  if (!isPlainReason(reason)) {
    return `a reason is plain text of at most ${LONGEST_REASON} characters`;
  }
  if (verdict === 'deny') return reason === null || reason.trim() === '' ? 'a denial needs a reason' : null;
  if (breakGlass && (reason === null || reason.trim() === '')) return 'breaking the glass needs a reason';
  if (!Number.isSafeInteger(uses) || uses < 1 || uses > MOST_USES) return `it may hold from 1 to ${MOST_USES} times`;
  if (until !== null && !isWithin(until, request)) return 'it may hold for a day at most';
  if (effect === null) return null;
  if (uses > 1) return 'an exact effect can be approved once only';
  if (request.preview?.dryRun?.repeatable === false) return 'what it does differs from one time to the next';
  return effect === request.preview?.dryRun?.effect ? null : 'the effect is not the one that was shown';
}

function isWithin(until: string, { asked, expires }: ApprovalRequest): boolean {
  const time = Date.parse(until);
  return isTime(until) && time >= Date.parse(asked) && time <= Date.parse(expires) + LONGEST_GRANT;
}

/** Written in the one way in which times can be compared as texts. */
function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** True for a reason that everybody may be shown as it is. */
export function isPlainReason(reason: string | null): boolean {
  return (
    reason === null ||
    (Array.from(reason).length <= LONGEST_REASON && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(reason))
  );
}
