import type { InboxEvent } from '../../../core/inbox.ts';
import type { Size } from '../../drawable.ts';
import { applied, type Board, type Entry } from './board.ts';
import { documentOf } from './document.ts';
import { detailRoom, listHeight } from './geometry.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { type Answered, basisOf, currentEntry, type Notice, rowsOf, type State, STEADY, type Tab } from './state.ts';

/** Milliseconds that a notice stays. */
const NOTICED = 8000;

/** The state after what the inbox has told. Nothing slips under the cursor, and no answer goes to what has changed. */
export function folded(state: State, events: readonly InboxEvent[], now: number): State {
  const before = currentEntry(state);
  const basis = before === null ? null : basisOf(before);
  const board = applied(state.board, events, now);
  let next: State = { ...state, board, seen: stillSeen(state, board), now };
  const after = currentEntry(next);
  if (before !== null && after !== null && before.settled === null && after.settled !== null) {
    next = { ...next, lingering: after.request.id };
  }
  next = rescrolled(state, anchored(state, withCursor(next), now));
  const current = currentEntry(next);
  const changed = current !== null && (basisOf(current) !== basis || current.settled !== (before?.settled ?? null));
  if (changed) next = { ...next, steadyFrom: now + STEADY };
  return questioned(next);
}

/** What was seen of requests, as far as they are the same still. */
function stillSeen(before: State, board: Board): State['seen'] {
  const digest = (of: Board, id: string): string | undefined => of.entries.get(id)?.request.digest;
  const same = [...before.seen].filter(
    ([id]) => board.entries.has(id) && digest(before.board, id) === digest(board, id),
  );
  return same.length === before.seen.size ? before.seen : new Map(same);
}

/** The state at a later time: what lapses lapses. */
export function ticked(state: State, now: number): State {
  const notice = state.notice !== null && state.notice.until <= now ? null : state.notice;
  const later = { ...state, now, notice };
  return anchored(state, withCursor(later), now);
}

export function resized(state: State, size: Size): State {
  return rescrolled(state, shownRow({ ...state, size }));
}

/** The text stays where it is read when what stands above it grows, and never scrolls past its end. */
function rescrolled(before: State, after: State): State {
  const [one, other] = [currentEntry(before), currentEntry(after)];
  if (other === null || one === null || one.request.id !== other.request.id || one === other) return clamped(after);
  const [from, to] = [textAt(before, one), textAt(after, other)];
  return clamped(after.scroll < from ? after : { ...after, scroll: after.scroll + to - from });
}

/** The row of the detail in which the text begins. */
function textAt(state: State, entry: Entry): number {
  return documentOf(entry, detailRoom(state).width).rows.findIndex(({ end }) => end !== null);
}

function clamped(state: State): State {
  const entry = currentEntry(state);
  if (entry === null || state.scroll === 0) return state;
  const { width, height } = detailRoom(state);
  const most = Math.max(0, documentOf(entry, width).rows.length - height);
  return state.scroll <= most ? state : { ...state, scroll: most };
}

/** What became of a reply, said to whoever gave it. */
export function answered(state: State, { reply, receipt }: Answered, now: number): State {
  const busy = new Set(state.busy);
  busy.delete(reply.request);
  const words = receiptWords({ reply, receipt });
  return noticed({ ...state, busy }, { ...words, text: words.text + undoWords(state, { reply, receipt }) }, now);
}

/** Where to find what undoes it: kept for what was approved for its effect alone, where it can be made. */
function undoWords({ board }: State, { reply, receipt }: Answered): string {
  const undoable = board.entries.get(reply.request)?.request.preview?.dryRun?.undoable === true;
  const kept = receipt.accepted && receipt.outcome === 'approved' && reply.effect !== null && undoable;
  return kept ? `; what undoes it: undo/${reply.request}.sql in the state directory` : '';
}

function receiptWords({ reply, receipt }: Answered): Omit<Notice, 'until'> {
  if (!receipt.accepted) return { tone: 'bad', text: `${reply.request}: ${receipt.reason}` };
  if (receipt.outcome === null) {
    return { tone: 'good', text: `${reply.request}: your yes counts; ${receipt.missing ?? 'others must answer, too'}` };
  }
  const tone = receipt.outcome === 'approved' ? 'good' : reply.verdict === 'deny' ? 'plain' : 'bad';
  return { tone, text: `${reply.request}: ${OUTCOME_WORDS[receipt.outcome]}` };
}

export function noticed(state: State, notice: Omit<Notice, 'until'>, now: number): State {
  return { ...state, notice: { ...notice, until: now + NOTICED } };
}

/** The inbox will tell no more: what is shown may not be so any longer, and nothing can be answered. */
export function cutOff(state: State, why: string): State {
  return { ...state, lost: why, confirmation: null, prompt: null };
}

/** A cursor that stands on nothing goes where it was in the list. */
export function withCursor(state: State): State {
  const cursor = { ...state.cursor };
  for (const tab of ['requests', 'grants'] as const) {
    const rows = rowsOf(state, tab);
    const at = cursor[tab];
    if (at === null || !rows.includes(at)) cursor[tab] = rows[Math.min(state.top[tab], rows.length - 1)] ?? null;
  }
  const moved = cursor.requests !== state.cursor.requests;
  if (!moved && cursor.grants === state.cursor.grants) return state;
  return { ...state, cursor, ...(moved ? { lingering: null, scroll: 0, open: false } : {}) };
}

/** The row under the cursor stays where it is on the screen, whatever comes and goes above it. */
function anchored(before: State, after: State, now: number): State {
  const top = { ...after.top };
  let slipped = false;
  for (const tab of ['requests', 'grants'] as const) {
    if (before.cursor[tab] !== after.cursor[tab]) {
      slipped = true;
      continue;
    }
    top[tab] += placeOf(after, tab) - placeOf(before, tab);
  }
  return shownRow({ ...after, top, ...(slipped ? { steadyFrom: now + STEADY } : {}) });
}

function placeOf(state: State, tab: Tab): number {
  const id = state.cursor[tab];
  return id === null ? 0 : rowsOf(state, tab).indexOf(id);
}

/** The list scrolled as little as it takes to have the cursor on the screen. */
export function shownRow(state: State): State {
  const height = listHeight(state);
  const top = { ...state.top };
  for (const tab of ['requests', 'grants'] as const) {
    const at = placeOf(state, tab);
    const most = Math.max(0, rowsOf(state, tab).length - height);
    top[tab] = Math.max(0, Math.min(Math.max(Math.min(top[tab], at), at - height + 1), Math.max(most, 0)));
  }
  return { ...state, top };
}

/** A question that is open is about what is known now: when that has changed, it is put again. */
function questioned(state: State): State {
  const { confirmation, board } = state;
  if (confirmation === null) return state;
  const entry = board.entries.get(confirmation.request);
  if (entry === undefined) return { ...state, confirmation: null };
  const basis = basisOf(entry);
  if (basis === confirmation.basis) return state;
  const draft = { ...confirmation.draft, bound: false };
  return { ...state, confirmation: { ...confirmation, basis, draft, changed: true } };
}
