import { HoopError } from '../../core/errors.ts';
import type { Inbox } from '../../core/inbox.ts';
import type { Run } from '../command.ts';
import { inboxOf, refuseInside } from '../inbox.ts';

export const revoke: Run = async (invocation) => {
  const { terminal, options, env } = invocation;
  refuseInside(env);
  const inbox = inboxOf(invocation);
  const grant = await inbox.revoke(await grantNamed(inbox, invocation.arguments[0] ?? ''), options.text('reason'));
  if (options.flag('json')) terminal.json({ version: 1, grant });
  else terminal.progress(`Revoked ${grant.id}: connections that used it are closed.`);
  return 0;
};

/** The id as it is, or that of the only usable grant that begins so: what is used up can be taken back, too. */
async function grantNamed(inbox: Inbox, id: string): Promise<string> {
  if (id.trim() === '') throw new HoopError('cli.usage', 'the id is empty', { hint: 'hoopctl requests grants' });
  const found = (await inbox.grants()).filter((grant) => grant.id.startsWith(id.toLowerCase()));
  return found.length === 1 && found[0] !== undefined ? found[0].id : id;
}
