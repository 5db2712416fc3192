import type { StreamSearch } from './search.ts';
import { type Broken, type Joined, piecesOf } from './seams.ts';
import { MALFORMED, MALFORMED_REST } from './well-formed.ts';

/** What is found in a text without the bytes that are no UTF-8: not all terminals show that there are any. */
export function malformedFindings(search: StreamSearch, text: Buffer, start: number, end: number): readonly Broken[] {
  const first = text.indexOf(MALFORMED, start);
  if (first < 0 || first >= end) return [];
  const joined = without(text, start, end);
  return search.findings(joined.text, 0, joined.text.length).flatMap(({ start: from, end: to, method }) => {
    const pieces = piecesOf(joined, from, to);
    const [one, other] = [pieces[0], pieces.at(-1)];
    if (one === undefined || other === undefined || one === other) return [];
    return [{ start: one.start, end: other.end, method, pieces }];
  });
}

function without(text: Buffer, start: number, end: number): Joined {
  const pieces: Joined['pieces'][number][] = [];
  let length = 0;
  for (let at = start; at < end;) {
    let to = at;
    while (to < end && !isMalformed(text[to] ?? 0)) to++;
    if (to > at) pieces.push({ start: at, end: to, at: length });
    length += to - at;
    at = to + 1;
  }
  return { text: Buffer.concat(pieces.map((piece) => text.subarray(piece.start, piece.end))), pieces };
}

function isMalformed(byte: number): boolean {
  return byte === MALFORMED || byte === MALFORMED_REST;
}
