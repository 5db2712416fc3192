/** Relations of the server's that hold values out of any table. */
export const SAMPLES: ReadonlySet<string> = new Set([
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_stats',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
]);
