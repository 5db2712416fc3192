import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Profile, Profiles } from '../../src/core/profile.ts';
import type { Provider, TokenSet } from '../../src/core/provider.ts';
import { answererBy, answererByAnother, type AnsweringOptions } from '../../src/identity/answering.ts';
import { confirmedLogin } from '../../src/identity/confirmed.ts';
import { openProfiles } from '../../src/identity/profiles.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { Pocket } from './people.ts';
import { confirmCode } from './provider/pages.ts';
import { type ProviderOptions, RealProvider } from './provider/real.ts';

const { signal } = new AbortController();

let state: string;
let real: RealProvider;
let provider: Provider;
let profiles: Profiles;

async function begin(options: ProviderOptions = {}): Promise<void> {
  real = await RealProvider.start(options);
  provider = openProvider(real.settings(), { clock: systemClock });
}

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'hoopctl-answering-'));
  profiles = openProfiles({ state, secrets: new Pocket() });
});

afterEach(async () => {
  await real.close();
  rmSync(state, { recursive: true, force: true });
});

function logIn(login: string): Promise<TokenSet> {
  const prompt = ({ url, userCode }: { url: string; userCode: string }): void => void confirmCode(url, userCode, login);
  return provider.loginByDevice({ freshness: null, prompt, signal });
}

/** Somebody who is logged in, and was confirmed so many milliseconds ago. */
async function kept(login: string, ago = 0): Promise<AnsweringOptions> {
  const tokens = await logIn(login);
  const confirmation = await provider.confirm(tokens, null, signal);
  const now = Date.now() - ago;
  const profile: Profile = await profiles.exclusively('p', () =>
    profiles.keep(confirmedLogin('p', provider.settings, { tokens, confirmation, said: now }), tokens),
  );
  return { provider, profiles, profile, clock: systemClock, signal };
}

describe('whoever is logged in', () => {
  it('answers with what shows it, and without being asked anything', async () => {
    await begin();
    const options = await kept('ada');
    const before = await profiles.tokens(options.profile);
    const answerer = await answererBy(options);
    expect(answerer?.identity).toEqual(options.profile.identity);
    expect(answerer?.proof?.idToken.reveal()).toBe(before.idToken?.reveal());
    expect(real.requests).not.toContain('/token refresh_token');
  });

  it('is confirmed again when that is too long ago, and is in the groups that the provider names then', async () => {
    await begin();
    const options = await kept('ada', 300_001);
    real.change('ada', { groups: ['support'] });
    const answerer = await answererBy(options);
    expect(answerer?.identity.groups).toEqual(['support']);
    expect(real.requests).toContain('/token refresh_token');
    const tokens = await profiles.tokens(options.profile);
    expect(answerer?.proof?.idToken.reveal()).toBe(tokens.idToken?.reveal());
  });

  it('does not answer when the login has ended', async () => {
    await begin();
    const options = await kept('ada', 300_001);
    real.users.delete('ada');
    await expect(answererBy(options)).rejects.toMatchObject({ code: 'identity.login', hint: expect.any(String) });
  });

  it('does not answer by what is kept where that shows nobody any more', async () => {
    await begin({ idTokenOnRefresh: false });
    expect(await answererBy(await kept('ada', 300_001))).toBeNull();
  });

  it('does not answer while the provider cannot be reached and has to be', async () => {
    await begin();
    const options = await kept('ada', 300_001);
    await real.close();
    await expect(answererBy(options)).rejects.toMatchObject({ code: 'identity.unreachable' });
  });

  it.each(['service', 'agent'] as const)('does not answer by the login of a person’s %s', async (kind) => {
    await begin();
    const options = await kept('ada');
    const identity = { ...options.profile.identity, kind };
    await expect(answererBy({ ...options, profile: { ...options.profile, identity } })).rejects.toMatchObject({
      code: 'local.approver',
    });
  });
});

describe('whoever logs in for one answer', () => {
  it('answers by that login, and the one that is kept stays as it is', async () => {
    await begin();
    const options = await kept('ada');
    const before = await profiles.tokens(options.profile);
    const fresh = await logIn('ada');
    const answerer = await answererByAnother(fresh, options);
    expect(answerer).toEqual({
      identity: options.profile.identity,
      proof: { idToken: fresh.idToken, accessToken: fresh.accessToken },
    });
    expect((await profiles.tokens(options.profile)).idToken?.reveal()).toBe(before.idToken?.reveal());
    expect(await profiles.read('p')).toEqual(options.profile);
  });

  it('must be whose login it is', async () => {
    await begin();
    const options = await kept('ada');
    await expect(answererByAnother(await logIn('bob'), options)).rejects.toMatchObject({
      code: 'identity.login',
      message: '"p" is the login of Ada Lovelace, and somebody else has logged in',
    });
  });
});
