import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Identity } from '../../src/core/identity.ts';
import { Secret } from '../../src/core/secret.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { type Claims, HostileIssuer } from './provider/hostile.ts';
import { tokenSet } from './provider/tokens.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

const issuer = await HostileIssuer.start();
const provider = openProvider(issuer.settings(), { clock: systemClock });
const { signal } = new AbortController();
const forms: URLSearchParams[] = [];

let person: Identity;

beforeEach(async () => {
  forms.length = 0;
  issuer.discover({ grant_types_supported: ['authorization_code', GRANT] });
  issuer.answers.set('/me', { json: { sub: 'ada', groups: ['engineering'] } });
  person = (await provider.confirm(tokenSet(await issuer.sign()), null, signal)).identity;
});

afterAll(() => issuer.close());

/** What the agent gets where the provider answers an exchange with a token of these claims. */
async function delegated(claims: Claims, { kind = ID_TOKEN, accessToken = 'the-persons' as string | null } = {}) {
  const issued = await issuer.sign(issuer.claims(claims));
  issuer.answers.set('/token', (request, response) => {
    void text(request).then((body) => {
      forms.push(new URLSearchParams(body));
      const answer = { access_token: issued, issued_token_type: kind, token_type: 'N_A' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  const asked = openProvider(issuer.settings(), { clock: systemClock });
  const tokens = { ...tokenSet(await issuer.sign(), accessToken), refreshToken: new Secret('r') };
  return await asked.delegate?.({ tokens, person, actor: new Secret('the-agents') }, signal);
}

test('an agent gets a token of its own, that names it and its person', async () => {
  const tokens = await delegated({ act: { sub: 'bot' }, groups: undefined });
  expect(Object.fromEntries(forms[0] ?? [])).toMatchObject({
    grant_type: GRANT,
    subject_token: 'the-persons',
    actor_token: 'the-agents',
    requested_token_type: ID_TOKEN,
    scope: 'openid profile email groups',
  });
  expect(tokens?.refreshToken).toBeNull();
  const { identity } = await provider.confirm(tokens ?? tokenSet(null), null, signal);
  expect(identity).toMatchObject({
    kind: 'agent',
    subject: 'bot',
    verified: true,
    actsFor: { subject: 'ada', groups: ['engineering'] },
  });
});

test.each<Claims>([{}, { act: {} }, { act: { sub: 'bot' }, sub: 'bob' }, { act: { sub: 'bot' }, aud: 'another' }])(
  'a token that does not say who acts for this person is refused: %j',
  async (claims) => {
    await expect(delegated(claims)).rejects.toMatchObject({ code: 'identity.token' });
  },
);

test('another kind of token is refused', async () => {
  const kind = 'urn:ietf:params:oauth:token-type:access_token';
  await expect(delegated({ act: { sub: 'bot' } }, { kind })).rejects.toMatchObject({ code: 'identity.token' });
});

test('a person without an access token has nothing to hand on', async () => {
  await expect(delegated({ act: { sub: 'bot' } }, { accessToken: null })).rejects.toMatchObject({
    code: 'identity.token',
  });
  expect(forms).toEqual([]);
});

test('a provider that has no such tokens is not asked for one', async () => {
  for (const grants of [undefined, ['authorization_code']]) {
    issuer.discover({ grant_types_supported: grants });
    await expect(delegated({ act: { sub: 'bot' } })).rejects.toMatchObject({
      code: 'identity.provider',
      hint: expect.stringContaining('--as NAME'),
    });
  }
  expect(forms).toEqual([]);
});
