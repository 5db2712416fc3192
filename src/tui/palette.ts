import { createContext } from 'react';
import type { TextProps } from 'ink';
import type { Look, Span, Tone } from './safe-text.ts';

export type Palette = Readonly<Record<Tone, Omit<TextProps, 'children'>>>;

const COLOURS: Palette = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  accent: { color: 'cyan' },
  good: { color: 'green' },
  bad: { color: 'red', bold: true },
  warn: { color: 'yellow' },
  ask: { color: 'magenta' },
  keyword: { color: 'blue', bold: true },
  name: { color: 'cyan' },
  string: { color: 'green' },
  number: { color: 'yellow' },
  comment: { dimColor: true, italic: true },
  mark: { color: 'yellow', inverse: true },
  found: { color: 'black', backgroundColor: 'yellow' },
};

const NO_COLOURS: Palette = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  accent: { bold: true },
  good: {},
  bad: { bold: true },
  warn: { bold: true },
  ask: { bold: true },
  keyword: { bold: true },
  name: {},
  string: {},
  number: {},
  comment: { dimColor: true },
  mark: { inverse: true },
  found: { inverse: true },
};

/** `NO_COLOR` with any value leaves bold, dim and inverse: https://no-color.org */
export function paletteOf(env: Readonly<NodeJS.ProcessEnv>): Palette {
  return (env['NO_COLOR'] ?? '') === '' ? COLOURS : NO_COLOURS;
}

export const PaletteContext = createContext<Palette>(NO_COLOURS);

/** How a span is drawn. Of a look that was recorded, colours are left out where none are wanted; concealed text is not. */
export function propsOf({ tone, look }: Span, palette: Palette): Omit<TextProps, 'children'> {
  return look === undefined ? palette[tone] : lookProps(look, palette === COLOURS);
}

function lookProps(
  { colour, background, bold, dim, italic, underline, inverse }: Look,
  coloured: boolean,
): Omit<TextProps, 'children'> {
  return {
    bold,
    dimColor: dim,
    italic,
    underline,
    inverse,
    ...(coloured && colour !== null ? { color: colour } : {}),
    ...(coloured && background !== null ? { backgroundColor: background } : {}),
  };
}
