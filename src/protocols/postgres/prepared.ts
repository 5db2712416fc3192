import type { Column } from '../../core/column.ts';
import type { ResultMask } from '../../core/mask.ts';

/** A statement the server holds under a name, made by Parse or by SQL's PREPARE. */
export interface Prepared {
  readonly text: string;
  readonly types: readonly number[];
  /** The record's number of the event that carries the text; null when none does on its own. */
  readonly number: number | null;
  /** The request under which it was approved; null when nobody had to be asked. */
  readonly approval: string | null;
  /** As the server described its result; null before it did. */
  columns: readonly Column[] | null;
}

/** A prepared statement with parameters bound to it, ready to run. */
export interface Portal {
  readonly prepared: Prepared;
  readonly resultFormats: readonly number[];
  /** What may be shown of it, as judged when it was bound. */
  readonly results: readonly ResultMask[];
  /** The request under which it was approved; null when nobody had to be asked. */
  readonly approval: string | null;
}
