import { isUtf8 } from 'node:buffer';

/** What stands for what is no UTF-8: for its first byte, and for others, which take no cell. Neither is in any character. */
export const MALFORMED = 0xff;
export const MALFORMED_REST = 0xfe;

/**
 * The same bytes, where `[from, to)` of them is UTF-8; else a copy in which each beginning of a character that does not go
 * on, and each byte that begins none, is `MALFORMED`, which takes a cell as U+FFFD does. So whoever reads it
 * knows from a character's first byte how long it is, and no control is taken for a part of one.
 */
export function wellFormed(raw: Buffer, from: number, to: number): Buffer {
  if (isUtf8(raw.subarray(from, to))) return raw;
  const copy = Buffer.from(raw);
  for (let at = from; at < to;) {
    const { size, whole } = characterAt(raw, at, to);
    if (!whole) copy.fill(MALFORMED_REST, at, at + size).fill(MALFORMED, at, at + 1);
    at += size;
  }
  return copy;
}

/** Bytes of the character at `at`, or of what there is of one: 1 to 4, and to 3 when it is not whole. */
function characterAt(raw: Buffer, at: number, to: number): { readonly size: number; readonly whole: boolean } {
  const lead = raw[at] ?? 0;
  if (lead < 0x80) return { size: 1, whole: true };
  if (lead < 0xc2 || lead > 0xf4) return { size: 1, whole: false };
  const wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let size = 1;
  for (; size < wanted && at + size < to; size++) {
    const byte = raw[at + size] ?? 0;
    if ((byte & 0xc0) !== 0x80 || (size === 1 && !mayFollow(lead, byte))) break;
  }
  return { size, whole: size === wanted };
}

/** RFC 3629, 4: what makes a character longer than it has to be, a half of two of UTF-16, or more than there are. */
function mayFollow(lead: number, byte: number): boolean {
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte <= 0x8f;
}
