/*
 * UTF-8 without strings: cells are read and written where they are.
 */

/** The code point that begins at `at`; −1 when there is none that is whole, in its shortest form, and before `end`. */
export function codePoint(bytes: Buffer, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return lead;
  const length = lengthAfter(lead);
  if (length === 0 || at + length > end) return -1;
  let code = lead & (0xff >> (length + 1));
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (byte & 0x3f);
  }
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return surrogate || code > 0x10ffff || byteLength(code) !== length ? -1 : code;
}

/** Bytes of the code point that this byte begins; 0 when it begins none. */
function lengthAfter(lead: number): number {
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/** Bytes that a code point takes. */
export function byteLength(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Writes a code point and returns its length in bytes. */
export function putCodePoint(code: number, target: Buffer, at: number): number {
  const length = byteLength(code);
  if (length === 1) {
    target[at] = code;
    return 1;
  }
  let rest = code;
  for (let index = length - 1; index > 0; index -= 1) {
    target[at + index] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  target[at] = ((0xf00 >> length) & 0xff) | rest;
  return length;
}

/** Code points of whole, valid text; −1 when it is not. */
export function countCodePoints(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count += 1) {
    const code = codePoint(bytes, at, end);
    if (code < 0) return -1;
    at += byteLength(code);
  }
  return count;
}
