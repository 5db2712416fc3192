import { after, all, any, bytes, type Bitmap, not, sequence } from '../detect/sweep/bitmap.ts';

/** Characters that take no room and are not seen, as the last bytes of their UTF-8: U+200B to U+200F, U+202A to U+202E … */
const ZERO_WIDTH: readonly Bitmap[] = [
  sequence(bytes('\u00e2'), bytes('\u0080'), bytes('\u008b-\u008f\u00aa-\u00ae')),
  // … U+2060 to U+206F, the byte order mark and variation selectors.
  sequence(bytes('\u00e2'), bytes('\u0081'), bytes('\u00a0-\u00af')),
  sequence(bytes('\u00ef'), bytes('\u00bb'), bytes('\u00bf')),
  sequence(bytes('\u00ef'), bytes('\u00b8'), bytes('\u0080-\u008f')),
];

/** Where a byte is no letter of a text: controls but TAB and LF, what follows a CR that ends no line, C1, what is not seen. */
export const SPECIALS: Bitmap = any(
  bytes('\0-\u0008\u000b\u000c\u000e-\u001f\u007f'),
  all(after(1, bytes('\r')), not(bytes('\n'))),
  sequence(bytes('\u00c2'), bytes('\u0080-\u009f')),
  ...ZERO_WIDTH,
);

/** How many bytes the character has whose last byte hit; 1 for a control, or what follows a CR. */
export function specialLength(raw: Uint8Array, at: number): number {
  const byte = raw[at] ?? 0;
  if (byte < 0x80 || byte > 0xbf) return 1;
  const before = raw[at - 1] ?? 0;
  if (before === 0xc2) return byte <= 0x9f ? 2 : 1;
  const lead = raw[at - 2] ?? 0;
  if (lead === 0xe2) {
    if (before === 0x80) return (byte >= 0x8b && byte <= 0x8f) || (byte >= 0xaa && byte <= 0xae) ? 3 : 1;
    return before === 0x81 && byte >= 0xa0 && byte <= 0xaf ? 3 : 1;
  }
  if (lead !== 0xef) return 1;
  return (before === 0xbb && byte === 0xbf) || (before === 0xb8 && byte >= 0x80 && byte <= 0x8f) ? 3 : 1;
}
