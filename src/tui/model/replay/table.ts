import { cellWidth } from '../../../core/width.ts';
import { cutLine, fitLine, type Line, lineWidth, safeLine, type Span } from '../../safe-text.ts';
import type { Result } from './detail.ts';

/** Rows that are drawn when they are seen. */
export interface Block {
  readonly count: number;
  /** Cells of the widest row, when rows are not to be cut but moved to the side; 0 when they fit. */
  readonly width: number;
  readonly line: (index: number) => Line;
}

/** Cells that a value takes at most: in a table to be skimmed, and in one to be read. */
export const CELL = { narrow: 32, wide: 2000 } as const;

const GAP: Span = { text: ' │ ', tone: 'dim' };
const NULL: Line = [{ text: '∅', tone: 'dim' }];
/** Rows that are measured; beyond them a longer value is cut to its column. */
const MEASURED = 500;

/** A result as a table, its heading first. */
export function tableBlock({ columns, direction, rows, more }: Result, most: number): Block {
  if (rows === null) return textBlock([[{ text: '(rows that cannot be decoded)', tone: 'warn' }]]);
  const tail: Line[] = more ? [[{ text: '(more rows follow: the exported record has them all)', tone: 'warn' }]] : [];
  if (columns === null) return plainBlock(rows, direction, tail, most);
  const cell = (value: string | null | undefined): Line =>
    value === null || value === undefined ? NULL : safeLine(value);
  const heading = columns.map((name) => safeLine(name, 'strong'));
  const widths = heading.map((title, column) => {
    const measured = rows.slice(0, MEASURED).map((row) => lineWidth(cell(row[column]?.slice(0, most) ?? null)));
    return Math.max(1, Math.min(most, Math.max(lineWidth(title), ...measured)));
  });
  const joined = (cells: readonly Line[]): Line =>
    cells.flatMap((one, index) => [
      ...(index === 0 ? [] : [GAP]),
      ...fitLine(cutLine(one, widths[index] ?? 0), widths[index] ?? 0),
    ]);
  const rule: Line = [{ text: widths.map((width) => '─'.repeat(width)).join('─┼─'), tone: 'dim' }];
  const line = (index: number): Line => {
    if (index === 0) return joined(heading);
    if (index === 1) return rule;
    const row = rows[index - 2];
    return row === undefined
      ? (tail[index - 2 - rows.length] ?? [])
      : joined(heading.map((_, column) => cell(row[column])));
  };
  const width = widths.reduce((sum, one) => sum + one, Math.max(0, widths.length - 1) * cellWidth(GAP.text));
  return { count: 2 + rows.length + tail.length, width, line };
}

/** Lines of a COPY: as they went, an arrow before each. */
function plainBlock(
  rows: readonly (readonly (string | null)[])[],
  direction: 'in' | 'out',
  tail: readonly Line[],
  most: number,
): Block {
  const arrow: Span = { text: direction === 'in' ? '→ ' : '← ', tone: 'dim' };
  const text = (index: number): Line =>
    safeLine(
      rows[index]
        ?.map((value) => value ?? '∅')
        .join(' │ ')
        .slice(0, most * 4) ?? '',
    );
  const width = rows.slice(0, MEASURED).reduce((widest, _, index) => Math.max(widest, lineWidth(text(index))), 0);
  const line = (index: number): Line =>
    index < rows.length ? [arrow, ...text(index)] : (tail[index - rows.length] ?? []);
  return { count: rows.length + tail.length, width: width + 2, line };
}

/** Rows that are there already. */
export function textBlock(lines: readonly Line[]): Block {
  return { count: lines.length, width: 0, line: (index) => lines[index] ?? [] };
}
