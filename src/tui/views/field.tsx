import type { ReactNode } from 'react';
import { fieldLine } from '../model/field-line.ts';
import type { FieldState } from '../model/field.ts';
import { Row } from './row.tsx';

/** A field as one row, its cursor always in sight. */
export function FieldRow({
  label,
  state,
  width,
}: {
  readonly label: string;
  readonly state: FieldState;
  readonly width: number;
}): ReactNode {
  return <Row line={fieldLine(label, state, width)} width={width} />;
}
