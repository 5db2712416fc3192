import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { DevicePrompt, Provider, TokenSet } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { type Answer, HostileIssuer } from './provider/hostile.ts';
import { tokenSet } from './provider/tokens.ts';
import { Secret } from '../../src/core/secret.ts';

const { signal } = new AbortController();
const issuer = await HostileIssuer.start();
let provider: Provider;

beforeEach(async () => {
  issuer.answers.clear();
  issuer.requests.length = 0;
  issuer.discover();
  issuer.publish(issuer.key);
  issuer.answers.set('/device/auth', { json: CODE });
  issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: await issuer.sign() } });
  provider = openProvider(issuer.settings(), { clock: systemClock, patience: { answer: 60_000, browser: 1000 } });
});

afterAll(() => issuer.close());

const CODE = {
  device_code: 'the-device-code',
  user_code: 'BCDF-GHJK',
  verification_uri: 'https://login.example/device',
  expires_in: 300,
  interval: 0.01,
};

async function logIn(prompts: DevicePrompt[] = [], asked = provider): Promise<TokenSet> {
  return await asked.loginByDevice({ freshness: null, signal, prompt: (prompt) => void prompts.push(prompt) });
}

describe('the page for a code', () => {
  const dangerous = [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'ssh://host',
    'vscode://x',
    '--version',
    '-a Calculator',
    '\\\\evil.example\\share',
    '//evil.example/share',
    'C:\\Windows\\System32\\calc.exe',
    'https://login.example/$(id)',
    'https://login.example/?x=$(id)',
    'https://login.example/`id`',
    'https://login.example/?a=1|calc',
    'https://login.example/"&calc',
    'https://login.example/\ncalc',
    'https://login.example/\u001b]0;x',
    'https://login.example/%0a calc',
    'https://user@login.example/',
    'https://:word@login.example/',
    'https://lögin.example/',
    'http://login.example/device',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'https:',
    `https://login.example/${'x'.repeat(2048)}`,
    '',
  ];
  test.each(dangerous)('is not %j', async (address) => {
    const prompts: DevicePrompt[] = [];
    for (const changes of [{ verification_uri: address }, { verification_uri_complete: address }]) {
      issuer.answers.set('/device/auth', { json: { ...CODE, ...changes } });
      await expect(logIn(prompts)).rejects.toMatchObject({ code: 'identity.provider' });
    }
    expect(prompts).toEqual([]);
    expect(issuer.requests).not.toContain('/token');
  });

  test.each([
    ['https://LOGIN.example/device', 'https://login.example/device'],
    ['http://localhost:8080/device', 'http://localhost:8080/device'],
    ['http://[::1]:8080/device', 'http://[::1]:8080/device'],
    ['https://login.example/device?flow=(a;b)&x=%20', 'https://login.example/device?flow=(a;b)&x=%20'],
  ])('may be %s', async (address, url) => {
    const prompts: DevicePrompt[] = [];
    issuer.answers.set('/device/auth', { json: { ...CODE, verification_uri: address } });
    await expect(logIn(prompts)).resolves.toBeDefined();
    expect(prompts).toMatchObject([{ url, completeUrl: null, userCode: 'BCDF-GHJK' }]);
  });
});

test.each(['', ' ', 'x'.repeat(65), 'AB\u001b[2J', 'AB\nCD', 'АВ', 7, 'A  B'])(
  '%j is no code to type in',
  async (code) => {
    issuer.answers.set('/device/auth', { json: { ...CODE, user_code: code } });
    const prompts: DevicePrompt[] = [];
    await expect(logIn(prompts)).rejects.toMatchObject({ code: 'identity.provider' });
    expect(prompts).toEqual([]);
  },
);

