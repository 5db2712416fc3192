import type { Policy } from './rules.ts';

/**
 * What a target that says `policy: unguarded` is judged by: nothing is denied but the settings every
 * session keeps fixed, and everything is still written down.
 */
export const UNGUARDED: Policy = {
  name: 'unguarded',
  default: 'allow',
  deny: [],
  ask: [],
  allow: [],
  mask: [],
  masking: { mode: 'strict', inference: 'equality', trustedFunctions: [] },
  scope: null,
  access: 'read-write',
  session: { ttl: 30 * 60_000, idle: null, reason: 'optional', sandbox: 'optional' },
  record: { results: 'full', sync: 'process' },
  appliesTo: null,
};
