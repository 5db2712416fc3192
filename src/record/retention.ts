import { lstat, unlink } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import { appendAnchor } from './anchors.ts';
import type { Head } from './head.ts';
import { openKey } from './key.ts';
import { recordPath } from './layout.ts';
import { finalHead } from './reader.ts';
import { openSessionSource } from './source.ts';
import { listSessions } from './store.ts';
import type { SessionSummary } from './store.ts';

export interface Retention {
  /** Records of sessions that started longer ago than this go; null keeps them. Milliseconds. */
  readonly maxAge: number | null;
  /** The oldest records go until all together are no larger; null sets no bound. Bytes. */
  readonly maxBytes: number | null;
}

/**
 * Which records retention would remove, oldest first. Never one that is running, and never one that is
 * damaged: that is evidence. Those that ended go before those that were cut.
 */
export function expired(sessions: readonly SessionSummary[], retention: Retention, now: number): SessionSummary[] {
  const oldestFirst = sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ended = oldestFirst.filter(({ state }) => state === 'ended');
  const candidates = [...ended, ...oldestFirst.filter(({ state }) => state === 'cut')];
  let total = sessions.reduce((sum, { bytes }) => sum + bytes, 0);
  return candidates.filter((session) => {
    const old = retention.maxAge !== null && now - Date.parse(session.started) > retention.maxAge;
    const large = retention.maxBytes !== null && total > retention.maxBytes;
    if (!old && !large) return false;
    total -= session.bytes;
    return true;
  });
}

/**
 * Removes what retention says, each with a signed line in the anchors before its files go.
 * @returns the sessions whose records were removed, oldest first
 * @throws HoopError `record.append` when the anchors cannot be written, `record.unreadable` when a file cannot be removed
 */
export async function removeExpired(state: string, retention: Retention, now: number): Promise<SessionSummary[]> {
  const sessions: SessionSummary[] = [];
  for await (const session of listSessions(state)) sessions.push(session);
  const gone = expired(sessions, retention, now);
  for (const { id } of gone) await removeRecord(state, id, now);
  return gone;
}

async function removeRecord(state: string, id: string, now: number): Promise<void> {
  const head = await headOf(state, id);
  const size = head?.size ?? null;
  const root = head?.root.toString('hex') ?? null;
  const key = await openKey(state, 'record');
  await appendAnchor(state, { kind: 'removed', session: id, size, root, time: now }, key, true);
  try {
    // The last part first: what is left after a crash in between still begins with a header.
    const paths: string[] = [];
    for (let part = 0; await isThere(recordPath(state, id, part)); part += 1)
      paths.unshift(recordPath(state, id, part));
    for (const path of paths) await unlink(path);
  } catch (error) {
    throw new HoopError('record.unreadable', `a record cannot be removed (${errnoOf(error) ?? 'unknown'})`, {
      cause: error,
      hint: 'check the files of the state directory',
    });
  }
}

async function headOf(state: string, id: string): Promise<Head | null> {
  const source = await openSessionSource(state, id);
  try {
    return await finalHead(source);
  } finally {
    await source.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
