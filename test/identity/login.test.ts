import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { DevicePrompt, Provider } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { logIn } from './provider/log-in.ts';
import { confirmCode, denyCode } from './provider/pages.ts';
import { type ProviderOptions, RealProvider, SERVICE_AUDIENCE, SERVICE_CLIENT } from './provider/real.ts';
import { Secret } from '../../src/core/secret.ts';

let real: RealProvider;
let provider: Provider;
const { signal } = new AbortController();

async function begin(options: ProviderOptions = {}): Promise<void> {
  await real?.close();
  real = await RealProvider.start(options);
  provider = openProvider(real.settings(), { clock: systemClock });
}

beforeEach(() => begin());
afterEach(() => real.close());

const polls = (): number => real.requests.filter((request) => request === '/token device_code').length;

describe('a login with a code', () => {
  test('shows a page and a code, and is that of who confirms it: with groups and a verified address', async () => {
    const prompts: DevicePrompt[] = [];
    let confirming: Promise<void> = Promise.resolve();
    const tokens = await provider.loginByDevice({
      freshness: null,
      signal,
      prompt: (prompt) => {
        prompts.push(prompt);
        confirming = confirmCode(prompt.url, prompt.userCode, 'ada');
      },
    });
    await confirming;
    const { identity, authenticated, issued, expires } = await provider.confirm(tokens, null, signal);
    const [prompt] = prompts;
    expect(prompt).toMatchObject({
      url: `${real.issuer}/device`,
      completeUrl: `${real.issuer}/device?user_code=${prompt?.userCode}`,
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    });
    expect(Math.abs((prompt?.expires ?? 0) - Date.now() - 600_000)).toBeLessThan(20_000);
    expect(identity).toEqual({
      kind: 'person',
      subject: 'ada',
      issuer: real.issuer,
      display: 'Ada Lovelace',
      email: 'ada@example.com',
      service: null,
      groups: ['engineering', 'dba'],
      verified: true,
      actsFor: null,
    });
    expect(Math.abs((authenticated ?? 0) - Date.now())).toBeLessThan(20_000);
    expect(expires - issued).toBe(600_000);
    expect(tokens.refreshToken).not.toBeNull();
  });

  test('is denied when the person says so', async () => {
    const denied = provider.loginByDevice({
      freshness: null,
      signal,
      prompt: ({ url, userCode }) => void denyCode(url, userCode),
    });
    await expect(denied).rejects.toMatchObject({ code: 'identity.denied' });
  });

  test('goes on while the provider says that it is too early, or cannot answer', async () => {
    real.answerNext(
      '/token',
      { status: 500, body: 'the stack trace of somebody else' },
      { status: 502, body: '' },
      { status: 400, body: '{"error":"authorization_pending"}' },
      { status: 503, body: '<html>', headers: { 'content-type': 'text/html' } },
    );
    const tokens = await logIn(provider, 'ada');
    expect(tokens.idToken).not.toBeNull();
    expect(real.requests).toContain('/token');
  });

  test('goes on when the provider is away for a while', async () => {
    let away: Promise<void> = Promise.resolve();
    const tokens = await provider.loginByDevice({
      freshness: null,
      signal,
      prompt: ({ url, userCode }) => {
        away = (async () => {
          await confirmCode(url, userCode, 'ada');
          await real.close();
          await real.resume();
        })();
      },
    });
    await away;
    await expect(provider.confirm(tokens, null, signal)).resolves.toMatchObject({ identity: { subject: 'ada' } });
  });

  test('ends at once when it is given up, however long the next question is away', async () => {
    await begin({ interval: 3600 });
    const giving = new AbortController();
    const login = provider.loginByDevice({ freshness: null, signal: giving.signal, prompt: () => giving.abort() });
    await expect(login).rejects.toMatchObject({ code: 'cli.cancelled' });
    expect(polls()).toBe(0);
  });

  test('is not begun where the configuration turns codes off', async () => {
    const without = openProvider(real.settings({ deviceFlow: false }), { clock: systemClock });
    await expect(logIn(without, 'ada')).rejects.toMatchObject({
      code: 'identity.denied',
      hint: 'hoopctl login --browser',
    });
    expect(real.requests).toEqual([]);
  });

  test('may ask the person to show again who they are', async () => {
    const tokens = await logIn(provider, 'ada', { again: true, nonce: 'the-digest-of-a-request' });
    const { authenticated } = await provider.confirm(tokens, null, signal);
    expect(Math.abs((authenticated ?? 0) - Date.now())).toBeLessThan(20_000);
  });
});

