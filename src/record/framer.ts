import { HoopError } from '../core/errors.ts';
import { ROWS_PREFIX, writeRowsPrefix } from './event.ts';
import type { StoredRows } from './event.ts';
import {
  CHECK_SIZE,
  FRAME_CLASS,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  FRAME_TYPE,
  MAX_PAYLOAD,
  PREAMBLE_SIZE,
  ROWS_BLOCK,
  SALT_SIZE,
  encodePreamble,
  writeFrameHeader,
} from './format.ts';
import { IndexBuilder } from './index-frame.ts';
import { Salts } from './salts.ts';
import { digestOf, HashTree, writeDigest } from './tree.ts';

/** Room behind a full block of rows for its frame and some events, so that one write takes them all. */
const BLOCK_SIZE = ROWS_BLOCK + 128 * 1024;
/** Blocks kept for reuse: as many as the writer lets wait for the disk. */
const MAX_FREE_BLOCKS = 4;
/** Up to this a text's size is bounded by three bytes a unit instead of counted: counting reads it twice. */
const COUNTED_FROM = 32 * 1024;

interface Block {
  readonly buffer: Buffer;
  /** Up to here whole frames stand. */
  end: number;
  /** Up to here they were taken. */
  taken: number;
  /** Segments taken and not yet released. */
  outstanding: number;
}

/** Whole frames, to be written as they are. Its memory is used again after `release`. */
export interface Segment {
  readonly bytes: Buffer;
  readonly block: Block;
}

/** Where and for what the rows are that may still grow. */
interface OpenRows {
  readonly connection: number;
  readonly statement: number | null;
  readonly direction: 'in' | 'out';
  readonly start: number;
  readonly offsetMicros: number;
  end: number;
}

function newBlock(size: number): Block {
  return { buffer: Buffer.allocUnsafeSlow(size), end: 0, taken: 0, outstanding: 0 };
}

/**
 * Lays events out as frames, one after the other in large blocks of memory: numbers, checks, hash
 * tree and index. Does no I/O.
 */
export class Framer {
  readonly #salts: Salts;
  readonly #tree = new HashTree();
  readonly #index = new IndexBuilder();
  /** Half a digest, one byte a character. */
  #check: string;
  #position = PREAMBLE_SIZE;
  #lastOffset = 0;
  #block = newBlock(BLOCK_SIZE);
  #ready: Segment[] = [];
  readonly #free: Block[] = [];
  #rows: OpenRows | null = null;
  #unwritten = 0;

