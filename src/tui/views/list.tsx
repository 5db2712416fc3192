import type { ReactNode } from 'react';
import { type ListState, seenRows } from '../model/list.ts';
import type { Line } from '../safe-text.ts';
import { Row } from './row.tsx';

export interface ListProps {
  readonly list: ListState;
  readonly width: number;
  /** The row at an index; asked for those in sight alone, however long the list is. */
  readonly line: (index: number) => Line;
}

/** The rows of a list that are in sight, always as many as it is high. */
export function List({ list, width, line }: ListProps): ReactNode {
  const rows = seenRows(list).map((index) => (
    <Row key={index - list.top} line={line(index)} width={width} chosen={index === list.selected} />
  ));
  const missing = Math.max(0, list.height - rows.length);
  return [
    ...rows,
    ...Array.from({ length: missing }, (_, index) => <Row key={`empty${index}`} line={[]} width={width} />),
  ];
}
