import type { CellMask } from '../../../core/mask.ts';
import type { Sheet } from './sheet.ts';

/** How the rows of COPY data are laid out. Rows begin and end anywhere in the data; a header counts as one. */
export interface CopyLayout {
  /**
   * Where the row ends that begins at `start`; −1 when its end has not come before `end`. Asked again about the same row
   * with more bytes, it goes on where it stopped.
   * @throws HoopError `postgres.protocol` when it is none
   */
  rowEnd(bytes: Buffer, start: number, end: number): number;
  /**
   * Writes what is shown of the whole row from `start` to `end`.
   * @throws HoopError `postgres.protocol` when it is not made of these columns
   */
  write(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[], sheet: Sheet): void;
  /** Whether the data may end here. */
  readonly complete: boolean;
}
