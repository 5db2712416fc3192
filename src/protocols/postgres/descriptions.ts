import type { Column } from '../../core/column.ts';
import { decodeColumns, formatOf } from './frames.ts';

/** Descriptions that are remembered: more than an application has statements. */
const MOST_KNOWN = 1000;
/** Bytes; longer ones are rare, and cost little beside what they describe. */
const LONGEST_KNOWN = 4096;

/** Columns by the very bytes that describe them. */
const KNOWN = new Map<string, readonly Column[]>();

/**
 * The columns of a RowDescription; null when it is malformed. The same bytes give the same object, so that what is
 * derived from it can be kept with it.
 */
export function columnsOf(message: Buffer): readonly Column[] | null {
  if (message.length > LONGEST_KNOWN) return decodeColumns(message);
  const key = message.toString('latin1');
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const columns = decodeColumns(message);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  if (columns !== null) KNOWN.set(key, columns);
  return columns;
}

const IN_FORMATS = new WeakMap<readonly Column[], Map<string, readonly Column[]>>();

/** The columns with the formats that Bind asks for: none, one for all, or one each. The same object for the same. */
export function inFormats(columns: readonly Column[], formats: readonly number[]): readonly Column[] {
  if (columns.every((column, index) => column.format === formatOf(formats, index))) return columns;
  const forms = IN_FORMATS.get(columns) ?? new Map<string, readonly Column[]>();
  IN_FORMATS.set(columns, forms);
  const key = formats.join(',');
  const formed = forms.get(key) ?? columns.map((column, index) => ({ ...column, format: formatOf(formats, index) }));
  forms.set(key, formed);
  return formed;
}
