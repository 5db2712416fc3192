import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Profile } from '../../../src/core/profile.ts';
import { ada, login, tokens } from '../people.ts';
import { type MemoryProfiles, MINUTE, ScriptedProvider, type TestClock } from './bench.ts';
import { type Heard, Desk } from './desk.ts';

let desk: Desk;
let clock: TestClock;
let provider: ScriptedProvider;
let profiles: MemoryProfiles;

beforeEach(() => {
  desk = new Desk();
  ({ clock, provider, profiles } = desk);
});

afterEach(() => desk.close());

const begin = (...given: Parameters<Desk['begin']>): Promise<Heard> => desk.begin(...given);
const again = (): Promise<Heard> => desk.again();

const WITHOUT_REFRESH = tokens('1', { refreshToken: null });

describe('somebody who logged in just now', () => {
  it('is believed without asking anybody', async () => {
    const { standing, heard } = await begin();
    expect([standing.identity, standing.doubt()]).toEqual([ada, null]);
    await clock.pass(3.9 * MINUTE);
    expect([provider.asked, heard, standing.doubt()]).toEqual([[], [], null]);
  });

  it('is confirmed again before that is over, and again after', async () => {
    const { standing, heard } = await begin();
    await clock.pass(4.6 * MINUTE);
    expect(provider.asked).toEqual(['refresh 1', 'confirm id 2']);
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await clock.pass(MINUTE);
      expect(standing.doubt()).toBeNull();
    }
    expect(provider.generation).toBeGreaterThan(10);
    expect(heard).toEqual([]);
  });

  it('has tokens that are kept before they are shown to anybody', async () => {
    const seen: unknown[] = [];
    await begin();
    const confirm = provider.confirm.bind(provider);
    provider.confirm = async (...given) => {
      seen.push((await profiles.tokens(login() as Profile)).refreshToken?.reveal());
      return confirm(...given);
    };
    await clock.pass(4.6 * MINUTE);
    expect(seen).toEqual(['refresh 2']);
    const kept = await profiles.read('default');
    expect(kept).toMatchObject({ spent: false, renewable: true, identity: ada });
    expect(Date.parse(kept?.confirmed ?? '')).toBeGreaterThan(Date.parse(login().confirmed) + 3.9 * MINUTE);
  });
});

describe('somebody who logged in a while ago', () => {
  it('is confirmed first', async () => {
    clock.wall += 60 * MINUTE;
    const { standing } = await begin();
    expect(provider.asked).toEqual(['refresh 1', 'confirm id 2']);
    expect(standing.doubt()).toBeNull();
  });

  it('is confirmed in time when only some of the time is left', async () => {
    clock.wall += 4 * MINUTE;
    const { standing } = await begin();
    expect(provider.asked).toEqual([]);
    await clock.pass(0.6 * MINUTE);
    expect(provider.asked).toHaveLength(2);
    expect(standing.doubt()).toBeNull();
  });

  it('is not let in while the provider cannot be reached', async () => {
    clock.wall += 60 * MINUTE;
    provider.reachable = false;
    await expect(begin()).rejects.toMatchObject({ code: 'identity.unreachable' });
  });

  it('spends nothing that there is no place to keep the answer to', async () => {
    clock.wall += 60 * MINUTE;
    desk.profiles.unfit = new HoopError('local.secrets', 'the key file /nowhere does not exist');
    await expect(begin()).rejects.toMatchObject({ code: 'local.secrets' });
    expect(provider.asked).toEqual([]);
    desk.profiles.unfit = null;
    expect((await desk.again()).standing.doubt()).toBeNull();
  });

  it('is told to log in again when the login has ended', async () => {
    clock.wall += 60 * MINUTE;
    provider.withdrawn = true;
    await expect(begin({ name: 'default' })).rejects.toMatchObject({ code: 'identity.login', hint: 'hoopctl login' });
  });

  it('is confirmed first when that is said to have been in the future', async () => {
    clock.wall -= 60 * MINUTE;
    await begin();
    expect(provider.asked).toHaveLength(2);
  });
});

