import { type CellMask, NULL_LENGTH } from '../../../../src/core/mask.ts';

/** Replaces a value by what a function makes of it, and checks what a mask may rely on. */
export class Marking implements CellMask {
  readonly #mark: (value: Buffer | null) => Buffer | null;
  readonly #slack: number;

  /** `slack`: how much higher its bound is than what it writes. */
  constructor(mark: (value: Buffer | null) => Buffer | null, slack = 0) {
    this.#mark = mark;
    this.#slack = slack;
  }

  bound(length: number): number {
    // What is written must depend on the length only for this to be right.
    const longest = this.#mark(length < 0 ? null : Buffer.alloc(length, 'x'));
    return longest === null ? 0 : longest.length + this.#slack;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    const shown = this.#mark(length < 0 ? null : Buffer.from(source.subarray(start, start + length)));
    if (shown === null) return NULL_LENGTH;
    if (source === target && length >= 0 && (at > start || at + this.bound(length) > start + length)) {
      throw new Error('bytes would be overwritten that nobody has read');
    }
    if (at + this.bound(length) > target.length) throw new Error('there is no room');
    // All that may be written is, before what counts.
    target.fill(0xee, at, at + this.bound(length));
    shown.copy(target, at);
    return shown.length;
  }
}

/** Marks by name, each another case of what becomes of lengths. */
export const MARKS: Readonly<Record<string, CellMask>> = {
  same: new Marking((value) => value && Buffer.from(value.map((byte) => byte ^ 0x55))),
  constant: new Marking((value) => value && Buffer.from('[redacted]')),
  empty: new Marking((value) => value && Buffer.alloc(0)),
  nothing: new Marking(() => null),
  always: new Marking(() => Buffer.from('withheld')),
  half: new Marking((value) => value && Buffer.from(value.subarray(0, value.length >> 1)), 3),
  double: new Marking((value) => value && Buffer.concat([value, value])),
  tenfold: new Marking((value) => value && Buffer.alloc(10 * value.length + 7, 'z'), 50),
};

/** What a mark shows of a value. */
export function marked(mask: CellMask | null, value: Buffer | null): Buffer | null {
  if (mask === null) return value;
  const length = value === null ? -1 : value.length;
  const target = Buffer.alloc(mask.bound(length));
  const written = mask.write(value ?? Buffer.alloc(0), 0, length, target, 0);
  return written < 0 ? null : target.subarray(0, written);
}
