import type { IBufferCell, IBufferLine, Terminal } from '@xterm/headless';
import { type Line, type Look, safeLine, type Span } from '../safe-text.ts';

/** The rows of a terminal's screen, drawn from its cells: nothing that was sent to it is passed on. */
export function screenLines(terminal: Terminal): readonly Line[] {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, row) => lineOf(active.getLine(active.baseY + row)));
}

function lineOf(line: IBufferLine | undefined): Line {
  const spans: Span[] = [];
  for (let column = 0; column < (line?.length ?? 0); column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const chars = cell.getChars();
    const look = lookOf(cell);
    for (const span of safeLine(chars === '' ? ' ' : chars)) {
      const last = spans.at(-1);
      // Marks keep their own look: nothing that was recorded is drawn as they are.
      const next: Span = span.tone === 'mark' ? span : { ...span, look };
      if (last?.look !== undefined && next.look !== undefined && alike(last.look, next.look)) {
        spans[spans.length - 1] = { ...last, text: last.text + next.text };
      } else spans.push(next);
    }
  }
  return spans;
}

function lookOf(cell: IBufferCell): Look {
  return {
    colour: cell.isFgRGB() ? hex(cell.getFgColor()) : cell.isFgPalette() ? `ansi256(${cell.getFgColor()})` : null,
    background: cell.isBgRGB() ? hex(cell.getBgColor()) : cell.isBgPalette() ? `ansi256(${cell.getBgColor()})` : null,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
  };
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

function alike(a: Look, b: Look): boolean {
  return (
    a.colour === b.colour &&
    a.background === b.background &&
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.inverse === b.inverse
  );
}
