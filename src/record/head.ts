/**
 * A head is a seal: it signs the tree over all events before it and the very bytes that led there.
 *
 * ```
 * head = final:u8 size:u48 root[32] time:u48 end:u48 index:u48 key[8] signature[64]
 * signed = "hoopctl record head 1" 0x00 session 0x00 check-before[16] offset:u48 head-without-signature
 * ```
 * `time` is milliseconds since the epoch; `end` and `index` are the positions in the record of those
 * two frames, 0 in a head that is not final.
 */
import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { FRAME_OVERHEAD } from './format.ts';

const SIGNATURE_SIZE = 64;
const UNSIGNED_SIZE = 1 + 6 + 32 + 6 + 6 + 6 + 8;
const CONTEXT = Buffer.from('hoopctl record head 1\0', 'latin1');

export const KEY_ID_SIZE = 8;
export const HEAD_SIZE = UNSIGNED_SIZE + SIGNATURE_SIZE;
export const HEAD_FRAME_SIZE = HEAD_SIZE + FRAME_OVERHEAD;

export interface Head {
  readonly final: boolean;
  /** Events covered. */
  readonly size: number;
  readonly root: Buffer;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly endPosition: number;
  readonly indexPosition: number;
  readonly keyId: Buffer;
}

/** What a head is bound to besides its own fields. */
export interface HeadContext {
  readonly session: string;
  /** The check of the frame before. */
  readonly check: Buffer;
  readonly offsetMicros: number;
}

function message(unsigned: Buffer, context: HeadContext): Buffer {
  const offset = Buffer.alloc(6);
  offset.writeUIntBE(context.offsetMicros, 0, 6);
  return Buffer.concat([CONTEXT, Buffer.from(`${context.session}\0`, 'utf8'), context.check, offset, unsigned]);
}

/** The payload of a head's frame. */
export function encodeHead(head: Head, context: HeadContext, key: KeyObject): Buffer {
  const bytes = Buffer.alloc(HEAD_SIZE);
  bytes[0] = head.final ? 1 : 0;
  bytes.writeUIntBE(head.size, 1, 6);
  head.root.copy(bytes, 7);
  bytes.writeUIntBE(head.time, 39, 6);
  bytes.writeUIntBE(head.endPosition, 45, 6);
  bytes.writeUIntBE(head.indexPosition, 51, 6);
  head.keyId.copy(bytes, 57);
  sign(null, message(bytes.subarray(0, UNSIGNED_SIZE), context), key).copy(bytes, UNSIGNED_SIZE);
  return bytes;
}

/** Null when the payload is no head. */
export function decodeHead(payload: Buffer): Head | null {
  if (payload.length !== HEAD_SIZE || payload.readUInt8(0) > 1) return null;
  return {
    final: payload.readUInt8(0) === 1,
    size: payload.readUIntBE(1, 6),
    root: Buffer.from(payload.subarray(7, 39)),
    time: payload.readUIntBE(39, 6),
    endPosition: payload.readUIntBE(45, 6),
    indexPosition: payload.readUIntBE(51, 6),
    keyId: Buffer.from(payload.subarray(57, 57 + KEY_ID_SIZE)),
  };
}

/** True when `key` signed this payload in this context. */
export function headIsSigned(payload: Buffer, context: HeadContext, key: KeyObject): boolean {
  const signature = payload.subarray(UNSIGNED_SIZE);
  return verify(null, message(payload.subarray(0, UNSIGNED_SIZE), context), key, signature);
}
