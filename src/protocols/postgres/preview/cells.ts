import { decodeRow, HEADER, messageLength } from '../frames.ts';
import { confused } from '../running.ts';

/** The cells of whole DataRow messages as text. @throws HoopError `postgres.protocol` when they are none */
export function cellsOf(rows: Buffer): (string | null)[][] {
  const found: (string | null)[][] = [];
  for (let at = 0; rows.length - at >= HEADER;) {
    const length = messageLength(rows, at);
    const row = length === null ? null : decodeRow(rows.subarray(at, at + length));
    if (length === null || row === null) throw confused('the server sent a malformed row');
    found.push(row.map((value) => value?.toString('utf8') ?? null));
    at += length;
  }
  return found;
}
