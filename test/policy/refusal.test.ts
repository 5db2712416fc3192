import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { Effect } from '../../src/core/action.ts';
import type { Refusal } from '../../src/core/decision.ts';
import { describeEffect, refusalFor } from '../../src/policy/refusal.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { opening, run, touch } from '../commands.ts';
import { analysisOf, askRule, effect, name, opaqueCall, person, policy, rule, schemas } from './examples.ts';

function refusalOf(one: Effect, with_: Partial<Policy>): Refusal | null {
  const input = { identity: person, policies: [policy(with_)], database: 'app', temporarySchema: null };
  return decide({ ...input, analysis: analysisOf([one]) }).refusal;
}

const remove = effect({ action: 'delete', where: 'present' });

describe('a refusal', () => {
  it('carries the message of the rule and says what was refused under which policy', () => {
    const refusal = refusalOf(remove, {
      deny: [rule({ action: ['delete'], relation: [name('app./cust.*/')], message: 'ask the data team' })],
    });
    expect(refusal).toEqual({
      message: 'ask the data team',
      detail: 'delete on app.customers is denied by policy "production".',
      hint: 'This is policy, not a fault: do not retry variants. If it is needed, ask whoever keeps the policy.',
      cause: 'denied',
    });
  });

  it('tells an agent not to try again, and how to ask, whatever the ground (R42)', () => {
    const refusals = [
      refusalOf(remove, { deny: [rule({ action: ['delete'] })] }),
      refusalOf(remove, { ask: [askRule({ action: ['delete'] })] }),
      refusalOf(remove, { default: 'deny' }),
      refusalOf(remove, { default: 'ask' }),
      refusalOf(remove, { access: 'read-only' }),
      refusalOf(remove, { scope: schemas('hr') }),
      refusalOf(opaqueCall(), { default: 'ask' }),
      refusalOf({ ...remove, via: ['pinned'] }, {}),
    ];
    expect(new Set(refusals.map((refusal) => refusal?.message)).size).toBeGreaterThanOrEqual(6);
    for (const refusal of refusals) {
      expect(refusal?.hint).toMatch(/^This is policy, not a fault: do not retry variants\. \S/u);
      expect(refusal?.cause).toBe('denied');
    }
  });

  it('never shows where the rule stands or what it says', () => {
    const guard = { deny: [rule({ action: ['drop'] }), rule({ relation: [name('app./c[a-z]+s/')] })] };
    const told = JSON.stringify(refusalOf(remove, guard));
    expect(told).not.toMatch(/\[1\]|deny\[|\[a-z\]|rule/u);
  });

  it('asks for an allow rule where code cannot be judged', () => {
    const refusal = refusalOf(opaqueCall(), { default: 'ask' });
    expect(refusal?.message).toBe('this runs code that cannot be judged before it runs');
    expect(refusal?.detail).toContain('call on function app.purge');
    expect(refusal?.hint).toContain('ask whoever keeps the policy for an allow rule that names it');
  });
});

describe('an effect in words', () => {
  it.each([
    [effect(), 'select on app.customers'],
    [effect({ name: null }), 'select on schema app'],
    [effect({ schema: null, name: null }), 'select on a table'],
    [effect({ action: 'do', object: null, schema: null, name: null }), 'do'],
    [effect({ action: 'server-file', object: 'system', schema: null, name: null }), 'server-file on the server'],
    [effect({ action: 'set', object: 'setting', schema: null, name: 'search_path' }), 'set on setting search_path'],
    [
      effect({ via: ['view app.active', 'function app.f'] }),
      'select on app.customers (through view app.active, function app.f)',
    ],
    [effect({ name: 'Order"s' }), 'select on app."Order""s"'],
    [effect({ name: 'a"; DROP' }), 'select on app."a""; DROP"'],
    [effect({ name: 'x\u001b[2J\u202Ey\n' }), 'select on app."x\u{FFFD}[2J\u{FFFD}y\u{FFFD}"'],
    [effect({ name: 'x'.repeat(500) }), `select on app.${'x'.repeat(128)}…`],
  ])('%#', (one, expected) => {
    expect(describeEffect(one)).toBe(expected);
  });
});

describe('a refused command', () => {
  it.each([
    [run('rm', ['-rf', '/']), 'rm is not allowed here', 'run rm -rf / is denied by policy "p".'],
    [touch('remove', '/srv'), 'to remove this path is not allowed here', 'remove /srv is denied by policy "p".'],
    [opening('shell'), 'shell is not allowed here', 'open shell is denied by policy "p".'],
    [run('x\u001b[2J'), 'x\u{FFFD}[2J is not allowed here', 'run \'x\u{FFFD}[2J\' is denied by policy "p".'],
  ])('%# names what it would have done', (one, message, detail) => {
    expect(refusalFor('deny', one, 'p')).toMatchObject({ message, detail });
  });
});

describe('what is told of a channel that is off', () => {
  const told = (one: Effect): string | undefined => refusalFor('channel', one, 'servers').message;

  it('names what was wanted, where others of its kind may be open', () => {
    expect(told(opening('shell'))).toBe('shell is off here');
    expect(told(opening('subsystem', ['netconf']))).toBe('the subsystem netconf is off here');
    expect(told(opening('forward', ['local', 'db.internal:5432']))).toBe('forward to db.internal:5432 is off here');
  });
});
