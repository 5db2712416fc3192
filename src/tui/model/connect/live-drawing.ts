import type { Size } from '../../drawable.ts';
import { helpLines, hintLine } from '../help.ts';
import { filledRows, guardedRow, type ScreenRow } from '../screen-row.ts';
import { cutLine, fitLine, type Line, lineWidth, safeLine, type Span } from '../../safe-text.ts';
import { count, said } from '../words.ts';
import { doorLines } from './door-lines.ts';
import { LIVE_KEYS, liveKeysFor } from './live-keys.ts';
import type { LiveState } from './state.ts';
import { statementRows } from './statement-list.ts';
import { statementText } from './statement-text.ts';

/** Rows of the page that keys scroll. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - 4);
}

/** How far the statement that is open scrolls. */
export function endOf({ open, size }: LiveState): number {
  return open === null ? 0 : Math.max(0, statementText(open, size.columns).length - bodyOf(size) + 1);
}

function bodyOf({ rows }: Size): number {
  return Math.max(0, rows - 2);
}

/** The whole screen, as many rows as it has. */
export function liveDrawn(state: LiveState): readonly ScreenRow[] {
  const { size } = state;
  const { columns: width, rows } = size;
  const body = bodyOf(size);
  const filled = filledRows(bodyRows(state, body), body, width);
  const screen: ScreenRow[] = [[{ line: headLine(state), width }], ...filled, [{ line: footLine(state), width }]];
  return screen.slice(0, rows).map(guardedRow);
}

function headLine({ waiting, size, known }: LiveState): Line {
  const names = known.doors.map(({ target }) => target).join(', ');
  const left: Line = [said(' hoopctl connect ', 'accent'), ...safeLine(names.slice(0, 2 * size.columns), 'strong')];
  const number = waiting ?? 0;
  const right: Line =
    number === 0 ? [] : [said(` ${count(number)} ${number === 1 ? 'request waits' : 'requests wait'}: i `, 'bad')];
  return [...fitLine(left, Math.max(0, size.columns - lineWidth(right))), ...right];
}

function bodyRows(state: LiveState, height: number): readonly ScreenRow[] {
  const { size, help, open } = state;
  const whole = (line: Line): ScreenRow => [{ line, width: size.columns }];
  if (help) return [[], ...helpLines(LIVE_KEYS.map(shown), size.columns)].map(whole);
  if (open !== null) {
    const lines = statementText(open, size.columns);
    const seen = lines.slice(state.scroll, state.scroll + Math.max(1, height - 1));
    const below = Math.max(0, lines.length - state.scroll - (height - 1));
    const told: Line = below === 0 ? [said('─ the end', 'dim')] : [said(`▼ ${count(below)} more lines`, 'warn')];
    return [...filledRows(seen.map(whole), Math.max(1, height - 1), size.columns), whole(told)];
  }
  const doors = height < 5 ? [] : doorLines(state, Math.max(1, Math.floor(height / 2)));
  const warning = state.known.warnings.at(-1);
  const warned: readonly Line[] =
    warning === undefined || height < 8 ? [] : [[said(' ! ', 'warn'), ...safeLine(warning, 'warn')]];
  const above = [...doors, ...warned, totalsLine(state)];
  return [...above.map(whole), ...statementRows(state, Math.max(1, height - above.length))];
}

function totalsLine({ known, onlyRefused, size, cursor }: LiveState): Line {
  const { letThrough, refused, masked, connections } = known.totals;
  const dot = said(' · ', 'dim');
  const line: Span[] = [
    said('─ ', 'dim'),
    said(`${count(letThrough)} let through`, 'good'),
    dot,
    said(`${count(refused)} refused`, refused > 0 ? 'bad' : 'dim'),
    dot,
    said(`${count(masked)} ${masked === 1 ? 'value' : 'values'} masked`, masked > 0 ? 'ask' : 'dim'),
    dot,
    said(`${count(connections)} ${connections === 1 ? 'connection' : 'connections'} `, 'dim'),
    ...(onlyRefused ? [said('only what was refused ', 'warn')] : []),
    ...(cursor === null ? [] : [said('paused ', 'warn')]),
  ];
  const rest = size.columns - lineWidth(line);
  return rest > 0 ? [...line, said('─'.repeat(rest), 'dim')] : cutLine(line, size.columns);
}

function footLine(state: LiveState): Line {
  const { size, leaving, known } = state;
  if (!leaving) return [said(' '), ...hintLine(liveKeysFor(state).map(shown), size.columns - 1)];
  const { connections } = known.totals;
  const doors = known.doors.length === 1 ? 'the door' : `all ${count(known.doors.length)} doors`;
  const ends = connections === 0 ? '' : ' and end what runs';
  return [
    said(` Close ${doors}${ends}? `, 'warn'),
    said('y', 'accent'),
    said(' yes  '),
    said('Esc', 'accent'),
    said(' no'),
  ];
}

function shown({ keys, help, hint }: (typeof LIVE_KEYS)[number]): Parameters<typeof helpLines>[0][number] {
  return { keys, help, ...(hint === undefined ? {} : { hint }), run: () => undefined };
}
