import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { TokenSet } from '../../../src/core/provider.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Standing } from '../../../src/core/standing.ts';
import { agentStanding } from '../../../src/identity/standing/agent.ts';
import { osStanding } from '../../../src/identity/standing/os.ts';
import { tokenStanding } from '../../../src/identity/standing/token.ts';
import { ada } from '../people.ts';
import { MINUTE, ScriptedProvider, TestClock } from './bench.ts';

const ci: Identity = { ...ada, kind: 'service', subject: 'repo:app', display: 'ci', email: null, service: 'ci' };

let clock: TestClock;
let provider: ScriptedProvider;
let token: string;
let standing: Standing;
let heard: (Identity | null)[];

beforeEach(() => {
  vi.useFakeTimers();
  clock = new TestClock();
  provider = new ScriptedProvider(clock);
  provider.identity = ci;
  token = 'first';
  heard = [];
});

afterEach(async () => {
  await standing?.close();
  vi.useRealTimers();
});

const holding = (text: string): TokenSet => ({
  idToken: new Secret(text),
  accessToken: null,
  refreshToken: null,
  expires: null,
});

async function open(fixed: boolean): Promise<void> {
  standing = await tokenStanding({ provider, clock, fixed, read: async () => holding(token) });
  standing.listen((now) => void heard.push(now));
}

const LAPSED = new HoopError('identity.token', 'the token has lapsed');

describe('a token of somebody else’s making', () => {
  it('is verified before anything is done in its name', async () => {
    await open(false);
    expect([provider.asked, standing.identity, standing.doubt()]).toEqual([['confirm first'], ci, null]);
    provider.doubts = LAPSED;
    await expect(open(true)).rejects.toBe(LAPSED);
    await expect(open(false)).rejects.toBe(LAPSED);
  });

  it('is read and verified again in time', async () => {
    await open(false);
    token = 'second';
    await clock.pass(4.6 * MINUTE);
    expect([provider.asked[1], standing.doubt(), heard]).toEqual(['confirm second', null, []]);
  });

  it('is not believed for longer than it says', async () => {
    provider.lifetime = 2 * MINUTE;
    await open(false);
    await clock.pass(1.9 * MINUTE);
    expect([standing.doubt(), provider.asked.length]).toEqual([null, 2]);
    provider.doubts = LAPSED;
    await clock.pass(3 * MINUTE);
    expect([standing.doubt(), heard]).toEqual(['the token has lapsed', []]);
  });

  it('of a person says what the provider said when it was issued, and no longer than that is believed', async () => {
    provider.identity = ada;
    provider.issued = clock.now();
    await open(true);
    await clock.pass(5.4 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([null, []]);
    await clock.pass(0.2 * MINUTE);
    expect([standing.doubt(), heard]).toEqual(['the token does not prove any more who asks', [null]]);
    await expect(open(true)).rejects.toMatchObject({ code: 'identity.token' });
  });

  it('of a person that somebody has kept is waited for to be replaced', async () => {
    provider.identity = ada;
    provider.issued = clock.now();
    await open(false);
    await clock.pass(6 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([expect.stringContaining('too long ago'), []]);
    provider.issued = clock.now();
    await clock.pass(31_000);
    expect([standing.doubt(), heard]).toEqual([null, []]);
  });

  it('of a person with an access token beside it is what the provider says now', async () => {
    provider.identity = ada;
    provider.issued = clock.now();
    const fewer = { ...ada, groups: [] };
    const accessToken = new Secret('access');
    const confirm = provider.confirm.bind(provider);
    provider.confirm = async (shown, before) => {
      const confirmation = await confirm(shown, before);
      return shown.idToken === null ? confirmation : { ...confirmation, identity: ada };
    };
    standing = await tokenStanding({
      provider,
      clock,
      fixed: true,
      read: async () => ({ ...holding(token), accessToken }),
    });
    standing.listen((now) => void heard.push(now));
    await clock.pass(20 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([null, []]);
    provider.identity = fewer;
    await clock.pass(5 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([null, [fewer]]);
    provider.withdrawn = true;
    await clock.pass(5 * MINUTE);
    expect(heard).toEqual([fewer, null]);
  });

  it('of a service holds until it lapses, however long ago it was issued', async () => {
    provider.issued = clock.now() - 30 * MINUTE;
    await open(true);
    await clock.pass(20 * MINUTE);
    expect([standing.doubt(), heard]).toEqual([null, []]);
  });

  it('is waited for when it has lapsed and another may come', async () => {
    provider.lifetime = 2 * MINUTE;
    await open(false);
    provider.doubts = LAPSED;
    await clock.pass(10 * MINUTE);
    provider.doubts = null;
    await clock.pass(31_000);
    expect([standing.doubt(), heard]).toEqual([null, []]);
  });

  it('ends when it has lapsed and no other can come', async () => {
    provider.lifetime = 2 * MINUTE;
    await open(true);
    provider.doubts = LAPSED;
    await clock.pass(2 * MINUTE);
    expect([heard, standing.doubt()]).toEqual([[null], 'the token does not prove any more who asks']);
  });

  it('ends when it stands for somebody else', async () => {
    await open(false);
    provider.identity = { ...ci, subject: 'repo:other' };
    await clock.pass(4.6 * MINUTE);
    expect([heard, standing.doubt(), standing.identity]).toEqual([
      [null],
      'the token stands for somebody else now',
      ci,
    ]);
  });

  it('is doubted while whoever vouches for it cannot be reached', async () => {
    await open(true);
    provider.reachable = false;
    await clock.pass(5.1 * MINUTE);
    expect([standing.doubt(), heard]).toEqual(['the provider cannot be reached', []]);
  });

  it('is doubted while it cannot be read', async () => {
    let read = async (): Promise<TokenSet> => holding(token);
    standing = await tokenStanding({ provider, clock, fixed: false, read: () => read() });
    standing.listen((now) => void heard.push(now));
    read = () => Promise.reject(new HoopError('identity.login', 'the file is gone'));
    await clock.pass(5.1 * MINUTE);
    expect([standing.doubt(), heard]).toEqual(['the file is gone', []]);
  });

  it('ends when whoever vouches for it says that it is over', async () => {
    await open(false);
    provider.withdrawn = true;
    await clock.pass(4.6 * MINUTE);
    expect(heard).toEqual([null]);
  });
});

describe('an agent that its person names', () => {
  it('stands for as long as the person does, and for the person as they are', async () => {
    await open(false);
    const agent = agentStanding('bot', standing);
    const told: (Identity | null)[] = [];
    agent.listen((now) => void told.push(now));
    const first = agent.identity;
    expect(first).toMatchObject({ kind: 'agent', subject: 'bot', issuer: 'declared', verified: false, actsFor: ci });
    expect(agent.identity).toBe(first);
    provider.identity = { ...ci, groups: [] };
    await clock.pass(4.6 * MINUTE);
    expect(told).toEqual([{ ...first, actsFor: provider.identity }]);
    expect(agent.identity).toEqual(told[0]);
    provider.reachable = false;
    await clock.pass(6 * MINUTE);
    expect(agent.doubt()).toBe('the provider cannot be reached');
    await agent.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the user of the operating system', () => {
  it('is never in doubt', async () => {
    const own = osStanding();
    expect([own.identity.issuer, own.doubt()]).toEqual(['os', null]);
    own.listen(() => expect.unreachable())();
    await own.close();
  });
});
