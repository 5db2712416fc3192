import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Freshness, Provider, TokenSet } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { confirmInBrowser, signInInBrowser } from './provider/browser.ts';
import { HostileIssuer } from './provider/hostile.ts';
import { signIn } from './provider/pages.ts';
import { RealProvider } from './provider/real.ts';

const { signal } = new AbortController();
let real: RealProvider;
let issuer: HostileIssuer;
let provider: Provider;

beforeAll(async () => {
  real = await RealProvider.start();
  issuer = await HostileIssuer.start();
  provider = openProvider(real.settings(), { clock: systemClock });
});

afterAll(async () => {
  await real.close();
  await issuer.close();
});

async function logInAt(
  asked: Provider,
  visit: (url: string) => Promise<unknown>,
  freshness: Freshness | null = null,
): Promise<TokenSet> {
  const visits: Promise<unknown>[] = [];
  const tokens = await asked.loginByBrowser({ freshness, signal, open: async (url) => void visits.push(visit(url)) });
  await Promise.all(visits);
  return tokens;
}

describe('in a headless Chromium', () => {
  test('a person confirms the code of a login', async () => {
    const confirming: Promise<void>[] = [];
    const tokens = await provider.loginByDevice({
      freshness: null,
      signal,
      prompt: ({ url, userCode }) => void confirming.push(confirmInBrowser(url, userCode, 'ada')),
    });
    await Promise.all(confirming);
    await expect(provider.confirm(tokens, null, signal)).resolves.toMatchObject({ identity: { subject: 'ada' } });
  });

  test('a person logs in, and is told to go back to the terminal', async () => {
    let words: Promise<string> = Promise.resolve('');
    const tokens = await provider.loginByBrowser({
      freshness: null,
      signal,
      open: async (url) => {
        words = signInInBrowser(url, 'bob');
      },
    });
    await expect(words).resolves.toBe('hoopctl has the answer. You can close this window and go back to the terminal.');
    await expect(provider.confirm(tokens, null, signal)).resolves.toMatchObject({ identity: { subject: 'bob' } });
  });
});

describe('a login in a browser', () => {
  test('asks with PKCE, state and nonce, on a port of this machine', async () => {
    const pages: URL[] = [];
    await logInAt(provider, (url) => {
      pages.push(new URL(url));
      return signIn(url, 'ada');
    });
    const asked = Object.fromEntries(pages[0]?.searchParams ?? []);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
  });

  test('carries the nonce that was asked for, and a login that is fresh', async () => {
    const tokens = await logInAt(provider, (url) => signIn(url, 'ada'), { again: true, nonce: 'of-a-request' });
    const { nonce, authenticated } = await provider.confirm(tokens, null, signal);
    expect(nonce).toBe('of-a-request');
    expect(Math.abs((authenticated ?? 0) - Date.now())).toBeLessThan(20_000);
  });

  test('ends at once when it is given up, and when nobody comes in time', async () => {
    const giving = new AbortController();
    const given = provider.loginByBrowser({
      freshness: null,
      signal: giving.signal,
      open: () => {
        giving.abort();
        return new Promise(() => null);
      },
    });
    await expect(given).rejects.toMatchObject({ code: 'cli.cancelled' });
    const hasty = openProvider(real.settings(), { clock: systemClock, patience: { answer: 10_000, browser: 20 } });
    await expect(logInAt(hasty, async () => null)).rejects.toMatchObject({ code: 'identity.timeout' });
  });

  test('says what went wrong with opening the browser', async () => {
    const failing = provider.loginByBrowser({
      freshness: null,
      signal,
      open: () => Promise.reject(new Error('no browser')),
    });
    await expect(failing).rejects.toMatchObject({ code: 'local.child', cause: { message: 'no browser' } });
  });
});

interface Knock {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
}

/** One request to the listener, with headers that fetch would not send. */
async function knock(
  redirectUri: URL,
  { method = 'GET', path = redirectUri.pathname, host = redirectUri.host }: Knock,
) {
  const answered = Promise.withResolvers<{
    readonly status: number;
    readonly headers: NodeJS.Dict<string | string[]>;
  }>();
  request({ host: '127.0.0.1', port: redirectUri.port, method, path, headers: { host } }, (response) => {
    response.resume();
    answered.resolve({ status: response.statusCode ?? 0, headers: response.headers });
  })
    .on('error', answered.reject)
    .end();
  return await answered.promise;
}

