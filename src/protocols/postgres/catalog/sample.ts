import type { SampleRequest } from '../../../core/protocol.ts';
import { decodeRow } from '../frames.ts';

/** Milliseconds that one table may take, and that may be waited for its lock. */
const PATIENCE = 2000;
const LOCK_PATIENCE = 250;
/** Characters of a value: enough to tell what it is. */
const LONGEST = 256;

/**
 * One implicit transaction of its own, whose settings end with it. Row security would run the owner's code and show one
 * role's rows: where it applies, the server refuses instead.
 */
const TERMS = [
  'SET TRANSACTION READ ONLY',
  `SET LOCAL statement_timeout = ${PATIENCE}`,
  `SET LOCAL lock_timeout = ${LOCK_PATIENCE}`,
  'SET LOCAL row_security = off',
];

/** The texts of one simple query that gives the values of columns of built-in types. */
export function sampleQuery({ schema, relation, columns, withChildren, rows }: SampleRequest): string {
  const values = columns.map((column) => `pg_catalog."left"(${quoted(column)}::pg_catalog.text, ${LONGEST})`);
  const from = `${withChildren ? '' : 'ONLY '}${quoted(schema)}.${quoted(relation)}`;
  return [...TERMS, `SELECT ${values.join(', ')} FROM ${from} LIMIT ${rows}`].join('; ');
}

/** The values by column, out of DataRow messages. What is no row of these columns is left out. */
export function sampleOf(messages: readonly Buffer[], columns: number): readonly (readonly string[])[] {
  const values: string[][] = Array.from({ length: columns }, () => []);
  for (const message of messages) {
    const row = decodeRow(message);
    if (row?.length !== columns) continue;
    for (const [index, value] of row.entries()) if (value !== null) values[index]?.push(value.toString('utf8'));
  }
  return values;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
