import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/identity.ts';
import type { Proven } from '../../../src/core/proof.ts';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { freshNonce, staleness } from '../../../src/session/approvals/fresh.ts';
import { Register } from '../../../src/session/approvals/register.ts';
import { person } from '../../policy/examples.ts';
import { answerTo, ORIGIN, reviewer, trusting } from '../asking.ts';
import { HandClock } from '../bench.ts';
import { askedFor, type Petition, petition, setClock, TWO } from './petition.ts';

const ISSUER = 'https://idp.example';
const grace: Identity = { ...reviewer, issuer: ISSUER, verified: true };
const edsger: Identity = { ...grace, subject: 'u-3', display: 'Edsger' };
const asks: Identity = { ...person, issuer: ISSUER, verified: true };
const ASKED = Date.parse('2026-01-01T00:00:00.000Z');

/** Who answers next, and what their login says. */
let giver: Proven;
let register: Register;

beforeEach(() => {
  const clock = new HandClock();
  setClock(clock);
  register = new Register({ clock, issuer: ISSUER, identify: async () => giver });
});

function ask(terms = [{ ...TWO, stepUp: true }]): Petition {
  return petition(
    register.approver(ORIGIN, async () => true),
    askedFor('drop table users', { terms, identity: asks }),
  );
}

const madeFor = (request: ApprovalRequest, identity = grace): Proven => ({
  identity,
  authenticated: ASKED + 5000,
  nonce: freshNonce(request),
});

describe('a login', () => {
  it('counts as fresh when it was made for the request', () => {
    const { request } = ask();
    expect(staleness(request, madeFor(request))).toBeNull();
  });

  it('counts as fresh without a nonce, when it was made since the request', () => {
    const { request } = ask();
    expect(staleness(request, { ...madeFor(request), nonce: null })).toBeNull();
  });

  it.each<[string, (request: ApprovalRequest) => Partial<Proven>, RegExp]>([
    ['was made before the request', () => ({ authenticated: ASKED - 30_001 }), /older than the request/],
    [
      'was made before the request, and carries no nonce',
      () => ({ authenticated: ASKED - 30_001, nonce: null }),
      /older than the request/,
    ],
    ['does not say when it was made', () => ({ authenticated: null }), /does not say when you logged in/],
    ['was made for another request', () => ({ nonce: freshNonce(ask().request) }), /made for something else/],
    ['was made for the same id with another digest', ({ id }) => ({ nonce: freshNonce({ id, digest: '0' }) }), /else/],
    ['was made for nothing', () => ({ nonce: 'random' }), /made for something else/],
    ['is none: nobody vouches for it', () => ({ identity: person }), /without a provider of logins/],
  ])('does not count as fresh when it %s', (_what, change, why) => {
    const { request } = ask();
    expect(staleness(request, { ...madeFor(request), ...change(request) })).toMatch(why);
  });

  it('may be made by a clock that is half a minute behind', () => {
    const { request } = ask();
    expect(staleness(request, { ...madeFor(request), authenticated: ASKED - 30_000 })).toBeNull();
  });
});

describe('a request that wants fresh logins', () => {
  it('is not approved without, and goes on waiting', async () => {
    const asked = ask();
    giver = { ...madeFor(asked.request), authenticated: null };
    expect(await register.answer(answerTo(asked.request, { by: grace }), null)).toEqual({
      accepted: false,
      reason: expect.stringContaining('does not say when you logged in (auth_time)'),
    });
    expect([asked.outcome(), asked.witness.answers]).toEqual([null, []]);
  });

  it('is approved by as many as it takes, each with a login of their own for it', async () => {
    const asked = ask();
    for (const [identity, outcome] of [
      [grace, null],
      [edsger, 'approved'],
    ] as const) {
      giver = madeFor(asked.request, identity);
      expect(await register.answer(answerTo(asked.request, { by: identity }), null)).toMatchObject({ outcome });
    }
    expect((await asked.settled).outcome).toBe('approved');
  });

  it.each([
    ['whoever asks', asks],
    ['who could approve it', grace],
  ])('is denied without one by %s', async (_who, by) => {
    const asked = ask();
    giver = { identity: by, authenticated: null, nonce: null };
    const denial = answerTo(asked.request, { by, verdict: 'deny', reason: 'no' });
    expect(await register.answer(denial, null)).toMatchObject({ outcome: 'denied' });
  });

  it('counts somebody who had approved what needs none once they have logged in for what does', async () => {
    const one = { ...TWO, approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 } };
    const asked = ask([one, { ...one, index: 2, stepUp: true }]);
    giver = { ...madeFor(asked.request), authenticated: null };
    const yes = answerTo(asked.request, { by: grace, uses: 2 });
    expect(await register.answer(yes, null)).toMatchObject({ outcome: null });
    expect(await register.answer(yes, null)).toMatchObject({ accepted: false });
    giver = madeFor(asked.request);
    expect(await register.answer(yes, null)).toMatchObject({ outcome: 'approved' });
    expect(register.grants()).toMatchObject([{ by: [grace] }]);
  });
});

describe('a request of which a provider vouches for those who answer', () => {
  it('says so', () => {
    expect(ask().request.issuer).toBe(ISSUER);
  });

  it('is not answered by whom somebody else vouches for, though the names are the same', async () => {
    const asked = ask([TWO]);
    giver = { identity: { ...grace, issuer: 'os' }, authenticated: null, nonce: null };
    expect(await register.answer(answerTo(asked.request, { by: grace }), null)).toEqual({
      accepted: false,
      reason: expect.stringContaining('vouched for by somebody else'),
    });
  });
});

describe('a provider that hangs', () => {
  it('holds up no other answer, and what it says later settles nothing twice', async () => {
    const slow = Promise.withResolvers<Proven>();
    const clock = new HandClock();
    setClock(clock);
    register = new Register({
      ...trusting,
      clock,
      identify: (answer) => (answer.uses === 2 ? slow.promise : trusting.identify(answer)),
    });
    const asked = petition(
      register.approver(ORIGIN, async () => true),
      askedFor('delete from users'),
    );
    const late = register.answer(answerTo(asked.request, { uses: 2 }), null);
    const denial = answerTo(asked.request, { verdict: 'deny', reason: 'no' });
    expect(await register.answer(denial, null)).toMatchObject({ outcome: 'denied' });
    slow.resolve({ identity: person, authenticated: null, nonce: null });
    expect(await late).toEqual({ accepted: false, reason: `request ${asked.request.id} is settled: denied` });
    expect([(await asked.settled).outcome, register.grants()]).toEqual(['denied', []]);
  });

  it('is not asked for what does not wait', async () => {
    let asked = 0;
    const identify = async (): Promise<Proven> => {
      asked += 1;
      return giver;
    };
    register = new Register({ clock: new HandClock(), issuer: ISSUER, identify });
    const nothing = { id: 'bcdfghjk', digest: '' } as ApprovalRequest;
    expect(await register.answer(answerTo(nothing), null)).toEqual({
      accepted: false,
      reason: 'there is no such request',
    });
    expect(asked).toBe(0);
  });
});
