import { safeLine } from '../tui/safe-text.ts';
import type { Terminal } from './terminal.ts';

const GAP = '  ';
/** Narrowest that a column gets when the terminal is too narrow for all of it. */
const NARROWEST = 8;

/**
 * Prints rows under a heading. On a terminal the widest columns give way until a row fits on a line, with `…`
 * where text was cut; elsewhere nothing is cut.
 */
export function printTable(terminal: Terminal, heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(safeLine));
  const widths = heading.map((title, column) =>
    Math.max(width(title), ...cells.map((row) => width(row[column] ?? ''))),
  );
  if (terminal.width !== null) narrow(widths, terminal.width);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => fit(cell, widths[column] ?? 0))
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

function fit(cell: string, room: number): string {
  const length = width(cell);
  if (length <= room) return cell + ' '.repeat(room - length);
  const kept: string[] = [];
  let taken = 1;
  for (const character of cell) {
    taken += width(character);
    if (taken > room) break;
    kept.push(character);
  }
  const cut = `${kept.join('')}…`;
  return cut + ' '.repeat(Math.max(0, room - width(cut)));
}

/** Wide and full-width characters take two columns, combining marks none. */
export function width(text: string): number {
  let sum = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}/u.test(character)) continue;
    sum +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return sum;
}
