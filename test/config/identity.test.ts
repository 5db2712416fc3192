import { describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../src/config/identity-shape.ts';
import { type Config, parseConfig } from '../../src/config/load.ts';
import { resolveProvider, secretSources } from '../../src/config/resolve.ts';
import { FULL, minimal, problems } from './examples.ts';

const filed = (keys: string): string => minimal({ more: `identity: { ${keys} }` });
const BASIC = 'issuer: https://idp.example.com, client_id: hoopctl';
const serving = (service: string): string => filed(`${BASIC}, services: { ci: { ${service} } }`);

function identityOf(text: string): IdentityConfig {
  const { identity } = parseConfig(text, 'f');
  if (identity === null) throw new Error('there is no identity');
  return identity;
}

function configOf(text: string): Config {
  return { path: '/etc/hoopctl/hoopctl.yaml', ...parseConfig(text, 'f') };
}

function conditionOf(service: string): (value: string) => boolean {
  const [condition] = identityOf(serving(`audience: x, ${service}`)).services[0]?.claims ?? [];
  if (condition === undefined) throw new Error('there is no condition');
  return (value) => condition.matches(value);
}

describe('who vouches for people', () => {
  it('is taken for what providers do when only issuer and client are named', () => {
    expect(identityOf(filed(BASIC))).toEqual({
      issuer: 'https://idp.example.com',
      clientId: 'hoopctl',
      clientSecret: null,
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      groups: ['groups'],
      recheck: 300_000,
      deviceFlow: true,
      services: [],
    });
  });

  it('is as written otherwise', () => {
    const identity = identityOf(FULL);
    expect(identity).toMatchObject({
      clientSecret: { from: 'env', variable: 'IDP_SECRET' },
      scopes: ['openid', 'email', 'offline_access'],
      groups: ['realm_access', 'roles'],
      recheck: 120_000,
      deviceFlow: false,
    });
    expect(identity.services).toMatchObject([
      {
        name: 'deploys',
        issuer: 'https://token.actions.githubusercontent.com',
        audience: 'hoopctl',
        claims: [{ claim: ['sub'] }, { claim: ['repository_id'] }, { claim: ['ref'] }],
        groups: ['release'],
      },
      { name: 'nightly', issuer: 'https://idp.example.com', claims: [{ claim: ['roles', 'list'] }], groups: [] },
    ]);
  });

  it.each([
    'https://idp.example.com/',
    'https://idp.example.com/realms/acme',
    'https://login.example.com/0b1f-42/v2.0',
    'https://idp.example.com:8443/a%20b',
    'http://localhost:9000',
    'http://127.0.0.1:9000/realms/x',
    'http://[::1]:9000',
  ])('may be %s, which stays as it is', (issuer) => {
    expect(identityOf(filed(`issuer: "${issuer}", client_id: x`)).issuer).toBe(issuer);
  });

  it.each([
    ['http elsewhere', 'http://idp.example.com', 'is http, which anybody on the way can change'],
    ['http at a name that begins like loopback', 'http://localhost.evil.example', 'is http'],
    ['http at a name that begins like an address', 'http://127.0.0.1.evil.example', 'is http'],
    ['http on all addresses', 'http://0.0.0.0:9000', 'is http'],
    ['a query', 'https://idp.example.com/?tenant=1', 'holds a query or a fragment, which no issuer has'],
    ['a fragment', 'https://idp.example.com/#x', 'holds a query or a fragment'],
    ['a user', 'https://hunter2@idp.example.com', 'holds credentials, which no issuer has'],
    ['user and password', 'https://me:hunter2@idp.example.com/', 'holds credentials'],
    ['the document of the provider', 'https://idp.example.com/.well-known/openid-configuration', 'names a document'],
    ['another scheme', 'ftp://idp.example.com', 'expected an https URL, or http on loopback'],
    ['no scheme', 'idp.example.com', 'expected an https URL'],
    ['a scheme in capitals', 'HTTPS://idp.example.com', 'expected an https URL'],
    ['a backslash', 'https://idp.example.com\\\\@evil.example', 'identity.issuer'],
    ['a foreign letter', 'https://idp.ex\u00E4mple.com', 'expected an https URL'],
    ['no host', 'https:///x', 'identity.issuer'],
    ['a port that is none', 'https://idp.example.com:99999', 'is no URL'],
    ['nothing', '', 'identity.issuer is empty'],
  ])('is an error with %s', (_what, issuer, expected) => {
    const found = problems(filed(`issuer: "${issuer}", client_id: x`)).join('\n');
    expect(found).toMatch(/^13:21 identity\.issuer/u);
    expect(found).toContain(expected);
    expect(found).not.toContain('hunter2');
  });

  it.each([
    ['no client', 'issuer: https://a', 'identity.client_id is missing'],
    ['a client of nothing', 'issuer: https://a, client_id: ""', 'identity.client_id is empty'],
    ['a key that is misspelt', `${BASIC}, recheks: 5m`, 'unknown key "recheks" in identity: did you mean "recheck"?'],
    ['a secret that is written out', `${BASIC}, client_secret: hunter2`, 'a secret is never written here'],
    ['no scopes', `${BASIC}, scopes: []`, 'identity.scopes is an empty list'],
    ['scopes that are no list', `${BASIC}, scopes: openid`, 'identity.scopes: expected a list of scopes in brackets'],
    ['scopes without openid', `${BASIC}, scopes: [email]`, 'identity.scopes lacks "openid"'],
    ['openid in capitals', `${BASIC}, scopes: [OpenID]`, 'identity.scopes lacks "openid"'],
    ['a scope twice', `${BASIC}, scopes: [openid, email, email]`, 'identity.scopes: "email" stands here twice'],
    ['two scopes in one', `${BASIC}, scopes: ["openid email"]`, 'identity.scopes[0]: expected a scope'],
    ['a claim with a dot too many', `${BASIC}, groups: a..b`, 'identity.groups has an empty part: check the dots'],
    [
      'groups that are a list',
      `${BASIC}, groups: [dba]`,
      'identity.groups: expected the name of a claim, found a list',
    ],
    ['no recheck', `${BASIC}, recheck: 0s`, 'identity.recheck: expected a duration'],
    ['a recheck of days', `${BASIC}, recheck: 2d`, 'identity.recheck is longer than 24h'],
    ['a device flow that is a flag', `${BASIC}, device_flow: true`, 'identity.device_flow: expected "allow" or "deny"'],
    ['a device flow of another word', `${BASIC}, device_flow: deney`, 'unknown word "deney": did you mean "deny"?'],
    ['services of nothing', `${BASIC}, services: {}`, 'identity.services is empty'],
    ['services that are a list', `${BASIC}, services: [ci]`, 'identity.services: expected services by name'],
  ])('is an error with %s (R3)', (_what, keys, expected) => {
    const found = problems(filed(keys)).join('\n');
    expect(found).toContain(expected);
    expect(found).not.toContain('hunter2');
  });
});

describe('a service', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ['a text', 'subject: repo:acme/app', ['repo:acme/app'], ['repo:acme/App', 'repo:acme/app:x', 'xrepo:acme/app', '']],
    ['a star', 'subject: "repo:acme/*"', ['repo:acme/', 'repo:acme/a:b'], ['repo:acme-evil/a', ' repo:acme/a']],
    ['a list', 'claims: { ref: [a, "b*"] }', ['a', 'b', 'bc'], ['ab', 'c']],
    ['an expression', 'claims: { ref: "/v[0-9]+/" }', ['v1'], ['v1x', 'xv1', 'v1\n']],
    ['names of prototypes', 'claims: { constructor: __proto__ }', ['__proto__'], ['constructor', '']],
  ])('is known by %s', (_how, keys, right, wrong) => {
    const matches = conditionOf(keys);
    expect(right.map(matches)).toEqual(right.map(() => true));
    expect(wrong.map(matches)).toEqual(wrong.map(() => false));
  });

  it('may have the name of something that every object has', () => {
    const services = identityOf(filed(`${BASIC}, services: { constructor: { audience: x, subject: y } }`)).services;
    expect(services.map(({ name }) => name)).toEqual(['constructor']);
  });

  it.each([
    ['no audience', 'subject: x', 'identity.services.ci.audience is missing: name what its tokens are for'],
    ['an empty audience', 'audience: "", subject: x', 'identity.services.ci.audience is empty'],
    ['no condition', 'audience: x', 'identity.services.ci needs at least one of subject, claims'],
    ['no claims', 'audience: x, claims: {}', 'identity.services.ci.claims is empty'],
    ['an empty subject', 'audience: x, subject: ""', 'identity.services.ci.subject is empty'],
    ['no subject of a list', 'audience: x, subject: []', 'identity.services.ci.subject is an empty list'],
    ['a subject that may be anything', 'audience: x, subject: "*"', 'subject matches everything: say what it must be'],
    ['a claim that may be anything', 'audience: x, claims: { ref: [a, "**"] }', 'claims.ref[1] matches everything'],
    ['a claim that is a number', 'audience: x, claims: { id: 7 }', 'found a number (put it in quotes if it is a name)'],
    ['a claim that is a flag', 'audience: x, claims: { id: true }', 'found true or false (put it in quotes'],
    ['a claim of nothing', 'audience: x, claims: { ref: }', 'identity.services.ci.claims.ref is empty'],
    ['a claim with an empty name', 'audience: x, claims: { "": x }', 'the claim "" has an empty part'],
    ['its issuer as a claim', 'audience: x, claims: { iss: x }', 'the claim "iss" has a key of its own: issuer'],
    ['its audience as a claim', 'audience: x, claims: { aud: x }', 'the claim "aud" has a key of its own: audience'],
    ['its subject as a claim', 'audience: x, claims: { sub: x }', 'the claim "sub" has a key of its own: subject'],
    [
      'an issuer over http',
      'issuer: "http://a.example", audience: x, subject: y',
      'identity.services.ci.issuer is http',
    ],
    ['no groups of a list', 'audience: x, subject: y, groups: []', 'identity.services.ci.groups is an empty list'],
    ['a key that is misspelt', 'audience: x, subjet: y', 'unknown key "subjet"'],
    [
      'an expression that cannot be used',
      'audience: x, subject: "/(/"',
      'subject: the pattern holds an expression that',
    ],
    ['a subject with a NUL', 'audience: x, subject: "a\\0"', 'holds a control character'],
  ])('is an error with %s (R3)', (_what, keys, expected) => {
    expect(problems(serving(keys)).join('\n')).toContain(expected);
  });

  it.each(['__proto__', 'a b', '', '-ci'])('is an error with the name %j', (name) => {
    const text = filed(`${BASIC}, services: { ${JSON.stringify(name)}: { audience: x, subject: y } }`);
    expect(problems(text).join('\n')).toContain(`identity.services: the name ${JSON.stringify(name)} must be`);
  });

  it.each([
    ['of the same issuer', 'audience: hoopctl, subject: x'],
    ['of the same issuer by name', 'issuer: https://idp.example.com, audience: hoopctl, subject: x'],
    ['of the same issuer but for a slash', 'issuer: https://idp.example.com/, audience: hoopctl, subject: x'],
  ])('has another audience than the client when it is %s', (_which, keys) => {
    expect(problems(serving(keys))).toEqual([
      expect.stringMatching(/^13:\d+ identity\.services\.ci\.audience is the client's own/u),
    ]);
  });

  it('may have the same audience when it is of another issuer', () => {
    expect(problems(serving('issuer: https://ci.example, audience: hoopctl, subject: x'))).toEqual([]);
  });
});

