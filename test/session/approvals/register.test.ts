import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Approver } from '../../../src/core/approver.ts';
import type { InboxEvent } from '../../../src/core/inbox.ts';
import type { SignedAnswer } from '../../../src/core/request.ts';
import { Register } from '../../../src/session/approvals/register.ts';
import { person } from '../../policy/examples.ts';
import { answerTo, openRegister, ORIGIN, reviewer, trusting } from '../asking.ts';
import { HandClock } from '../bench.ts';
import { askedFor, KeptWitness, opened, OWN, petition, setClock, TWO } from './petition.ts';

const other = { ...reviewer, subject: 'u-3', display: 'Edsger' };
const agent = { ...person, kind: 'agent', subject: 'a-1', actsFor: person } as const;

let clock: HandClock;
let register: Register;
let approver: Approver;

beforeEach(() => {
  vi.useFakeTimers();
  clock = new HandClock();
  setClock(clock);
  ({ register, approver } = opened(clock));
});

afterEach(() => void vi.useRealTimers());

/** Both clocks go on, and timers with them. */
async function pass(milliseconds: number): Promise<void> {
  clock.micros += milliseconds * 1000;
  await vi.advanceTimersByTimeAsync(milliseconds);
}

describe('a request', () => {
  it('is approved by one plain yes, with leave for one use', async () => {
    const asked = petition(approver, askedFor('delete from users where id = 1'));
    expect(await register.answer(answerTo(asked.request), null)).toEqual({
      accepted: true,
      outcome: 'approved',
      missing: null,
    });
    expect(await asked.settled).toEqual({
      outcome: 'approved',
      leave: { request: asked.request.id, use: 1, effect: null, until: asked.request.expires },
    });
    expect(approver.granted(askedFor('delete from users where id = 1'), new KeptWitness())).toBeNull();
    expect(asked.witness.answers).toHaveLength(1);
  });

  it('is denied with the reason that was given', async () => {
    const asked = petition(approver, askedFor('delete from users where id = 1'));
    await register.answer(answerTo(asked.request, { verdict: 'deny', reason: 'not on a Friday' }), null);
    expect(await asked.settled).toEqual({ outcome: 'denied', reason: 'not on a Friday' });
  });

  it('has an id that is easily typed, and none twice', () => {
    const ids = Array.from({ length: 200 }, () => petition(approver, askedFor('delete from users')).request.id);
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[23456789bcdfghjkmnpqrstvwxyz]{8}$/);
    expect(register.list().map(({ id }) => id)).toEqual(ids);
  });

  it('waits for the shortest time that any rule gives it', () => {
    const terms = [OWN, { ...TWO, within: 5_000 }];
    expect(petition(approver, askedFor('delete from users', { terms })).request.expires).toBe(
      '2026-01-01T00:00:05.000Z',
    );
  });

  it('that was not drafted here is not asked', async () => {
    const { request } = petition(approver, askedFor('delete from users'));
    const signal = new AbortController().signal;
    await expect(approver.ask({ ...request }, signal, new KeptWitness())).rejects.toThrow(TypeError);
  });
});

type Ending = 'approve' | 'deny' | 'timeout' | 'cancel' | 'disconnect' | 'end';
const OUTCOMES = {
  approve: 'approved',
  deny: 'denied',
  timeout: 'expired',
  cancel: 'cancelled',
  disconnect: 'disconnected',
  end: 'ended',
} as const;
const ENDINGS = Object.keys(OUTCOMES) as Ending[];
const PAIRS = ENDINGS.flatMap((first) => ENDINGS.map((second) => [first, second] as const));

