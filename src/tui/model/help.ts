import type { Line, Span } from '../safe-text.ts';
import { lineWidth, wrapLine } from '../safe-text.ts';
import { cellWidth } from '../../core/width.ts';
import { type Binding, shownKey } from './keys.ts';

const GAP: Span = { text: '  ', tone: 'plain' };

/** What every key does, a binding a line. */
export function helpLines(bindings: readonly Binding[], width: number): readonly Line[] {
  const names = bindings.map(({ keys }) => keys.map(shownKey).join(' '));
  const column = Math.min(Math.max(0, ...names.map(cellWidth)), Math.floor(width / 2));
  return bindings.flatMap(({ help }, index) => {
    const name = names[index] ?? '';
    const key: Span = { text: name + ' '.repeat(Math.max(0, column - cellWidth(name))), tone: 'accent' };
    return wrapLine([GAP, key, GAP, { text: help, tone: 'plain' }], width);
  });
}

/** The hints of a status bar, as many as fit; `? help` is always the last. */
export function hintLine(bindings: readonly Binding[], width: number): Line {
  const help: Line = [
    { text: '?', tone: 'accent' },
    { text: ' help', tone: 'dim' },
  ];
  const line: Span[] = [];
  for (const { keys, hint } of bindings) {
    if (hint === undefined) continue;
    const next: Span[] = [{ text: shownKey(keys[0] ?? ''), tone: 'accent' }, { text: ` ${hint}`, tone: 'dim' }, GAP];
    if (lineWidth(line) + lineWidth(next) + lineWidth(help) > width) break;
    line.push(...next);
  }
  return [...line, ...help];
}
