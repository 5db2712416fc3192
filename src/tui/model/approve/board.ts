import type { InboxEvent } from '../../../core/inbox.ts';
import type { ApprovalRequest, Grant, Outcome, SignedAnswer } from '../../../core/request.ts';

/** One request, with all that is known of what became of it. */
export interface Entry {
  readonly request: ApprovalRequest;
  readonly answers: readonly SignedAnswer[];
  readonly settled: { readonly outcome: Outcome; readonly at: number } | null;
}

/** Everything the inbox has told so far. */
export interface Board {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Ids of those that wait, oldest first. */
  readonly waiting: readonly string[];
  /** Ids of those that are over, the last one first. */
  readonly settled: readonly string[];
  readonly grants: ReadonlyMap<string, Grant>;
}

export const EMPTY_BOARD: Board = { entries: new Map(), waiting: [], settled: [], grants: new Map() };

/** Requests that are over are kept for a look back, not for ever: their texts may be long. */
const SETTLED_KEPT = 500;

/** The board after these events. `at`: wall clock, milliseconds. One copy for all of them, however many come. */
export function applied(board: Board, events: readonly InboxEvent[], at: number): Board {
  if (events.length === 0) return board;
  const entries = new Map(board.entries);
  const grants = new Map(board.grants);
  const over: string[] = [];
  for (const event of events) {
    switch (event.type) {
      case 'request':
        take(entries, event.request);
        break;
      case 'answer':
        change(entries, event.request, (entry) => ({ ...entry, answers: [...entry.answers, event.answer] }));
        break;
      case 'settled':
        if (settle(entries, event.request, { outcome: event.outcome, at })) over.push(event.request);
        break;
      case 'grant':
        if (isSpent(event.grant)) grants.delete(event.grant.id);
        else grants.set(event.grant.id, event.grant);
        break;
    }
  }
  const settled = [...over.reverse(), ...board.settled];
  for (const id of settled.splice(SETTLED_KEPT)) entries.delete(id);
  return { entries, waiting: waitingIn(entries), settled, grants };
}

/** Grants that can still be used, the one that lapses first at the top. */
export function usableGrants({ grants }: Board, now: number): readonly Grant[] {
  const usable = [...grants.values()].filter((grant) => !isSpent(grant) && Date.parse(grant.until) > now);
  return usable.sort((one, other) => compare(one.until, other.until) || compare(one.id, other.id));
}

/** What is over stays over, whatever is told of it later. */
function take(entries: Map<string, Entry>, request: ApprovalRequest): void {
  const known = entries.get(request.id);
  if (known === undefined) entries.set(request.id, { request, answers: [], settled: null });
  else if (known.settled === null) entries.set(request.id, { ...known, request });
}

function settle(entries: Map<string, Entry>, id: string, settled: NonNullable<Entry['settled']>): boolean {
  const entry = entries.get(id);
  if (entry === undefined || entry.settled !== null) return false;
  entries.set(id, { ...entry, settled });
  return true;
}

function change(entries: Map<string, Entry>, id: string, make: (entry: Entry) => Entry): void {
  const entry = entries.get(id);
  if (entry !== undefined) entries.set(id, make(entry));
}

function waitingIn(entries: ReadonlyMap<string, Entry>): readonly string[] {
  const waiting = [...entries.values()].filter(({ settled }) => settled === null);
  waiting.sort(({ request: one }, { request: other }) => compare(one.asked, other.asked) || compare(one.id, other.id));
  return waiting.map(({ request }) => request.id);
}

function isSpent({ revoked, used, uses }: Grant): boolean {
  return revoked || used >= uses;
}

/** By code units: ISO times sort as they run, and no locale has a say. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
