import { join } from 'node:path';
import { HoopError } from '../core/errors.ts';
import { isSessionId } from './session-id.ts';

/** Where the record lives under the state directory. */
export function sessionsDirectory(state: string): string {
  return join(state, 'sessions');
}

/**
 * The file that holds part `part` (from 0) of a session's record.
 * @throws HoopError `record.missing` when `id` is not a session's id: it must never reach a path
 */
export function recordPath(state: string, id: string, part = 0): string {
  if (!isSessionId(id)) {
    throw new HoopError('record.missing', 'that is not the id of a session', {
      hint: 'list sessions with `hoopctl sessions list`',
    });
  }
  return join(sessionsDirectory(state), part === 0 ? `${id}.record` : `${id}.record.${part}`);
}

export function anchorsPath(state: string): string {
  return join(sessionsDirectory(state), 'anchors');
}

/** What a key signs: heads of records, or what approvers say. */
export type KeyPurpose = 'record' | 'approver';

export function keyPath(state: string, purpose: KeyPurpose = 'record'): string {
  return join(state, 'keys', `${purpose}.ed25519`);
}

/** The session and part that a file name in the sessions directory stands for, or null. */
export function parseRecordName(name: string): { readonly id: string; readonly part: number } | null {
  const match = /^([0-9a-z]{26})\.record(?:\.([1-9][0-9]{0,5}))?$/.exec(name);
  const id = match?.[1];
  if (id === undefined || !isSessionId(id)) return null;
  return { id, part: match?.[2] === undefined ? 0 : Number(match[2]) };
}
