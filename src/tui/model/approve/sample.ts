import type { DryRun } from '../../../core/request.ts';
import { fitLine, type Line, lineWidth, type Span, type Tone } from '../../safe-text.ts';
import { clipped, count, said } from '../words.ts';

type Sample = NonNullable<DryRun['sample']>;
type Cells = readonly (string | null)[];

const MOST_CELLS = 24;
const LEAST_CELLS = 4;
const GAP = 2;

/** Rows before and after as a small table that is `width` wide at most; what does not fit is counted. */
export function sampleLines(sample: Sample, width: number): readonly Line[] {
  const widths = widthsOf(sample, width - 2);
  const hidden = sample.columns.length - widths.length;
  const head: Span[] = [said('  ')];
  widths.forEach((cells, index) => head.push(...cell(sample.columns[index] ?? '', cells, 'dim')));
  if (hidden > 0) head.push(said(`+${count(hidden)}`, 'dim'));
  return [head, ...sample.rows.flatMap(({ before, after }) => rowLines(before, after, widths))];
}

function rowLines(before: Cells | null, after: Cells | null, widths: readonly number[]): readonly Line[] {
  const lines: Line[] = [];
  if (before !== null) lines.push(rowLine('- ', 'bad', before, after, widths));
  if (after !== null) lines.push(rowLine('+ ', 'good', after, before, widths));
  return lines;
}

/** Cells that differ from the row's other side are in colour; those of a row that comes or goes are, all of them. */
function rowLine(sign: string, tone: Tone, cells: Cells, other: Cells | null, widths: readonly number[]): Line {
  const line: Span[] = [said(sign, tone)];
  widths.forEach((width, index) => {
    const value = cells[index] ?? null;
    const same = other !== null && (other[index] ?? null) === value;
    line.push(...cell(value, width, same ? 'plain' : tone));
  });
  return line;
}

function cell(value: string | null, width: number, tone: Tone): Line {
  const line: Line = value === null ? [said('NULL', 'dim')] : clipped(value, tone, width);
  return [...fitLine(line, width), said(' '.repeat(GAP))];
}

/** As wide as what is in them, and no wider than fits: columns at the right are left out before all become unreadable. */
function widthsOf(sample: Sample, width: number): readonly number[] {
  const widths: number[] = [];
  let left = width;
  for (const [index, name] of sample.columns.entries()) {
    const values = sample.rows.flatMap(({ before, after }) => [before?.[index] ?? '', after?.[index] ?? '']);
    const wanted = Math.max(LEAST_CELLS, ...[name, ...values].map((value) => wantedCells(value)));
    const room = Math.min(wanted, MOST_CELLS, left - GAP);
    if (room < Math.min(wanted, LEAST_CELLS)) break;
    widths.push(room);
    left -= room + GAP;
  }
  return widths;
}

function wantedCells(value: string): number {
  return Math.min(MOST_CELLS, lineWidth(clipped(value, 'plain', MOST_CELLS)));
}
