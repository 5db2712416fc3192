import type { Effect } from '../core/action.ts';
import { IN_SCHEMAS } from './kinds.ts';
import { isTemporary } from './match.ts';
import type { Pattern } from './rules.ts';

/**
 * System catalogs and views that hold other schemas' values, other sessions' statements or
 * credentials, rather than names and definitions.
 */
const TELLING: ReadonlySet<string> = new Set([
  'pg_authid',
  'pg_shadow',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_stats',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
  'pg_sequences',
  'pg_largeobject',
  'pg_stat_activity',
  'pg_stat_replication',
  'pg_stat_subscription',
  'pg_stat_wal_receiver',
  'pg_user_mapping',
  'pg_user_mappings',
  'pg_subscription',
  'pg_file_settings',
  'pg_hba_file_rules',
  'pg_ident_file_mappings',
  'user_mapping_options',
  '_pg_user_mappings',
]);

/** True when everything the effect touches surely lies in one of the named schemas. */
export function inScope(effect: Effect, schemas: readonly Pattern[], temporarySchema: string | null): boolean {
  // The data of COPY … TO STDOUT goes to the client; what it is made of stands in effects of its own.
  if (effect.action === 'copy-out' && (effect.object === null || effect.object === 'system')) return true;
  if (effect.object === null) return false;
  if (effect.object === 'schema') return effect.name !== null && schemas.some((one) => one.matches(effect.name ?? ''));
  if (!IN_SCHEMAS.includes(effect.object)) return isHarmlessOutside(effect);
  if (effect.schema === null || effect.name === null) return false;
  if (isTelling(effect.name)) return false;
  const schema = effect.schema;
  if (isTemporary(schema, temporarySchema) || schemas.some((one) => one.matches(schema))) return true;
  return isReadOut(effect) && (schema === 'pg_catalog' || schema === 'information_schema');
}

/** Reading, and sending what was read to the client. */
function isReadOut(effect: Effect): boolean {
  return effect.action === 'select' || effect.action === 'copy-out';
}

/** Large objects hold data that lies in no schema, so even reading one leaves the scope. */
function isHarmlessOutside(effect: Effect): boolean {
  if (effect.action === 'set') return effect.object === 'setting';
  return isReadOut(effect) && effect.object !== 'large-object';
}

/** By name alone: extensions put theirs into any schema, and a user's own of that name is no loss. */
function isTelling(name: string): boolean {
  return TELLING.has(name) || name.startsWith('pg_stat_statements');
}