describe('a login that is renewed', () => {
  test('has the groups that the provider lists now, and a refresh token of its own', async () => {
    const tokens = await logIn(provider, 'bob');
    const { identity } = await provider.confirm(tokens, null, signal);
    expect(identity.groups).toEqual(['engineering']);
    real.change('bob', { groups: ['support'] });
    const renewed = await provider.refresh(tokens, signal);
    const now = await provider.confirm(renewed, identity, signal);
    expect(now.identity.groups).toEqual(['support']);
    expect(renewed.refreshToken?.reveal()).not.toBe(tokens.refreshToken?.reveal());
  });

  test('may bring no ID token: userinfo says who it is then', async () => {
    await begin({ idTokenOnRefresh: false });
    const tokens = await logIn(provider, 'ada');
    const { identity } = await provider.confirm(tokens, null, signal);
    real.change('ada', { groups: ['support'] });
    const renewed = await provider.refresh(tokens, signal);
    expect(renewed.idToken).toBeNull();
    const now = await provider.confirm(renewed, identity, signal);
    expect(now.identity).toEqual({ ...identity, groups: ['support'] });
    await expect(provider.confirm(renewed, null, signal)).rejects.toMatchObject({ code: 'identity.token' });
    await expect(provider.confirm(renewed, { ...identity, subject: 'bob' }, signal)).rejects.toMatchObject({
      code: 'identity.token',
    });
  });

  test('has ended when the provider knows the person no more', async () => {
    const tokens = await logIn(provider, 'bob');
    real.users.delete('bob');
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
  });

  test('has ended when its refresh token was spent before', async () => {
    const tokens = await logIn(provider, 'bob');
    const renewed = await provider.refresh(tokens, signal);
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
    await expect(provider.refresh(renewed, signal)).rejects.toMatchObject({ code: 'identity.login' });
  });

  test('has not ended because the provider cannot be asked', async () => {
    const tokens = await logIn(provider, 'bob');
    real.answerNext('/token', { status: 500, body: '{"error":"invalid_grant"}' });
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.unreachable' });
    await real.close();
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.unreachable' });
    await real.resume();
    await expect(provider.refresh(tokens, signal)).resolves.toBeDefined();
  });

  test('needs a refresh token', async () => {
    const tokens = { ...(await logIn(provider, 'bob')), refreshToken: null };
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
  });
});

describe('tokens without groups in them', () => {
  beforeEach(() => begin({ claimsIn: 'userinfo' }));

  test('have userinfo asked', async () => {
    const tokens = await logIn(provider, 'ada');
    const { identity } = await provider.confirm(tokens, null, signal);
    expect(identity).toMatchObject({
      display: 'Ada Lovelace',
      email: 'ada@example.com',
      groups: ['engineering', 'dba'],
    });
  });

  test('prove nothing without the access token to ask with: whoever leaves it out must not shed their groups', async () => {
    const { idToken } = await logIn(provider, 'ada');
    const alone = { idToken, accessToken: null, refreshToken: null, expires: null };
    await expect(provider.confirm(alone, null, signal)).rejects.toMatchObject({ code: 'identity.token' });
  });

  test('have ended when the provider takes the access token no more', async () => {
    const tokens = await logIn(provider, 'ada');
    await provider.revoke(tokens, signal);
    await expect(provider.confirm(tokens, null, signal)).rejects.toMatchObject({ code: 'identity.login' });
  });
});

test('a login that is revoked cannot be renewed', async () => {
  const tokens = await logIn(provider, 'ada');
  await expect(provider.revoke(tokens, signal)).resolves.toBe(true);
  await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
});

test('a service logs in with the secret of its client', async () => {
  const service = {
    name: 'nightly',
    issuer: real.issuer,
    audience: SERVICE_AUDIENCE,
    claims: [{ claim: ['sub'], matches: (value: string) => value === SERVICE_CLIENT.id }],
    groups: ['batch'],
  };
  const client = { clientId: SERVICE_CLIENT.id, clientSecret: new Secret(SERVICE_CLIENT.secret), services: [service] };
  const nightly = openProvider(real.settings(client), { clock: systemClock });
  const tokens = await nightly.loginAsClient(signal);
  const { identity } = await nightly.confirm(tokens, null, signal);
  expect(identity).toMatchObject({
    kind: 'service',
    service: 'nightly',
    subject: 'nightly',
    groups: ['batch'],
    verified: true,
  });

  const wrong = openProvider(real.settings({ ...client, clientSecret: new Secret('wrong') }), { clock: systemClock });
  await expect(wrong.loginAsClient(signal)).rejects.toMatchObject({
    code: 'identity.provider',
    message: expect.stringMatching(/invalid_client/),
  });
});
