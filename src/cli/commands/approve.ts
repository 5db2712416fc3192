import { systemClock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { type ApprovalRequest, MOST_USES } from '../../core/request.ts';
import { visible } from '../../core/visible.ts';
import { canDraw } from '../../tui/drawable.ts';
import { answeringFor } from '../answering.ts';
import type { Run } from '../command.ts';
import { drawn } from '../drawing.ts';
import { inboxOf, refuseInside, requestNamed, send } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';
import { profileAsked } from '../logins.ts';

export const approve: Run = async (invocation) => {
  refuseInside(invocation.env);
  const [id] = invocation.arguments;
  if (id === undefined) {
    const { interactive, terminal, env } = invocation;
    if (interactive && !invocation.options.flag('json') && canDraw(terminal, env)) return inbox(invocation);
    throw new HoopError('cli.usage', 'which request is to be approved?', { hint: 'hoopctl requests list' });
  }
  const request = await requestNamed(inboxOf(invocation), id);
  const { options } = invocation;
  return send(invocation, request, {
    request: request.id,
    digest: request.digest,
    verdict: 'approve',
    reason: options.text('reason'),
    uses: options.integer('uses', 1, MOST_USES) ?? 1,
    lasts: options.duration('for'),
    effect: options.flag('effect') ? effectOf(request) : null,
    breakGlass: options.flag('break-glass'),
  });
};

async function inbox(invocation: Invocation): Promise<number> {
  const { inboxScreen } = await import('../../tui/inbox.tsx');
  const opened = inboxOf(invocation, answeringFor(invocation, false));
  return drawn(invocation, (options) =>
    inboxScreen(opened, { ...options, clock: systemClock, profile: profileAsked(invocation) }),
  );
}

/** @throws HoopError `local.approver` when it was not run on trial */
function effectOf({ id, preview }: ApprovalRequest): string {
  const dryRun = preview?.dryRun ?? null;
  if (dryRun?.repeatable === true) return dryRun.effect;
  const why = dryRun === null ? (preview?.withheld ?? 'it is not known yet') : 'it does something else each time';
  throw new HoopError('local.approver', `the effect cannot be approved: ${visible(why)}`, {
    hint: `hoopctl requests show ${id}`,
  });
}
