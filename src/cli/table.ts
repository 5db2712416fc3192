import { visible } from '../core/visible.ts';
import { cellWidth, cutToWidth, padToWidth } from '../core/width.ts';
import type { Terminal } from './terminal.ts';

const GAP = '  ';
/** Narrowest that a column gets when the terminal is too narrow for all of it. */
const NARROWEST = 8;

/**
 * Prints rows under a heading. On a terminal the widest columns give way until a row fits on a line, with `…`
 * where text was cut; elsewhere nothing is cut.
 */
export function printTable(terminal: Terminal, heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(visible));
  const widths = heading.map((title, column) =>
    Math.max(cellWidth(title), ...cells.map((row) => cellWidth(row[column] ?? ''))),
  );
  if (terminal.width !== null) narrow(widths, terminal.width);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => padToWidth(cutToWidth(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  terminal.line(terminal.style('bold', line(heading.map((title) => title.toUpperCase()))));
  for (const row of cells) terminal.line(line(row));
}

/** Takes room from the widest column until the whole fits, or nothing can give way any more. */
function narrow(widths: number[], room: number): void {
  const total = (): number => widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1));
  while (total() > room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}
