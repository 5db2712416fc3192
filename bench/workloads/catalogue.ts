import { connect } from './connect.ts';
import { pgbench } from './pgbench.ts';
import { results } from './results.ts';
import type { Workload } from './workload.ts';

/** All that is measured, in the order of the tables. */
export const WORKLOADS: readonly Workload[] = [...pgbench, ...results, connect];
