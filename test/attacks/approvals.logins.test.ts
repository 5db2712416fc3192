import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Receipt } from '../../src/core/inbox.ts';
import type { Freshness, Provider, TokenSet } from '../../src/core/provider.ts';
import type { Answer, ApprovalRequest, AskTerms } from '../../src/core/request.ts';
import { Secret } from '../../src/core/secret.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { signAnswer } from '../../src/record/answer-signature.ts';
import { openKey } from '../../src/record/key.ts';
import { freshNonce } from '../../src/session/approvals/fresh.ts';
import { confirmCode, signIn } from '../identity/provider/pages.ts';
import { CLIENT_ID, RealProvider, SERVICE_AUDIENCE, SERVICE_CLIENT } from '../identity/provider/real.ts';
import { fixtureKeys, rsaKey, type SigningKey } from '../identity/provider/signing.ts';
import { Home, put, type Served } from '../local/inbox/served.ts';
import { answerTo } from '../session/asking.ts';
import { OWN, type Petition } from '../session/approvals/petition.ts';

const { signal } = new AbortController();
const DBA = { groups: ['dba'], subjects: [], emails: [], count: 1 };
const terms = (with_: Partial<AskTerms> = {}): readonly AskTerms[] => [{ ...OWN, approvers: DBA, ...with_ }];

let real: RealProvider;
let provider: Provider;
let home: Home;
let served: Served;
/** Of engineering, who asks. Ada is of the DBAs as well. */
let bob: Identity;
let ada: Identity;

beforeEach(async () => {
  real = await RealProvider.start();
  provider = openProvider(real.settings(), { clock: systemClock });
  home = new Home();
  served = await home.serve('session', provider);
  [bob, ada] = [await personOf(await logIn('bob')), await personOf(await logIn('ada'))];
});

afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await real.close();
});

async function logIn(login: string, freshness: Freshness | null = null): Promise<TokenSet> {
  if (freshness !== null) {
    return provider.loginByBrowser({ freshness, open: async (url) => void signIn(url, login), signal });
  }
  const prompt = ({ url, userCode }: { url: string; userCode: string }): void => void confirmCode(url, userCode, login);
  return provider.loginByDevice({ freshness, prompt, signal });
}

async function personOf(tokens: TokenSet): Promise<Identity> {
  return (await provider.confirm(tokens, null, signal)).identity;
}

const hold = (with_: Partial<AskTerms> = {}): Petition =>
  served.ask('delete from users', { identity: bob, terms: terms(with_) });

interface Shown {
  readonly idToken: string | null;
  readonly accessToken: string | null;
}

const shown = ({ idToken, accessToken }: TokenSet): Shown => ({
  idToken: idToken?.reveal() ?? null,
  accessToken: accessToken?.reveal() ?? null,
});

/** As a program does that does not keep to what `hoopctl approve` does. */
async function answer(request: ApprovalRequest, with_: Partial<Answer>, proof: unknown): Promise<Receipt> {
  const signed = signAnswer(answerTo(request, with_), await openKey(home.state, 'approver'));
  const body = JSON.stringify({ answer: signed, proof });
  const answered = await put(served.socket, { path: '/v1/answers', body });
  if (answered?.status !== 200) return { accepted: false, reason: `status ${answered?.status}` };
  return JSON.parse(answered.body) as Receipt;
}

/** A token of the provider's own key, unless it is another one, with claims that the provider never put together. */
function minted(claims: Readonly<Record<string, unknown>>, key: SigningKey = fixtureKeys()): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { groups, display, email } = ada;
  const whole = { iss: real.issuer, aud: CLIENT_ID, sub: 'ada', name: display, email, email_verified: true, groups };
  const payload = { ...whole, iat: now, exp: now + 600, auth_time: now, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(key.privateKey);
}

const ago = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;

describe('somebody among the approvers', () => {
  it('approves by their login, and by nothing less', async () => {
    const held = hold();
    expect(await answer(held.request, { by: ada }, null)).toMatchObject({ accepted: false });
    expect(await answer(held.request, { by: ada }, shown(await logIn('ada')))).toMatchObject({ outcome: 'approved' });
    expect((await held.settled).outcome).toBe('approved');
  });

  it('approves by a token of the right kind that is made up here: what follows is refused for what it says', async () => {
    expect(await answer(hold().request, { by: ada }, { idToken: await minted({}), accessToken: null })).toMatchObject({
      outcome: 'approved',
    });
  });
});

