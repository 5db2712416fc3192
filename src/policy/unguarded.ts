import { CHANNELS } from '../core/action.ts';
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
  // Channels of SSH are off unless a rule names them.
  allow: [
    {
      action: null,
      object: null,
      relation: null,
      column: null,
      function: null,
      where: null,
      command: { program: null, args: null, path: null, operation: null, opaque: false, channel: CHANNELS },
      message: null,
    },
  ],
  mask: [],
  masking: { mode: 'strict', inference: 'equality', trustedFunctions: [] },
  scope: null,
  access: 'read-write',
  opaque: 'allow',
  shell: 'native',
  session: { ttl: 30 * 60_000, idle: null, reason: 'optional', sandbox: 'optional' },
  record: { results: 'full', sync: 'process', input: 'none' },
  besides: false,
  appliesTo: null,
};
