import type { MaskedColumn } from '../../mask/columns.ts';

/** What other sessions say in their statements may be anything. */
export const HEARD: MaskedColumn = {
  schema: 'pg_catalog',
  relation: 'pg_stat_activity',
  name: 'query',
  type: 25,
  with: 'redact',
};

/** What the server has sampled of any column. */
export const SAMPLED: MaskedColumn = {
  schema: 'pg_catalog',
  relation: 'pg_statistic',
  name: 'stavalues',
  type: 2277,
  with: 'null',
};
