import { HoopError } from '../../core/errors.ts';
import type { Refusal } from '../../core/decision.ts';
import type { Clearance } from '../../core/guard.ts';
import { isSameMask, type ResultMask, UNMASKED } from '../../core/mask.ts';
import { type Fault, refusalFault } from './refuse.ts';

/** The record is lost: the session is over, and the client is told why. */
export class Unrecorded extends HoopError {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super('record.append', 'the record cannot be written');
    this.fault = fault;
  }
}

/** @throws Unrecorded when the statement could not be laid down */
export function recorded(clearance: Clearance): Clearance {
  if (clearance.outcome === 'cleared' || clearance.refusal.cause !== 'unrecorded') return clearance;
  throw new Unrecorded(refusalFault(clearance.refusal));
}

/** True for what has not been refused for a reason of its own: that it could not be judged may be due to its withdrawal. */
export function isUndecided(clearance: Clearance): boolean {
  return clearance.outcome === 'cleared' || clearance.refusal.cause === 'unintelligible';
}

/** True when nothing else may be shown of a statement than before. */
export function areSame(some: readonly ResultMask[], others: readonly ResultMask[]): boolean {
  return some === others || some.every((result, index) => isSameMask(result, others[index] ?? UNMASKED));
}

/**
 * What was approved when it was bound is looked at once more when it is executed: SQL's FETCH and MOVE would run it
 * without. `approvalOf`: of the portal by that name.
 */
export function unlessFetched(clearance: Clearance, approvalOf: (portal: string) => string | null): Clearance {
  if (clearance.outcome === 'refused') return clearance;
  const { changes, number } = clearance;
  const fetches = changes.some((one) =>
    one.some((change) => change.kind === 'fetch' && approvalOf(change.name) !== null),
  );
  return fetches ? { outcome: 'refused', refusal: FETCHED, number } : clearance;
}

const FETCHED: Refusal = {
  message: 'what was approved for a portal is not run by FETCH or MOVE',
  detail: 'It was approved when it was bound, and runs when the protocol’s Execute is sent.',
  hint: 'Use Execute.',
  cause: 'denied',
};
