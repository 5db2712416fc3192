import type { AnchorFact, AnchorState } from './anchor-line.ts';
import { leadsOnFrom, readAnchors } from './anchors.ts';
import type { AnchorReport } from './anchors.ts';
import { HoopError } from '../core/errors.ts';
import { verificationKeys } from './key.ts';
import type { VerificationKey } from './key.ts';
import { openSessionSource } from './source.ts';
import { sessionIds } from './store.ts';
import { verifyRecord } from './verify.ts';
import type { Verification } from './verify.ts';

/** What the anchors say against a record, beyond what the record itself shows. */
export type AnchorVerdict =
  /** They agree. */
  | 'agrees'
  /** The record ends before what was anchored: it was cut or rolled back after it had been sealed. */
  | 'rolled-back'
  /** The record is another one than was anchored. */
  | 'differs'
  /** The record is not anchored: it was put there, or the anchors were cut. */
  | 'unanchored'
  /** There was a record, and it is gone without having been removed by hoopctl. */
  | 'missing';

export interface SessionVerdict {
  readonly session: string;
  /** Null when there is no record. */
  readonly record: Verification | null;
  readonly anchor: AnchorVerdict;
  /** True when record and anchors are as they should be; a record that was not ended is as long as nothing says otherwise. */
  readonly sound: boolean;
}

export interface StoreVerdict {
  /** Null when the anchors are whole. */
  readonly anchors: AnchorReport['damage'];
  /** False when the anchors do not lead on from the state that was noted: they were rolled back or made anew. */
  readonly leadsOn: boolean;
  /** What to note elsewhere: it is the only thing that shows when the ends of records and anchors vanish together. */
  readonly state: AnchorState;
}

interface Anchored {
  opened: AnchorFact | null;
  sealed: AnchorFact | null;
  removed: boolean;
}

function bySession(anchors: readonly AnchorFact[]): Map<string, Anchored> {
  const sessions = new Map<string, Anchored>();
  for (const anchor of anchors) {
    const entry = sessions.get(anchor.session) ?? { opened: null, sealed: null, removed: false };
    // The first word counts: a record is opened once and sealed once.
    if (anchor.kind === 'opened') entry.opened ??= anchor;
    else if (anchor.kind === 'sealed') entry.sealed ??= anchor;
    else entry.removed = true;
    sessions.set(anchor.session, entry);
  }
  return sessions;
}

function compare(record: Verification, anchored: Anchored | undefined): AnchorVerdict {
  // A record is anchored once its header is written: one that holds no more is being opened, or never was.
  if (record.status === 'incomplete' && record.events <= 1 && anchored === undefined) return 'agrees';
  if (anchored === undefined || anchored.opened === null) return 'unanchored';
  const { sealed } = anchored;
  if (sealed === null) return 'agrees';
  if (record.status !== 'valid') return record.events < (sealed.size ?? 0) ? 'rolled-back' : 'differs';
  return record.events === sealed.size && record.root === sealed.root ? 'agrees' : 'differs';
}

async function verdictOf(
  state: string,
  session: string,
  keys: readonly VerificationKey[],
  anchored: Anchored | undefined,
): Promise<SessionVerdict | null> {
  let source;
  try {
    source = await openSessionSource(state, session);
  } catch (error) {
    if (!(error instanceof HoopError) || error.code !== 'record.missing') throw error;
    if (anchored === undefined || anchored.removed) return null;
    return { session, record: null, anchor: 'missing', sound: false };
  }
  try {
    const record = await verifyRecord(source, keys, session);
    const anchor = compare(record, anchored);
    return { session, record, anchor, sound: record.status !== 'damaged' && anchor === 'agrees' };
  } finally {
    await source.close();
  }
}

/**
 * Verifies one session: its record, and the record against the anchors.
 * @throws HoopError `record.missing` when neither knows it, `record.unreadable`
 */
export async function verifySession(
  state: string,
  session: string,
  keys?: readonly VerificationKey[],
): Promise<SessionVerdict> {
  const known = keys ?? (await verificationKeys(state));
  const { anchors } = await readAnchors(state, known);
  const verdict = await verdictOf(state, session, known, bySession(anchors).get(session));
  if (verdict !== null) return verdict;
  throw new HoopError('record.missing', 'there is no record of this session', {
    hint: 'list sessions with `hoopctl sessions list`',
  });
}

/**
 * Verifies every record that is there or was anchored, newest first, and the anchors.
 * @param noted the `state` of an earlier verification, kept where whoever can write here cannot
 * @returns through the generator, what became of the anchors
 * @throws HoopError `record.unreadable`
 */
export async function* verifyStore(
  state: string,
  keys?: readonly VerificationKey[],
  noted?: AnchorState,
): AsyncGenerator<SessionVerdict, StoreVerdict> {
  const known = keys ?? (await verificationKeys(state));
  // Listed before the anchors are read: a session that opens in between is anchored, not suspicious.
  const present = await sessionIds(state);
  const report = await readAnchors(state, known);
  const anchored = bySession(report.anchors);
  const all = new Set([...present, ...anchored.keys()]);
  for (const session of [...all].sort().reverse()) {
    const verdict = await verdictOf(state, session, known, anchored.get(session));
    if (verdict !== null) yield verdict;
  }
  const leadsOn = noted === undefined || (await leadsOnFrom(state, noted));
  return { anchors: report.damage, leadsOn, state: report.state };
}
