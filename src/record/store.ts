import { opendir } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { RecordHeader } from '../core/recorder.ts';
import { DamagedRecord } from './damage.ts';
import type { SessionTotals } from './event.ts';
import { parseRecordName, sessionsDirectory } from './layout.ts';
import { isRunning } from './process.ts';
import { readOutline } from './reader.ts';
import type { RecordOutline } from './reader.ts';
import { isSessionIdPrefix, sessionIdTime } from './session-id.ts';
import { openSessionSource } from './source.ts';
import type { RecordSource } from './source.ts';
import { tallyUnsealed } from './tally.ts';

/** One session in a list. Texts come from the record: show them through `visible`. */
export interface SessionSummary {
  readonly id: string;
  /** `ended` as sealed, `running` while its process lives, `cut` when it died, `damaged` when it cannot be told. */
  readonly state: 'ended' | 'running' | 'cut' | 'damaged';
  /** ISO 8601; of a damaged record, what its id says. */
  readonly started: string;
  /** ISO 8601, or null when it did not end. */
  readonly ended: string | null;
  readonly cause: string | null;
  readonly identity: Identity | null;
  readonly target: RecordHeader['target'] | null;
  readonly reason: string | null;
  readonly totals: SessionTotals | null;
  /** Size of the record. */
  readonly bytes: number;
}

/** The ids of all sessions that have a record, newest first. Empty when there is no store yet. @throws HoopError `record.unreadable` */
export async function sessionIds(state: string): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const entry of await opendir(sessionsDirectory(state))) {
      const name = parseRecordName(entry.name);
      if (name?.part === 0) ids.push(name.id);
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new HoopError('record.unreadable', `the records cannot be listed (${errnoOf(error) ?? 'unknown'})`, {
      cause: error,
      hint: `check ${sessionsDirectory(state)}`,
    });
  }
  return ids.sort().reverse();
}

/** All sessions, newest first, one read at a time. @throws HoopError `record.unreadable` when the store cannot be listed */
export async function* listSessions(state: string): AsyncGenerator<SessionSummary> {
  for (const id of await sessionIds(state)) {
    const summary = await summarize(state, id);
    if (summary !== null) yield summary;
  }
}

/** One session's summary; null when its record went away meanwhile. A record that cannot be read is `damaged`. */
export async function summarize(state: string, id: string): Promise<SessionSummary | null> {
  let source: RecordSource | null = null;
  try {
    source = await openSessionSource(state, id);
    return await summaryOf(id, source);
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    if (error.code === 'record.missing') return null;
    return bare(id, 'damaged', source === null ? 0 : await source.size());
  } finally {
    await source?.close();
  }
}

function bare(id: string, state: 'cut' | 'damaged', bytes: number): SessionSummary {
  const started = new Date(sessionIdTime(id)).toISOString();
  return {
    id,
    state,
    started,
    ended: null,
    cause: null,
    identity: null,
    target: null,
    reason: null,
    totals: null,
    bytes,
  };
}

async function summaryOf(id: string, source: RecordSource): Promise<SessionSummary> {
  const outline = await readOutline(source);
  if (outline === null) return bare(id, 'cut', await source.size());
  const { header, end, size: bytes } = outline;
  const { identity, target, reason, started } = header.header;
  if (header.header.session !== id) throw new DamagedRecord('event', 0, 0, 'it is the record of another session');
  return {
    id,
    state: stateOf(outline),
    started,
    ended: end === null ? null : new Date(end.ended).toISOString(),
    cause: end?.cause ?? null,
    identity,
    target,
    reason,
    totals: end?.totals ?? (await tallyUnsealed(source)),
    bytes,
  };
}

function stateOf({ header, end }: RecordOutline): 'ended' | 'running' | 'cut' {
  if (end !== null) return 'ended';
  return isRunning(header.writer) ? 'running' : 'cut';
}

/**
 * The id of the one session that starts with `prefix`.
 * @throws HoopError `record.missing` when none or several do, or when it could be no session's
 */
export async function resolveSession(state: string, prefix: string): Promise<string> {
  const typed = prefix.toLowerCase();
  const found = isSessionIdPrefix(typed) ? (await sessionIds(state)).filter((id) => id.startsWith(typed)) : [];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new HoopError('record.missing', 'no session has that id', {
      hint: 'list sessions with `hoopctl sessions list`',
    });
  }
  const some = found.slice(0, 3).join(', ');
  throw new HoopError('record.missing', `${found.length} sessions start with that`, {
    hint: `type more of the id: ${some}${found.length > 3 ? ', …' : ''}`,
  });
}
