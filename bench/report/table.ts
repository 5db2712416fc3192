import type { Cells } from './rows.ts';

/** For a terminal: the first column to the left, numbers to the right. */
export function textTable(cells: Cells): string {
  const widths = widthsOf(cells);
  const lines = cells.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }),
  );
  return lines.map((row) => row.join('  ').trimEnd()).join('\n');
}

/** For Markdown, which takes any width. */
export function markdownTable(cells: Cells): string {
  const [head = [], ...body] = cells;
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = `|${head.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function widthsOf(cells: Cells): number[] {
  const [head = []] = cells;
  return head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
}
