import { beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Proof } from '../../src/core/proof.ts';
import { Secret } from '../../src/core/secret.ts';
import { CONFIRMING, examined } from '../../src/identity/proven.ts';
import { bob, ScriptedProvider, SETTINGS } from './scripted-provider.ts';

const LONG_AGO = (): number => Date.now() - SETTINGS.recheck - 31_000;

let provider: ScriptedProvider;
let over: AbortController;

beforeEach(() => {
  provider = new ScriptedProvider();
  over = new AbortController();
});

const proofOf = (idToken: string, accessToken: string | null = null): Proof => ({
  idToken: new Secret(idToken),
  accessToken: accessToken === null ? null : new Secret(accessToken),
});
const proven = (proof: Proof): ReturnType<typeof examined> =>
  examined(proof, { provider, clock: systemClock, signal: over.signal });

describe('whom a proof shows', () => {
  it('is who the provider says, with when they logged in and what the login carries', async () => {
    provider.shows('id of bob', { authenticated: 1_767_225_600_000, nonce: 'n' });
    expect(await proven(proofOf('id of bob', 'access'))).toEqual({
      identity: bob,
      authenticated: 1_767_225_600_000,
      nonce: 'n',
    });
    expect(provider.asked).toMatchObject([{ tokens: { refreshToken: null }, before: null }]);
    expect(provider.asked[0]?.tokens.accessToken?.reveal()).toBe('access');
  });

  it.each([
    ['an agent', { kind: 'agent', actsFor: bob } as const, 'only a person approves'],
    ['a service', { kind: 'service', service: 'ci' } as const, 'only a person approves'],
    ['somebody whom nobody vouches for', { verified: false }, 'proves nothing'],
    ['a person of another issuer', { issuer: 'https://other.example' }, 'proves nothing'],
  ])('is nobody, where it is %s', async (_what, change, reason) => {
    provider.shows('id', { identity: { ...bob, ...change } });
    expect(await proven(proofOf('id'))).toEqual({ reason: expect.stringContaining(reason) });
  });

  it.each([
    ['identity.token', 'proves nothing here'],
    ['identity.login', 'holds no more'],
    ['identity.unreachable', 'cannot be reached'],
    ['identity.provider', 'could not be confirmed'],
  ] as const)('is not known after %s, which is said without a word of the provider’s', async (code, reason) => {
    provider.shows('id', new HoopError(code, 'canary-token'));
    const answered = await proven(proofOf('id'));
    expect(answered).toEqual({ reason: expect.stringContaining(reason) });
    expect(JSON.stringify(answered)).not.toContain('canary');
  });

  it('is not known when something else goes wrong', async () => {
    vi.spyOn(provider, 'confirm').mockRejectedValue(new TypeError('canary-token'));
    expect(await proven(proofOf('id'))).toEqual({ reason: 'who gives it could not be confirmed' });
  });

  it('is asked again where the ID token is older than what is believed, and may have changed', async () => {
    const removed = { ...bob, groups: [] };
    provider.shows('old', { issued: LONG_AGO(), authenticated: 7, nonce: 'n' });
    provider.shows('access', { identity: removed });
    expect(await proven(proofOf('old', 'access'))).toEqual({ identity: removed, authenticated: 7, nonce: 'n' });
    expect(provider.asked.map(({ before }) => before)).toEqual([null, bob]);
  });

  it('is nobody where an old ID token comes alone, or the access token is of somebody else or holds no more', async () => {
    provider.shows('old', { issued: LONG_AGO() });
    expect(await proven(proofOf('old'))).toEqual({ reason: expect.stringContaining('holds no more') });
    for (const code of ['identity.token', 'identity.login'] as const) {
      provider.shows('access', new HoopError(code, 'no'));
      expect(await proven(proofOf('old', 'access'))).toHaveProperty('reason');
    }
  });

  it('is believed for as long as anybody is', async () => {
    provider.shows('just', { issued: Date.now() - SETTINGS.recheck });
    expect(await proven(proofOf('just'))).toMatchObject({ identity: bob });
  });

  it('is not known when the provider has not answered in time, or nobody waits any more', async () => {
    provider.hanging = 'id';
    const timeout = new AbortController();
    const timed = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout.signal);
    try {
      const asking = [proven(proofOf('id')), proven(proofOf('id'))];
      timeout.abort();
      for (const one of asking) expect(await one).toEqual({ reason: expect.stringContaining('cannot be reached') });
      expect(timed).toHaveBeenCalledWith(CONFIRMING);
    } finally {
      timed.mockRestore();
    }
    const asking = proven(proofOf('id'));
    over.abort();
    expect(await asking).toEqual({ reason: expect.stringContaining('cannot be reached') });
  });
});
