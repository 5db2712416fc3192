import type { CellMask, CellSearch, Rewriter } from '../core/mask.ts';
import { SearchedColumn } from '../policy/mask/detect/cell.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';

/** Looks for something in the rows of one result before they are rewritten, which most of them need not be. */
export class RowSearch implements CellSearch {
  readonly #cells: readonly CellMask[];
  readonly #searched: readonly (SearchedColumn | null)[];
  readonly #detection: Detection;

  /** `cells`: one for each column; those that are no `SearchedColumn` are masked in any case. */
  constructor(cells: readonly CellMask[], detection: Detection) {
    this.#cells = cells;
    this.#searched = cells.map((one) => (one instanceof SearchedColumn ? one : null));
    this.#detection = detection;
  }

  /** Number of columns; 0 where nobody has described them. */
  get width(): number {
    return this.#cells.length;
  }

  next(): number {
    return this.#detection.next();
  }

  inspect(start: number, end: number, column: number, row: number): void {
    this.#searched[column]?.inspect(start, end, row);
  }

  /** The masks for these messages, which the detection has begun to sweep; null when they may be shown as they are. */
  masksFor(frames: Buffer, rewriter: Rewriter): readonly (CellMask | null)[] | null {
    for (const one of this.#searched) one?.begin(true);
    if (!rewriter.search(frames, this)) for (const one of this.#searched) one?.begin(false);
    const masks = this.#cells.map((cell, index) => (this.#searched[index]?.isClean === true ? null : cell));
    return masks.every((one) => one === null) ? null : masks;
  }
}
