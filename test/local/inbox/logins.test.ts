import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { InboxEvent, Receipt, Reply } from '../../../src/core/inbox.ts';
import type { Answer, ApprovalRequest } from '../../../src/core/request.ts';
import { Secret } from '../../../src/core/secret.ts';
import { signAnswer } from '../../../src/record/answer-signature.ts';
import { openKey } from '../../../src/record/key.ts';
import { person } from '../../policy/examples.ts';
import { answerTo } from '../../session/asking.ts';
import { OWN, type Petition } from '../../session/approvals/petition.ts';
import { bob, ISSUER, ScriptedProvider } from '../../identity/scripted-provider.ts';
import { Home, put, type Served } from './served.ts';

const alice: Identity = { ...bob, subject: 'u-alice', display: 'Alice', groups: ['engineering'] };
const DBA = [{ ...OWN, approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 } }];

let home: Home;
let provider: ScriptedProvider;
let served: Served;
let held: Petition;

beforeEach(async () => {
  home = new Home();
  provider = new ScriptedProvider();
  provider.shows('id-of-bob', { identity: bob });
  provider.shows('id-of-alice', { identity: alice });
  served = await home.serve('session', provider);
  held = served.ask('delete from users', { identity: alice, terms: DBA });
});

afterEach(() => home[Symbol.asyncDispose]());

const PROOF = { idToken: 'id-of-bob', accessToken: null };

async function signed(with_: Partial<Answer>, state = home.state): Promise<unknown> {
  return signAnswer(answerTo(held.request, { by: bob, ...with_ }), await openKey(state, 'approver'));
}

/** The receipt, the status where there is none, or null when the connection broke. */
async function send(answer: unknown, proof: unknown): Promise<Receipt | number | null> {
  const answered = await put(served.socket, { path: '/v1/answers', body: JSON.stringify({ answer, proof }) });
  if (answered?.status !== 200) return answered?.status ?? null;
  return JSON.parse(answered.body) as Receipt;
}