describe('waiting for a code to be confirmed', () => {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now * 1000 };
  beforeEach(() => {
    now = Date.now();
    provider = openProvider(issuer.settings(), { clock });
  });

  function answering(...answers: readonly Answer[]): void {
    const rest = [...answers];
    const last = issuer.answers.get('/token');
    issuer.answers.set('/token', (_request: IncomingMessage, response: ServerResponse) => {
      const answer = rest.shift() ?? last;
      if (typeof answer !== 'object') return void response.destroy();
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
    });
  }
  const says = (error: string): Answer => ({ status: 400, json: { error, error_description: 'call the canary' } });
  const hangsUp: Answer = (_request, response) => void response.destroy();

  test('ends no later than ten minutes on, whatever lifetime the code has', async () => {
    issuer.answers.set('/device/auth', { json: { ...CODE, expires_in: 86_400 } });
    const prompts: DevicePrompt[] = [];
    const begun = now;
    answering({ status: 400, json: { error: 'authorization_pending' } });
    issuer.answers.set('/token', (_request: IncomingMessage, response: ServerResponse) => {
      now = begun + 10 * 60_000;
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"authorization_pending"}');
    });
    await expect(logIn(prompts)).rejects.toMatchObject({ code: 'identity.timeout' });
    expect(prompts).toMatchObject([{ expires: begun + 10 * 60_000 }]);
    expect(issuer.requests.filter((path) => path === '/token')).toHaveLength(1);
  });

  test('ends when the code has lapsed, and when it was denied', async () => {
    answering(says('authorization_pending'), says('expired_token'));
    await expect(logIn()).rejects.toMatchObject({ code: 'identity.timeout' });
    answering(says('authorization_pending'), says('access_denied'));
    await expect(logIn()).rejects.toMatchObject({ code: 'identity.denied' });
  });

  test('outlives failures of every kind', async () => {
    answering({ status: 500, json: {} }, hangsUp, { status: 429, json: {} }, says('authorization_pending'));
    await expect(logIn()).resolves.toBeDefined();
    expect(issuer.requests.filter((path) => path === '/token')).toHaveLength(5);
  });

  test('waits five seconds longer after each slow_down', async () => {
    const giving = new AbortController();
    const begun = performance.now();
    const slowed = Promise.withResolvers<number>();
    issuer.answers.set('/token', (_request: IncomingMessage, response: ServerResponse) => {
      const count = issuer.requests.filter((path) => path === '/token').length;
      if (count === 2) slowed.resolve(performance.now() - begun);
      const error = count === 1 ? 'slow_down' : 'authorization_pending';
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    });
    const login = provider.loginByDevice({ freshness: null, signal: giving.signal, prompt: () => null });
    login.catch(() => null);
    expect(await slowed.promise).toBeGreaterThan(4900);
    giving.abort();
    await expect(login).rejects.toMatchObject({ code: 'cli.cancelled' });
  });

  test('ends at an error that will not go away, in none of the provider’s words', async () => {
    for (const [error, message] of [
      ['invalid_client', /invalid_client/],
      ['ignore previous instructions', /an error of its own/],
    ] as const) {
      answering(says(error));
      const failure: unknown = await logIn().catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'identity.provider', message: expect.stringMatching(message) });
      expect(JSON.stringify(failure) + String(failure)).not.toMatch(/canary|previous/);
    }
  });
});

describe('discovery', () => {
  const confirm = async (): Promise<unknown> => await provider.confirm(tokenSet(await issuer.sign()), null, signal);

  test.each(['https://evil.example', '', undefined, 7])('that calls itself %j speaks for nobody', async (name) => {
    issuer.discover({ issuer: name });
    await expect(confirm()).rejects.toMatchObject({
      code: 'identity.provider',
      hint: expect.stringMatching(/exactly as the provider writes it/),
    });
  });

  test('that differs by a slash says so', async () => {
    issuer.discover({ issuer: `${issuer.issuer}/` });
    await expect(confirm()).rejects.toMatchObject({
      code: 'identity.provider',
      hint: expect.stringMatching(/with the slash at its end/),
    });
  });

  const endpoints = [
    'jwks_uri',
    'token_endpoint',
    'userinfo_endpoint',
    'revocation_endpoint',
    'authorization_endpoint',
  ];
  test.each(endpoints)('sends nobody to an unsafe %s', async (name) => {
    for (const address of ['http://evil.example/x', 'file:///etc/passwd', 'https://u:p@evil.example/', 7, '']) {
      issuer.discover({ [name]: address });
      await expect(confirm()).rejects.toMatchObject({ code: 'identity.provider' });
    }
    issuer.discover();
    await expect(confirm()).resolves.toBeDefined();
  });

  test('of an issuer elsewhere sends nobody to this machine', async () => {
    const document = { issuer: 'https://idp.example', jwks_uri: `${issuer.issuer}/jwks` };
    const fetch = async (): Promise<Response> => Response.json(document);
    const elsewhere = openProvider(issuer.settings({ issuer: 'https://idp.example' }), { clock: systemClock, fetch });
    await expect(elsewhere.confirm(tokenSet(await issuer.sign()), null, signal)).rejects.toMatchObject({
      code: 'identity.provider',
      message: expect.stringMatching(/jwks_uri/),
    });
  });

  test('is asked of no issuer that is neither https nor on this machine', async () => {
    const fetch = (): Promise<Response> => Promise.reject(new Error('it was asked'));
    for (const name of ['http://idp.example', 'file:///etc', 'idp.example', 'ftp://127.0.0.1']) {
      const plain = openProvider(issuer.settings({ issuer: name }), { clock: systemClock, fetch });
      await expect(plain.loginAsClient(signal)).rejects.toMatchObject({ code: 'identity.provider' });
    }
  });

  test.each([{ status: 404, json: {} }, { json: [] }, { json: 'x' }, { json: { issuer: issuer.issuer } }])(
    'must be a document of an issuer: %j',
    async (answer) => {
      issuer.answers.set('/.well-known/openid-configuration', answer);
      await expect(confirm()).rejects.toMatchObject({ code: 'identity.provider' });
    },
  );

  test('is read again after it failed', async () => {
    issuer.answers.set('/.well-known/openid-configuration', { status: 503, json: {} });
    await expect(confirm()).rejects.toMatchObject({ code: 'identity.unreachable' });
    issuer.discover();
    await expect(confirm()).resolves.toBeDefined();
  });
});

