import { createHash, hash } from 'node:crypto';
import { DamagedRecord } from './damage.ts';
import {
  CHECK_SIZE,
  FRAME_CLASS,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  MAX_PAYLOAD,
  PREAMBLE_SIZE,
  SALT_SIZE,
  decodePreamble,
  readFrameHeader,
} from './format.ts';
import type { FrameHeader } from './format.ts';
import { Salts } from './salts.ts';
import type { RecordSource } from './source.ts';

/** Read at a time: many small frames for one system call. */
const WINDOW = 256 * 1024;
/** Up to this a frame is copied to be hashed in one call, which costs less than three. */
const COPIED = 8 * 1024;

export interface Frame {
  readonly position: number;
  readonly isEvent: boolean;
  readonly type: number;
  /** Of an event, its number; of a seal, that of the next event. */
  readonly number: number;
  readonly offsetMicros: number;
  readonly payload: Buffer;
  /** Bytes that it takes in the record. */
  readonly size: number;
  /** The check of the frame before. */
  readonly checkBefore: Buffer;
  readonly check: Buffer;
  /** The leaf of the hash tree; of a seal, a hash that is no leaf. */
  readonly digest: Buffer;
}

/** Why there are no more frames. `cut`: what follows is the beginning of one, or nothing was ever written there. */
export interface FramesEnd {
  readonly cut: boolean;
  /** Where the last whole frame ends. */
  readonly position: number;
  /** The number that the next event would have. */
  readonly number: number;
}

/** Where reading starts: the first frame, or a place that an index names. */
export interface FrameStart {
  readonly position: number;
  readonly number: number;
  readonly check: Buffer;
}

/** A view of the source that moves forward. Bytes that were handed out stay as they are. */
class Window {
  readonly #source: RecordSource;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #limit: number;
  /** Where the bytes not yet consumed start, in the record. */
  position: number;

  constructor(source: RecordSource, position: number, limit: number) {
    this.#source = source;
    this.position = position;
    this.#limit = limit;
  }

  /** The next `size` bytes, or all that there are. */
  async peek(size: number): Promise<Buffer> {
    if (this.#bytes.length - this.#at < size) {
      const rest = Math.max(0, this.#limit - this.position);
      const next = Buffer.allocUnsafe(Math.min(rest, Math.max(size, WINDOW)));
      const kept = this.#bytes.copy(next, 0, this.#at);
      const read = await this.#source.read(next.subarray(kept), this.position + kept);
      this.#bytes = next.subarray(0, kept + read);
      this.#at = 0;
    }
    return this.#bytes.subarray(this.#at, Math.min(this.#at + size, this.#bytes.length));
  }

  consume(size: number): void {
    this.#at += size;
    this.position += size;
  }
}

const scratch = Buffer.allocUnsafe(COPIED + CHECK_SIZE + SALT_SIZE);

function digestOf(body: Buffer, checkBefore: Buffer, salts: Salts | null, number: number): Buffer {
  const salt = salts === null ? 0 : SALT_SIZE;
  if (body.length <= COPIED) {
    body.copy(scratch);
    checkBefore.copy(scratch, body.length);
    salts?.copy(number, scratch, body.length + CHECK_SIZE);
    return hash('sha256', scratch.subarray(0, body.length + CHECK_SIZE + salt), 'buffer');
  }
  const tail = Buffer.allocUnsafe(CHECK_SIZE + salt);
  checkBefore.copy(tail);
  salts?.copy(number, tail, CHECK_SIZE);
  return createHash('sha256').update(body).update(tail).digest();
}

function headerFault(header: FrameHeader | null): string | null {
  if (header === null) return 'the header of a frame does not match its checksum';
  if (header.length > MAX_PAYLOAD) return 'a frame claims to be larger than any can be';
  if (header.class === FRAME_CLASS.event || header.class === FRAME_CLASS.seal) return null;
  return 'a frame is of an unknown class';
}

/** True when nothing but zeros follows: blocks that a file system gave out and never filled before a crash. */
async function onlyZeros(source: RecordSource, from: number): Promise<boolean> {
  const bytes = Buffer.alloc(WINDOW);
  for (let position = from; ;) {
    const read = await source.read(bytes, position);
    if (read === 0) return true;
    if (bytes.subarray(0, read).some((byte) => byte !== 0)) return false;
    position += read;
  }
}

/**
 * The preamble of a record, or null when the source ends within it.
 * @throws DamagedRecord
 */
export async function readPreamble(source: RecordSource): Promise<{ seed: Buffer; start: FrameStart } | null> {
  const bytes = Buffer.alloc(Math.min(PREAMBLE_SIZE, await source.size()));
  const preamble = decodePreamble(bytes.subarray(0, await source.read(bytes, 0)));
  if (preamble.state === 'damaged') throw new DamagedRecord('preamble', 0, 0, preamble.detail);
  if (preamble.state === 'cut') return null;
  return { seed: preamble.seed, start: { position: PREAMBLE_SIZE, number: 0, check: preamble.check } };
}

/**
 * The frames of a record from `start` on, each checked against the one before, up to where the record
 * ended when reading began: one that grows would be chased for ever. Holds one frame in memory, never
 * more than the source has bytes.
 * @throws DamagedRecord at the first frame that is not as it was written
 */
export async function* readFrames(
  source: RecordSource,
  seed: Buffer,
  start: FrameStart,
): AsyncGenerator<Frame, FramesEnd> {
  const window = new Window(source, start.position, await source.size());
  const salts = new Salts(seed);
  let { number, check } = start;
  for (;;) {
    const position = window.position;
    const head = await window.peek(FRAME_HEADER_SIZE);
    if (head.length < FRAME_HEADER_SIZE) return { cut: head.length > 0, position, number };
    const header = readFrameHeader(head, 0);
    const fault = headerFault(header);
    if (fault !== null || header === null) {
      if (head.every((byte) => byte === 0) && (await onlyZeros(source, position)))
        return { cut: true, position, number };
      throw new DamagedRecord('frame', number, position, fault ?? 'a frame has no header');
    }
    const size = FRAME_OVERHEAD + header.length;
    const bytes = await window.peek(size);
    if (bytes.length < size) return { cut: true, position, number };
    const isEvent = header.class === FRAME_CLASS.event;
    const body = bytes.subarray(0, size - CHECK_SIZE);
    const digest = digestOf(body, check, isEvent ? salts : null, number);
    const checkAfter = digest.subarray(0, CHECK_SIZE);
    if (!checkAfter.equals(bytes.subarray(size - CHECK_SIZE))) {
      throw new DamagedRecord(isEvent ? 'event' : 'head', number, position, 'its bytes do not match its check');
    }
    window.consume(size);
    const { type, offsetMicros } = header;
    const payload = body.subarray(FRAME_HEADER_SIZE);
    yield {
      position,
      isEvent,
      type,
      number,
      offsetMicros,
      payload,
      size,
      checkBefore: check,
      check: checkAfter,
      digest,
    };
    check = checkAfter;
    if (isEvent) number += 1;
  }
}
