import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { Profile } from '../../../src/core/profile.ts';
import type { Standing } from '../../../src/core/standing.ts';
import { loginStanding } from '../../../src/identity/standing/login.ts';
import { ada, login, tokens } from '../people.ts';
import { MemoryProfiles, MINUTE, ScriptedProvider, TestClock } from './bench.ts';

let clock: TestClock;
let provider: ScriptedProvider;
let profiles: MemoryProfiles;
let opened: Standing[];

beforeEach(() => {
  vi.useFakeTimers();
  clock = new TestClock();
  provider = new ScriptedProvider(clock);
  profiles = new MemoryProfiles();
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((standing) => standing.close()));
  vi.useRealTimers();
});

/** Somebody who has just logged in, and what is heard of them. */
async function begin(
  more: Partial<Profile> = {},
  held = tokens('1'),
): Promise<{ standing: Standing; heard: unknown[] }> {
  await profiles.keep(login(more), held);
  return again();
}

async function again(): Promise<{ standing: Standing; heard: (Identity | null)[] }> {
  const profile = await profiles.read('default');
  if (profile === null) throw new Error('nobody is logged in');
  const standing = await loginStanding({ provider, profiles, profile, clock });
  opened.push(standing);
  const heard: (Identity | null)[] = [];
  standing.listen((now) => void heard.push(now));
  return { standing, heard };
}

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

  it('is believed on its ID token where there is nothing else', async () => {
    const { standing } = await begin({ renewable: false }, tokens('1', { refreshToken: null, accessToken: null }));
    await clock.pass(4.6 * MINUTE);
    expect(provider.asked).toEqual(['confirm id 1']);
    expect(standing.doubt()).toBeNull();
  });

  it('does not begin after its time', async () => {
    clock.wall += 2 * 60 * MINUTE;
    await expect(begin({ renewable: false })).rejects.toMatchObject({ code: 'identity.login' });
    expect(provider.asked).toEqual([]);
  });
});

describe('several processes that share a login', () => {
  it('renew it once for all, and none is logged out', async () => {
    const all = [await begin(), ...(await Promise.all([again(), again(), again(), again()]))];
    provider.identity = { ...ada, groups: [] };
    for (let minutes = 0; minutes < 120; minutes += 1) {
      await clock.pass(MINUTE);
      for (const { standing } of all) expect(standing.doubt()).toBeNull();
    }
    expect(new Set(provider.asked.filter((one) => one.startsWith('refresh'))).size).toBe(provider.generation - 1);
    // One in 4 to 4.5 minutes, whoever makes it.
    expect(provider.generation).toBeLessThan(32);
    for (const { heard } of all) expect(heard).toEqual([provider.identity]);
  });

  it('end when one of them logs out', async () => {
    const { standing, heard } = await begin();
    await profiles.forget('default');
    await clock.pass(1100);
    expect([heard, standing.doubt()]).toEqual([[null], 'you have logged out on this machine']);
  });

  it.each<[string, Partial<Profile>]>([
    ['somebody else', { identity: { ...ada, subject: 'u-2' } }],
    ['another provider', { issuer: 'https://other.example' }],
    ['another client', { clientId: 'other' }],
  ])('end when %s takes the profile', async (_, more) => {
    const { standing, heard } = await begin();
    await profiles.keep(login(more), tokens('9'));
    await clock.pass(1100);
    expect([heard, standing.doubt()]).toEqual([[null], 'somebody else has logged in under this profile']);
    expect(provider.asked).toEqual([]);
  });

  it('go on when the same person logs in again', async () => {
    const { standing, heard } = await begin();
    await clock.pass(4 * MINUTE - 2000);
    provider.generation = 7;
    await profiles.keep(login({ confirmed: new Date(clock.wall).toISOString() }), tokens('7'));
    await clock.pass(4 * MINUTE);
    expect([provider.asked, heard, standing.doubt()]).toEqual([[], [], null]);
    await clock.pass(MINUTE);
    expect(provider.asked[0]).toBe('refresh 7');
  });

  it('wait for each other, and then look first', async () => {
    const { standing } = await begin();
    const done = Promise.withResolvers<void>();
    const busy = profiles.exclusively('default', async () => {
      await done.promise;
      provider.generation = 2;
      await profiles.keep(login({ confirmed: new Date(clock.wall).toISOString() }), tokens('2'));
    });
    await clock.pass(4.6 * MINUTE);
    done.resolve();
    await busy;
    await clock.pass(1000);
    expect([provider.asked, standing.doubt()]).toEqual([[], null]);
  });
});

describe('an answer that is lost', () => {
  it('is asked for again, and costs nothing where the provider answers again', async () => {
    const { standing } = await begin();
    Object.assign(provider, { forgiving: true, lost: 3 });
    await clock.pass(4.9 * MINUTE);
    expect(provider.asked.slice(0, 5)).toEqual([...Array<string>(4).fill('refresh 1'), 'confirm id 2']);
    expect([standing.doubt(), provider.withdrawn]).toEqual([null, false]);
    expect(await profiles.read('default')).toMatchObject({ spent: false });
  });

  it('ends the login where the provider does not, and that is said', async () => {
    const { standing, heard } = await begin();
    provider.lost = 1;
    await clock.pass(4.6 * MINUTE);
    expect(heard).toEqual([null]);
    expect(standing.doubt()).toContain('its answer to an earlier renewal was lost on the way');
  });

  it('is told of a process that was killed, too', async () => {
    clock.wall += 60 * MINUTE;
    const kept = await profiles.keep(login(), tokens('1'));
    await profiles.note({ ...kept, spent: true });
    provider.generation = 2;
    await expect(again()).rejects.toMatchObject({ message: expect.stringContaining('was lost on the way') as string });
    await expect(again()).rejects.toMatchObject({ message: expect.stringContaining('was lost on the way') as string });
  });

  it('is not lost when it could only not be kept', async () => {
    const { standing, heard } = await begin();
    profiles.full = true;
    await clock.pass(4.9 * MINUTE);
    expect(provider.generation).toBeGreaterThan(2);
    profiles.full = false;
    await clock.pass(MINUTE);
    expect([heard, standing.doubt(), provider.withdrawn]).toEqual([[], null, false]);
    expect((await profiles.tokens(login() as Profile)).refreshToken?.reveal()).toBe(`refresh ${provider.generation}`);
  });

  it('is waited for when it is closed', async () => {
    const { standing } = await begin();
    const answer = Promise.withResolvers<void>();
    provider.gate = answer.promise;
    await clock.pass(4.6 * MINUTE);
    let closed = false;
    const closing = standing.close().then(() => (closed = true));
    await clock.pass(100);
    expect(closed).toBe(false);
    answer.resolve();
    await closing;
    expect((await profiles.tokens(login() as Profile)).refreshToken?.reveal()).toBe('refresh 2');
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
    provider = new ScriptedProvider(clock, 1000);
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