describe('whom policies name', () => {
  const services = `identity: { ${BASIC}, services: { deploys: { audience: x, subject: y } } }`;
  const applied = (keys: string, more = ''): string =>
    minimal({ policy: `{ default: allow, applies_to: { ${keys} } }`, more });

  it.each([
    [
      'a service that is misspelt',
      applied('services: [deplos]', services),
      'service "deplos": did you mean "deploys"?',
    ],
    ['a service of no name here', applied('services: [x]', services), 'unknown service "x"'],
    ['a service where none is declared', applied('services: [ci]'), 'service "ci": declare it in identity.services'],
    ['what every object has', applied('services: [constructor]', services), 'unknown service "constructor"'],
    [
      'an address where nobody verifies any',
      applied('emails: [a@x.io]'),
      '12:45 policies.p.applies_to.emails: nobody has a verified address: say in identity who verifies them',
    ],
    [
      'an approver by such an address',
      minimal({ policy: '{ default: allow, ask: [{ action: drop, approvers: { emails: [a@x.io] } }] }' }),
      'policies.p.ask[0].approvers.emails: nobody has a verified address',
    ],
    [
      'somebody with a hammer by such an address',
      minimal({
        policy: '{ default: allow, ask: [{ action: drop, break_glass: { groups: [a], emails: [a@x.io] } }] }',
      }),
      'policies.p.ask[0].break_glass.emails: nobody has a verified address',
    ],
    [
      'agents alone, on a target where nothing holds for people',
      applied('agents: any'),
      '8:13 targets.pg.policy holds for agents alone',
    ],
  ])('is an error when it is %s', (_what, text, expected) => {
    expect(problems(text)).toEqual([expect.stringContaining(expected)]);
  });

  it('is told even where the file has other problems', () => {
    expect(problems(applied('services: [ci], emails: [a@x.io], x: y'))).toHaveLength(3);
  });

  it('may be agents where another policy holds for people', () => {
    const two = minimal({ policy: 'default: allow', more: '  q: { default: allow, applies_to: { agents: any } }' });
    expect(problems(two.replace('[p]', '[p, q]'))).toEqual([]);
    expect(problems(applied('services: [deploys], agents: any', services))).toEqual([]);
  });
});

