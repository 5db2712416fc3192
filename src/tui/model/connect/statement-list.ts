import type { ScreenRow } from '../screen-row.ts';
import { fitLine, type Line, safeLine, type Span } from '../../safe-text.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, count, gist, said } from '../words.ts';
import { cursorAt, listed, type LiveState } from './state.ts';
import type { Seen } from './tally.ts';

/** The statements that are in sight, the last one lowest; as many rows as there are, `height` at most. */
export function statementRows(state: LiveState, height: number): readonly ScreenRow[] {
  const { columns: width } = state.size;
  const all = listed(state);
  if (all.length === 0) return emptyLines(state).map((line) => [{ line, width }]);
  const at = cursorAt(state);
  // Where nothing is chosen the list follows; what is chosen stays where it is while others come below it.
  const wanted = state.cursor === null ? all.length - height : at - Math.floor(height / 2);
  const top = Math.max(0, Math.min(wanted, all.length - height));
  return all.slice(top, top + height).map((seen, index) => {
    const chosen = state.cursor !== null && top + index === at;
    return [{ line: statementLine(seen, state), width, chosen }];
  });
}

function emptyLines({ onlyRefused }: LiveState): readonly Line[] {
  if (onlyRefused) return [[], [said('  Nothing has been refused.', 'dim')]];
  return [[], [said('  Nothing has come through yet. Set the variables elsewhere, and run a client.', 'dim')]];
}

function statementLine(seen: Seen, { known, size }: LiveState): Line {
  const { columns } = size;
  const line: Span[] = [said(` ${timeOf(seen.at)} `, 'dim')];
  if (columns >= 60) line.push(said(String(seen.connection).padStart(3), 'dim'), said(' '));
  if (columns >= 70 && known.doors.length > 1) line.push(...fitLine(clipped(seen.target, 'accent', 12), 13));
  line.push(seen.refusal === null ? said('ok      ', 'good') : said('REFUSED ', 'bad'));
  const what = Math.max(14, Math.floor(columns * 0.34));
  line.push(...fitLine(gist(byWeight(seen.effects), what), what), said(' '));
  if (seen.masked > 0)
    line.push(said(`${count(seen.masked)} ${seen.masked === 1 ? 'column' : 'columns'} masked `, 'ask'));
  if (seen.refusal === null) line.push(...beginning(seen, columns));
  else line.push(...safeLine(seen.refusal.message.slice(0, 2 * columns), 'bad'));
  return line;
}

/** The text on one line, for recognising it: it is read when it is open. */
function beginning({ text }: Seen, columns: number): Line {
  return safeLine(text.slice(0, 2 * columns).replace(/\s+/g, ' '), 'dim');
}

/** `14:03:07`, as the clock on the wall has it. */
export function timeOf(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
