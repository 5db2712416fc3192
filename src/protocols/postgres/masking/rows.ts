import { type CellMask, type CellSearch, NULL_LENGTH, type Rewriter } from '../../../core/mask.ts';
import { HEADER } from '../frames.ts';
import { confused } from '../running.ts';
import type { Slate } from './slate.ts';

/*
 * DataRow: Int16 n, n × (Int32 length or −1, bytes), behind the header of every message.
 */

/** Bytes of a cell's length. */
const LENGTH = 4;
/** Header and number of cells. */
const START = HEADER + 2;

/**
 * Rewrites DataRow messages in their own memory, from front to back: what is shown of a cell is written where the cell
 * was, or nearer to the front when cells before it became shorter. What lies between masked cells, across rows, is moved
 * in one piece, and not at all while nothing has changed its length. Only when cells become longer than what was saved
 * so far does the rest move into other memory, with room between.
 */
export class Rows implements Rewriter {
  readonly #slate: Slate;
  /** Where the rows are: the memory they came in, or room on the slate. */
  #bytes: Buffer = EMPTY;
  /** The same memory; its numbers are read several times as fast as a buffer's. */
  #numbers = viewOf(EMPTY);
  /** Up to here bytes were taken away from their places. */
  #from = 0;
  /** How far they move to the front: what is read at `p` is written at `p − lag`. */
  #lag = 0;
  #onSlate = false;

  constructor(slate: Slate) {
    this.#slate = slate;
  }

  rewrite(rows: Buffer, masks: readonly (CellMask | null)[]): Buffer {
    this.#bytes = rows;
    this.#numbers = viewOf(rows);
    this.#from = 0;
    this.#lag = 0;
    this.#onSlate = false;
    let at = 0;
    while (at < this.#bytes.length) at = this.#row(at, masks);
    this.#move(this.#bytes.length);
    const shown = this.#bytes.subarray(0, this.#bytes.length - this.#lag);
    if (this.#onSlate) this.#slate.claim(shown.length);
    this.#bytes = EMPTY;
    return shown;
  }

  search(rows: Buffer, search: CellSearch): boolean {
    const numbers = viewOf(rows);
    for (let start = 0, row = 0; start < rows.length; row += 1) {
      if (rows.length - start < START) throw confused(MALFORMED);
      const end = start + numbers.getInt32(start + 1) + 1;
      const next = search.next();
      if (next < 0) return true;
      if (end - start < START || end > rows.length) throw confused(MALFORMED);
      if (next < end) lookInto(numbers, start, end, row, search);
      start = end;
    }
    return true;
  }

  /** Rewrites the row that begins at `start`, and returns where the next one begins. */
  #row(start: number, masks: readonly (CellMask | null)[]): number {
    let numbers = this.#numbers;
    const left = this.#bytes.length - start;
    const length = left < START ? 0 : numbers.getInt32(start + 1) + 1;
    let end = start + length;
    if (length < START || length > left) throw confused(MALFORMED);
    if (numbers.getUint16(start + HEADER) !== masks.length) throw confused(OTHER_COLUMNS);
    const lag = this.#lag;
    const header = start - lag;
    let at = start + START;
    for (let index = 0; index < masks.length; index += 1) {
      if (at + LENGTH > end) throw confused(MALFORMED);
      const size = numbers.getInt32(at);
      const next = at + LENGTH + (size < 0 ? 0 : size);
      if (size < NULL_LENGTH || next > end) throw confused(MALFORMED);
      const mask = masks[index];
      if (mask === null || mask === undefined) {
        at = next;
        continue;
      }
      const rest = end - next;
      at = this.#cell(mask, at, size);
      // The rows may have moved.
      numbers = this.#numbers;
      end = at + rest;
    }
    if (at !== end) throw confused(MALFORMED);
    if (this.#onSlate || this.#lag !== lag) numbers.setInt32(header + 1, end - this.#lag - header - 1);
    return end;
  }

  /** Rewrites the cell whose length stands at `start`, and returns where it ends. */
  #cell(mask: CellMask, start: number, size: number): number {
    const need = LENGTH + mask.bound(size);
    let at = start;
    let end = at + LENGTH + (size < 0 ? 0 : size);
    if (at - this.#lag + need > end) {
      const shift = this.#makeRoom(at - this.#lag, need);
      at += shift;
      end += shift;
    }
    this.#move(at);
    const bytes = this.#bytes;
    const to = at - this.#lag;
    const shown = mask.write(bytes, at + LENGTH, size, bytes, to + LENGTH);
    this.#numbers.setInt32(to, shown);
    this.#from = end;
    this.#lag = end - to - LENGTH - (shown < 0 ? 0 : shown);
    return end;
  }

  /** Takes everything before `end` to its place. */
  #move(end: number): void {
    if (this.#lag > 0 && end > this.#from) this.#bytes.copyWithin(this.#from - this.#lag, this.#from, end);
    this.#from = end;
  }

  /**
   * Moves to other memory: what is done stays in front, the rest goes to the very end. Between them is room for `need`
   * bytes behind `written`, and for the rest to grow to twice its length. Returns how far the rest has moved.
   */
  #makeRoom(written: number, need: number): number {
    const old = this.#bytes;
    const done = this.#from - this.#lag;
    const rest = old.length - this.#from;
    const room = this.#slate.room(written + need + 2 * rest);
    old.copy(room, 0, 0, done);
    old.copy(room, room.length - rest, this.#from);
    const shift = room.length - old.length;
    this.#bytes = room;
    this.#numbers = viewOf(room);
    this.#from += shift;
    this.#lag += shift;
    this.#onSlate = true;
    return shift;
  }
}

const EMPTY = Buffer.alloc(0);

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

const MALFORMED = 'the server sent a malformed row';
const OTHER_COLUMNS = 'the server sent a row that is not made of the columns it described';

function lookInto(numbers: DataView, start: number, end: number, row: number, search: CellSearch): void {
  const columns = numbers.getUint16(start + HEADER);
  let at = start + START;
  for (let column = 0; column < columns; column += 1) {
    if (at + LENGTH > end) throw confused(MALFORMED);
    const size = numbers.getInt32(at);
    const next = at + LENGTH + (size < 0 ? 0 : size);
    if (size < NULL_LENGTH || next > end) throw confused(MALFORMED);
    if (search.next() >= 0 && search.next() < next) search.inspect(at + LENGTH, next, column, row);
    at = next;
  }
}