/** No secret is kept by name. */
const nothingKept = { get: async (): Promise<null> => null };

describe('the settings of the provider', () => {
  const sources = (config: Config, env: Record<string, string>) => secretSources(config, env, '/home/me', nothingKept);

  it('carry the secret of the client, which nothing shows', async () => {
    const config = configOf(FULL);
    const settings = await resolveProvider(config, sources(config, { IDP_SECRET: 'canary-7' }));
    expect(settings).toMatchObject({ issuer: 'https://idp.example.com', clientId: 'hoopctl', deviceFlow: false });
    expect(settings?.clientSecret?.reveal()).toBe('canary-7');
    expect(JSON.stringify(settings)).not.toContain('canary-7');
  });

  it('have none where none is named, and are none without identity', async () => {
    const plain = configOf(filed(BASIC));
    expect((await resolveProvider(plain, sources(plain, {})))?.clientSecret).toBeNull();
    const without = configOf(minimal());
    expect(await resolveProvider(without, sources(without, {}))).toBeNull();
  });

  it('are an error when the secret is not where it is said to be', async () => {
    const config = configOf(FULL);
    await expect(resolveProvider(config, sources(config, {}))).rejects.toMatchObject({
      code: 'config.secret',
      message: 'the client secret is to come from the variable IDP_SECRET, which is not set',
    });
  });
});
