import type { Column } from '../../core/column.ts';
import type { Parameter } from '../../core/statement.ts';

/** A statement the server holds under a name, made by Parse or by SQL's PREPARE. */
export interface Prepared {
  readonly text: string;
  readonly types: readonly number[];
  /** The record's number of the event that carries the text; null when none does on its own. */
  readonly number: number | null;
  /** As the server described its result; null before it did. */
  columns: readonly Column[] | null;
}

/** A prepared statement with its parameters, ready to run. */
export interface Portal {
  readonly prepared: Prepared;
  readonly parameters: readonly Parameter[];
  readonly resultFormats: readonly number[];
}
