import { HoopError } from '../../../core/errors.ts';
import { Cursor } from '../../../wire/cursor.ts';
import type { Framing } from '../../../wire/framer.ts';
import { LONGEST_MESSAGE } from './limits.ts';

/*
 * SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02, section 3):
 *
 *   uint32  length of what follows
 *   byte    type
 *   uint32  id, but in INIT and VERSION
 *   …       what belongs to the type
 */

/** The only version that is spoken here, and the one that OpenSSH speaks. */
export const VERSION = 3;

export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const;

export const REPLY = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 201,
} as const;

/** Codes of STATUS (section 7). */
export const STATUS = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

/** Bits of OPEN (section 6.3). */
export const OPEN_FLAG = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

const LENGTH = 4;
/** Where what belongs to the type begins, in a message with an id. */
const BODY = LENGTH + 1 + 4;

/** How the messages of either side are cut. */
export function framing(sender: 'the client' | 'the server'): Framing {
  return {
    header: LENGTH,
    length: (bytes, offset) => {
      const length = bytes.readUInt32BE(offset);
      return length === 0 ? null : LENGTH + length;
    },
    limit: () => LENGTH + LONGEST_MESSAGE,
    over: (_bytes, _offset, length) =>
      new HoopError(
        'wire.limit',
        `an SFTP message of ${length} bytes from ${sender} is over the limit of ${LONGEST_MESSAGE}`,
        {
          hint: 'Transfer in smaller pieces: with OpenSSH’s sftp, -B 32768.',
        },
      ),
  };
}

/** The type of a whole message. */
export function typeOf(message: Buffer): number {
  return message[LENGTH] ?? 0;
}

/** The id of a whole message; null when it is too short to have one. */
export function idOf(message: Buffer): number | null {
  return message.length < BODY ? null : message.readUInt32BE(LENGTH + 1);
}

/** What comes behind the id. */
export function bodyOf(message: Buffer): Cursor {
  return new Cursor(message, BODY);
}

/** What comes behind the type, in messages without an id. */
export function unnumberedBodyOf(message: Buffer): Cursor {
  return new Cursor(message, LENGTH + 1);
}

/** A string: its length and so many bytes. */
export function readString(cursor: Cursor): Buffer {
  const length = cursor.uint32();
  return cursor.bytes(length);
}

/** 64 bits, as a number: what is beyond 2⁵³ is rounded, and no file is as long. */
export function readUint64(cursor: Cursor): number {
  const high = cursor.uint32();
  return high * 2 ** 32 + cursor.uint32();
}

const ATTRIBUTE = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x8000_0000 } as const;
const KNOWN_ATTRIBUTES =
  (ATTRIBUTE.size | ATTRIBUTE.owner | ATTRIBUTE.permissions | ATTRIBUTE.times | ATTRIBUTE.extended) >>> 0;

export interface Attributes {
  /** The file's type and permissions, as in stat(2); null when they are not said. */
  readonly mode: number | null;
}

/** ATTRS (section 5); null when it has parts that this version does not know. */
export function readAttributes(cursor: Cursor): Attributes | null {
  const flags = cursor.uint32();
  if ((flags & ~KNOWN_ATTRIBUTES) !== 0) return null;
  if ((flags & ATTRIBUTE.size) !== 0) cursor.bytes(8);
  if ((flags & ATTRIBUTE.owner) !== 0) cursor.bytes(8);
  const mode = (flags & ATTRIBUTE.permissions) === 0 ? null : cursor.uint32();
  if ((flags & ATTRIBUTE.times) !== 0) cursor.bytes(8);
  const pairs = (flags & ATTRIBUTE.extended) === 0 ? 0 : cursor.uint32();
  for (let pair = 0; pair < pairs && cursor.intact; pair += 1) {
    readString(cursor);
    readString(cursor);
  }
  return cursor.intact ? { mode } : null;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function string(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A message of this type. INIT and VERSION have the version where others have their id. */
export function frame(type: number, id: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 1 + 4);
  return Buffer.concat([uint32(length), Buffer.of(type), uint32(id), ...body]);
}
