import { runtimeDirectory, stateDirectory } from '../config/paths.ts';
import { systemClock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import { OS_ISSUER } from '../core/identity.ts';
import type { Receipt, Reply } from '../core/inbox.ts';
import type { ApprovalRequest } from '../core/request.ts';
import { osUser } from '../identity/os-user.ts';
import { InboxClient, type InboxClientOptions } from '../local/inbox/client.ts';
import { undoPath } from '../local/undo.ts';
import { openKey } from '../record/key.ts';
import { visible } from '../core/visible.ts';
import { answeringFor } from './answering.ts';
import type { Invocation } from './invocation.ts';

/** The variable that a client which runs inside a session finds in its environment. */
const INSIDE = 'HOOPCTL_SESSION';

/** The requests of every running hoopctl of this user. `login`: who answers those that people of a provider's answer. */
export function inboxOf(
  { env, home }: Pick<Invocation, 'env' | 'home'>,
  login: InboxClientOptions['login'] = null,
): InboxClient {
  const state = stateDirectory(env, home);
  return new InboxClient({
    runtime: runtimeDirectory(env, home),
    own: osUser(),
    login,
    clock: systemClock,
    key: () => openKey(state, 'approver'),
  });
}

/** True for what runs inside a session. */
export function isInside(env: Invocation['env']): boolean {
  return env[INSIDE] !== undefined;
}

/**
 * Whatever runs inside a session asks; it never answers. This keeps honest programs honest: what a program that hides
 * where it runs can do is up to the sandbox it runs in.
 * @throws HoopError `local.inside`
 */
export function refuseInside(env: Invocation['env']): void {
  if (!isInside(env)) return;
  throw new HoopError('local.inside', 'this runs inside a guarded session, where requests are made and not answered');
}

/** The request with this id, or the only one that begins so. @throws HoopError `local.request`, `cli.usage` */
export async function requestNamed(inbox: InboxClient, id: string): Promise<ApprovalRequest> {
  // An empty variable in a script would else mean whichever waits.
  if (id.trim() === '') throw new HoopError('cli.usage', 'the id is empty', { hint: 'hoopctl requests list' });
  const all = await inbox.list();
  const found = all.filter((request) => request.id.startsWith(id.toLowerCase()));
  const [first] = found;
  if (first !== undefined && (found.length === 1 || first.id === id)) return first;
  if (found.length > 1) {
    throw new HoopError('local.request', `${found.length} requests begin with ${visible(id)}`, {
      hint: 'write more of the id',
    });
  }
  throw new HoopError(
    'local.request',
    `no request ${visible(id)} waits: it was answered, taken back or ran out of time`,
  );
}

/** Sends a reply, and says what came of it on stderr. @throws HoopError when it does not count */
export async function send(invocation: Invocation, request: ApprovalRequest, reply: Reply): Promise<number> {
  const { terminal, options, env, home } = invocation;
  if (request.issuer === OS_ISSUER && options.text('profile') !== null) throw noLoginCounts(request);
  const receipt = await inboxOf(invocation, answeringFor(invocation, true)).reply(reply);
  if (!receipt.accepted) throw await notAccepted(invocation, request, receipt.reason);
  if (options.flag('json')) terminal.json({ version: 1, request: request.id, ...receipt });
  else {
    terminal.progress(visible(outcomeLine(request, receipt)));
    const undoable = reply.effect !== null && request.preview?.dryRun?.undoable === true;
    if (undoable) terminal.progress(visible(`What undoes it: ${undoPath(stateDirectory(env, home), request.id)}`));
  }
  return 0;
}

function noLoginCounts({ id }: ApprovalRequest): HoopError {
  const message = `--profile says who answers, and request ${id} is answered by this user: no login counts there`;
  return new HoopError('cli.usage', message, { hint: 'leave --profile out' });
}

function outcomeLine({ id }: ApprovalRequest, { outcome, missing }: Receipt & { accepted: true }): string {
  if (outcome === null) return `Your approval of ${id} counts; ${missing ?? 'others must answer, too'}.`;
  return outcome === 'approved' ? `Approved ${id}: it runs now.` : `Denied ${id}: it was not sent.`;
}

/** It may have been settled by somebody else just now: that is another failure than not being allowed to. */
async function notAccepted(invocation: Invocation, { id }: ApprovalRequest, reason: string): Promise<HoopError> {
  const waits = (await inboxOf(invocation).list()).some((one) => one.id === id);
  const why = visible(reason);
  return waits
    ? new HoopError('local.approver', `this answer does not count: ${why}`, { hint: `hoopctl requests show ${id}` })
    : new HoopError('local.request', `this answer came too late: ${why}`);
}
