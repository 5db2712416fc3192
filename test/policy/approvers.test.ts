import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/core/identity.ts';
import type { AskTerms } from '../../src/core/request.ts';
import { objection, unmet, wantsFresh, whoMay } from '../../src/policy/approvers.ts';
import { person } from './examples.ts';

const terms = (with_: Partial<AskTerms> = {}): AskTerms => ({
  policy: 'production',
  index: 0,
  approvers: 'self',
  within: 1000,
  stepUp: false,
  breakGlass: null,
  preview: 'trial',
  message: null,
  ...with_,
});
const somebody = (subject: string, ...groups: readonly string[]): Identity => ({ ...person, subject, groups });
const agent: Identity = { ...person, kind: 'agent', subject: 'bot', actsFor: person };
const dba = (count: number): AskTerms => terms({ approvers: { groups: ['dba'], subjects: [], emails: [], count } });
const named = (who: Partial<Exclude<AskTerms['approvers'], 'self'>>): AskTerms =>
  terms({ approvers: { groups: [], subjects: [], emails: [], count: 1, ...who } });
const ada: Identity = { ...somebody('u-2'), email: 'ada@example.com' };
type Answered = Parameters<typeof objection>[0];

const STALE = 'a fresh login is wanted';
const yes = (by: Identity, breakGlass = false): Answered => ({ by, breakGlass, stale: STALE, verdict: 'approve' });
const fresh = (by: Identity): Answered => ({ ...yes(by), stale: null });
const no = (by: Identity): Answered => ({ by, breakGlass: false, stale: STALE, verdict: 'deny' });

describe('who may answer', () => {
  it.each<[string, Answered, readonly AskTerms[], Identity, RegExp | null]>([
    ['whoever opened the session, for "self"', yes(person), [terms()], person, null],
    ['whoever an agent acts for, for "self"', yes(person), [terms()], agent, null],
    ['an agent never', yes(agent), [terms()], agent, /only a person/],
    [
      'an agent never, though its groups would do',
      yes({ ...agent, groups: ['dba'] }),
      [dba(1)],
      person,
      /only a person/,
    ],
    ['a service never', yes({ ...person, kind: 'service' }), [terms()], person, /only a person/],
    ['somebody else not, for "self"', yes(somebody('u-2')), [terms()], person, /not among/],
    ['a member of the group', yes(somebody('u-2', 'dba')), [dba(1)], person, null],
    [
      'the requester not, though a member',
      yes({ ...person, groups: ['dba'] }),
      [dba(1)],
      { ...person, groups: ['dba'] },
      /yourself/,
    ],
    [
      'whoever an agent acts for not, though a member',
      yes({ ...person, groups: ['dba'] }),
      [dba(1)],
      agent,
      /yourself/,
    ],
    [
      'a member under another display name is still the requester (R8)',
      yes({ ...person, display: 'Other', groups: ['dba'] }),
      [dba(1)],
      person,
      /yourself/,
    ],
    ['somebody of another group not', yes(somebody('u-2', 'ops')), [dba(1)], person, /not among/],
    ['nobody without the fresh login that is wanted', yes(person), [terms({ stepUp: true })], person, /^a fresh login/],
    ['whoever logs in freshly where that is wanted', fresh(person), [terms({ stepUp: true })], person, null],
    [
      'nobody for a fresh login alone',
      fresh(somebody('u-2', 'ops')),
      [{ ...dba(1), stepUp: true }],
      person,
      /not among/,
    ],
    [
      'whoever satisfies one rule that wants none, though another does',
      yes(somebody('u-2', 'dba')),
      [terms({ stepUp: true }), dba(1)],
      person,
      null,
    ],
    [
      'a member may deny without a fresh login',
      no(somebody('u-2', 'dba')),
      [{ ...dba(1), stepUp: true }],
      person,
      null,
    ],
    ['whoever asks may deny without a fresh login', no(person), [terms({ stepUp: true })], person, null],
    [
      'who may break the glass, without a fresh login',
      yes(person, true),
      [terms({ stepUp: true, breakGlass: 'self' })],
      person,
      null,
    ],
    ['nobody in an emergency that the policy does not know', yes(person, true), [dba(1)], person, /emergency/],
    [
      'who may break the glass',
      yes(person, true),
      [terms({ approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 }, breakGlass: 'self' })],
      person,
      null,
    ],
    [
      'who may break one of two glasses not',
      yes(person, true),
      [terms({ breakGlass: 'self' }), dba(1)],
      person,
      /emergency/,
    ],
    ['somebody by subject', yes(somebody('u-2')), [named({ subjects: ['u-2'] })], person, null],
    ['nobody by another subject', yes(somebody('U-2')), [named({ subjects: ['u-2'] })], person, /not among/],
    ['somebody by address', yes(ada), [named({ emails: ['ada@example.com'] })], person, null],
    ['somebody by an address with capitals', yes(ada), [named({ emails: ['Ada@Example.com'] })], person, null],
    ['nobody without an address', yes(somebody('u-2')), [named({ emails: ['null'] })], person, /not among/],
    [
      'nobody by an address that only Unicode takes for the same',
      yes({ ...ada, email: 'k@example.com' }),
      [named({ emails: ['\u212A@example.com'] })],
      person,
      /not among/,
    ],
    ['nobody by an address as a subject', yes(ada), [named({ subjects: ['ada@example.com'] })], person, /not among/],
    [
      'nobody by a group as a subject',
      yes(somebody('u-2', 'dba')),
      [named({ subjects: ['dba'] })],
      person,
      /not among/,
    ],
    ['the requester not by subject', yes(person), [named({ subjects: ['u-1'] })], person, /yourself/],
    [
      'the requester not by address',
      yes({ ...person, email: 'ada@example.com' }),
      [named({ emails: ['ada@example.com'] })],
      agent,
      /yourself/,
    ],
    [
      'nobody in whose name an agent of an agent asks',
      yes(ada),
      [named({ subjects: ['u-2'] })],
      { ...agent, subject: 'helper', actsFor: { ...agent, subject: 'u-2' } },
      /yourself/,
    ],
    [
      'whoever an agent of an agent acts for, for "self"',
      yes(person),
      [terms()],
      { ...agent, subject: 'helper', actsFor: agent },
      null,
    ],
    [
      'an agent not by the login that it acts with, for "self"',
      yes(somebody('bot')),
      [terms()],
      { ...agent, subject: 'bot' },
      /yourself/,
    ],
    [
      'a service never, though it is named',
      yes({ ...ada, kind: 'service' }),
      [named({ subjects: ['u-2'], emails: ['ada@example.com'] })],
      person,
      /only a person/,
    ],
    ['whoever asks may deny', no(person), [dba(1)], person, null],
    ['somebody else may not deny what is not theirs', no(somebody('u-3')), [dba(1)], person, /not among/],
  ])('%s', (_, answer, all, requester, why) => {
    const found = objection(answer, all, requester);
    if (why === null) expect(found).toBeNull();
    else expect(found).toMatch(why);
  });
});

