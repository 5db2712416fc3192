import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { ProviderSettings, ServiceSettings } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { type Claims, HostileIssuer } from './provider/hostile.ts';
import { CLIENT_ID } from './provider/real.ts';
import { rsaKey } from './provider/signing.ts';
import { tokenSet } from './provider/tokens.ts';

const issuer = await HostileIssuer.start();
const elsewhere = await HostileIssuer.start();
const { signal } = new AbortController();

beforeEach(() => {
  issuer.answers.clear();
  issuer.requests.length = 0;
  issuer.discover();
  issuer.publish(issuer.key);
});

afterAll(async () => {
  await issuer.close();
  await elsewhere.close();
});

interface Case {
  readonly claims: Claims;
  readonly info?: Claims;
  readonly accessToken?: string | null;
  readonly settings?: Partial<ProviderSettings>;
  readonly before?: Identity | null;
}

/** Who tokens with these claims stand for, where userinfo says `info`. */
async function identityOf({ claims, info, accessToken = 'a', settings = {}, before = null }: Case): Promise<Identity> {
  if (info !== undefined) issuer.answers.set('/me', { json: { sub: 'ada', ...info } });
  const provider = openProvider(issuer.settings(settings), { clock: systemClock });
  const tokens = tokenSet(await issuer.sign(issuer.claims(claims)), accessToken);
  return (await provider.confirm(tokens, before, signal)).identity;
}

const token = { code: 'identity.token' };

