import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { DevicePrompt } from '../../src/core/provider.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { confirmCode, signIn } from './provider/pages.ts';
import { RealProvider } from './provider/real.ts';

let real: RealProvider;
const { signal } = new AbortController();

beforeAll(async () => {
  real = await RealProvider.start();
});

afterAll(async () => {
  await real.close();
});

test('a code that is confirmed on another device logs a person in, with groups and a verified address', async () => {
  const provider = openProvider(real.settings(), { clock: systemClock });
  const prompts: DevicePrompt[] = [];
  let walked: Promise<void> = Promise.resolve();
  const tokens = await provider.loginByDevice({
    freshness: null,
    signal,
    prompt: (prompt) => {
      prompts.push(prompt);
      walked = confirmCode(prompt.url, prompt.userCode, 'ada');
    },
  });
  await walked;
  const { identity, authenticated, issued, expires } = await provider.confirm(tokens, null, signal);
  expect(prompts).toMatchObject([{ url: `${real.issuer}/device` }]);
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
  expect(Math.abs((authenticated ?? 0) - Date.now())).toBeLessThan(10_000);
  expect(expires - issued).toBe(600_000);
  expect(tokens.refreshToken).not.toBeNull();
});

test('a browser on this machine logs a person in', async () => {
  const provider = openProvider(real.settings(), { clock: systemClock });
  let walked: Promise<Response> | null = null;
  const tokens = await provider.loginByBrowser({
    freshness: { again: true, nonce: 'asked-for' },
    signal,
    open: async (url) => {
      walked = signIn(url, 'bob');
    },
  });
  const page = await walked;
  const { identity, nonce } = await provider.confirm(tokens, null, signal);
  expect(identity).toMatchObject({ kind: 'person', subject: 'bob', groups: ['engineering'] });
  expect(nonce).toBe('asked-for');
  expect(page).toMatchObject({ status: 200 });
});

test('a login is renewed with what the provider says now', async () => {
  const provider = openProvider(real.settings(), { clock: systemClock });
  const tokens = await provider.loginByDevice({
    freshness: null,
    signal,
    prompt: ({ url, userCode }) => void confirmCode(url, userCode, 'bob'),
  });
  const { identity } = await provider.confirm(tokens, null, signal);
  real.change('bob', { groups: ['support'] });
  const renewed = await provider.refresh(tokens, signal);
  const again = await provider.confirm(renewed, identity, signal);
  expect(again.identity.groups).toEqual(['support']);
  expect(renewed.refreshToken?.reveal()).not.toBe(tokens.refreshToken?.reveal());
  real.users.delete('bob');
  await expect(provider.refresh(renewed, signal)).rejects.toMatchObject({ code: 'identity.login' });
});