describe('what is no proof', () => {
  const hostile: [what: string, by: () => Identity, idToken: () => Promise<string>][] = [
    ['a token of somebody who only claims the groups', () => ({ ...bob, groups: ada.groups }), () => tokenOf('bob')],
    ['a token of somebody else than it is given by', () => ada, () => tokenOf('bob')],
    ['a token of an approver, for what somebody else says', () => bob, () => tokenOf('ada')],
    ['a token for another client', () => ada, () => minted({ aud: 'another' })],
    ['a token for several clients, by another', () => ada, () => minted({ aud: [CLIENT_ID, 'x'], azp: 'x' })],
    ['a token that was handed out to another client', () => ada, () => minted({ azp: 'another' })],
    ['a token of another issuer', () => ada, () => minted({ iss: 'https://idp.example' })],
    ['a token of another key under the same name', () => ada, () => minted({}, rsaKey('fixture-1'))],
    ['a token that has expired', () => ada, () => minted({ iat: ago(900), exp: ago(300) })],
    ['a token from before what is believed, alone', () => ada, () => minted({ iat: ago(331) })],
    ['a token of an agent', () => agentOf(ada), () => minted({ act: { sub: 'bot' } })],
    ['a token of an agent, for its person', () => ada, () => minted({ act: { sub: 'bot' } })],
    ['a token of an access-token kind', () => ada, () => minted({ typ: 'Bearer' })],
    ['an access token', () => ada, async () => (await logIn('ada')).accessToken?.reveal() ?? ''],
    ['a refresh token', () => ada, async () => (await logIn('ada')).refreshToken?.reveal() ?? ''],
    ['no signature', () => ada, async () => (await minted({})).replace(/[^.]*$/, '')],
    ['a token without an algorithm', () => ada, unsigned],
  ];
  it.each(hostile)('%s', async (_what, by, idToken) => {
    const held = hold();
    const proof = { idToken: await idToken(), accessToken: null };
    expect(await answer(held.request, { by: by() }, proof)).toMatchObject({ accepted: false });
    expect([held.outcome(), held.witness.answers]).toEqual([null, []]);
  });

  async function tokenOf(login: string): Promise<string> {
    return shown(await logIn(login)).idToken ?? '';
  }

  function agentOf(person: Identity): Identity {
    return { ...person, kind: 'agent', subject: 'bot', display: 'bot', email: null, groups: [], actsFor: person };
  }

  async function unsigned(): Promise<string> {
    const [, payload = ''] = (await minted({})).split('.');
    return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  }

  it('a token of a service', async () => {
    const service = { name: 'nightly', issuer: real.issuer, audience: SERVICE_AUDIENCE, groups: ['dba'] };
    const { id, secret } = SERVICE_CLIENT;
    const settings = real.settings({
      clientId: id,
      clientSecret: new Secret(secret),
      services: [{ ...service, claims: [] }],
    });
    const own = openProvider(settings, { clock: systemClock });
    const tokens = await own.loginAsClient(signal);
    const { identity } = await own.confirm(tokens, null, signal);
    expect(identity).toMatchObject({ kind: 'service', groups: ['dba'] });
    const knowing = openProvider(real.settings({ services: settings.services }), { clock: systemClock });
    served = await home.serve('another', knowing);
    const held = hold();
    const proof = { idToken: tokens.accessToken?.reveal(), accessToken: null };
    expect(await answer(held.request, { by: identity }, proof)).toEqual({
      accepted: false,
      reason: 'only a person approves; an agent or a service never does',
    });
    expect(held.outcome()).toBeNull();
  });
});

