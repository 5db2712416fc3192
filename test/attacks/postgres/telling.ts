import { attacks, leaked } from './attack.ts';

/** Functions that give what the system's views give. */
export const tellingFunctions = attacks('scoped', 'R36', [
  [
    'other sessions by pg_stat_get_activity',
    'select query from pg_stat_get_activity(null) /* CANARY-9f31c6 */',
    leaked,
  ],
  [
    'other sessions by backend activity',
    'select pg_stat_get_backend_activity(i) from pg_stat_get_backend_idset() i /* CANARY-9f31c6 */',
    leaked,
  ],
  [
    'a sequence by pg_sequence_last_value',
    "select 'v' || pg_sequence_last_value('secret.s')",
    { received: 'v4711' },
    { setup: ['create sequence secret.s', "select setval('secret.s', 4711)"] },
  ],
  [
    'a sequence by pg_get_sequence_data',
    "select 'v' || last_value from pg_get_sequence_data('secret.s')",
    { received: 'v4711' },
    { setup: ['create sequence secret.s', "select setval('secret.s', 4711)"], since: 18 },
  ],
]);
