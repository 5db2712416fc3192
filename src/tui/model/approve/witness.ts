import type { Entry } from './board.ts';
import { documentOf } from './document.ts';
import { detailRoom, isDetailShown } from './geometry.ts';
import { isSubjectShown } from './question.ts';
import { type Confirmation, currentEntry, type State } from './state.ts';

/** The state with what is on the screen now marked as seen. */
export function witnessed(state: State): State {
  const { confirmation } = state;
  const entry = currentEntry(state);
  if (entry === null || state.prompt !== null) return state;
  if (confirmation !== null && confirmation.request === entry.request.id) return asked(state, entry, confirmation);
  if (!isDetailShown(state)) return state;
  const { width, height } = detailRoom(state);
  const { rows, total } = documentOf(entry, width);
  const known = state.seen.get(entry.request.id) ?? 0;
  let reached = known;
  let start = 0;
  for (const [index, { end }] of rows.entries()) {
    if (index >= state.scroll + height || end === null) {
      if (end === null) continue;
      break;
    }
    // Only without a gap: what is jumped over has not been on the screen.
    if (index >= state.scroll && start <= reached) reached = Math.max(reached, end);
    start = end;
  }
  if (reached === known && !(total === 0 && !state.seen.has(entry.request.id))) return state;
  return { ...state, seen: new Map(state.seen).set(entry.request.id, reached) };
}

/** A text that is short enough stands below its question. */
function asked(state: State, entry: Entry, confirmation: Confirmation): State {
  const { total } = documentOf(entry, detailRoom(state).width);
  if (state.help || state.seen.get(entry.request.id) === total) return state;
  if (!isSubjectShown(state, entry, confirmation)) return state;
  return { ...state, seen: new Map(state.seen).set(entry.request.id, total) };
}
