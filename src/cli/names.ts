import { stateDirectory } from '../config/paths.ts';
import { sessionIds } from '../record/store.ts';
import { readConfig } from './configuration.ts';
import { inboxOf } from './inbox.ts';
import type { Invocation } from './invocation.ts';
import { openLogins } from './logins.ts';

/** Sessions that are offered: nobody picks from thousands. */
const MOST_SESSIONS = 50;

/** Names of targets, for completions. @throws HoopError when there is no valid configuration */
export async function targetNames(invocation: Invocation): Promise<readonly string[]> {
  return [...(await readConfig(invocation)).targets.keys()];
}

/** Names of scripts, for completions. @throws HoopError when there is no valid configuration */
export async function scriptNames(invocation: Invocation): Promise<readonly string[]> {
  return [...(await readConfig(invocation)).scripts.keys()];
}

/** Ids of sessions, newest first, for completions. */
export async function sessionNames({ env, home }: Invocation): Promise<readonly string[]> {
  return (await sessionIds(stateDirectory(env, home))).slice(0, MOST_SESSIONS);
}

/** Ids of requests that wait, for completions. */
export async function requestNames(invocation: Invocation): Promise<readonly string[]> {
  return (await inboxOf(invocation).list()).map(({ id }) => id);
}

/** Names of logins, for completions. */
export async function profileNames(invocation: Invocation): Promise<readonly string[]> {
  return (await openLogins(invocation).profiles.list()).map(({ name }) => name);
}