describe('one person', () => {
  it('is one, under however many profiles', async () => {
    const held = hold({ approvers: { ...DBA, count: 2 } });
    const [first, second] = [await logIn('ada'), await logIn('ada')];
    expect(await answer(held.request, { by: ada }, shown(first))).toMatchObject({ outcome: null });
    expect(await answer(held.request, { by: ada }, shown(second))).toMatchObject({
      reason: 'you have approved it already; others must, too',
    });
    real.users.set('cyd', { name: 'Cyd', email: 'cyd@example.com', emailVerified: true, groups: ['dba'] });
    const third = await logIn('cyd');
    expect(await answer(held.request, { by: await personOf(third) }, shown(third))).toMatchObject({
      outcome: 'approved',
    });
  });

  it('that asks does not approve for others, under whatever name', async () => {
    real.change('bob', { name: 'Robert', email: 'robert@example.com', groups: ['dba'] });
    const held = hold();
    const another = await logIn('bob');
    const by = await personOf(another);
    expect(await answer(held.request, { by }, shown(another))).toMatchObject({
      reason: expect.stringContaining('you asked for it yourself'),
    });
    const agent: Identity = { ...bob, kind: 'agent', issuer: 'declared', subject: 'bot', groups: [], actsFor: bob };
    const theirs = served.ask('delete from users', { identity: agent, terms: terms() });
    expect(await answer(theirs.request, { by }, shown(another))).toMatchObject({ accepted: false });
    expect([held.outcome(), theirs.outcome()]).toEqual([null, null]);
  });
});

describe('a group that is left at the provider', () => {
  it('does not count any more, though an older token names it', async () => {
    const tokens = await logIn('ada');
    real.change('ada', { groups: ['engineering'] });
    const held = hold();
    const old = { idToken: await minted({ iat: ago(331) }), accessToken: shown(tokens).accessToken };
    expect(await answer(held.request, { by: ada }, old)).toMatchObject({ accepted: false });
    const now = await personOf(await logIn('ada'));
    expect(now.groups).toEqual(['engineering']);
    expect(await answer(held.request, { by: now }, old)).toMatchObject({
      reason: expect.stringContaining('not among those'),
    });
    real.change('ada', { groups: ['engineering', 'dba'] });
    expect(await answer(held.request, { by: ada }, old)).toMatchObject({ outcome: 'approved' });
  });
});

describe('a fresh login', () => {
  const freshFor = ({ request }: Petition): Freshness => ({ again: true, nonce: freshNonce(request) });

  it('counts for the request that it was made for, and for no other', async () => {
    const [one, other] = [hold({ stepUp: true }), hold({ stepUp: true })];
    const proof = shown(await logIn('ada', freshFor(one)));
    expect(await answer(other.request, { by: ada }, proof)).toMatchObject({
      reason: expect.stringContaining('made for something else'),
    });
    expect(await answer(one.request, { by: ada }, proof)).toMatchObject({ outcome: 'approved' });
    expect(other.outcome()).toBeNull();
  });

  it('is not an older one that is renewed, nor one that carries the request’s number and is old', async () => {
    const held = hold({ stepUp: true });
    const nonce = freshNonce(held.request);
    for (const [claims, reason] of [
      [{ auth_time: ago(60) }, 'older than the request'],
      [{ auth_time: ago(60), nonce }, 'older than the request'],
      [{ auth_time: undefined, nonce }, 'does not say when you logged in'],
      [{ nonce: randomUUID() }, 'made for something else'],
    ] as const) {
      const proof = { idToken: await minted(claims), accessToken: null };
      expect(await answer(held.request, { by: ada }, proof)).toMatchObject({ reason: expect.stringContaining(reason) });
    }
    expect(held.outcome()).toBeNull();
  });
});

describe('a provider that is down', () => {
  it('lets nobody approve, and the request waits until it is back', async () => {
    const proof = shown(await logIn('ada'));
    const fresh = openProvider(real.settings(), { clock: systemClock });
    served = await home.serve('fresh', fresh);
    const held = hold();
    await real.close();
    expect(await answer(held.request, { by: ada }, proof)).toMatchObject({
      reason: 'the provider cannot be reached to confirm who gives it',
    });
    expect([held.outcome(), served.register.list()]).toEqual([null, [held.request]]);
    await real.resume();
    expect(await answer(held.request, { by: ada }, proof)).toMatchObject({ outcome: 'approved' });
  });
});
