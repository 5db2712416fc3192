import { expect, test } from 'vitest';
import { boundedFetch } from '../../src/identity/oidc/bounded-fetch.ts';

const refused = (): Promise<Response> =>
  Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }));
const { signal } = new AbortController();
const issuers = ['https://idp.example.com/realms/acme', 'https://ci.example.com'];
const asking = boundedFetch(refused, { milliseconds: 1000, signal, issuers });

test.each(['https://idp.example.com/token', 'https://ci.example.com/keys'])(
  'a provider that the configuration names is named when it cannot be asked: %s',
  async (url) => {
    await expect(asking(url)).rejects.toMatchObject({
      code: 'identity.unreachable',
      message: `the identity provider ${new URL(url).host} cannot be asked: ECONNREFUSED`,
    });
  },
);

test('an address that only a provider names is not repeated', async () => {
  await expect(asking('https://call-this-number.example/keys')).rejects.toMatchObject({
    message: 'the identity provider cannot be asked: ECONNREFUSED',
  });
});