describe('what the provider says meanwhile', () => {
  it('is heard when claims changed', async () => {
    const { standing, heard } = await begin();
    const fewer = { ...ada, groups: ['engineering'] };
    provider.identity = fewer;
    await clock.pass(4.6 * MINUTE);
    expect([standing.identity, heard, standing.doubt()]).toEqual([fewer, [fewer], null]);
    expect((await profiles.read('default'))?.identity).toEqual(fewer);
  });

  it('is no news when groups come in another order', async () => {
    const { standing, heard } = await begin();
    provider.identity = { ...ada, groups: [...ada.groups].reverse() };
    await clock.pass(4.6 * MINUTE);
    expect(heard).toEqual([]);
    expect(standing.identity).toBe(ada);
  });

  it('ends it when the login was withdrawn, for every process', async () => {
    const one = await begin();
    const other = await again();
    provider.withdrawn = true;
    await clock.pass(4.6 * MINUTE);
    for (const { standing, heard } of [one, other]) {
      expect(heard).toEqual([null]);
      expect(standing.doubt()).toBe('the login has ended: its time is up, or the provider has withdrawn it');
    }
    expect(provider.asked).toEqual(['refresh 1']);
    await expect(again()).rejects.toMatchObject({ code: 'identity.login' });
    expect(provider.asked).toEqual(['refresh 1']);
  });

  it.each([
    ['another subject', { subject: 'u-2' }],
    ['another issuer', { issuer: 'https://other.example' }],
    ['another kind', { kind: 'service' as const }],
    ['an agent of theirs', { kind: 'agent' as const, subject: 'bot', actsFor: ada }],
  ])('ends it when it speaks of %s (R2)', async (_, more) => {
    const { standing, heard } = await begin();
    provider.identity = { ...ada, ...more };
    await clock.pass(4.6 * MINUTE);
    expect([heard, standing.identity]).toEqual([[null], ada]);
    expect(standing.doubt()).not.toBeNull();
    expect((await profiles.read('default'))?.identity).toEqual(ada);
  });

  it('is asked for again when it proves nothing, and doubted in the end', async () => {
    const { standing, heard } = await begin();
    provider.doubts = new HoopError('identity.token', 'the groups are not a list');
    await clock.pass(4.9 * MINUTE);
    expect(standing.doubt()).toBeNull();
    await clock.pass(0.2 * MINUTE);
    expect([standing.doubt(), heard]).toEqual(['the groups are not a list', []]);
  });
});

describe('a provider that cannot be reached', () => {
  it('is doubted when the time is up, and believed again when it is back', async () => {
    const { standing, heard } = await begin();
    provider.reachable = false;
    await clock.pass(4.99 * MINUTE);
    expect(standing.doubt()).toBeNull();
    await clock.pass(0.02 * MINUTE);
    expect(standing.doubt()).toBe('the provider cannot be reached');
    await clock.pass(60 * MINUTE);
    expect(standing.doubt()).toBe('the provider cannot be reached');
    provider.reachable = true;
    await clock.pass(16_000);
    expect([standing.doubt(), heard]).toEqual([null, []]);
  });

  it('is asked less and less often', async () => {
    await begin();
    provider.reachable = false;
    await clock.pass(4.6 * MINUTE);
    const soon = provider.asked.length;
    expect(soon).toBeGreaterThan(2);
    provider.asked.length = 0;
    await clock.pass(10 * MINUTE);
    expect(provider.asked.length).toBeGreaterThan(30);
    expect(provider.asked.length).toBeLessThan(90);
  });

  it('is doubted in time, too, while its answer is waited for', async () => {
    const { standing } = await begin();
    const answer = Promise.withResolvers<void>();
    provider.gate = answer.promise;
    await clock.pass(5.1 * MINUTE);
    expect(standing.doubt()).toBe('it is being confirmed again');
    answer.resolve();
    await clock.pass(1000);
    expect(standing.doubt()).toBeNull();
  });
});

describe('a provider that sends no ID token when it renews', () => {
  it('is asked about who it is that was known before', async () => {
    const { standing } = await begin();
    const refresh = provider.refresh.bind(provider);
    provider.refresh = async (given) => ({ ...(await refresh(given)), idToken: null });
    await clock.pass(4.6 * MINUTE);
    expect([provider.asked, standing.doubt()]).toEqual([['refresh 1', 'confirm access 2 of Ada'], null]);
  });

  it('takes too long at some time', async () => {
    const { standing } = await begin();
    provider.refresh = () => Promise.reject(new HoopError('cli.cancelled', 'the login was cancelled'));
    await clock.pass(5.1 * MINUTE);
    expect(standing.doubt()).toBe('the identity provider did not answer in time');
  });
});

