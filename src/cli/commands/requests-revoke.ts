import { HoopError } from '../../core/errors.ts';
import { OS_ISSUER } from '../../core/identity.ts';
import type { Inbox } from '../../core/inbox.ts';
import type { Proof } from '../../core/proof.ts';
import { visible } from '../../core/visible.ts';
import { proofFor } from '../answering.ts';
import type { Run } from '../command.ts';
import { inboxOf, refuseInside } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';

export const revoke: Run = async (invocation) => {
  const { terminal, options, env } = invocation;
  refuseInside(env);
  const inbox = inboxOf(invocation);
  const id = await grantNamed(inbox, invocation.arguments[0] ?? '');
  const proof = options.text('profile') === null ? null : await proofOfRevoker(invocation, inbox, id);
  const grant = await inbox.revoke(id, options.text('reason'), proof);
  if (options.flag('json')) terminal.json({ version: 1, grant });
  else terminal.progress(`Revoked ${grant.id}: connections that used it are closed.`);
  return 0;
};

/** By a login for those who gave the grant: whoever takes it back is vouched for as they are. */
async function proofOfRevoker(invocation: Invocation, inbox: Inbox, id: string): Promise<Proof> {
  const grant = (await inbox.grants()).find((one) => one.id === id);
  const issuer = grant?.by[0]?.issuer ?? null;
  if (issuer !== null && issuer !== OS_ISSUER) return proofFor(invocation, issuer);
  const why = issuer === null ? 'nothing that can be used was granted under it' : 'it was granted without a login';
  throw new HoopError('cli.usage', `nobody can take ${visible(id)} back by a login: ${why}`, {
    hint: `hoopctl requests revoke ${visible(id)}`,
  });
}

/** The id as it is, or that of the only usable grant that begins so: what is used up can be taken back, too. */
async function grantNamed(inbox: Inbox, id: string): Promise<string> {
  if (id.trim() === '') throw new HoopError('cli.usage', 'the id is empty', { hint: 'hoopctl requests grants' });
  const found = (await inbox.grants()).filter((grant) => grant.id.startsWith(id.toLowerCase()));
  return found.length === 1 && found[0] !== undefined ? found[0].id : id;
}