describe('an answer with a login', () => {
  it('counts when the login shows who gives it', async () => {
    expect(await send(await signed({}), PROOF)).toMatchObject({ outcome: 'approved' });
    expect(held.witness.answers).toMatchObject([{ by: bob }]);
  });

  it.each<[string, Partial<Answer>, unknown, RegExp]>([
    [
      'claims groups that its login does not show',
      { by: { ...alice, groups: ['dba'] } },
      'id-of-alice',
      /somebody else/,
    ],
    ['claims to be somebody whose login it is not', { by: bob }, 'id-of-alice', /somebody else/],
    ['claims to be somebody else than whose login it is', { by: alice }, 'id-of-bob', /somebody else/],
    ['claims to be this user of the system', { by: person }, 'id-of-bob', /somebody else/],
    ['comes with a token that proves nothing', {}, 'made-up', /proves nothing/],
  ])('that %s does not count', async (_what, with_, idToken, reason) => {
    const proof = { idToken, accessToken: null };
    expect(await send(await signed(with_), proof)).toMatchObject({ reason: expect.stringMatching(reason) });
    expect(held.outcome()).toBeNull();
  });

  it('of whoever asks does not count for others, under whatever profile', async () => {
    provider.shows('another-id-of-alice', { identity: { ...alice, display: 'A.', groups: ['dba'] } });
    const by = { ...alice, display: 'A.', groups: ['dba'] };
    expect(await send(await signed({ by }), { ...PROOF, idToken: 'another-id-of-alice' })).toMatchObject({
      reason: expect.stringContaining('you asked for it yourself'),
    });
    expect(held.outcome()).toBeNull();
  });

  it('that is missing does not count, whoever the answer says it is of', async () => {
    for (const by of [bob, person]) {
      expect(await send(await signed({ by }), null)).toMatchObject({ reason: expect.stringContaining('login') });
    }
    expect([held.outcome(), provider.asked]).toEqual([null, []]);
  });

  it('is not even looked at when the answer is not signed here', async () => {
    const unsigned = answerTo(held.request, { by: bob });
    for (const answer of [unsigned, await signed({}, `${home.directory}/another state`)]) {
      expect(await send(answer, PROOF)).toMatchObject({ reason: expect.stringContaining('not signed with a key') });
    }
    expect([held.outcome(), provider.asked]).toEqual([null, []]);
  });

  it('does not count where no provider vouches for people', async () => {
    const plain = await home.serve('plain');
    const { request, outcome } = plain.ask('delete from users');
    const answer = signAnswer(answerTo(request), await openKey(home.state, 'approver'));
    const body = JSON.stringify({ answer, proof: PROOF });
    expect(await put(plain.socket, { path: '/v1/answers', body })).toMatchObject({
      body: expect.stringContaining('no provider vouches'),
    });
    expect(outcome()).toBeNull();
  });

  it('does not count while the provider is down, and does when it is back', async () => {
    provider.shows('id-of-bob', new HoopError('identity.unreachable', 'down'));
    expect(await send(await signed({}), PROOF)).toMatchObject({ reason: expect.stringContaining('cannot be reached') });
    expect([held.outcome(), served.register.list()]).toEqual([null, [held.request]]);
    provider.shows('id-of-bob', { identity: bob });
    expect(await send(await signed({}), PROOF)).toMatchObject({ outcome: 'approved' });
  });

  it('that a provider takes long to confirm holds up no other', async () => {
    provider.hanging = 'id-of-bob';
    const slow = send(await signed({}), PROOF);
    while (provider.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const denial = await signed({ by: alice, verdict: 'deny', reason: 'no' });
    expect(await send(denial, { idToken: 'id-of-alice', accessToken: null })).toMatchObject({ outcome: 'denied' });
    expect((await held.settled).outcome).toBe('denied');
    await served.close();
    expect([await slow, provider.asked[0]?.signal.aborted]).toEqual([null, true]);
  });

  it('is taken in one form only', async () => {
    const answer = await signed({});
    const bad: unknown[] = [
      undefined,
      'id-of-bob',
      {},
      [],
      { idToken: 'id-of-bob' },
      { ...PROOF, refreshToken: 'r' },
      { ...PROOF, idToken: null },
      { ...PROOF, idToken: '' },
      { ...PROOF, idToken: 'two words' },
      { ...PROOF, idToken: 'line\nbreak' },
      { ...PROOF, idToken: 'ünïcode' },
      { ...PROOF, idToken: 7 },
      { ...PROOF, accessToken: '' },
      { ...PROOF, accessToken: { reveal: 'x' } },
      { ...PROOF, idToken: 'x'.repeat(24 * 1024 + 1) },
      { ...PROOF, accessToken: 'x'.repeat(1 << 20) },
    ];
    for (const proof of bad) expect([proof, (await send(answer, proof)) ?? 400]).toEqual([proof, 400]);
    const twice = JSON.stringify({ answer, proof: PROOF, more: null });
    for (const body of [JSON.stringify(answer), twice]) {
      expect(await put(served.socket, { path: '/v1/answers', body })).toMatchObject({ status: 400 });
    }
    expect([held.outcome(), provider.asked]).toEqual([null, []]);
  });

  it('is shown to nobody who watches', async () => {
    const over = new AbortController();
    const events: InboxEvent[] = [];
    const watching = (async () => {
      for await (const event of home.client().watch(over.signal)) {
        events.push(event);
        if (event.type === 'settled') over.abort();
      }
    })();
    while (events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await send(await signed({}), { idToken: 'id-of-bob', accessToken: 'access-canary' });
    await watching;
    expect(events.map(({ type }) => type)).toEqual(['request', 'answer', 'settled']);
    expect(JSON.stringify(events)).not.toMatch(/id-of-bob|canary|proof/);
  });
});

describe('taking back what was granted', () => {
  async function granted(): Promise<string> {
    await send(await signed({ uses: 3, until: new Date(Date.now() + 60_000).toISOString() }), PROOF);
    await held.settled;
    return held.request.id;
  }
  const proof = { idToken: new Secret('id-of-alice'), accessToken: null };

  it('is done in the name of the login that is shown', async () => {
    const id = await granted();
    await home.client().revoke(id, 'enough', proof);
    expect(held.witness.revocations).toEqual([[{ request: id, by: alice, reason: 'enough' }, true]]);
  });

  it('is done in the name of this user without one, though the provider is down', async () => {
    const id = await granted();
    provider.shows('id-of-bob', new HoopError('identity.unreachable', 'down'));
    await home.client().revoke(id, null);
    expect(held.witness.revocations).toEqual([[{ request: id, by: person, reason: null }, true]]);
  });

  it('is not done by a login that shows nobody, or is one of an agent', async () => {
    const id = await granted();
    provider.shows('bot', { identity: { ...bob, kind: 'agent', actsFor: bob } });
    for (const idToken of ['made-up', 'bot']) {
      const shown = { idToken: new Secret(idToken), accessToken: null };
      await expect(home.client().revoke(id, null, shown)).rejects.toMatchObject({ code: 'local.approver' });
    }
    expect(held.witness.revocations).toEqual([]);
  });

  it('shows no login to whoever gave nothing', async () => {
    await expect(home.client().revoke('bcdfghjk', null, proof)).rejects.toMatchObject({ code: 'local.request' });
    expect(provider.asked).toEqual([]);
  });
});

describe('whoever answers over the sockets', () => {
  const replyTo = ({ id, digest }: ApprovalRequest): Reply => ({
    request: id,
    digest,
    verdict: 'approve',
    reason: null,
    uses: 1,
    lasts: null,
    effect: null,
    breakGlass: false,
  });
  const loggedIn = async () => ({ identity: bob, proof: { idToken: new Secret('id-of-bob'), accessToken: null } });

  it('does so by the login that the request calls for', async () => {
    const seen: unknown[] = [];
    const client = home.client(person, async (request, reply) => {
      seen.push([request.issuer, reply.verdict]);
      return loggedIn();
    });
    expect(await client.reply(replyTo(held.request))).toMatchObject({ outcome: 'approved' });
    expect(seen).toEqual([[ISSUER, 'approve']]);
  });

  it('does so as this user where the request calls for no login', async () => {
    const { request } = (await home.serve('plain')).ask('delete from users');
    const client = home.client(person, () => expect.unreachable('nobody logs in'));
    expect(await client.reply(replyTo(request))).toMatchObject({ outcome: 'approved' });
  });

  it('sends nothing where nobody is logged in', async () => {
    const none = new HoopError('identity.login', 'nobody is logged in');
    const client = home.client(person, () => Promise.reject(none));
    await expect(client.reply(replyTo(held.request))).rejects.toBe(none);
    await expect(home.client().reply(replyTo(held.request))).rejects.toMatchObject({ code: 'identity.login' });
    expect(held.outcome()).toBeNull();
  });

  it('shows no login to what does not wait any more', async () => {
    held.gone.abort('cancelled');
    await held.settled;
    const client = home.client(person, () => expect.unreachable('nobody logs in'));
    expect(await client.reply(replyTo(held.request))).toEqual({
      accepted: false,
      reason: `request ${held.request.id} is settled: cancelled`,
    });
  });
});
