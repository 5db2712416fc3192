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

/** Relations of the server's that hold values out of any table. */
export const SAMPLES: ReadonlySet<string> = new Set([
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_stats',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
]);
