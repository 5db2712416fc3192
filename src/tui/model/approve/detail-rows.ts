import { type Line, lineWidth, padLine, type Span } from '../../safe-text.ts';
import type { Entry } from './board.ts';
import { documentOf } from './document.ts';
import { detailRoom } from './geometry.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { unseenOf } from './seen.ts';
import type { State } from './state.ts';
import { byWeight } from '../../../core/weight.ts';
import { clock, count, gist, said } from '../words.ts';

/** The detail as it is scrolled, with a line above it that never scrolls away and one below it that says what is left. */
export function detailRows(state: State, entry: Entry): readonly Line[] {
  const { width, height, pinned, told } = detailRoom(state);
  const { rows } = documentOf(entry, width);
  const lines = rows.slice(state.scroll, state.scroll + height).map(({ line }) => line);
  return [
    ...(pinned ? [pinnedLine(state, entry, width)] : []),
    ...Array.from({ length: height }, (_, index) => lines[index] ?? []),
    ...(told ? [toldLine(state, entry, rows.length, height)] : []),
  ];
}

/** How it stands, and the gravest thing that it would do. */
function pinnedLine({ now }: State, { request, settled }: Entry, cells: number): Line {
  const left = Date.parse(request.expires) - now;
  const right: Span =
    settled === null
      ? said(` ${clock(left)} left `, left < 60_000 ? 'warn' : 'dim')
      : said(` over: ${OUTCOME_WORDS[settled.outcome]} `, settled.outcome === 'approved' ? 'good' : 'bad');
  const room = Math.max(8, cells - lineWidth([right]));
  const what = gist(byWeight(request.effects), room);
  return [...padLine(what, room), right];
}

function toldLine(state: State, entry: Entry, total: number, height: number): Line {
  const below = Math.max(0, total - state.scroll - height);
  const unseen = unseenOf(state, entry);
  const line: Span[] =
    below === 0
      ? [said('─ the end', 'dim')]
      : [said(`▼ ${count(below)} ${below === 1 ? 'line' : 'lines'} below`, 'warn')];
  if (unseen > 0) line.push(said(` · ${count(unseen)} characters of it not yet seen`, 'warn'));
  return line;
}
