import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { HostileIssuer } from './provider/hostile.ts';

const issuer = await HostileIssuer.start();

afterAll(() => issuer.close());

it('shows no person, whatever ID token the provider adds', async () => {
  issuer.discover();
  issuer.publish(issuer.key);
  issuer.answers.set('/token', { json: { access_token: 'a', token_type: 'bearer', id_token: await issuer.sign() } });
  const { signal } = new AbortController();
  const client = openProvider(issuer.settings({ clientSecret: new Secret('s') }), { clock: systemClock });
  const tokens = await client.loginAsClient(signal);
  expect([tokens.idToken, tokens.accessToken?.reveal()]).toEqual([null, 'a']);
  await expect(client.confirm(tokens, null, signal)).rejects.toMatchObject({ code: 'identity.token' });
});