describe('groups', () => {
  const group = (steps: readonly string[], claims: Claims, info?: Claims): Promise<readonly string[]> => {
    const asked = { groups: undefined, ...claims };
    const settings = { groups: steps };
    return identityOf({ claims: asked, settings, ...(info === undefined ? {} : { info }) }).then(
      ({ groups }) => groups,
    );
  };

  test.each<[string, readonly string[], Claims]>([
    ['a claim', ['roles'], { roles: ['a', 'b'] }],
    ['a claim within another', ['realm_access', 'roles'], { realm_access: { roles: ['a', 'b'] } }],
    ['a claim with dots in its name', ['https://example', 'com/groups'], { 'https://example.com/groups': ['a', 'b'] }],
    ['a claim within one with dots in its name', ['a', 'b', 'c'], { 'a.b': { c: ['a', 'b'] } }],
    ['the exact name before the path', ['x', 'y'], { 'x.y': ['a', 'b'], x: { y: ['c'] } }],
    ['a path that begins like a name that leads nowhere', ['x', 'y', 'z'], { 'x.y': {}, x: { y: { z: ['a', 'b'] } } }],
    ['what is listed twice, once', ['roles'], { roles: ['a', 'b', 'a'] }],
  ])('come from %s', async (_title, steps, claims) => {
    await expect(group(steps, claims)).resolves.toEqual(['a', 'b']);
  });

  test('that are one text are one group', async () => {
    await expect(group(['groups'], { groups: 'a b,c' })).resolves.toEqual(['a b,c']);
  });

  test('that are in the token are not asked for', async () => {
    await group(['groups'], { groups: [] });
    expect(issuer.requests).not.toContain('/me');
  });

  test('that are not in the token are asked for', async () => {
    await expect(group(['realm_access', 'roles'], {}, { realm_access: { roles: ['a'] } })).resolves.toEqual(['a']);
    await expect(group(['groups'], { groups: null }, { groups: ['a'] })).resolves.toEqual(['a']);
  });

  test('that neither lists are none', async () => {
    await expect(group(['groups'], {}, {})).resolves.toEqual([]);
    await expect(group(['toString'], {}, {})).resolves.toEqual([]);
    await expect(group(['__proto__', 'constructor', 'name'], {}, {})).resolves.toEqual([]);
  });

  test('that cannot be asked for because there is no userinfo are none', async () => {
    issuer.discover({ userinfo_endpoint: undefined });
    await expect(group(['groups'], {})).resolves.toEqual([]);
  });

  const malformed: readonly unknown[] = [
    {},
    { a: true },
    [1],
    ['a', null],
    [['a']],
    [''],
    '',
    7,
    true,
    ['x'.repeat(513)],
    Array.from({ length: 10_001 }, (_, at) => `g${at}`),
  ];
  test.each(malformed)('that are malformed are an error, in the token and in userinfo: %j', async (groups) => {
    await expect(group(['groups'], { email: undefined }, { groups })).rejects.toMatchObject(token);
    // The longest would make the token too long as well, and it would be that which is refused.
    if (JSON.stringify(groups).length < 10_000)
      await expect(group(['groups'], { groups }, { groups: [] })).rejects.toMatchObject(token);
  });

  const overages: readonly Claims[] = [
    { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example/groups' } } },
    { hasgroups: true },
    { hasgroups: 'true' },
    { 'groups:src1': 'https://graph.example/groups' },
    { _claim_names: 'groups' },
    { groups: ['a'], hasgroups: true },
    { groups: [], _claim_names: { groups: 'src1' } },
  ];
  test.each(overages)('that are too many for the token are asked for, and never taken for none: %j', async (claims) => {
    await expect(group(['groups'], claims, { groups: ['a', 'b'] })).resolves.toEqual(['a', 'b']);
    await expect(group(['groups'], claims, {})).rejects.toMatchObject(token);
    await expect(group(['groups'], claims, claims)).rejects.toMatchObject(token);
    issuer.discover({ userinfo_endpoint: undefined });
    await expect(group(['groups'], claims)).rejects.toMatchObject(token);
    expect(issuer.requests).not.toContain('/groups');
  });

  test('of another claim may be elsewhere', async () => {
    await expect(
      group(['roles'], { roles: ['a'], hasgroups: true, _claim_names: { groups: 'src1' } }),
    ).resolves.toEqual(['a']);
  });
});

describe('an address', () => {
  test.each<[unknown, unknown, string | null]>([
    ['Ada@Example.COM', true, 'ada@example.com'],
    ['ada@example.com', 'true', null],
    ['ada@example.com', 1, null],
    ['ada@example.com', false, null],
    ['ada@example.com', undefined, null],
    [['ada@example.com'], true, null],
    ['', true, null],
    [`${'x'.repeat(250)}@example.com`, true, null],
    // The Kelvin sign is no K, and the mailbox of whoever owns one is not the other's.
    ['\u212Aate@example.com', true, '\u212Aate@example.com'],
  ])('of %j that is verified: %j, counts as %j', async (email, verified, counts) => {
    const claims = { email, email_verified: verified };
    await expect(identityOf({ claims, info: claims })).resolves.toMatchObject({ email: counts });
  });

  test('is not verified by what is said of another', async () => {
    const claims = { email: 'root@example.com', email_verified: undefined };
    await expect(identityOf({ claims, info: { email_verified: true } })).resolves.toMatchObject({ email: null });
    const info = { email: 'ada@example.com', email_verified: true };
    await expect(identityOf({ claims, info })).resolves.toMatchObject({ email: 'ada@example.com' });
  });
});

describe('userinfo', () => {
  const claims = { groups: undefined };

  test('about somebody else is refused', async () => {
    for (const sub of ['bob', undefined, 7])
      await expect(identityOf({ claims, info: { sub } })).rejects.toMatchObject(token);
  });

  test('that is signed, or that is no JSON, is refused', async () => {
    const signedInfo = await issuer.sign({ sub: 'ada', groups: ['dba'] });
    for (const type of ['application/jwt', 'text/plain', 'application/json-seq']) {
      issuer.answers.set('/me', (_request, response) => {
        response
          .writeHead(200, { 'content-type': type })
          .end(type === 'application/jwt' ? signedInfo : '{"sub":"ada"}');
      });
      await expect(identityOf({ claims })).rejects.toMatchObject({ code: 'identity.provider' });
    }
  });

  test('is asked with an access token that can be sent, and that still holds', async () => {
    const info = { sub: 'ada', groups: ['a'] };
    await expect(identityOf({ claims, info, accessToken: 'a\r\nx: y' })).rejects.toMatchObject(token);
    await expect(identityOf({ claims, info, accessToken: null })).rejects.toMatchObject(token);
    const provider = openProvider(issuer.settings(), { clock: systemClock });
    const lapsed = tokenSet(await issuer.sign(issuer.claims(claims)), 'a', Date.now() - 1);
    await expect(provider.confirm(lapsed, null, signal)).rejects.toMatchObject(token);
    expect(issuer.requests).not.toContain('/me');
  });

  test('that refuses the access token ends the login', async () => {
    issuer.answers.set('/me', { status: 401, json: { error: 'invalid_token' } });
    await expect(identityOf({ claims })).rejects.toMatchObject({ code: 'identity.login' });
  });

  describe('in place of an ID token', () => {
    const provider = openProvider(issuer.settings(), { clock: systemClock });
    const asked = (info: Claims, before: Identity): Promise<Identity> => {
      issuer.answers.set('/me', { json: { sub: 'ada', email: 'ada@example.com', email_verified: true, ...info } });
      return provider.confirm(tokenSet(null, 'a'), before, signal).then(({ identity }) => identity);
    };

    test('says who somebody is who is known', async () => {
      const before = await identityOf({ claims: {} });
      await expect(asked({ groups: ['new'] }, before)).resolves.toEqual({ ...before, groups: ['new'] });
      await expect(asked({ groups: ['new'] }, { ...before, issuer: 'https://other.example' })).rejects.toMatchObject(
        token,
      );
    });

    test('does not make somebody of no groups or address of who had them', async () => {
      const before = await identityOf({ claims: {} });
      await expect(asked({}, before)).rejects.toMatchObject(token);
      await expect(asked({ groups: ['new'], email: undefined }, before)).rejects.toMatchObject(token);
      await expect(asked({}, { ...before, groups: [] })).resolves.toMatchObject({ groups: [] });
    });

    test('says who the person of an agent is', async () => {
      const before = await identityOf({ claims: { act: { sub: 'bot' } } });
      const now = await asked({ groups: ['new'] }, before);
      expect(now).toMatchObject({ kind: 'agent', subject: 'bot', actsFor: { subject: 'ada', groups: ['new'] } });
    });
  });
});

describe('what somebody is called', () => {
  test.each<[Claims, string]>([
    [{ name: ' Ada ', preferred_username: 'al' }, 'Ada'],
    [{ name: '', preferred_username: 'al' }, 'al'],
    [{ name: 7 }, 'ada@example.com'],
    [{ email: undefined }, 'ada'],
    [{ name: 'x'.repeat(500) }, 'x'.repeat(200)],
  ])('%j', async (claims, display) => {
    await expect(identityOf({ claims, info: {} })).resolves.toMatchObject({ display });
  });
});

describe('an agent', () => {
  test('is who acts now, for the person whom the token is about', async () => {
    const act = { sub: 'bot', name: 'Bot', act: { sub: 'earlier' } };
    await expect(identityOf({ claims: { act } })).resolves.toMatchObject({
      kind: 'agent',
      subject: 'bot',
      display: 'Bot',
      groups: [],
      email: null,
      verified: true,
      actsFor: { kind: 'person', subject: 'ada', groups: ['engineering'], email: 'ada@example.com', actsFor: null },
    });
    await expect(identityOf({ claims: { act: { ...act, iss: issuer.issuer } } })).resolves.toMatchObject({
      kind: 'agent',
    });
  });

  test.each([
    null,
    'bot',
    [],
    {},
    { sub: '' },
    { sub: 7 },
    { sub: 'x'.repeat(256) },
    { sub: 'bot', iss: 'https://other.example' },
  ])('that is malformed, or of another issuer, is an error and never a person: %j', async (act) => {
    await expect(identityOf({ claims: { act } })).rejects.toMatchObject(token);
  });

  test('is not the same as its person, or as another agent', async () => {
    const person = await identityOf({ claims: {} });
    const bot = await identityOf({ claims: { act: { sub: 'bot' } } });
    await expect(identityOf({ claims: { act: { sub: 'bot' } }, before: bot })).resolves.toEqual(bot);
    await expect(identityOf({ claims: { act: { sub: 'bot' } }, before: person })).rejects.toMatchObject(token);
    await expect(identityOf({ claims: {}, before: bot })).rejects.toMatchObject(token);
    await expect(identityOf({ claims: { act: { sub: 'other' } }, before: bot })).rejects.toMatchObject(token);
    await expect(identityOf({ claims: { sub: 'bob', act: { sub: 'bot' } }, before: bot })).rejects.toMatchObject(token);
  });
});

describe('a service', () => {
  const ci: ServiceSettings = {
    name: 'ci',
    issuer: elsewhere.issuer,
    audience: 'https://hoopctl.example',
    claims: [
      { claim: ['sub'], matches: (value) => value.startsWith('repo:acme/') },
      { claim: ['kubernetes', 'io', 'namespace'], matches: (value) => value === 'prod' },
    ],
    groups: ['deployers'],
  };
  const good: Claims = {
    aud: ci.audience,
    sub: 'repo:acme/app',
    'kubernetes.io': { namespace: 'prod' },
    groups: ['root'],
    email: undefined,
  };
  const confirm = async (
    changes: Claims,
    services: readonly ServiceSettings[] = [ci],
    header: Readonly<Record<string, string>> = {},
    key = elsewhere.key,
  ): Promise<Identity> => {
    const provider = openProvider(issuer.settings({ services }), { clock: systemClock });
    const signed = await elsewhere.sign(elsewhere.claims({ ...good, ...changes }), header, key);
    return (await provider.confirm(tokenSet(signed), null, signal)).identity;
  };

  test('is what its token meets the conditions of, with the groups of the configuration alone', async () => {
    await expect(confirm({})).resolves.toEqual({
      kind: 'service',
      subject: 'repo:acme/app',
      issuer: elsewhere.issuer,
      display: 'repo:acme/app',
      email: null,
      service: 'ci',
      groups: ['deployers'],
      verified: true,
      actsFor: null,
    });
    await expect(confirm({ aud: ['another', ci.audience] })).resolves.toMatchObject({ service: 'ci' });
    await expect(confirm({}, [ci], { typ: 'at+jwt' })).resolves.toMatchObject({ service: 'ci' });
  });

  test.each<Claims>([
    { sub: 'repo:evil/app' },
    { 'kubernetes.io': { namespace: 'dev' } },
    { 'kubernetes.io': undefined },
    { aud: 'another' },
    { aud: CLIENT_ID },
    { exp: 1 },
    { typ: 'Refresh' },
    { events: {} },
  ])('is not what its token differs in: %j', async (changes) => {
    await expect(confirm(changes)).rejects.toMatchObject(token);
  });

  test('is nobody whose token is signed by another issuer, even by ours', async () => {
    await expect(confirm({}, [ci], {}, rsaKey('unknown'))).rejects.toMatchObject(token);
    const provider = openProvider(issuer.settings({ services: [ci] }), { clock: systemClock });
    const ours = await issuer.sign(issuer.claims(good));
    await expect(provider.confirm(tokenSet(ours), null, signal)).rejects.toMatchObject(token);
  });

  test('that is named twice is an error: which policies hold is no matter of order', async () => {
    const twice = confirm({}, [ci, { ...ci, name: 'other' }]);
    await expect(twice).rejects.toMatchObject({ ...token, message: expect.stringMatching(/ci, other/) });
  });

  test('of our own issuer is told from a person by the audience', async () => {
    const own = { ...ci, issuer: issuer.issuer, claims: [] };
    const provider = openProvider(issuer.settings({ services: [own] }), { clock: systemClock });
    const who = async (claims: Claims): Promise<unknown> =>
      (await provider.confirm(tokenSet(await issuer.sign(issuer.claims(claims))), null, signal)).identity.kind;
    await expect(who({ aud: ci.audience })).resolves.toBe('service');
    await expect(who({})).resolves.toBe('person');
    await expect(who({ aud: [ci.audience, CLIENT_ID], azp: CLIENT_ID })).resolves.toBe('person');
  });

  test('may have an access token alone, and a person may not', async () => {
    const provider = openProvider(issuer.settings({ services: [ci] }), { clock: systemClock });
    const service = tokenSet(null, await elsewhere.sign(elsewhere.claims(good)));
    await expect(provider.confirm(service, null, signal)).resolves.toMatchObject({ identity: { service: 'ci' } });
    await expect(provider.confirm(tokenSet(null, await issuer.sign()), null, signal)).rejects.toMatchObject(token);
    await expect(provider.confirm(tokenSet(null, 'opaque'), null, signal)).rejects.toMatchObject(token);
    await expect(provider.confirm(tokenSet(null), null, signal)).rejects.toMatchObject(token);
  });
});
