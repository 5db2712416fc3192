import type { Pattern, Policy } from '../../policy/rules.ts';

/** The schemas that each policy confines one to; a schema must be in all of these lists. */
export function schemaScopes(policies: readonly Policy[]): readonly (readonly Pattern[])[] {
  return policies.map(({ scope }) => scope?.schemas ?? null).filter((schemas) => schemas !== null);
}
