import type { Column } from '../../core/column.ts';
import { BACKEND, decodeRow, HEADER, messageLength } from './frames.ts';

/**
 * The rows in whole messages as the record keeps them: DataRow, or CopyData in either direction. Null is SQL's NULL;
 * binary values that are not text are shown as `\x…`. What cannot be decoded is left out.
 */
export function decodeRows(columns: readonly Column[], frames: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let offset = 0;
  while (frames.length - offset >= HEADER) {
    const length = messageLength(frames, offset);
    if (length === null || offset + length > frames.length) break;
    const message = frames.subarray(offset, offset + length);
    if (message[0] === BACKEND.copyData) rows.push([message.toString('utf8', HEADER).replace(/\n$/, '')]);
    else rows.push((decodeRow(message) ?? []).map((value, index) => shown(value, columns[index])));
    offset += length;
  }
  return rows;
}

/** OIDs of the types whose binary form can be told in a few lines. */
const BOOL = 16;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;
const TEXTUAL: ReadonlySet<number> = new Set([18, 19, 25, 114, 142, 1042, 1043]);

function shown(value: Buffer | null, column: Column | undefined): string | null {
  if (value === null) return null;
  if (column?.format !== 'binary' || TEXTUAL.has(column.type)) return value.toString('utf8');
  if (column.type === BOOL && value.length === 1) return value[0] === 1 ? 't' : 'f';
  if (column.type === INT2 && value.length === 2) return String(value.readInt16BE());
  if (column.type === INT4 && value.length === 4) return String(value.readInt32BE());
  if (column.type === INT8 && value.length === 8) return String(value.readBigInt64BE());
  if (column.type === FLOAT4 && value.length === 4) return String(value.readFloatBE());
  if (column.type === FLOAT8 && value.length === 8) return String(value.readDoubleBE());
  return `\\x${value.toString('hex')}`;
}