  /** @param seed 32 secret random bytes, of this record alone */
  constructor(seed: Buffer) {
    this.#salts = new Salts(seed);
    const preamble = encodePreamble(seed);
    this.#check = preamble.toString('latin1', PREAMBLE_SIZE - CHECK_SIZE, PREAMBLE_SIZE);
    preamble.copy(this.#block.buffer);
    this.#block.end = PREAMBLE_SIZE;
    this.#unwritten = PREAMBLE_SIZE;
  }

  /** Events so far; rows that are still open are none yet. */
  get size(): number {
    return this.#tree.size;
  }

  /** The last event at which reading may begin when the next one is laid down: those that the index names. */
  get begin(): number {
    return this.#index.wants(this.#tree.size, this.#position) ? this.#tree.size : this.#index.last;
  }

  /** Where the next frame will stand in the record. */
  get position(): number {
    return this.#position;
  }

  /** The check of the last frame. */
  get check(): Buffer {
    return Buffer.from(this.#check, 'latin1');
  }

  /** Bytes laid out and not yet released, open rows included. */
  get unwritten(): number {
    return this.#unwritten + (this.#rows === null ? 0 : this.#rows.end - this.#rows.start);
  }

  /** True when a block is full: it is worth writing. */
  get full(): boolean {
    return this.#ready.length > 0;
  }

  /** The offset that a frame laid out now will carry: time never runs backwards in a record. */
  offsetFor(offsetMicros: number): number {
    return Math.max(offsetMicros, this.#lastOffset);
  }

  root(): Buffer {
    return this.#tree.root();
  }

  index(): Buffer {
    return this.#index.encode();
  }

  /** Adds an event; returns its number. @throws HoopError `record.append` when it is too large to be read back */
  event(type: number, payload: string, offsetMicros: number): number {
    this.closeRows();
    const size = payload.length < COUNTED_FROM ? payload.length * 3 : Buffer.byteLength(payload);
    if (size > MAX_PAYLOAD) {
      throw new HoopError('record.append', 'the statement is too large to be recorded', {
        hint: 'split it: one event of a record holds up to 64 MiB',
      });
    }
    const at = this.#room(size + FRAME_OVERHEAD + SALT_SIZE);
    const length = this.#block.buffer.write(payload, at + FRAME_HEADER_SIZE);
    const number = this.#tree.size;
    this.#finish(FRAME_CLASS.event, type, at, length, offsetMicros);
    return number;
  }

  /** Adds a frame that speaks about the events before it. */
  seal(type: number, payload: Buffer, offsetMicros: number): void {
    this.closeRows();
    const at = this.#room(payload.length + FRAME_OVERHEAD + SALT_SIZE);
    payload.copy(this.#block.buffer, at + FRAME_HEADER_SIZE);
    this.#finish(FRAME_CLASS.seal, type, at, payload.length, offsetMicros);
  }

  /** Adds rows to those before them when they belong together. Copies `bytes`. */
  rows(rows: Omit<StoredRows, 'type' | 'partial'>, offsetMicros: number): void {
    const open = this.#rows;
    if (open !== null && !this.#belongs(rows, open)) this.closeRows();
    let from = 0;
    for (; rows.bytes.length - from > ROWS_BLOCK; from += ROWS_BLOCK) {
      this.closeRows();
      this.#grow(rows, rows.bytes.subarray(from, from + ROWS_BLOCK), offsetMicros);
      this.closeRows(true);
    }
    this.#grow(rows, rows.bytes.subarray(from), offsetMicros);
  }

  #belongs(rows: Omit<StoredRows, 'type' | 'partial'>, open: OpenRows): boolean {
    return (
      rows.connection === open.connection &&
      rows.statement === open.statement &&
      rows.direction === open.direction &&
      open.end - open.start + rows.bytes.length <= FRAME_HEADER_SIZE + ROWS_PREFIX + ROWS_BLOCK &&
      open.end + rows.bytes.length + CHECK_SIZE + SALT_SIZE <= this.#block.buffer.length
    );
  }

  #grow(rows: Omit<StoredRows, 'type' | 'partial'>, bytes: Buffer, offsetMicros: number): void {
    if (this.#rows === null) {
      const start = this.#room(FRAME_OVERHEAD + SALT_SIZE + ROWS_PREFIX + bytes.length);
      const end = start + FRAME_HEADER_SIZE + ROWS_PREFIX;
      const { connection, statement, direction } = rows;
      this.#rows = { connection, statement, direction, start, offsetMicros, end };
    }
    bytes.copy(this.#block.buffer, this.#rows.end);
    this.#rows.end += bytes.length;
  }

  /** Makes an event of the rows gathered so far. `partial`: the last of them goes on in the next. */
  closeRows(partial = false): void {
    const rows = this.#rows;
    if (rows === null) return;
    this.#rows = null;
    const { connection, statement, direction } = rows;
    const at = rows.start + FRAME_HEADER_SIZE;
    writeRowsPrefix(this.#block.buffer, at, { connection, statement, direction, partial });
    this.#finish(FRAME_CLASS.event, FRAME_TYPE.rows, rows.start, rows.end - at, rows.offsetMicros);
  }

  /** Hands out every whole frame that was not taken yet, in order. */
  take(): Segment[] {
    this.#handOut();
    const taken = this.#ready;
    this.#ready = [];
    return taken;
  }

  /** Says that a segment was written. */
  release(segment: Segment): void {
    const block = segment.block;
    this.#unwritten -= segment.bytes.length;
    block.outstanding -= 1;
    if (block.outstanding > 0 || block.taken < block.end) return;
    if (block === this.#block) {
      if (this.#rows === null) this.#reset(block);
    } else if (block.buffer.length === BLOCK_SIZE && this.#free.length < MAX_FREE_BLOCKS) {
      this.#reset(block);
      this.#free.push(block);
    }
  }

  #reset(block: Block): void {
    block.end = 0;
    block.taken = 0;
  }

  #handOut(): void {
    const block = this.#block;
    if (block.taken === block.end) return;
    this.#ready.push({ bytes: block.buffer.subarray(block.taken, block.end), block });
    block.taken = block.end;
    block.outstanding += 1;
  }

  /** Where `size` bytes fit, in this block or a new one. Rows are closed. */
  #room(size: number): number {
    if (this.#block.end + size > this.#block.buffer.length) {
      this.#handOut();
      this.#block = (size <= BLOCK_SIZE ? this.#free.pop() : undefined) ?? newBlock(Math.max(size, BLOCK_SIZE));
    }
    return this.#block.end;
  }

  #finish(kind: number, type: number, at: number, length: number, offsetMicros: number): void {
    const buffer = this.#block.buffer;
    const offset = this.offsetFor(offsetMicros);
    const checkAt = at + FRAME_HEADER_SIZE + length;
    writeFrameHeader(buffer, at, { class: kind, type, length, offsetMicros: offset });
    writeDigest(buffer, checkAt, this.#check, CHECK_SIZE);
    const number = this.#tree.size;
    if (kind === FRAME_CLASS.event) {
      this.#salts.copy(number, buffer, checkAt + CHECK_SIZE);
      if (this.#index.wants(number, this.#position)) {
        this.#index.add({ number, position: this.#position, offsetMicros: offset, check: this.#check });
      }
    }
    const hashed = checkAt + CHECK_SIZE + (kind === FRAME_CLASS.event ? SALT_SIZE : 0);
    const digest = digestOf(buffer.subarray(at, hashed));
    if (kind === FRAME_CLASS.event) this.#tree.add(digest);
    writeDigest(buffer, checkAt, digest, CHECK_SIZE);
    this.#check = digest.slice(0, CHECK_SIZE);
    this.#block.end = checkAt + CHECK_SIZE;
    this.#lastOffset = offset;
    this.#position += length + FRAME_OVERHEAD;
    this.#unwritten += length + FRAME_OVERHEAD;
  }
}
