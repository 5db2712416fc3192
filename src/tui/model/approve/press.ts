import type { ListMove } from '../list.ts';
import { usableGrants } from './board.ts';
import { confirmed, confirming, toggled } from './confirm.ts';
import { detailRoom, geometryOf } from './geometry.ts';
import { documentOf } from './document.ts';
import { noticed, shownRow, withCursor } from './fold.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { prompting } from './prompt.ts';
import { isUnsteady, currentEntry, rowsOf, type State, type Step, STEADY } from './state.ts';

/** What a key asks for, whatever key it is. */
export type Intent =
  | ListMove
  | 'open'
  | 'back'
  | 'approve'
  | 'deny'
  | 'yes'
  | 'bound'
  | 'bind'
  | 'break-glass'
  | 'reason'
  | 'filter'
  | 'settled'
  | 'other-tab'
  | 'revoke'
  | 'help'
  | 'quit';

/** The state after a key, at the time it was pressed. No key does anything but what is written here. */
export function pressed(before: State, intent: Intent, now: number): Step {
  const state = { ...before, now };
  if (state.help) return stay({ ...state, help: false });
  if (intent === 'help') return stay({ ...state, help: true });
  if (state.confirmation !== null) return asked(state, intent, now);
  switch (intent) {
    case 'up':
    case 'down':
    case 'page-up':
    case 'page-down':
    case 'first':
    case 'last':
      return stay(moved(state, intent));
    case 'open':
      return stay(opened(state));
    case 'back':
      return stay(closed(state));
    case 'filter':
      return stay(prompting(state, 'filter', null, state.filter));
    case 'settled':
      return stay(shownRow(withCursor({ ...state, showsSettled: !state.showsSettled })));
    case 'other-tab':
      return stay({ ...state, tab: state.tab === 'requests' ? 'grants' : 'requests', open: false });
    case 'quit':
      return { state, commands: [{ type: 'quit' }] };
    case 'approve':
    case 'deny':
      return stay(answering(state, intent, now));
    case 'revoke':
      return stay(revoking(state, now));
    default:
      return stay(state);
  }
}

/** Something came that was not typed, key by key: it answers nothing, and neither does what comes right behind it. */
export function pasted(state: State, now: number): State {
  return noticed(
    { ...state, now, steadyFrom: now + STEADY },
    { tone: 'bad', text: 'pasted text answers nothing' },
    now,
  );
}

function stay(state: State): Step {
  return { state, commands: [] };
}

function asked(state: State, intent: Intent, now: number): Step {
  switch (intent) {
    case 'yes':
      return confirmed(state, now);
    case 'back':
    case 'quit':
      return stay({ ...state, confirmation: null });
    case 'bound':
    case 'bind':
    case 'break-glass':
    case 'reason':
      return stay(toggled(state, intent));
    default:
      return stay(state);
  }
}

function moved(state: State, move: ListMove): State {
  const { split } = geometryOf(state.size);
  // Beside the list, paging is for the text: the list is gone through line by line.
  const paging = split && state.tab === 'requests' && (move === 'page-up' || move === 'page-down');
  return state.open || paging ? scrolled(state, move) : listMoved(state, move);
}

function listMoved(state: State, move: ListMove): State {
  const { tab } = state;
  const rows = rowsOf(state);
  const page = Math.max(1, geometryOf(state.size).list.height - 1);
  const from = rows.indexOf(state.cursor[tab] ?? '');
  const to = Math.max(0, Math.min(destination(from, move, page, rows.length), rows.length - 1));
  const id = rows[to] ?? null;
  if (id === state.cursor[tab]) return state;
  const left = tab === 'requests' ? { lingering: null, scroll: 0 } : {};
  return shownRow({ ...state, ...left, cursor: { ...state.cursor, [tab]: id } });
}

function scrolled(state: State, move: ListMove): State {
  const entry = currentEntry(state);
  if (entry === null) return state;
  const { width, height } = detailRoom(state);
  const { rows } = documentOf(entry, width);
  const to = destination(state.scroll, move, Math.max(1, height - 1), rows.length);
  return { ...state, scroll: Math.max(0, Math.min(to, rows.length - height)) };
}

function destination(from: number, move: ListMove, page: number, count: number): number {
  switch (move) {
    case 'up':
      return from - 1;
    case 'down':
      return from + 1;
    case 'page-up':
      return from - page;
    case 'page-down':
      return from + page;
    case 'first':
      return 0;
    case 'last':
      return count;
  }
}

function opened(state: State): State {
  return state.tab === 'requests' && currentEntry(state) !== null ? { ...state, open: true } : state;
}

/** One step back: out of the detail, out of the filter. */
function closed(state: State): State {
  if (state.open) return { ...state, open: false };
  return state.filter === '' ? state : shownRow(withCursor({ ...state, filter: '' }));
}

function answering(state: State, intent: 'approve' | 'deny', now: number): State {
  const entry = state.tab === 'requests' ? currentEntry(state) : null;
  if (entry === null) return state;
  const refusal = unanswerable(state, now);
  if (refusal !== null) return noticed(state, { tone: 'bad', text: refusal }, now);
  if (intent === 'approve') return confirming(state, entry, now);
  return prompting(state, 'deny', entry.request.id, '');
}

/** Why the request under the cursor cannot be answered by a key that was pressed now; null: it can. */
function unanswerable(state: State, now: number): string | null {
  const entry = currentEntry(state);
  if (state.lost !== null) return 'the inbox is gone: nothing can be answered';
  if (entry === null) return 'there is nothing to answer';
  if (entry.settled !== null) return `it is over: ${OUTCOME_WORDS[entry.settled.outcome]}`;
  if (state.busy.has(entry.request.id)) return 'your answer is on its way';
  if (isUnsteady(state, now)) return 'this has just changed: look, then press again';
  return null;
}

function revoking(state: State, now: number): State {
  if (state.tab !== 'grants') return state;
  const grant = usableGrants(state.board, now).find(({ id }) => id === state.cursor.grants);
  if (grant === undefined) return state;
  if (state.lost !== null) return noticed(state, { tone: 'bad', text: 'the inbox is gone' }, now);
  if (isUnsteady(state, now)) return noticed(state, { tone: 'bad', text: 'this has just changed: look first' }, now);
  return prompting(state, 'revoke', grant.id, '');
}
