import type { ObjectKind } from '../core/action.ts';

/** What `relation` in a rule names. */
export const RELATIONS: readonly ObjectKind[] = [
  'table',
  'view',
  'materialized-view',
  'foreign-table',
  'sequence',
  'index',
];

/** Things that belong to one table: their name need not be the table's, so a rule on the table could mean them. */
export const PARTS_OF_RELATIONS: readonly ObjectKind[] = ['trigger', 'rule', 'policy', 'statistics'];

/** What `function` in a rule names. */
export const FUNCTIONS: readonly ObjectKind[] = ['function', 'procedure', 'aggregate'];

/** Objects that live in a schema; all others belong to the database or the whole server. */
export const IN_SCHEMAS: readonly ObjectKind[] = [
  ...RELATIONS,
  ...PARTS_OF_RELATIONS,
  ...FUNCTIONS,
  'type',
  'domain',
  'operator',
  'collation',
];
