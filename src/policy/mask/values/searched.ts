import { SearchedColumn } from '../detect/cell.ts';
import type { ColumnName, Detection } from '../detect/detection.ts';
import { Fixed, NOTHING } from './cell.ts';
import { constantOf, TYPE } from './constants.ts';
import type { MaskCount } from './counted.ts';

/** Types whose values are texts in both formats: a part of one can be another text. */
const TEXTS: ReadonlySet<number> = new Set([
  TYPE.text,
  TYPE.varchar,
  TYPE.bpchar,
  TYPE.name,
  TYPE.unknown,
  TYPE.cstring,
  TYPE.xml,
  TYPE.json,
]);

/** How a column's values come, and where they come from; null where that is not known. */
export interface SearchedCells {
  readonly type: number;
  readonly format: 'text' | 'binary';
  readonly column: ColumnName | null;
}

/** The mask of a column that nothing but detectors look at. */
export function searchedMask(
  { type, format, column }: SearchedCells,
  detection: Detection,
  count: MaskCount,
): SearchedColumn {
  const active = detection.activeIn(column);
  const constant = constantOf(type);
  // Documents, arrays and types that are not known here are texts of a kind where they come as text.
  const open = format === 'text' && (type === TYPE.jsonb || constant === null || constant.text.toString() === '{}');
  if (TEXTS.has(type) || open) return new SearchedColumn(detection, active, null, count);
  return new SearchedColumn(detection, active, constant === null ? NOTHING : new Fixed(constant[format]), count);
}
