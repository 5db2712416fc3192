import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import type { MaskCount } from '../values/counted.ts';
import type { Detection } from './detection.ts';

/** What is found in a text takes at most so much more room than it did, whatever stands for it. */
const GROWTH = 8;
const ROOM = 64;

/** The cells of a column in which something is looked for. */
export class SearchedColumn implements CellMask {
  readonly #detection: Detection;
  readonly #active: readonly boolean[];
  readonly #whole: CellMask | null;
  readonly #count: MaskCount;
  /** Rows in which something was found, in order; null where that is not known beforehand. */
  #found: number[] | null = null;
  #row = 0;
  #next = 0;

  /**
   * `whole`: what stands for a value of which no part can be masked for itself; null for texts. `count`: of the cells in
   * which something was found.
   */
  constructor(detection: Detection, active: readonly boolean[], whole: CellMask | null, count: MaskCount) {
    this.#detection = detection;
    this.#active = active;
    this.#whole = whole;
    this.#count = count;
  }

  /** Begins with other rows; `known` where they are inspected before they are rewritten. */
  begin(known: boolean): void {
    this.#found = known ? [] : null;
    this.#row = 0;
    this.#next = 0;
  }

  inspect(start: number, end: number, row: number): void {
    if (this.#detection.inspect(start, end, this.#active)) this.#found?.push(row);
  }

  /** Nothing was found in any row. */
  get isClean(): boolean {
    return this.#found?.length === 0;
  }

  bound(length: number): number {
    if (length < 0 || !this.#isMeant()) return Math.max(0, length);
    return Math.max(GROWTH * length + ROOM, this.#whole?.bound(length) ?? 0);
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    const meant = this.#isMeant();
    if (meant) this.#next += 1;
    this.#row += 1;
    if (length < 0) return NULL_LENGTH;
    const shown = meant ? this.#masked(source, start, length) : undefined;
    if (shown === undefined) return source.copy(target, at, start, start + length);
    this.#count.one();
    return shown === null ? NULL_LENGTH : shown.copy(target, at);
  }

  #isMeant(): boolean {
    return this.#found === null || this.#found[this.#next] === this.#row;
  }

  /** Null for NULL, undefined where nothing is found. */
  #masked(source: Buffer, start: number, length: number): Buffer | null | undefined {
    const end = start + length;
    const whole = this.#whole;
    if (whole === null) return this.#detection.masked(source, start, end, this.#active) ?? undefined;
    if (!this.#detection.finds(source, start, end, this.#active)) return undefined;
    const target = Buffer.alloc(whole.bound(length));
    const size = whole.write(source, start, length, target, 0);
    return size < 0 ? null : target.subarray(0, size);
  }
}
