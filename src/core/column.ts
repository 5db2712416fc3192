/** A column of a result, as the server described it. */
export interface Column {
  readonly name: string;
  /** OID of the table the server says it comes from; 0 when it does not say. */
  readonly table: number;
  /** Number of that table's column; 0 when it does not say. */
  readonly attribute: number;
  /** OID of the type. */
  readonly type: number;
  readonly format: 'text' | 'binary';
}
