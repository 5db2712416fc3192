import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/core/action.ts';
import { ruleMatches } from '../../src/policy/match.ts';
import type { Rule } from '../../src/policy/rules.ts';
import { effect, name, rule } from './examples.ts';

function verdicts(one: Rule, what: Effect): string {
  const could = ruleMatches(one, what, 'could', 'pg_temp_3') ? 'could' : '';
  const surely = ruleMatches(one, what, 'surely', 'pg_temp_3') ? 'surely' : '';
  return `${could} ${surely}`.trim();
}

const BOTH = 'could surely';

describe('a rule about relations', () => {
  const customers = rule({ relation: [name('app.customers')] });
  const anywhere = rule({ relation: [name('customers')] });
  const inApp = rule({ relation: [name('app.*')] });

  it.each([
    [customers, effect(), BOTH],
    [customers, effect({ object: 'view' }), BOTH],
    [customers, effect({ name: 'Customers' }), ''],
    [customers, effect({ schema: 'hr' }), ''],
    [customers, effect({ schema: null }), 'could'],
    [customers, effect({ name: null }), 'could'],
    [customers, effect({ schema: 'public', certain: false }), 'could'],
    [customers, effect({ object: null, schema: null, name: null }), 'could'],
    [customers, effect({ object: 'function' }), ''],
    [customers, effect({ action: 'create', object: 'trigger', name: 'audit' }), 'could'],
    [customers, effect({ action: 'drop', object: 'schema', schema: null, name: 'app' }), 'could'],
    [customers, effect({ action: 'drop', object: 'schema', schema: null, name: 'hr' }), ''],
    [customers, effect({ action: 'drop', object: 'database', schema: null, name: 'app' }), 'could'],
    [customers, effect({ action: 'grant', object: 'schema', schema: null, name: 'app' }), ''],
    [anywhere, effect({ schema: 'hr' }), BOTH],
    [anywhere, effect({ schema: null }), BOTH],
    [anywhere, effect({ schema: 'hr', certain: false }), BOTH],
    [inApp, effect({ name: null }), BOTH],
    [inApp, effect({ schema: 'hr' }), ''],
    [rule({ relation: [name('pg_temp.*')] }), effect({ schema: 'pg_temp_3' }), BOTH],
    [rule({ relation: [name('pg_temp.*')] }), effect({ schema: 'pg_temp_4' }), ''],
  ])('%#', (one, what, expected) => {
    expect(verdicts(one, what)).toBe(expected);
  });
});

describe('a rule about columns', () => {
  const email = rule({ column: [name('app.customers.email')] });
  const ssn = rule({ column: [name('*.*.ssn')] });
  const both = rule({ column: [name('customers.email'), name('customers.id')] });

  it.each([
    [email, effect({ columns: ['email'] }), BOTH],
    [email, effect({ columns: ['id', 'email'] }), 'could'],
    [email, effect({ columns: ['id'] }), ''],
    [email, effect({ columns: 'all' }), 'could'],
    [email, effect({ columns: null }), ''],
    [email, effect({ schema: 'hr', columns: ['email'] }), ''],
    [email, effect({ schema: null, columns: ['email'] }), 'could'],
    [email, effect({ columns: [] }), 'surely'],
    [ssn, effect({ schema: 'hr', name: 'people', columns: ['ssn'] }), BOTH],
    [both, effect({ columns: ['id', 'email'] }), BOTH],
    [both, effect({ columns: ['id', 'email', 'ssn'] }), 'could'],
    [rule({ column: [name('app.customers.*')] }), effect({ columns: 'all' }), BOTH],
    [email, effect({ object: null, schema: null, name: null }), 'could'],
    [email, effect({ object: 'function', columns: 'all' }), ''],
  ])('%#', (one, what, expected) => {
    expect(verdicts(one, what)).toBe(expected);
  });
});

describe('a rule', () => {
  it.each([
    [rule(), effect(), BOTH],
    [rule({ action: ['delete', 'select'] }), effect(), BOTH],
    [rule({ action: ['delete'] }), effect(), ''],
    [rule({ object: ['view'] }), effect(), ''],
    [rule({ object: ['table'] }), effect({ object: null }), 'could'],
    [rule({ where: 'absent' }), effect({ action: 'delete', where: 'absent' }), BOTH],
    [rule({ where: 'absent' }), effect({ action: 'delete', where: 'present' }), ''],
    [rule({ where: 'absent' }), effect({ action: 'delete', where: null }), ''],
    [rule({ function: [name('app.purge')] }), effect({ object: 'procedure', name: 'purge' }), BOTH],
    [rule({ function: [name('app.purge')] }), effect({ object: 'table', name: 'purge' }), ''],
    [
      rule({ function: [name('app.purge')] }),
      effect({ action: 'do', object: null, schema: null, name: null }),
      'could',
    ],
    [rule({ action: ['select'], relation: [name('app.customers')], object: ['view'] }), effect(), ''],
  ])('holds when all of its keys hold: %#', (one, what, expected) => {
    expect(verdicts(one, what)).toBe(expected);
  });
});
