import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Provider } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { type Claims, HostileIssuer } from './provider/hostile.ts';
import { CLIENT_ID } from './provider/real.ts';
import { ecKey, rsaKey, type SigningKey } from './provider/signing.ts';
import { confirmed, forged, part, signedWithSecret } from './provider/tokens.ts';

const issuer = await HostileIssuer.start();
const other = rsaKey('other');
const weak = rsaKey('weak', 1024);
const curve = ecKey('curve');

let now = Date.now();
const clock: Clock = { now: () => now, monotonic: () => now * 1000 };
let provider: Provider;

beforeEach(() => {
  now = Date.now();
  issuer.discover();
  issuer.publish(issuer.key);
  provider = openProvider(issuer.settings(), { clock });
});

afterAll(() => issuer.close());

const seconds = (): number => Math.floor(now / 1000);

/** A good token is taken before and after, so that it is the token that is refused and not everything. */
async function refuses(token: string): Promise<string> {
  await expect(confirmed(provider, await issuer.sign())).resolves.toMatchObject({ identity: { subject: 'ada' } });
  const refusal = await confirmed(provider, token).then(
    () => 'it was taken',
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ name: 'HoopError', code: 'identity.token' });
  await expect(confirmed(provider, await issuer.sign())).resolves.toMatchObject({ identity: { subject: 'ada' } });
  return String(refusal);
}

