import { HoopError } from '../../core/errors.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { visible } from '../../core/visible.ts';
import { canDraw } from '../../tui/drawable.ts';
import type { Run } from '../command.ts';
import { drawInbox } from '../inbox-screen.ts';
import { inboxOf, refuseInside, requestNamed, send } from '../inbox.ts';

export const approve: Run = async (invocation) => {
  refuseInside(invocation.env);
  const [id] = invocation.arguments;
  if (id === undefined) {
    const drawn =
      invocation.interactive && !invocation.options.flag('json') && canDraw(invocation.terminal, invocation.env);
    if (drawn) return drawInbox(invocation);
    throw new HoopError('cli.usage', 'which request is to be approved?', { hint: 'hoopctl requests list' });
  }
  const request = await requestNamed(inboxOf(invocation), id);
  const { options } = invocation;
  return send(invocation, request, {
    request: request.id,
    digest: request.digest,
    verdict: 'approve',
    reason: options.text('reason'),
    uses: options.integer('uses', 1, 1000) ?? 1,
    lasts: options.duration('for'),
    effect: options.flag('effect') ? effectOf(request) : null,
    breakGlass: options.flag('break-glass'),
  });
};

/** @throws HoopError `local.approver` when it was not run on trial */
function effectOf({ id, preview }: ApprovalRequest): string {
  const dryRun = preview?.dryRun ?? null;
  if (dryRun?.repeatable === true) return dryRun.effect;
  const why = dryRun === null ? (preview?.withheld ?? 'it is not known yet') : 'it does something else each time';
  throw new HoopError('local.approver', `the effect cannot be approved: ${visible(why)}`, {
    hint: `hoopctl requests show ${id}`,
  });
}
