import type { CellMask } from '../../../core/mask.ts';

/** How many values were masked. What nothing is masked in does not come near it. */
export class MaskCount {
  #values = 0;

  one(): void {
    this.#values += 1;
  }

  /** How many there were since it was asked last. */
  take(): number {
    const values = this.#values;
    this.#values = 0;
    return values;
  }
}

/** The same mask, whose cells are counted: a NULL that stays NULL hides nothing, and is none of them. */
export class CountedMask implements CellMask {
  readonly #mask: CellMask;
  readonly #count: MaskCount;

  constructor(mask: CellMask, count: MaskCount) {
    this.#mask = mask;
    this.#count = count;
  }

  bound(length: number): number {
    return this.#mask.bound(length);
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    const shown = this.#mask.write(source, start, length, target, at);
    if (length >= 0 || shown >= 0) this.#count.one();
    return shown;
  }
}