describe('what comes first settles it, once', () => {
  it.each(PAIRS)('%s, then %s', async (first, second) => {
    const asked = petition(approver, askedFor('delete from users where id = 1'));
    const events: InboxEvent[] = [];
    register.listen((event) => void events.push(event));
    const acts: Record<Ending, () => Promise<unknown>> = {
      approve: () => register.answer(answerTo(asked.request), null),
      deny: () => register.answer(answerTo(asked.request, { verdict: 'deny', reason: 'no' }), null),
      timeout: () => pass(60_000),
      cancel: async () => asked.gone.abort('cancelled'),
      disconnect: async () => asked.gone.abort('disconnected'),
      end: async () => asked.gone.abort('time limit'),
    };
    await acts[first]();
    await acts[second]();
    expect((await asked.settled).outcome).toBe(OUTCOMES[first]);
    expect(events.filter(({ type }) => type === 'settled')).toEqual([
      { type: 'settled', request: asked.request.id, outcome: OUTCOMES[first] },
    ]);
    expect(register.list()).toEqual([]);
  });

  it.each(PAIRS.filter(([first, second]) => first !== second))('%s and %s in one turn', async (first, second) => {
    const asked = petition(approver, askedFor('delete from users where id = 1'));
    const acts: Record<Ending, () => unknown> = {
      approve: () => register.answer(answerTo(asked.request), null),
      deny: () => register.answer(answerTo(asked.request, { verdict: 'deny', reason: 'no' }), null),
      timeout: () => pass(60_000),
      cancel: () => asked.gone.abort('cancelled'),
      disconnect: () => asked.gone.abort('disconnected'),
      end: () => asked.gone.abort('time limit'),
    };
    await Promise.all([acts[first](), acts[second]()]);
    const { outcome } = await asked.settled;
    expect([OUTCOMES[first], OUTCOMES[second]]).toContain(outcome);
    expect(await register.answer(answerTo(asked.request), null)).toEqual({
      accepted: false,
      reason: `request ${asked.request.id} is settled: ${outcome}`,
    });
  });

  it('a client that was gone before is not asked for', async () => {
    const gone = new AbortController();
    gone.abort('cancelled');
    const request = approver.draft(askedFor('delete from users'), 1);
    expect(await approver.ask(request, gone.signal, new KeptWitness())).toEqual({ outcome: 'cancelled', reason: null });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the time of a request', () => {
  it('is up by the clock, though no timer has gone off', async () => {
    const asked = petition(approver, askedFor('delete from users'));
    clock.micros += 60_000_000;
    expect(await register.answer(answerTo(asked.request), null)).toEqual({
      accepted: false,
      reason: `the time of request ${asked.request.id} is up`,
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect((await asked.settled).outcome).toBe('expired');
  });

  it('is not prolonged by a wall clock that is set back', async () => {
    const wall = { ahead: 0 };
    const skewed = { now: () => clock.now() + wall.ahead, monotonic: () => clock.monotonic() };
    register = openRegister(skewed);
    const asked = petition(
      register.approver(ORIGIN, async () => true),
      askedFor('delete from users'),
    );
    wall.ahead = -3_600_000;
    await pass(60_000);
    expect((await asked.settled).outcome).toBe('expired');
  });

  it('leaves no timer behind, however it ended', async () => {
    const all = ENDINGS.map(() => petition(approver, askedFor('delete from users')));
    for (const one of all) one.gone.abort('cancelled');
    await Promise.all(all.map(({ settled }) => settled));
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an answer that does not count', () => {
  const bad: [why: string, with_: Partial<SignedAnswer>, reason: RegExp][] = [
    ['is about another digest', { digest: '0'.repeat(64) }, /something else/],
    ['names another request', { request: 'bcdfghjk' }, /no such request/],
    ['is an agent’s', { by: agent }, /an agent or a service never does/],
    ['is a service’s', { by: { ...person, kind: 'service' } }, /never does/],
    ['is somebody else’s', { by: reviewer }, /not among those/],
    [
      'is of the same name from elsewhere',
      { by: { ...person, issuer: 'https://idp.example' } },
      /vouched for by somebody else/,
    ],
    ['is of the same display name', { by: { ...person, subject: 'u-9' } }, /not among those/],
    ['denies without a reason', { verdict: 'deny' }, /needs a reason/],
    ['breaks a glass that is not there', { breakGlass: true, reason: 'fire' }, /does not let you override/],
    ['holds not even once', { uses: 0 }, /from 1 to/],
    ['holds for a time that is over', { until: '2026-01-01T00:00:00.000Z' }, /over already/],
  ];
  it.each(bad)('%s', async (_why, with_, reason) => {
    const asked = petition(approver, askedFor('delete from users'));
    expect(await register.answer(answerTo(asked.request, with_), null)).toEqual({
      accepted: false,
      reason: expect.stringMatching(reason),
    });
    expect([asked.outcome(), asked.witness.answers]).toEqual([null, []]);
    expect(register.grants()).toEqual([]);
  });

  it('comes from somebody who is not known for sure', async () => {
    register = new Register({ clock, issuer: 'os', identify: async () => ({ reason: 'nobody knows' }) });
    const asked = petition(
      register.approver(ORIGIN, async () => true),
      askedFor('delete from users'),
    );
    expect(await register.answer(answerTo(asked.request), null)).toMatchObject({ accepted: false });
    expect(asked.outcome()).toBeNull();
  });

  it('claims to be another’s than who gave it', async () => {
    register = new Register({
      clock,
      ...trusting,
      identify: async () => ({ identity: reviewer, authenticated: null, nonce: null }),
    });
    const asked = petition(
      register.approver(ORIGIN, async () => true),
      askedFor('delete from users'),
    );
    expect(await register.answer(answerTo(asked.request, { by: person }), null)).toMatchObject({ accepted: false });
    expect(asked.outcome()).toBeNull();
  });

  it('comes late, and is told how it ended', async () => {
    const asked = petition(approver, askedFor('delete from users'));
    await register.answer(answerTo(asked.request, { verdict: 'deny', reason: 'no' }), null);
    await asked.settled;
    expect(await register.answer(answerTo(asked.request), null)).toEqual({
      accepted: false,
      reason: `request ${asked.request.id} is settled: denied`,
    });
  });

  it('was given to the same text of another time', async () => {
    const first = petition(approver, askedFor('delete from users'));
    const second = petition(approver, askedFor('delete from users'));
    const replayed = { ...answerTo(first.request), request: second.request.id };
    expect(await register.answer(replayed, null)).toMatchObject({ accepted: false });
    expect(second.outcome()).toBeNull();
  });

  it('was given in another process', async () => {
    const elsewhere = opened(clock);
    const there = petition(elsewhere.approver, askedFor('delete from users'));
    const here = petition(approver, askedFor('delete from users'));
    expect(await register.answer(answerTo(there.request), null)).toMatchObject({ accepted: false });
    expect(await register.answer({ ...answerTo(there.request), request: here.request.id }, null)).toMatchObject({
      accepted: false,
    });
    expect([here.outcome(), there.outcome()]).toEqual([null, null]);
  });
});

describe('several approvers', () => {
  it('must be as many as the rule says, and different', async () => {
    const asked = petition(approver, askedFor('drop table users', { terms: [TWO] }));
    expect(await register.answer(answerTo(asked.request, { by: reviewer }), null)).toEqual({
      accepted: true,
      outcome: null,
      missing: 'it takes 2 members of dba',
    });
    expect(await register.answer(answerTo(asked.request, { by: { ...reviewer, display: 'G.' } }), null)).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('already'),
    });
    expect(asked.outcome()).toBeNull();
    expect(await register.answer(answerTo(asked.request, { by: other }), null)).toMatchObject({ outcome: 'approved' });
    expect((await asked.settled).outcome).toBe('approved');
  });

  it('that answer in one turn are two, and one that answers twice is one', async () => {
    const asked = petition(approver, askedFor('drop table users', { terms: [TWO] }));
    const twice = await Promise.all([1, 2].map(() => register.answer(answerTo(asked.request, { by: reviewer }), null)));
    expect(twice.filter(({ accepted }) => accepted)).toHaveLength(1);
    const more = await Promise.all([1, 2].map(() => register.answer(answerTo(asked.request, { by: other }), null)));
    expect(more.filter(({ accepted }) => accepted)).toHaveLength(1);
    expect(asked.witness.answers).toHaveLength(2);
  });

  it('never include the requester, nor whoever acts for the requester (R8)', async () => {
    const member = { ...person, groups: ['dba'] };
    const asked = petition(
      approver,
      askedFor('drop table users', { terms: [TWO], identity: { ...agent, actsFor: member } }),
    );
    for (const by of [member, agent]) {
      expect(await register.answer(answerTo(asked.request, { by }), null)).toMatchObject({ accepted: false });
    }
  });

  it('are not needed where one of them denies, who may have approved before', async () => {
    const asked = petition(approver, askedFor('drop table users', { terms: [TWO] }));
    await register.answer(answerTo(asked.request, { by: reviewer }), null);
    const denial = answerTo(asked.request, { by: reviewer, verdict: 'deny', reason: 'on second thoughts' });
    expect(await register.answer(denial, null)).toMatchObject({ outcome: 'denied' });
    expect((await asked.settled).outcome).toBe('denied');
  });

  it('give what the narrowest of them gives', async () => {
    const asked = petition(approver, askedFor('delete from users where id = 1', { terms: [TWO] }));
    const [early, late] = ['2026-01-01T00:10:00.000Z', '2026-01-01T08:00:00.000Z'];
    await register.answer(answerTo(asked.request, { by: reviewer, uses: 9, until: early }), null);
    await register.answer(answerTo(asked.request, { by: other, uses: 3, until: late }), null);
    expect(register.grants()).toMatchObject([{ uses: 3, used: 1, until: early, by: [reviewer, other] }]);
  });

  it('do not count any more when their own time is over', async () => {
    const asked = petition(approver, askedFor('delete from users', { terms: [TWO] }));
    await register.answer(answerTo(asked.request, { by: reviewer, until: '2026-01-01T00:00:10.000Z' }), null);
    await pass(10_000);
    expect(await register.answer(answerTo(asked.request, { by: other }), null)).toMatchObject({ outcome: null });
    expect(asked.outcome()).toBeNull();
    expect(await register.answer(answerTo(asked.request, { by: reviewer }), null)).toMatchObject({
      outcome: 'approved',
    });
  });

  it('of several rules must satisfy every one of them', async () => {
    const asked = petition(approver, askedFor('drop table users', { terms: [OWN, TWO] }));
    expect(await register.answer(answerTo(asked.request), null)).toMatchObject({ outcome: null });
    expect(await register.answer(answerTo(asked.request, { by: reviewer }), null)).toMatchObject({ outcome: null });
    expect(await register.answer(answerTo(asked.request, { by: other }), null)).toMatchObject({ outcome: 'approved' });
  });
});

describe('whoever listens', () => {
  it('hears of the request, the answer, the grant and the end, in this order', async () => {
    const heard: string[] = [];
    const stop = register.listen(({ type }) => void heard.push(type));
    const asked = petition(approver, askedFor('delete from users where id = 1'));
    register.preview(asked.request.id, { estimate: 3, dryRun: null, withheld: null });
    await register.answer(answerTo(asked.request, { uses: 2 }), null);
    await asked.settled;
    register.preview(asked.request.id, { estimate: 4, dryRun: null, withheld: null });
    register.revoke(asked.request.id, person, null);
    expect(heard).toEqual(['request', 'request', 'answer', 'grant', 'settled', 'grant']);
    stop();
    petition(approver, askedFor('delete from users'));
    expect(heard).toHaveLength(6);
  });

  it('is told of at most a thousand settled requests', async () => {
    const first = petition(approver, askedFor('delete from users'));
    first.gone.abort('cancelled');
    await first.settled;
    for (let count = 0; count < 1000; count += 1) {
      const one = petition(approver, askedFor('delete from users'));
      one.gone.abort('cancelled');
      await one.settled;
    }
    expect(await register.answer(answerTo(first.request), null)).toEqual({
      accepted: false,
      reason: 'there is no such request',
    });
  });
});
