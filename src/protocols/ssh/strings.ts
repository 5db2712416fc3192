import type { Cursor } from '../../wire/cursor.ts';

/*
 * Strings of SSH (RFC 4251, section 5): uint32 length, and so many bytes.
 */

/** `value` as a string on the wire; text in UTF-8. */
export function sshString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The next string's bytes: a view, empty where there is none. */
export function readString(cursor: Cursor): Buffer {
  return cursor.bytes(cursor.uint32());
}