describe('an ID token is refused', () => {
  const header = { alg: 'RS256', kid: issuer.key.kid };
  const pem = issuer.key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = other.publicJwk;

  const crafted: Readonly<Record<string, () => string | Promise<string>>> = {
    'that is not signed (alg none)': () => `${part({ alg: 'none' })}.${part(issuer.claims())}.`,
    'that says none and has a signature all the same': () =>
      forged({ ...header, alg: 'none' }, issuer.claims(), issuer.key),
    'that says None': () => forged({ ...header, alg: 'None' }, issuer.claims(), issuer.key),
    'that is signed with the public key as a secret (PEM)': () =>
      signedWithSecret({ ...header, alg: 'HS256' }, issuer.claims(), pem),
    'that is signed with the public key as a secret (its modulus)': () =>
      signedWithSecret({ ...header, alg: 'HS256' }, issuer.claims(), String(issuer.key.publicJwk['n'])),
    'that is signed with an empty secret': () => forged({ ...header, alg: 'HS512' }, issuer.claims(), issuer.key),
    'with no algorithm': () => forged({ kid: issuer.key.kid }, issuer.claims(), issuer.key),
    'with an algorithm of another family than its key': () =>
      forged({ ...header, alg: 'ES256' }, issuer.claims(), issuer.key),
    'whose signature is of another key': () => forged(header, issuer.claims(), other),
    'whose signature is cut off': async () => `${(await issuer.sign()).split('.').slice(0, 2).join('.')}.`,
    'whose claims were changed': async () => {
      const [first, , last] = (await issuer.sign()).split('.');
      return `${first}.${part(issuer.claims({ sub: 'root' }))}.${last}`;
    },
    'that carries its own key (jwk)': () => forged({ ...header, jwk }, issuer.claims(), other),
    'that carries its own key, though signed with the right one': () =>
      forged({ ...header, jwk }, issuer.claims(), issuer.key),
    'that says where its key is (jku)': () =>
      forged({ ...header, jku: `${issuer.issuer}/keys` }, issuer.claims(), issuer.key),
    'that says where its certificate is (x5u)': () =>
      forged({ ...header, x5u: `${issuer.issuer}/cert` }, issuer.claims(), issuer.key),
    'that brings a certificate (x5c)': () => forged({ ...header, x5c: ['MIIB'] }, issuer.claims(), issuer.key),
    'with a path for a key’s name': () =>
      signedWithSecret({ alg: 'HS256', kid: '../../../../dev/null' }, issuer.claims(), ''),
    'with a path for a key’s name, signed by a key of its own': () =>
      forged({ alg: 'RS256', kid: '../../../../dev/null' }, issuer.claims(), other),
    'whose key’s name is not text': () => forged({ alg: 'RS256', kid: { toString: 'x' } }, issuer.claims(), other),
    'with extensions that must be understood (crit)': () =>
      issuer.sign(issuer.claims(), { crit: ['urn:example:crit'], 'urn:example:crit': true }),
    'with an empty list of extensions (crit)': () => forged({ ...header, crit: [] }, issuer.claims(), issuer.key),
    'whose payload is not encoded (b64)': () =>
      forged({ ...header, b64: false, crit: ['b64'] }, issuer.claims(), issuer.key),
    'with a token inside it (cty)': async () => forged({ ...header, cty: 'JWT' }, await issuer.sign(), issuer.key),
    'with a token for its payload': async () => forged(header, await issuer.sign(), issuer.key),
    'that is compressed': () => forged({ ...header, zip: 'DEF' }, issuer.claims(), issuer.key),
    'that is encrypted': () => `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.BBBB.CCCC`,
    'in JSON, with several signatures': async () => {
      const [protect, payload, signature] = (await issuer.sign()).split('.');
      return JSON.stringify({
        payload,
        signatures: [
          { protected: protect, signature },
          { protected: protect, signature },
        ],
      });
    },
    'in JSON, with a header that is not signed': async () => {
      const [protect, payload, signature] = (await issuer.sign()).split('.');
      return JSON.stringify({ payload, protected: protect, header: { kid: 'other' }, signature });
    },
    'with a fourth part': async () => `${await issuer.sign()}.AAAA`,
    'with spaces around it': async () => ` ${await issuer.sign()}\n`,
    'with padding': async () => (await issuer.sign()).replace('.', '=.'),
    'that is no token at all': () => 'hunter2',
    'that is empty': () => '',
    'whose payload is a list': () => forged(header, [issuer.claims()], issuer.key),
    'whose payload is not JSON': () => forged(header, 'sub: ada', issuer.key),
    'of more than 64 KiB': () => issuer.sign(issuer.claims({ filler: 'x'.repeat(64 * 1024) })),
    'with a time that is none (1e999)': () =>
      forged(header, JSON.stringify(issuer.claims()).replace(/"exp":\d+/, '"exp":1e999'), issuer.key),
  };
  test.each(Object.entries(crafted))('%s', async (_title, make) => {
    await refuses(await make());
  });

  const types = ['at+jwt', 'application/at+jwt', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'JWE', 7];
  test.each(types)('of the kind %s', async (typ) => {
    await refuses(forged({ ...header, typ }, issuer.claims(), issuer.key));
  });

  const claims: Readonly<Record<string, () => Claims>> = {
    'of another issuer': () => ({ iss: 'https://evil.example' }),
    'of an issuer that only ends otherwise': () => ({ iss: `${issuer.issuer}/` }),
    'of no issuer': () => ({ iss: undefined }),
    'for another client': () => ({ aud: 'another' }),
    'for a client whose name begins the same': () => ({ aud: `${CLIENT_ID}-2` }),
    'for nobody': () => ({ aud: undefined }),
    'for an empty list': () => ({ aud: [] }),
    'for several clients, without saying who asked': () => ({ aud: [CLIENT_ID, 'another'] }),
    'for several clients, asked for by another': () => ({ aud: [CLIENT_ID, 'another'], azp: 'another' }),
    'for us, asked for by another': () => ({ azp: 'another' }),
    'for us, asked for by a list': () => ({ azp: [CLIENT_ID] }),
    'about nobody': () => ({ sub: undefined }),
    'about an empty name': () => ({ sub: '' }),
    'about the client itself': () => ({ sub: CLIENT_ID }),
    'about a number': () => ({ sub: 7 }),
    'about a name of more than 255 characters': () => ({ sub: 'x'.repeat(256) }),
    'that has expired': () => ({ exp: seconds() - 31 }),
    'that never expires': () => ({ exp: undefined }),
    'that expires in words': () => ({ exp: 'tomorrow' }),
    'that expires after all time': () => ({ exp: 1e15 }),
    'that does not hold yet': () => ({ nbf: seconds() + 60 }),
    'from the future': () => ({ iat: seconds() + 60 }),
    'from no time': () => ({ iat: undefined }),
    'from before all time': () => ({ iat: -5 }),
    'that is an access token of Keycloak’s': () => ({ typ: 'Bearer' }),
    'that is a refresh token of Keycloak’s': () => ({ typ: 'Refresh' }),
    'that is an offline token of Keycloak’s': () => ({ typ: 'Offline' }),
    'that is an access token of Cognito’s': () => ({ token_use: 'access' }),
    'that is a logout token': () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    'whose nonce is not text': () => ({ nonce: 7 }),
    'whose time of login is not a time': () => ({ auth_time: 'now' }),
  };
  test.each(Object.entries(claims))('%s', async (_title, changes) => {
    await refuses(await issuer.sign(issuer.claims(changes(), now)));
  });

  test('that is signed with an RSA key of less than 2048 bits', async () => {
    issuer.publish(issuer.key, weak);
    await refuses(forged({ alg: 'RS256', kid: 'weak' }, issuer.claims(), weak));
  });

  test('that is signed with a symmetric key, even where the issuer publishes it', async () => {
    const secret = 'a secret that is published is none';
    issuer.publish(issuer.key, { kty: 'oct', kid: 'shared', alg: 'HS256', k: part(secret) });
    await refuses(signedWithSecret({ alg: 'HS256', kid: 'shared' }, issuer.claims(), secret));
  });

  test('that is signed with a key that is published for encryption', async () => {
    issuer.publish(issuer.key, { ...other.publicJwk, use: 'enc' });
    await refuses(forged({ alg: 'RS256', kid: 'other' }, issuer.claims(), other));
  });
});

