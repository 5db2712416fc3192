import type { Run } from '../command.ts';
import { inboxOf, refuseInside, requestNamed, send } from '../inbox.ts';

export const deny: Run = async (invocation) => {
  refuseInside(invocation.env);
  const request = await requestNamed(inboxOf(invocation), invocation.arguments[0] ?? '');
  return send(invocation, request, {
    request: request.id,
    digest: request.digest,
    verdict: 'deny',
    reason: invocation.options.text('reason'),
    uses: 1,
    lasts: null,
    effect: null,
    breakGlass: false,
  });
};