describe('the listener for the answer', () => {
  /** Plays the provider's part: a browser that comes with these requests, and then with an answer. */
  async function loginWith(
    knocks: readonly ((asked: URLSearchParams) => Knock)[],
    answer: (asked: URLSearchParams) => Readonly<Record<string, string>>,
    changes: Readonly<Record<string, unknown>> = {},
  ) {
    issuer.discover(changes);
    const hostile = openProvider(issuer.settings(), { clock: systemClock });
    const answers: { readonly status: number; readonly headers: NodeJS.Dict<string | string[]> }[] = [];
    const tokens = await logInAt(hostile, async (url) => {
      const asked = new URL(url).searchParams;
      const redirect = new URL(asked.get('redirect_uri') ?? '');
      const idToken = await issuer.sign(issuer.claims({ nonce: asked.get('nonce') }));
      issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: idToken } });
      for (const make of knocks) answers.push(await knock(redirect, make(asked)));
      answers.push(await knock(redirect, { path: `/callback?${new URLSearchParams(answer(asked)).toString()}` }));
    });
    return { tokens, answers };
  }

  const right = (asked: URLSearchParams): Readonly<Record<string, string>> => ({
    code: 'c',
    state: asked.get('state') ?? '',
  });
  const query = (asked: URLSearchParams): string => new URLSearchParams(right(asked)).toString();

  test('sends strangers away and goes on waiting', async () => {
    const { tokens, answers } = await loginWith(
      [
        () => ({ path: '/' }),
        () => ({ path: '/callback' }),
        () => ({ path: '/callback?code=c&state=wrong' }),
        (asked) => ({ path: `/callback?${query(asked)}&state=twice` }),
        (asked) => ({ path: `/favicon.ico?${query(asked)}` }),
        (asked) => ({ path: `/callback?${query(asked)}`, host: 'evil.example' }),
        (asked) => ({ path: `/callback?${query(asked)}`, host: 'localhost' }),
        (asked) => ({ path: `/callback?${query(asked)}`, method: 'POST' }),
        (asked) => ({ path: `http://evil.example/callback?${query(asked)}` }),
      ],
      right,
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 400, 404, 421, 421, 405, 400, 200]);
    expect(tokens.idToken).not.toBeNull();
  });

  test('has a page that is kept nowhere, runs nothing and is shown in no frame', async () => {
    const { answers } = await loginWith([], right);
    expect(answers[0]?.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining(`default-src 'none'; frame-ancestors 'none'`),
    });
  });

  test('takes no answer of another issuer’s (RFC 9207)', async () => {
    const mixed = loginWith([], (asked) => ({ ...right(asked), iss: 'https://evil.example' }));
    await expect(mixed).rejects.toMatchObject({ code: 'identity.provider' });
    const own = await loginWith([], (asked) => ({ ...right(asked), iss: issuer.issuer }));
    expect(own.tokens.idToken).not.toBeNull();
  });

  test('takes no answer without its issuer where the provider promises to name it', async () => {
    const promised = { authorization_response_iss_parameter_supported: true };
    await expect(loginWith([], right, promised)).rejects.toMatchObject({ code: 'identity.provider' });
  });

  test('says that the person denied, in none of the provider’s words', async () => {
    const denied = loginWith([], (asked) => ({ state: asked.get('state') ?? '', error: 'access_denied' }));
    await expect(denied).rejects.toMatchObject({ code: 'identity.denied' });
    const odd = loginWith([], (asked) => ({
      state: asked.get('state') ?? '',
      error: 'pwned',
      error_description: 'call the canary',
    }));
    await expect(odd).rejects.toMatchObject({
      code: 'identity.provider',
      message: expect.not.stringMatching(/pwned|canary/),
    });
  });

  test('takes no ID token of another login (nonce)', async () => {
    issuer.discover();
    const hostile = openProvider(issuer.settings(), { clock: systemClock });
    const replayed = logInAt(hostile, async (url) => {
      const asked = new URL(url).searchParams;
      const idToken = await issuer.sign(issuer.claims({ nonce: 'of another login' }));
      issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: idToken } });
      await knock(new URL(asked.get('redirect_uri') ?? ''), { path: `/callback?${query(asked)}` });
    });
    await expect(replayed).rejects.toMatchObject({ code: 'identity.token' });
  });

  test('takes no login from before, where the person must show again who they are', async () => {
    issuer.discover();
    const hostile = openProvider(issuer.settings(), { clock: systemClock });
    const visit =
      (authTime: number | undefined) =>
      async (url: string): Promise<void> => {
        const asked = new URL(url).searchParams;
        expect(asked.get('prompt')).toBe('login');
        expect(asked.get('max_age')).toBe('0');
        const idToken = await issuer.sign(issuer.claims({ nonce: asked.get('nonce'), auth_time: authTime }));
        issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: idToken } });
        await knock(new URL(asked.get('redirect_uri') ?? ''), { path: `/callback?${query(asked)}` });
      };
    const again = { again: true, nonce: null };
    const seconds = Math.floor(Date.now() / 1000);
    await expect(logInAt(hostile, visit(seconds - 60), again)).rejects.toMatchObject({ code: 'identity.token' });
    await expect(logInAt(hostile, visit(undefined), again)).rejects.toMatchObject({ name: 'HoopError' });
    await expect(logInAt(hostile, visit(seconds), again)).resolves.toBeDefined();
  });
});
