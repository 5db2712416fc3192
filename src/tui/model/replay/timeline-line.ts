import type { Line, Span, Tone } from '../../safe-text.ts';
import { lineWidth } from '../../safe-text.ts';
import { cellAt, MARKS, type Timeline } from './marks.ts';
import { clockOf, type PlayerState } from './player.ts';

/** What is drawn on a timeline, the most important first. */
const DRAWN: readonly (readonly [number, string, Tone])[] = [
  [MARKS.refusal, '✗', 'bad'],
  [MARKS.request, '?', 'ask'],
  [MARKS.error, '!', 'warn'],
];

/** A row that shows when what happened, where the head is, and how it moves. */
export function timelineLine(timeline: Timeline, state: PlayerState, totalMicros: number, width: number): Line {
  const sign: Span = state.playing ? { text: '▶', tone: 'good' } : { text: '‖', tone: 'dim' };
  const before: Line = [{ text: ' ', tone: 'plain' }, sign, { text: ' ', tone: 'plain' }];
  const speed = state.speed === 1 ? '' : `  ${state.speed}×`;
  const after: Line = [{ text: `  ${clockOf(state.headMicros, totalMicros)}${speed} `, tone: 'strong' }];
  const cells = width - lineWidth(before) - lineWidth(after);
  if (cells < 8) return [...before, ...after];
  return [...before, ...bar(timeline, state.headMicros, totalMicros, cells), ...after];
}

function bar(timeline: Timeline, headMicros: number, totalMicros: number, cells: number): Line {
  const head = cellAt(headMicros, cells, totalMicros);
  return timeline.cells(cells, totalMicros).map((marks, cell): Span => {
    if (cell === head) return { text: '●', tone: 'accent' };
    const drawn = DRAWN.find(([mark]) => (marks & mark) !== 0);
    if (drawn !== undefined) return { text: drawn[1], tone: drawn[2] };
    if (cell < head) return { text: '━', tone: 'accent' };
    return { text: (marks & MARKS.statement) === 0 ? '─' : '┄', tone: 'dim' };
  });
}
