import { identityLabel } from '../../../core/identity.ts';
import { targetLabel } from '../../../core/target.ts';
import { fitLine, type Line, lineWidth, safeLine, type Span, type Tone } from '../../safe-text.ts';
import type { SessionEntry } from './archive.ts';
import { whoOf } from './filter.ts';

interface Column {
  readonly title: string;
  readonly cells: number;
  /** The lower, the sooner there is room for it. */
  readonly rank: number;
  readonly right?: true;
  readonly of: (entry: SessionEntry) => Line;
}

const STATES: Readonly<Record<SessionEntry['state'], Tone>> = {
  ended: 'dim',
  running: 'good',
  cut: 'warn',
  damaged: 'bad',
};

const COLUMNS: readonly Column[] = [
  {
    title: 'started',
    cells: 16,
    rank: 1,
    of: ({ started }) => safeLine(started.slice(0, 16).replace('T', ' '), 'dim'),
  },
  { title: 'target', cells: 14, rank: 0, of: ({ target }) => safeLine(target?.name ?? '?', 'strong') },
  { title: 'who', cells: 16, rank: 3, of: (entry) => safeLine(whoOf(entry), 'accent') },
  { title: 'state', cells: 7, rank: 4, of: ({ state }) => [{ text: state, tone: STATES[state] }] },
  { title: 'stmts', cells: 6, rank: 5, right: true, of: ({ totals }) => number(totals?.statements, 'plain') },
  {
    title: 'refused',
    cells: 7,
    rank: 2,
    right: true,
    of: ({ totals }) => number(totals?.refused, totals?.refused === 0 ? 'dim' : 'bad'),
  },
  { title: 'took', cells: 8, rank: 6, right: true, of: (entry) => [{ text: tookOf(entry), tone: 'dim' }] },
  { title: 'reason', cells: 12, rank: 7, of: ({ reason }) => safeLine(reason ?? '') },
];

const GAP: Span = { text: '  ', tone: 'plain' };

function number(value: number | undefined, tone: Tone): Line {
  return [{ text: String(value ?? '?'), tone }];
}

/** As many columns as there is room for, at least one. */
function columnsIn(width: number): readonly Column[] {
  let room = width - 1;
  const fitting = COLUMNS.toSorted((a, b) => a.rank - b.rank).filter(({ cells, rank }) => {
    room -= cells + GAP.text.length;
    return rank === 0 || room >= -GAP.text.length;
  });
  return COLUMNS.filter((column) => fitting.includes(column));
}

/** The heading over the rows. */
export function headingLine(width: number): Line {
  return joined(width, ({ title }) => [{ text: title.toUpperCase(), tone: 'dim' }]);
}

/** A session as a row; one that was not looked at yet by its id alone. */
export function entryLine(entry: SessionEntry | null, id: string, width: number): Line {
  if (entry === null) return [{ text: ' ', tone: 'plain' }, ...safeLine(id, 'dim')];
  return joined(width, ({ of }) => of(entry));
}

function joined(width: number, cell: (column: Column) => Line): Line {
  const columns = columnsIn(width);
  const fixed = columns.reduce((sum, { cells }) => sum + cells + GAP.text.length, 0);
  // What is left goes to the last column that takes any.
  const spare = Math.max(0, width - fixed);
  const wide = columns.findLastIndex(({ right }) => right === undefined);
  return columns.flatMap((column, index): Line => {
    const cells = column.cells + (index === wide ? spare : 0);
    const content = cell(column);
    const before = column.right === true ? Math.max(0, cells - lineWidth(content)) : 0;
    const room: Span = { text: ' '.repeat(before), tone: 'plain' };
    return [index === 0 ? { text: ' ', tone: 'plain' } : GAP, room, ...fitLine(content, cells - before)];
  });
}

function tookOf({ started, ended }: SessionEntry): string {
  const seconds = ended === null ? Number.NaN : Math.round((Date.parse(ended) - Date.parse(started)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 60) return `${seconds}s`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}m ${seconds % 60}s`
    : `${Math.floor(seconds / 3600)}h ${Math.floor(seconds / 60) % 60}m`;
}

/** What more there is to say of the chosen session. */
export function aboutLines(entry: SessionEntry | null): readonly Line[] {
  if (entry === null) return [];
  const { target, identity, totals, reason } = entry;
  const fact = (name: string, value: string): Line => [{ text: ` ${name.padEnd(9)}`, tone: 'dim' }, ...safeLine(value)];
  return [
    fact('session', `${entry.id}  ${entry.bytes} bytes`),
    fact('target', target === null ? '?' : targetLabel(target)),
    fact('who', identity === null ? '?' : identityLabel(identity)),
    fact('reason', reason ?? '-'),
    fact(
      'did',
      totals === null ? '?' : `${totals.statements} statements, ${totals.refused} refused, ${totals.errors} errors`,
    ),
  ];
}
