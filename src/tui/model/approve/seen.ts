import type { Entry } from './board.ts';
import { documentOf } from './document.ts';
import { detailRoom } from './geometry.ts';
import type { State } from './state.ts';

/** How many characters of what would be approved have not been on the screen. */
export function unseenOf(state: State, entry: Entry): number {
  const { total } = documentOf(entry, detailRoom(state).width);
  return Math.max(0, total - (state.seen.get(entry.request.id) ?? 0));
}