describe('clocks', () => {
  it('that stood still while the machine slept are no reason to believe for longer', async () => {
    const { standing } = await begin();
    await clock.pass(MINUTE);
    clock.wall += 60 * MINUTE;
    expect(standing.doubt()).toBe('it is being confirmed again');
    await clock.pass(1000);
    expect(standing.doubt()).toBeNull();
  });

  it('that are set back are none either', async () => {
    const { standing } = await begin();
    provider.reachable = false;
    clock.wall -= 24 * 60 * MINUTE;
    await clock.pass(4.99 * MINUTE);
    expect(standing.doubt()).toBeNull();
    await clock.pass(0.04 * MINUTE);
    expect(standing.doubt()).toBe('the provider cannot be reached');
    provider.reachable = true;
    await clock.pass(16_000);
    expect(standing.doubt()).toBeNull();
  });
});

describe('a login that cannot be renewed', () => {
  const EXPIRES = new Date(Date.parse(login().confirmed) + 20 * MINUTE).toISOString();

  it('is asked for with its access token, and ends with its time', async () => {
    provider.lifetime = 20 * MINUTE;
    const { standing, heard } = await begin({ renewable: false, expires: EXPIRES }, WITHOUT_REFRESH);
    provider.confirm = async (shown, before) => {
      provider.asked.push(shown.idToken === null ? 'access token alone' : 'id token');
      const expires = Date.parse(EXPIRES);
      return { identity: before ?? ada, authenticated: null, issued: 0, expires, nonce: null };
    };
    await clock.pass(19.9 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([null, []]);
    expect(new Set(provider.asked)).toEqual(new Set(['access token alone']));
    await clock.pass(0.2 * MINUTE);
    expect(heard).toEqual([null]);
    expect(standing.doubt()).toContain('its time is up');
  });

  it('is believed on its ID token where there is nothing else, for as long as what the provider says', async () => {
    const alone = tokens('1', { refreshToken: null, accessToken: null });
    provider.issued = clock.now() + 4 * MINUTE;
    const { standing } = await begin({ renewable: false }, alone);
    await clock.pass(4.6 * MINUTE);
    expect(provider.asked).toEqual(['confirm id 1']);
    await clock.pass(4.8 * MINUTE);
    expect(standing.doubt()).toBeNull();
    await clock.pass(0.2 * MINUTE);
    expect(standing.doubt()).toContain('too long ago');
    await expect(again()).rejects.toMatchObject({ code: 'identity.token' });
  });

  it('does not begin after its time', async () => {
    clock.wall += 2 * 60 * MINUTE;
    await expect(begin({ renewable: false })).rejects.toMatchObject({ code: 'identity.login' });
    expect(provider.asked).toEqual([]);
  });
});

describe('a standing', () => {
  it('does nothing once it is closed', async () => {
    const { standing, heard } = await begin();
    await standing.close();
    await standing.close();
    provider.identity = { ...ada, groups: [] };
    await clock.pass(10 * MINUTE);
    expect([provider.asked, heard, vi.getTimerCount()]).toEqual([[], [], 0]);
  });

  it('tells nobody who has had enough', async () => {
    const { standing } = await begin();
    const heard: unknown[] = [];
    const ignore = standing.listen((now) => void heard.push(now));
    ignore();
    await profiles.forget('default');
    await clock.pass(1100);
    expect(heard).toEqual([]);
  });

  it('is doubted, not ended, while its file cannot be read', async () => {
    const { standing, heard } = await begin();
    profiles.unreadable = new HoopError('identity.login', 'it is damaged');
    await clock.pass(4.99 * MINUTE);
    expect(standing.doubt()).toBeNull();
    await clock.pass(MINUTE);
    expect([standing.doubt(), heard]).toEqual(['it is damaged', []]);
    profiles.unreadable = null;
    await clock.pass(31_000);
    expect(standing.doubt()).toBeNull();
  });

  it('keeps up with a short time of belief', async () => {
    desk.provider = new ScriptedProvider(clock, 1000);
    ({ provider } = desk);
    const { standing } = await begin();
    for (let step = 0; step < 40; step += 1) {
      clock.wall += 50;
      clock.micros += 50_000;
      await vi.advanceTimersByTimeAsync(50);
      expect(standing.doubt()).toBeNull();
    }
    expect(provider.generation).toBeGreaterThan(2);
  });
});