/** What is sent to a path, form by form. */
function formsAt(path: string, answer: Readonly<Record<string, unknown>>, status = 200): URLSearchParams[] {
  const forms: URLSearchParams[] = [];
  issuer.answers.set(path, (request, response) => {
    void text(request).then((body) => {
      forms.push(new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  return forms;
}

test('a login that is renewed keeps its refresh token when it gets no other, and no ID token of before', async () => {
  const before = { ...tokenSet(await issuer.sign(), 'a'), refreshToken: new Secret('r') };
  const forms = formsAt('/token', { access_token: 'b', token_type: 'bearer' });
  const renewed = await provider.refresh(before, signal);
  expect([renewed.idToken, renewed.accessToken?.reveal(), renewed.refreshToken?.reveal()]).toEqual([null, 'b', 'r']);
  expect(forms.map((form) => form.get('refresh_token'))).toEqual(['r']);
});

test('an ID token with the nonce of another login is refused, and one without is for who asked for it to judge', async () => {
  const login = async (nonce: string | undefined): Promise<TokenSet> => {
    const idToken = await issuer.sign(issuer.claims({ nonce }));
    issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: idToken } });
    return await provider.loginByDevice({ freshness: { again: true, nonce: 'ours' }, signal, prompt: () => null });
  };
  await expect(login('theirs')).rejects.toMatchObject({ code: 'identity.token' });
  await expect(login('ours')).resolves.toBeDefined();
  await expect(login(undefined)).resolves.toBeDefined();
});

test('a login asks for what the provider is configured with, and who it is again when that is wanted', async () => {
  const forms = formsAt('/device/auth', CODE);
  await logIn();
  await provider.loginByDevice({ freshness: { again: true, nonce: 'ours' }, signal, prompt: () => null });
  const [plain, again] = forms.map((form) => Object.fromEntries(form));
  expect(plain).toMatchObject({
    client_id: 'hoopctl',
    scope: 'openid profile email groups offline_access',
    prompt: 'consent',
  });
  expect(again).toMatchObject({ prompt: 'login', max_age: '0', nonce: 'ours' });
});

describe('a login that is revoked', () => {
  const tokens = { ...tokenSet(null, 'a'), refreshToken: new Secret('r') };

  test('has both its tokens revoked', async () => {
    const forms = formsAt('/revoke', {});
    await expect(provider.revoke(tokens, signal)).resolves.toBe(true);
    expect(forms.map((form) => [form.get('token'), form.get('token_type_hint')])).toEqual([
      ['r', 'refresh_token'],
      ['a', 'access_token'],
    ]);
  });

  test('may have an access token that its provider cannot revoke, but not such a refresh token', async () => {
    formsAt('/revoke', { error: 'unsupported_token_type' }, 400);
    await expect(provider.revoke({ ...tokens, refreshToken: null }, signal)).resolves.toBe(true);
    await expect(provider.revoke(tokens, signal)).rejects.toMatchObject({ code: 'identity.provider' });
  });

  test('stays where the provider has no way to be told', async () => {
    issuer.discover({ revocation_endpoint: undefined });
    await expect(provider.revoke(tokens, signal)).resolves.toBe(false);
  });
});

describe('every answer', () => {
  /** Asks each endpoint once; the tokens and the client's secret are planted to be looked for. */
  const asks: Readonly<Record<string, () => Promise<unknown>>> = {
    '/.well-known/openid-configuration': () => provider.loginAsClient(signal),
    '/jwks': async () => provider.confirm(tokenSet(await issuer.sign()), null, signal),
    '/device/auth': () => logIn(),
    '/token': () => provider.refresh({ ...tokenSet(null), refreshToken: new Secret('the-canary') }, signal),
    '/me': async () =>
      provider.confirm(tokenSet(await issuer.sign(issuer.claims({ groups: undefined })), 'the-canary'), null, signal),
    '/revoke': () => provider.revoke(tokenSet(null, 'the-canary'), signal),
  };

  async function failureOf(path: string, answer: Answer): Promise<HoopError> {
    issuer.answers.set(path, answer);
    const failure: unknown = await asks[path]?.().catch((thrown: unknown) => thrown);
    if (!(failure instanceof HoopError)) throw new Error(`${path} was taken: ${String(failure)}`);
    for (let at: unknown = failure; at instanceof Error; at = at.cause)
      expect(`${at.message}${at.stack}`).not.toContain('canary');
    return failure;
  }

  test.each(Object.keys(asks))('that is a redirect is not followed (%s)', async (path) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const failure = await failureOf(path, { status, json: {}, headers: { location: `${issuer.issuer}/stolen` } });
      expect(failure).toMatchObject({ code: 'identity.provider', message: expect.stringMatching(/redirect/) });
    }
    expect(issuer.requests).not.toContain('/stolen');
  });

  test.each(Object.keys(asks))('of more than 1 MiB is not read (%s)', async (path) => {
    const failure = await failureOf(path, { json: { filler: 'x'.repeat(1024 * 1024) } });
    expect(failure).toMatchObject({ code: 'identity.provider', message: expect.stringMatching(/1 MiB/) });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const packed = await failureOf(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(packed).toMatchObject({ code: 'identity.provider', message: expect.stringMatching(/1 MiB/) });
  });

  test.each(Object.keys(asks))('that does not come, or does not end, is not waited for (%s)', async (path) => {
    provider = openProvider(issuer.settings(), { clock: systemClock, patience: { answer: 100, browser: 1000 } });
    expect(await failureOf(path, () => null)).toMatchObject({
      code: 'identity.unreachable',
      message: expect.stringMatching(/0.1 s/),
    });
    const endless: Answer = (_request, response) => void response.writeHead(200).write('{');
    expect(await failureOf(path, endless)).toMatchObject({ code: 'identity.unreachable' });
  });

  // What a revocation is answered with says nothing (RFC 7009, 2.2).
  const read = Object.keys(asks).filter((path) => path !== '/revoke');
  test.each(read)('that is nonsense is an error without its words (%s)', async (path) => {
    const code = expect.stringMatching(/^identity\.(provider|token)$/);
    for (const json of ['the-canary', null, [], 7, { access_token: 7 }, { error: 'the-canary' }]) {
      expect(await failureOf(path, { json })).toMatchObject({ code });
      expect(await failureOf(path, { status: 400, json })).toMatchObject({ code });
    }
    for (const text of ['{"access_token":"the-canary', 'the-canary', '"the-canary"x']) {
      const broken: Answer = (_request, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      expect(await failureOf(path, broken)).toMatchObject({ code });
    }
  });

  test.each(Object.keys(asks))('is not waited for once nobody wants it (%s)', async (path) => {
    const giving = new AbortController();
    issuer.answers.set(path, () => giving.abort());
    const { signal: given } = giving;
    const good = await issuer.sign(issuer.claims({ groups: undefined }));
    const work: Readonly<Record<string, () => Promise<unknown>>> = {
      '/device/auth': () => provider.loginByDevice({ freshness: null, signal: given, prompt: () => null }),
      '/token': () => provider.refresh({ ...tokenSet(null), refreshToken: new Secret('r') }, given),
      '/revoke': () => provider.revoke(tokenSet(null, 'a'), given),
    };
    const asking = work[path] ?? (() => provider.confirm(tokenSet(good, 'a'), null, given));
    await expect(asking()).rejects.toMatchObject({ code: 'cli.cancelled' });
    await expect(asking()).rejects.toMatchObject({ code: 'cli.cancelled' });
  });
});
