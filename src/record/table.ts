import { visible } from '../core/visible.ts';
import { cellWidth, cutToWidth, padToWidth } from '../core/width.ts';

/** Columns drawn before the rest is left out, and the least a column is drawn with. */
const MAX_COLUMNS = 64;

export interface TableOptions {
  /** Cells that one value may take. */
  readonly maxCell: number;
}

/** Lines of an aligned table; every text is made safe. NULL is shown as `∅`, which no safe text confuses with an empty one. */
export function tableLines(
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  { maxCell }: TableOptions,
): string[] {
  const shown = names.slice(0, MAX_COLUMNS);
  const cell = (text: string | null | undefined): string =>
    text === null || text === undefined ? '∅' : cutToWidth(visible(text), maxCell);
  const head = shown.map(cell);
  const body = rows.map((row) => shown.map((_, index) => cell(row[index])));
  const widths = head.map((text, index) =>
    body.reduce((width, row) => Math.max(width, cellWidth(row[index] ?? '')), cellWidth(text)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => padToWidth(text, widths[index] ?? 0))
      .join(' │ ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('─┼─');
  const more = names.length > shown.length ? [`(${names.length - shown.length} more columns not shown)`] : [];
  return [line(head), rule, ...body.map(line), ...more];
}
