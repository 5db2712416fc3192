import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless';

/** What brings a new terminal to where another one is. */
export interface Keyframe {
  /** Of the last event that was drawn. */
  readonly number: number;
  readonly columns: number;
  readonly rows: number;
  readonly text: string;
}

const CSI = '\u001b[';

/**
 * A terminal's screens, cursor and modes as the text that makes another one like it. `pen` and `margins`: what was last
 * said of them, which a terminal does not tell.
 */
export function textOf(terminal: Terminal, pen: string, margins: string): string {
  const { normal, alternate, active } = terminal.buffer;
  const { wraparoundMode, insertMode, originMode } = terminal.modes;
  const other = active.type === 'alternate' ? `${CSI}?1049h${drawn(alternate, terminal)}` : '';
  const cursor = `${CSI}${active.cursorY + 1};${active.cursorX + 1}H`;
  const modes = `${wraparoundMode ? '' : `${CSI}?7l`}${insertMode ? `${CSI}4h` : ''}${originMode ? `${CSI}?6h` : ''}`;
  // Margins and origin move the cursor, so it comes after them, and is placed as they count.
  return `${drawn(normal, terminal)}${other}${margins}${modes}${originMode ? '' : cursor}${pen}`;
}

function drawn(buffer: IBuffer, { rows, cols }: Terminal): string {
  const cursor = `${CSI}0m${CSI}${buffer.cursorY + 1};${buffer.cursorX + 1}H`;
  return `${Array.from({ length: rows }, (_, row) => drawnRow(buffer, row, cols)).join('')}${cursor}`;
}

function drawnRow(buffer: IBuffer, row: number, columns: number): string {
  const line = buffer.getLine(buffer.baseY + row);
  let text = `${CSI}${row + 1};1H${CSI}0m`;
  let style = '0';
  let skipped = false;
  for (let column = 0; column < columns; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const chars = cell.getChars();
    const next = styleOf(cell);
    if (chars === '' && next === '0') {
      skipped = true;
      continue;
    }
    if (skipped) text += `${CSI}${row + 1};${column + 1}H`;
    if (next !== style) text += `${CSI}${next}m`;
    [skipped, style] = [false, next];
    // A cell that was erased in a colour is erased in it again.
    text += chars === '' ? `${CSI}1X${CSI}1C` : chars;
  }
  return text;
}

function styleOf(cell: IBufferCell): string {
  const codes = [0];
  if (cell.isBold()) codes.push(1);
  if (cell.isDim()) codes.push(2);
  if (cell.isItalic()) codes.push(3);
  if (cell.isUnderline()) codes.push(4);
  if (cell.isInverse()) codes.push(7);
  codes.push(...colourOf(38, cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()));
  codes.push(...colourOf(48, cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()));
  return codes.join(';');
}

function colourOf(code: number, rgb: boolean, palette: boolean, colour: number): readonly number[] {
  if (rgb) return [code, 2, (colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
  return palette ? [code, 5, colour] : [];
}