describe('an ID token is taken', () => {
  const good: Readonly<Record<string, () => Claims>> = {
    'for several clients, asked for by us': () => ({ aud: [CLIENT_ID, 'another'], azp: CLIENT_ID }),
    'for a list of one': () => ({ aud: [CLIENT_ID] }),
    'half a minute after it expired': () => ({ exp: seconds() - 25 }),
    'from a clock that is half a minute ahead': () => ({ iat: seconds() + 25, nbf: seconds() + 25 }),
    'that Keycloak calls an ID token': () => ({ typ: 'ID' }),
    'about a name of 255 characters': () => ({ sub: 'x'.repeat(255) }),
  };
  test.each(Object.entries(good))('%s', async (_title, changes) => {
    await expect(confirmed(provider, await issuer.sign(issuer.claims(changes(), now)))).resolves.toBeDefined();
  });

  test('with an elliptic curve, and with its time of login and nonce', async () => {
    issuer.publish(curve);
    const token = await issuer.sign(issuer.claims({ nonce: 'n', auth_time: 1_700_000_000 }), { typ: 'JWT' }, curve);
    await expect(confirmed(provider, token)).resolves.toMatchObject({ nonce: 'n', authenticated: 1_700_000_000_000 });
  });

  test('until the clock says that it has expired', async () => {
    const token = await issuer.sign();
    await expect(confirmed(provider, token)).resolves.toBeDefined();
    now += 10 * 60_000 + 31_000;
    await expect(confirmed(provider, token)).rejects.toMatchObject({
      code: 'identity.token',
      message: expect.stringMatching(/expired/),
    });
  });
});

describe('the keys of an issuer', () => {
  const signedBy = (key: SigningKey): Promise<string> => issuer.sign(issuer.claims({}, now), {}, key);
  const reads = (): number => issuer.requests.filter((path) => path === '/jwks').length;

  test('are read once for many tokens', async () => {
    const before = reads();
    for (let count = 0; count < 5; count += 1) await confirmed(provider, await signedBy(issuer.key));
    expect(reads() - before).toBe(1);
  });

  test('are read again for a token with a new key, a few seconds after the last reading', async () => {
    await confirmed(provider, await signedBy(issuer.key));
    issuer.publish(issuer.key, other);
    now += 6000;
    await expect(confirmed(provider, await signedBy(other))).resolves.toBeDefined();
  });

  test('are not read for every token with a made-up key', async () => {
    await confirmed(provider, await signedBy(issuer.key));
    const before = reads();
    now += 6000;
    for (let count = 0; count < 5; count += 1)
      await expect(confirmed(provider, await signedBy(rsaKey(`made-up-${count}`)))).rejects.toMatchObject({
        code: 'identity.token',
      });
    expect(reads() - before).toBe(1);
  });

  test('that were removed stop working within ten minutes', async () => {
    await confirmed(provider, await signedBy(issuer.key));
    issuer.publish(other);
    now += 9 * 60_000;
    await expect(confirmed(provider, await signedBy(issuer.key))).resolves.toBeDefined();
    now += 61_000;
    await expect(confirmed(provider, await signedBy(issuer.key))).rejects.toMatchObject({ code: 'identity.token' });
  });

  test('are not believed for longer because the issuer cannot be asked', async () => {
    await confirmed(provider, await signedBy(issuer.key));
    issuer.answers.set('/jwks', { status: 503, json: {} });
    now += 11 * 60_000;
    await expect(confirmed(provider, await signedBy(issuer.key))).rejects.toMatchObject({
      code: 'identity.unreachable',
    });
  });

  test.each([{ keys: 'all' }, [], { keys: Array.from({ length: 101 }, () => issuer.key.publicJwk) }, 'keys'])(
    'must be a set of keys, and %j is none',
    async (json) => {
      issuer.answers.set('/jwks', { json });
      await expect(confirmed(provider, await issuer.sign())).rejects.toMatchObject({ code: 'identity.provider' });
    },
  );
});
