import { fieldLine } from '../field-line.ts';
import { helpLines, hintLine } from '../help.ts';
import { filledRows, guardedRow, type ScreenRow } from '../screen-row.ts';
import { fitLine, type Line, lineWidth, safeLine } from '../../safe-text.ts';
import { type Entry, usableGrants } from './board.ts';
import { detailRows } from './detail-rows.ts';
import { geometryOf } from './geometry.ts';
import { KEYS, keysFor } from './keymap.ts';
import { grantTable, requestTable } from './list-rows.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { questionLines } from './question.ts';
import { currentEntry, type Prompt, type Purpose, rowsOf, type State } from './state.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, count, gist, identityLine, said, targetLine } from '../words.ts';

/** The whole screen, as many rows as it has. */
export function drawn(state: State): readonly ScreenRow[] {
  const { columns, rows } = state.size;
  const { body, noticed } = geometryOf(state.size);
  const whole = (line: Line): ScreenRow => [{ line, width: columns }];
  const screen: ScreenRow[] = [whole(headLine(state)), ...bodyRows(state, body)];
  const foot = footLine(state);
  const notice = noticeLine(state);
  if (noticed) screen.push(whole(notice ?? []), whole(foot));
  else screen.push(whole(state.prompt === null ? (notice ?? foot) : foot));
  return screen.slice(0, rows).map(guardedRow);
}

function headLine(state: State): Line {
  const { board, tab, now, filter, lost, size } = state;
  const title = (one: State['tab'], name: string, number: number): Line =>
    one === tab
      ? [said('[', 'accent'), said(name, 'strong'), said(` ${count(number)}`), said(']', 'accent')]
      : [said(` ${name} ${count(number)} `, 'dim')];
  const left: Line = [
    ...(size.columns >= 60 ? [said(' hoopctl ', 'accent')] : []),
    ...title('requests', 'Requests', board.waiting.length),
    ...title('grants', 'Grants', usableGrants(board, now).length),
  ];
  const right: Line = [
    ...(filter === '' ? [] : [said('filter ', 'dim'), ...clipped(filter, 'warn', 24), said(' ')]),
    ...(lost === null ? [] : [said('no longer connected ', 'bad')]),
  ];
  const room = size.columns - lineWidth(right);
  return room < lineWidth(left) ? (lost === null ? left : right) : [...fitLine(left, room), ...right];
}

function bodyRows(state: State, height: number): readonly ScreenRow[] {
  const { size, help, confirmation, board } = state;
  const filled = (lines: readonly Line[]): readonly ScreenRow[] =>
    Array.from({ length: height }, (_, index) => [{ line: lines[index] ?? [], width: size.columns }]);
  if (help) return filled([[], ...helpLines(KEYS.map(shownInHelp), size.columns)]);
  const asked = confirmation === null ? undefined : board.entries.get(confirmation.request);
  if (confirmation !== null && asked !== undefined) return filled(questionLines(state, asked, confirmation));
  const entry = currentEntry(state);
  if (state.open && entry !== null) return filled(detailRows(state, entry));
  const list = listRows(state, height);
  if (!geometryOf(size).split || state.tab === 'grants') return list;
  const detail = entry === null ? [] : detailRows(state, entry);
  return list.map((row, index) => [
    ...row,
    { line: [said(' │ ', 'dim')], width: 3 },
    { line: detail[index] ?? [], width: geometryOf(size).detail.width },
  ]);
}

function shownInHelp({ keys, help }: (typeof KEYS)[number]): Parameters<typeof helpLines>[0][number] {
  return { keys, help, run: () => undefined };
}

function listRows(state: State, height: number): readonly ScreenRow[] {
  const { tab, size } = state;
  const { list, split } = geometryOf(size);
  const width = tab === 'grants' || !split ? size.columns : list.width;
  const ids = rowsOf(state);
  const { head, rowOf } = tab === 'grants' ? grants(state, width) : requests(state, width);
  const screen: ScreenRow[] = list.headed ? [[{ line: head, width }]] : [];
  if (ids.length === 0) return filledRows([...screen, ...emptyRows(state, width)], height, width);
  for (const id of ids.slice(state.top[tab], state.top[tab] + list.height)) {
    screen.push([{ line: rowOf(id), width, chosen: id === state.cursor[tab] }]);
  }
  return filledRows(screen, height, width);
}

interface Listed {
  readonly head: Line;
  readonly rowOf: (id: string) => Line;
}

function requests(state: State, width: number): Listed {
  const { head, row } = requestTable(state, width);
  const rowOf = (id: string): Line => {
    const entry = state.board.entries.get(id);
    return entry === undefined ? [] : row(entry);
  };
  return { head, rowOf };
}

function grants(state: State, width: number): Listed {
  const { head, row } = grantTable(state, width);
  const rowOf = (id: string): Line => {
    const grant = state.board.grants.get(id);
    return grant === undefined ? [] : row(grant);
  };
  return { head, rowOf };
}

function emptyRows({ tab, filter }: State, width: number): readonly ScreenRow[] {
  const words =
    filter !== ''
      ? ['Nothing here matches the filter.', 'Esc shows everything again.']
      : tab === 'requests'
        ? ['Nothing waits for an answer.', 'What is asked appears here at once.']
        : ['No approval is left to use.'];
  return [[{ line: [], width }], ...words.map((text): ScreenRow => [{ line: [said(`  ${text}`, 'dim')], width }])];
}

const LABELS: Readonly<Record<Purpose, string>> = {
  filter: ' /',
  deny: ' Deny, because:',
  bound: ' How often and how long (5 30m):',
  reason: ' Reason:',
  revoke: ' Revoke, because (may be empty):',
};

function footLine(state: State): Line {
  const { prompt, size } = state;
  if (prompt !== null) return fieldLine(LABELS[prompt.purpose], prompt.field, size.columns);
  return [said(' '), ...hintLine(keysFor(state).map(shownAsHint), size.columns - 1)];
}

function shownAsHint({ keys, help, hint }: (typeof KEYS)[number]): Parameters<typeof hintLine>[0][number] {
  return { keys, help, ...(hint === undefined ? {} : { hint }), run: () => undefined };
}

function noticeLine(state: State): Line | null {
  const { prompt, notice, lost } = state;
  if (prompt !== null && prompt.problem !== null) return [said(` ${prompt.problem}`, 'bad')];
  if (prompt !== null && prompt.purpose !== 'filter') return subjectLine(state, prompt);
  if (notice !== null) return [said(' '), ...safeLine(notice.text, notice.tone)];
  return lost === null ? null : [said(' '), ...safeLine(lost, 'bad')];
}

/** What the text that is being typed is about: it stays in sight, whatever happens to the list. */
function subjectLine(state: State, { about }: Prompt): Line | null {
  if (about === null) return null;
  const grant = state.board.grants.get(about);
  if (grant !== undefined)
    return [said(' '), ...clipped(grant.target, 'accent', 24), said(': '), ...clipped(grant.shape)];
  const entry = state.board.entries.get(about);
  if (entry === undefined) return [...clipped(about, 'dim')];
  if (entry.settled !== null) return [said(` it is over: ${OUTCOME_WORDS[entry.settled.outcome]}`, 'bad')];
  return [said(' '), ...summary(entry, state.size.columns)];
}

function summary({ request }: Entry, cells: number): Line {
  const who = [...identityLine(request.identity, 16), said(' → '), ...targetLine(request, 16), said(': ')];
  return [...who, ...gist(byWeight(request.effects), Math.max(12, cells - lineWidth(who) - 1))];
}
