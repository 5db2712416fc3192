/**
 * The bytes of a record, version 1 (docs/record-format.md).
 *
 * ```
 * record   = preamble frame*
 * preamble = magic[8] version:u16 reserved[6] seed[32] check[16]
 * frame    = class:u8 type:u8 length:u32 offset:u48 crc:u32 payload[length] check[16]
 * ```
 * Integers are big-endian. `offset` is microseconds since the record was opened, `crc` is CRC-32 of
 * the twelve bytes before it. The check of a frame is the first half of
 * `SHA-256(frame without check ‖ check before ‖ salt)`.
 */
import { hash } from 'node:crypto';

export const MAGIC = Buffer.from('hooprec\n', 'latin1');
export const VERSION = 1;
export const PREAMBLE_SIZE = 64;
export const SEED_SIZE = 32;
export const CHECK_SIZE = 16;
export const SALT_SIZE = 16;
export const FRAME_HEADER_SIZE = 16;
export const FRAME_OVERHEAD = FRAME_HEADER_SIZE + CHECK_SIZE;

/** A payload is read into memory whole, so it has a bound: larger than any statement a wire lets through. */
export const MAX_PAYLOAD = 64 * 1024 * 1024;

/** Rows are gathered up to this before they are written: large enough that a frame's cost vanishes, small enough to seek. */
export const ROWS_BLOCK = 1024 * 1024;

/**
 * `event` frames are numbered from 0 and are the leaves of the hash tree; `seal` frames speak about
 * them. The byte is also what keeps leaves, inner nodes (1) and seals apart when they are hashed.
 */
export const FRAME_CLASS = { event: 0, seal: 2 } as const;

export const FRAME_TYPE = { header: 0x10, event: 0x11, rows: 0x12, end: 0x13, head: 0x20, index: 0x21 } as const;

export interface FrameHeader {
  readonly class: number;
  readonly type: number;
  /** Bytes of payload. */
  readonly length: number;
  readonly offsetMicros: number;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (IEEE) of a few bytes. Headers only: the call into zlib costs more than twelve of these steps. */
function crc32(bytes: Buffer, start: number, end: number): number {
  let crc = 0xffffffff;
  for (let at = start; at < end; at += 1) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Writes a frame's header at `at`. The caller has made sure that there is room. */
export function writeFrameHeader(target: Buffer, at: number, header: FrameHeader): void {
  target[at] = header.class;
  target[at + 1] = header.type;
  target.writeUInt32BE(header.length, at + 2);
  target.writeUIntBE(header.offsetMicros, at + 6, 6);
  target.writeUInt32BE(crc32(target, at, at + 12), at + 12);
}

/** The header at `at`, or null when its checksum does not fit: damage, as a cut leaves fewer bytes instead. */
export function readFrameHeader(source: Buffer, at: number): FrameHeader | null {
  if (source.readUInt32BE(at + 12) !== crc32(source, at, at + 12)) return null;
  return {
    class: source.readUInt8(at),
    type: source.readUInt8(at + 1),
    length: source.readUInt32BE(at + 2),
    offsetMicros: source.readUIntBE(at + 6, 6),
  };
}

export function encodePreamble(seed: Buffer): Buffer {
  const bytes = Buffer.alloc(PREAMBLE_SIZE);
  MAGIC.copy(bytes);
  bytes.writeUInt16BE(VERSION, 8);
  seed.copy(bytes, 16, 0, SEED_SIZE);
  preambleCheck(bytes).copy(bytes, 48);
  return bytes;
}

function preambleCheck(bytes: Buffer): Buffer {
  return hash('sha256', bytes.subarray(0, 48), 'buffer').subarray(0, CHECK_SIZE);
}

export type Preamble =
  | { readonly state: 'whole'; readonly seed: Buffer; readonly check: Buffer }
  /** Too short, but nothing that is there is wrong. */
  | { readonly state: 'cut' }
  | { readonly state: 'damaged'; readonly detail: string };

/** Reads what may be the first bytes of a record; fewer than `PREAMBLE_SIZE` when the file is that short. */
export function decodePreamble(bytes: Buffer): Preamble {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) {
    return { state: 'damaged', detail: 'this is not a record: its first bytes are something else' };
  }
  if (bytes.length < PREAMBLE_SIZE) return { state: 'cut' };
  if (!preambleCheck(bytes).equals(bytes.subarray(48, PREAMBLE_SIZE))) {
    return { state: 'damaged', detail: 'the preamble does not match its check' };
  }
  const version = bytes.readUInt16BE(8);
  if (version !== VERSION) {
    return { state: 'damaged', detail: `the format's version is ${version}, and this hoopctl reads ${VERSION}` };
  }
  const seed = Buffer.from(bytes.subarray(16, 16 + SEED_SIZE));
  return { state: 'whole', seed, check: Buffer.from(bytes.subarray(48, PREAMBLE_SIZE)) };
}
