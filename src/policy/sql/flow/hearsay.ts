import type { MaskedColumn } from '../../mask/columns.ts';

/** What other sessions say in their statements may be anything. */
export const HEARD: MaskedColumn = {
  schema: 'pg_catalog',
  relation: 'pg_stat_activity',
  name: 'query',
  type: 25,
  with: 'redact',
};

const text = (relation: string, name: string): MaskedColumn => ({ ...HEARD, relation, name });

/** Columns of the server's own that say what nobody is to see where anything is masked, by relation. */
export const WITHHELD: ReadonlyMap<string, MaskedColumn> = new Map(
  // The verifiers of passwords, to superusers alone.
  [HEARD, text('pg_authid', 'rolpassword'), text('pg_shadow', 'passwd')].map((column) => [column.relation, column]),
);

/** What the server has sampled of any column. */
export const SAMPLED: MaskedColumn = {
  schema: 'pg_catalog',
  relation: 'pg_statistic',
  name: 'stavalues',
  type: 2277,
  with: 'null',
};
