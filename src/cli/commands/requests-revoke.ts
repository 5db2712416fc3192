import type { Run } from '../command.ts';
import { inboxOf, refuseInside } from '../inbox.ts';

export const revoke: Run = async (invocation) => {
  const { terminal, options, env } = invocation;
  refuseInside(env);
  const grant = await inboxOf(invocation).revoke(invocation.arguments[0] ?? '', options.text('reason'));
  if (options.flag('json')) terminal.json({ version: 1, grant });
  else terminal.progress(`Revoked ${grant.id}: connections that used it are closed.`);
  return 0;
};
