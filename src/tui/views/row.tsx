import { Text } from 'ink';
import { type ReactNode, use } from 'react';
import { PaletteContext, propsOf } from '../palette.ts';
import { fitLine, type Line } from '../safe-text.ts';

export interface RowProps {
  readonly line: Line;
  /** Cells; the line is cut or padded to them. */
  readonly width: number;
  /** True for the row that is chosen. */
  readonly chosen?: boolean;
  /** True while keys go elsewhere: the chosen row is shown, and no more. */
  readonly faint?: boolean;
}

const CHOSEN = { inverse: true, dimColor: false } as const;
const FAINT = { underline: true } as const;

/** One row of exactly `width` cells. */
export function Row({ line, width, chosen = false, faint = false }: RowProps): ReactNode {
  const palette = use(PaletteContext);
  return (
    <Text wrap="truncate">
      {fitLine(line, width).map((span, index) => (
        <Text key={index} {...propsOf(span, palette)} {...(chosen ? (faint ? FAINT : CHOSEN) : {})}>
          {span.text}
        </Text>
      ))}
    </Text>
  );
}

/** Rows one below the other, exactly `height` of them: the rest is left out, what is missing is empty. */
export function Rows({
  lines,
  width,
  height,
}: {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}): ReactNode {
  return Array.from({ length: Math.max(0, height) }, (_, index) => (
    <Row key={index} line={lines[index] ?? []} width={width} />
  ));
}
