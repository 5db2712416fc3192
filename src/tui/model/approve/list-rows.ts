import type { ApprovalRequest, Grant, Outcome } from '../../../core/request.ts';
import { fitLine, type Line, lineWidth, type Span, type Tone } from '../../safe-text.ts';
import type { Entry } from './board.ts';
import type { State } from './state.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, clock, count, gist, identityLine, rows, said } from '../words.ts';

/** A column of a list: its cells come from what the row is about. */
interface Column<T> {
  readonly title: string;
  readonly width: number;
  readonly cell: (of: T) => Line;
}

const SHORT_OUTCOMES: Readonly<Record<Outcome, string>> = {
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'cancelled',
  disconnected: 'gone',
  ended: 'ended',
  changed: 'changed',
  crowded: 'crowded',
  unconfirmed: 'nobody asks',
};

/** The head of the list of requests, and a function that gives their rows: `width` cells each. */
export function requestTable(state: State, width: number): Table<Entry> {
  const columns: Column<Entry>[] = [{ title: 'LEFT', width: 9, cell: (entry) => [stateOf(entry, state)] }];
  const names = Math.max(8, Math.min(26, Math.floor(width * 0.22)));
  if (width >= 56) {
    columns.push({ title: 'WHO', width: names, cell: ({ request }) => identityLine(request.identity, names) });
  }
  if (width >= 34) {
    const cells = Math.max(8, Math.min(18, Math.floor(width * 0.16)));
    columns.push({
      title: 'TARGET',
      width: cells,
      cell: ({ request }) => clipped(request.target.name, 'accent', cells),
    });
  }
  const age = width >= 64 ? 8 : 0;
  const rest = restOf(width, columns, age);
  columns.push({ title: 'WHAT', width: rest, cell: ({ request }) => whatLine(request, rest) });
  if (age > 0) columns.push({ title: 'WAITS', width: age - 1, cell: (entry) => [ageOf(entry, state)] });
  return table(columns, width);
}

export function grantTable(state: State, width: number): Table<Grant> {
  const columns: Column<Grant>[] = [
    { title: 'LEFT', width: 9, cell: ({ until }) => [said(clock(Date.parse(until) - state.now))] },
    { title: 'USED', width: 9, cell: ({ used, uses }) => [said(`${count(used)}/${count(uses)}`)] },
  ];
  if (width >= 40) columns.push({ title: 'TARGET', width: 14, cell: ({ target }) => clipped(target, 'accent', 14) });
  if (width >= 70) columns.push({ title: 'BY', width: 18, cell: ({ by }) => byLine(by) });
  const rest = restOf(width, columns, 0);
  columns.push({ title: 'STATEMENT', width: rest, cell: (grant) => [...flags(grant), ...clipped(grant.shape)] });
  return table(columns, width);
}

export interface Table<T> {
  readonly head: Line;
  readonly row: (of: T) => Line;
}

function table<T>(columns: readonly Column<T>[], width: number): Table<T> {
  const joined = (cellOf: (column: Column<T>) => Line): Line =>
    fitLine(
      columns.flatMap((column): Line => [said(' '), ...fitLine(cellOf(column), column.width)]),
      width,
    );
  return {
    head: joined(({ title }) => [said(title, 'dim')]),
    row: (of) => joined(({ cell }) => cell(of)),
  };
}

function restOf<T>(width: number, columns: readonly Column<T>[], reserved: number): number {
  return Math.max(1, width - reserved - 1 - columns.reduce((sum, column) => sum + column.width + 1, 0));
}

/** How long it can still be answered, or how it ended. */
function stateOf({ request, settled }: Entry, { now, busy }: State): Span {
  if (settled !== null) return said(SHORT_OUTCOMES[settled.outcome], settled.outcome === 'approved' ? 'good' : 'dim');
  if (busy.has(request.id)) return said('…', 'accent');
  const left = Date.parse(request.expires) - now;
  const tone: Tone = left < 15_000 ? 'bad' : left < 60_000 ? 'warn' : 'plain';
  return said(clock(left), tone);
}

function ageOf({ request, settled }: Entry, { now }: State): Span {
  return said(clock((settled?.at ?? now) - Date.parse(request.asked)), 'dim');
}

/** The gravest effect in a few words, and how much it would touch as far as that is known. */
function whatLine({ effects, preview }: ApprovalRequest, cells: number): Line {
  const touched = preview?.dryRun?.tables.reduce((sum, one) => sum + one.inserted + one.updated + one.deleted, 0);
  const known = touched ?? preview?.estimate ?? null;
  const tail: Line = known === null ? [] : [said(` ${touched === undefined ? '~' : ''}${rows(known)}`, 'warn')];
  return [...gist(byWeight(effects), Math.max(1, cells - lineWidth(tail))), ...tail];
}

function byLine(by: Grant['by']): Line {
  return by.flatMap((one, index): Line => [...(index === 0 ? [] : [said(', ')]), ...clipped(one.display, 'plain', 18)]);
}

function flags({ breakGlass, effect }: Grant): Line {
  return [
    ...(breakGlass ? [said('EMERGENCY ', 'bad')] : []),
    ...(effect !== null ? [said('exactly as on trial ', 'good')] : []),
  ];
}
