import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/identity.ts';
import type { Profile } from '../../../src/core/profile.ts';
import { ada, login, tokens } from '../people.ts';
import { type MemoryProfiles, MINUTE, type ScriptedProvider, type TestClock } from './bench.ts';
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

describe('a login whose groups were read from another claim than this file names', () => {
  const elsewhere = { groupsClaim: ['nickname'], identity: { ...ada, groups: ['everything'] } };

  it('is confirmed before anything is done in its name', async () => {
    const { standing } = await begin(elsewhere);
    expect([provider.asked, standing.identity, standing.doubt()]).toEqual([['refresh 1', 'confirm id 2'], ada, null]);
    expect(await profiles.read('default')).toMatchObject({ identity: ada, groupsClaim: ['groups'] });
  });

  it('does not begin while it cannot be', async () => {
    provider.reachable = false;
    await expect(begin(elsewhere)).rejects.toMatchObject({ code: 'identity.unreachable' });
  });

  it('is no news to who reads them from this one', async () => {
    const { standing, heard } = await begin();
    for (let minutes = 1; minutes < 12; minutes += 1) {
      await clock.pass(MINUTE);
      const held = (await profiles.read('default')) as Profile;
      await profiles.note({ ...held, ...elsewhere, confirmed: new Date(clock.wall).toISOString() });
      expect([standing.identity, standing.doubt()]).toEqual([ada, null]);
    }
    expect(heard).toEqual([]);
    expect(provider.generation).toBeGreaterThan(2);
    await profiles.forget('default');
    await clock.pass(1100);
    expect(heard).toEqual([null]);
  });
});

it('a login of a service is confirmed by what this file says of services', async () => {
  const nightly: Identity = { ...ada, kind: 'service', email: null, service: 'nightly', groups: ['release'] };
  provider.identity = { ...nightly, groups: [] };
  const { standing } = await begin(
    { renewable: false, identity: nightly },
    tokens('1', { idToken: null, refreshToken: null }),
  );
  expect([provider.asked.length, standing.identity]).toEqual([1, provider.identity]);
});
