import fc from 'fast-check';
import { ACTIONS, type Effect, OBJECT_KINDS } from '../../src/core/action.ts';
import type { Identity } from '../../src/core/identity.ts';
import { askRule, name, person, policy, rule, schemas } from './examples.ts';

/** Anything a statement may do. */
export const effects = fc.record<Effect>({
  action: fc.constantFrom(...ACTIONS),
  object: fc.option(fc.constantFrom(...OBJECT_KINDS)),
  schema: fc.constantFrom('app', 'hr', 'pg_catalog', 'pg_temp_3', null),
  name: fc.constantFrom('customers', 'purge', 'pg_stats', null),
  columns: fc.constantFrom(null, 'all' as const, ['email'], []),
  where: fc.constantFrom(null, 'present' as const, 'absent' as const),
  opaque: fc.boolean(),
  certain: fc.boolean(),
  via: fc.constantFrom([], ['pinned'], ['view app.active']),
});

export const rules = fc
  .record({
    action: fc.option(fc.subarray([...ACTIONS], { minLength: 1 })),
    relation: fc.constantFrom(null, [name('app.*')], [name('customers')]),
    function: fc.constantFrom(null, [name('app.purge')]),
    column: fc.constantFrom(null, [name('*.*.email')]),
    where: fc.constantFrom(null, 'absent' as const),
  })
  .map((keys) => rule(keys));

/** For everybody. */
export const policies = fc
  .record({
    default: fc.constantFrom('allow' as const, 'deny' as const, 'ask' as const),
    deny: fc.array(rules, { maxLength: 2 }),
    ask: fc.array(
      rules.map((one) => askRule(one)),
      { maxLength: 2 },
    ),
    allow: fc.array(rules, { maxLength: 2 }),
    access: fc.constantFrom('read-write' as const, 'read-only' as const),
    scope: fc.constantFrom(null, schemas('app')),
  })
  .map((keys) => policy(keys));

const NAMES = ['ada', 'bot', '__proto__', 'a@x.io'];
const some = fc.option(fc.subarray(NAMES, { minLength: 2 }));

/** Whom a policy may be for; often somebody among `identities`. */
export const audiences = fc.option(
  fc.record({
    groups: some,
    subjects: some,
    emails: some,
    services: some,
    agents: fc.oneof(fc.constantFrom('any' as const, 'none' as const, null), some),
  }),
);

const subject = fc.constantFrom(...NAMES);

const people = fc
  .record({
    subject,
    issuer: fc.constantFrom('os', 'https://idp.example', 'https://other.example'),
    email: fc.option(subject),
    groups: fc.subarray(NAMES),
  })
  .map((known): Identity => ({ ...person, ...known }));

const services = fc
  .record({ subject, service: fc.option(subject), groups: fc.subarray(NAMES) })
  .map((known): Identity => ({ ...person, ...known, kind: 'service' }));

/** People and services. */
export const principals = fc.oneof(people, services);

/** Agents of `principals`, and agents of these. */
export const agents = fc
  .tuple(principals, fc.array(fc.tuple(subject, fc.subarray(NAMES)), { minLength: 1, maxLength: 3 }))
  .map(([principal, chain]) =>
    chain.reduce<Identity>(
      (actsFor, [name_, groups]) => ({ ...person, kind: 'agent', subject: name_, groups, actsFor }),
      principal,
    ),
  );