describe('what is open after some approvals', () => {
  const ada = somebody('u-2', 'dba');
  const bob = somebody('u-3', 'dba', 'ops');

  it('counts people, not approvals', () => {
    expect(unmet([yes(ada), yes(ada)], [dba(2)], person)).toHaveLength(1);
    expect(unmet([yes(ada), yes(bob)], [dba(2)], person)).toEqual([]);
  });

  it('counts somebody once who is meant by group, subject and address', () => {
    const all = { groups: ['dba'], subjects: ['u-2', 'u-3'], emails: ['ada@example.com'], count: 2 };
    const carol = { ...somebody('u-2', 'dba'), email: 'ada@example.com' };
    expect(unmet([yes(carol), yes({ ...carol, email: null, groups: [] })], [named(all)], person)).toHaveLength(1);
    expect(unmet([yes(carol), yes(somebody('u-3'))], [named(all)], person)).toEqual([]);
  });

  it('is every rule that is not satisfied by itself', () => {
    const ops = terms({ index: 1, approvers: { groups: ['ops'], subjects: [], emails: [], count: 1 } });
    expect(unmet([yes(ada)], [dba(1), ops], person)).toEqual([ops]);
    expect(unmet([yes(bob)], [dba(1), ops], person)).toEqual([]);
  });

  it('is nothing when the glass was broken by who may', () => {
    const glass = terms({
      approvers: { groups: ['dba'], subjects: [], emails: [], count: 2 },
      breakGlass: { groups: ['ops'], subjects: [], emails: [], count: 1 },
    });
    expect(unmet([yes(bob, true)], [glass], person)).toEqual([]);
    expect(unmet([yes(bob)], [glass], person)).toEqual([glass]);
  });

  it('is what wants a fresh login, for everybody whose login is not', () => {
    const careful = { ...dba(2), stepUp: true };
    expect(unmet([fresh(ada), yes(bob)], [careful, dba(2)], person)).toEqual([careful]);
    expect(unmet([fresh(ada), fresh(bob)], [careful, dba(2)], person)).toEqual([]);
    expect(unmet([fresh(ada), yes(bob), fresh(bob)], [careful], person)).toEqual([]);
  });

  it('is said in words', () => {
    expect(whoMay([dba(2), terms()])).toBe('it takes 2 members of dba, and whoever opened the session');
    expect(whoMay([named({ emails: ['a@x.io'] })])).toBe('it takes a@x.io');
    expect(whoMay([named({ groups: ['dba', 'ops'], subjects: ['u-7'], emails: ['a@x.io'] })])).toBe(
      'it takes a member of dba or ops, or u-7, or a@x.io',
    );
    expect(whoMay([named({ groups: ['dba'], emails: ['a@x.io'], count: 2 })])).toBe(
      'it takes 2 of these: members of dba, a@x.io',
    );
  });
});

describe('a fresh login', () => {
  const careful = { ...dba(1), stepUp: true };
  it.each<[string, Identity, readonly AskTerms[], boolean]>([
    ['is wanted of whoever may satisfy a rule that wants one', somebody('u-2', 'dba'), [terms(), careful], true],
    ['is wanted of nobody else', somebody('u-2', 'ops'), [careful], false],
    ['is wanted of nobody whom only other rules ask', person, [terms(), careful], false],
  ])('%s', (_, by, all, wanted) => {
    expect(wantsFresh(by, all, person)).toBe(wanted);
  });
});
