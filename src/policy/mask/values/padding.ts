export const BLANK = 0x20;

/** Where the text ends without the padding. */
export function unpadded(source: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && source[at - 1] === BLANK) at -= 1;
  return at;
}
