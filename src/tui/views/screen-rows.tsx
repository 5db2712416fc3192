import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { ScreenRow } from '../model/screen-row.ts';
import { Row } from './row.tsx';

export interface ScreenRowsProps {
  readonly rows: readonly ScreenRow[];
  readonly columns: number;
}

/** A whole screen, row by row. */
export function ScreenRows({ rows, columns }: ScreenRowsProps): ReactNode {
  return (
    <Box flexDirection="column" width={columns} height={rows.length} overflow="hidden">
      {rows.map((segments, index) => (
        <Box key={index} height={1} overflow="hidden">
          {segments.map(({ line, width, chosen = false }, at) => (
            <Row key={at} line={line} width={width} chosen={chosen} />
          ))}
        </Box>
      ))}
    </Box>
  );
}
