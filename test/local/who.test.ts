import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/core/identity.ts';
import type { Standing } from '../../src/core/standing.ts';
import { type WhoOptions, whoAsks } from '../../src/local/who.ts';
import { ada, login, tokens } from '../identity/people.ts';
import { MemoryProfiles, ScriptedProvider, TestClock, unreachable } from '../identity/standing/bench.ts';

const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.c2ln`;
const OTHER = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.c2ln`;

let directory: string;
let clock: TestClock;
let provider: ScriptedProvider;
let profiles: MemoryProfiles;
let opened: Standing[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hoopctl-who-'));
  clock = new TestClock();
  provider = new ScriptedProvider(clock);
  profiles = new MemoryProfiles();
  opened = [];
});

afterEach(async () => {
  for (const one of opened) await one.close();
  await rm(directory, { recursive: true });
});

async function asks(more: Partial<WhoOptions> = {}): Promise<Identity> {
  const { standing } = await whoAsks({ provider, profiles, env: {}, profile: null, as: null, clock, ...more });
  opened.push(standing);
  return standing.identity;
}

const named = (name: string, display: string): ReturnType<typeof login> =>
  login({ name, identity: { ...ada, display } });

describe('who asks', () => {
  it('is the user of the operating system where nobody vouches, whatever the environment says', async () => {
    expect(await asks({ provider: null, env: { HOOPCTL_TOKEN: JWT } })).toMatchObject({
      issuer: 'os',
      verified: false,
    });
    expect(provider.asked).toEqual([]);
  });

  it('is whoever has logged in under the profile that is named', async () => {
    await profiles.keep(named('default', 'Ada'), tokens('1'));
    await profiles.keep(named('work', 'Ada at work'), tokens('1'));
    expect(await asks({ profile: 'work' })).toMatchObject({ display: 'Ada at work' });
  });

  it('is the default login where none is named, if it is of this provider and client', async () => {
    await profiles.keep(named('default', 'Ada'), tokens('1'));
    await profiles.keep(named('work', 'Ada at work'), tokens('1'));
    expect(await asks()).toMatchObject({ display: 'Ada' });
    await profiles.keep({ ...named('default', 'Eve'), clientId: 'other' }, tokens('1'));
    expect(await asks()).toMatchObject({ display: 'Ada at work' });
  });

  it('is nobody where nobody has logged in', async () => {
    await expect(asks()).rejects.toMatchObject({ code: 'identity.login', hint: 'hoopctl login' });
    await expect(asks({ profile: 'work' })).rejects.toMatchObject({
      code: 'identity.login',
      message: 'nobody is logged in as "work"',
      hint: 'hoopctl login --profile work',
    });
  });

  it('is nobody whose login is another provider’s, or another client’s', async () => {
    for (const more of [{ issuer: 'https://other.example' }, { clientId: 'other' }]) {
      await profiles.keep({ ...named('work', 'Eve'), ...more }, tokens('1'));
      await expect(asks({ profile: 'work' })).rejects.toMatchObject({ code: 'identity.login' });
      await expect(asks()).rejects.toMatchObject({ code: 'identity.login' });
    }
  });

  it('is nobody whose login has ended, or cannot be confirmed', async () => {
    clock.wall += 3_600_000;
    await profiles.keep(login(), tokens('1'));
    provider.reachable = false;
    await expect(asks()).rejects.toMatchObject({ code: unreachable().code });
    provider.reachable = true;
    provider.withdrawn = true;
    await expect(asks()).rejects.toMatchObject({ code: 'identity.login', hint: 'hoopctl login' });
  });

  it('is whoever a token stands for, before any login', async () => {
    await profiles.keep(named('default', 'Ada'), tokens('1'));
    provider.identity = { ...ada, kind: 'service', display: 'ci', service: 'ci' };
    expect(await asks({ env: { HOOPCTL_TOKEN: JWT } })).toMatchObject({ display: 'ci' });
    const file = join(directory, 'token');
    await writeFile(file, `${OTHER}\n`);
    await symlink(file, join(directory, 'mounted'));
    expect(await asks({ env: { HOOPCTL_TOKEN_FILE: join(directory, 'mounted') } })).toMatchObject({ display: 'ci' });
    expect(provider.asked).toEqual([`confirm ${JWT}`, `confirm ${OTHER}`]);
  });

  it.each([
    [{ HOOPCTL_TOKEN: '' }, 'HOOPCTL_TOKEN is empty'],
    [{ HOOPCTL_TOKEN: ' ' }, 'HOOPCTL_TOKEN is empty'],
    [{ HOOPCTL_TOKEN_FILE: '' }, 'HOOPCTL_TOKEN_FILE is empty'],
    [{ HOOPCTL_TOKEN: JWT, HOOPCTL_TOKEN_FILE: '/t' }, 'HOOPCTL_TOKEN and HOOPCTL_TOKEN_FILE are both set'],
  ])('is not somebody else because a variable is not as it should be: %j (R3)', async (env, message) => {
    await profiles.keep(named('default', 'Ada'), tokens('1'));
    await expect(asks({ env })).rejects.toMatchObject({ code: 'cli.usage', message });
  });

  it('is nobody for what is no token, which no message quotes (R11)', async () => {
    const canary = 'canary-7f3a';
    await writeFile(join(directory, 'token'), canary);
    for (const env of [{ HOOPCTL_TOKEN: canary }, { HOOPCTL_TOKEN_FILE: join(directory, 'token') }]) {
      const error: unknown = await asks({ env }).catch((thrown: unknown) => thrown);
      const [name = ''] = Object.keys(env);
      expect(error).toMatchObject({
        code: 'identity.token',
        message: `${name}: the token is not a signed JWT`,
        hint: `a token that holds in ${name}, or unset it and: hoopctl login`,
      });
      expect(JSON.stringify([error, String(error)])).not.toContain(canary);
    }
  });

  it('is nobody where the file of a token cannot be read', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    for (const [path, why] of [
      [join(directory, 'none'), 'which does not exist'],
      [directory, 'which is no file'],
      [join(directory, 'pipe'), 'which is no file'],
    ] as const) {
      await expect(asks({ env: { HOOPCTL_TOKEN_FILE: path } })).rejects.toMatchObject({
        code: 'identity.login',
        message: expect.stringContaining(`HOOPCTL_TOKEN_FILE names ${path}, ${why}`) as string,
      });
    }
  });

  it('is an agent where one is named, which acts for whoever it would be', async () => {
    await profiles.keep(login(), tokens('1'));
    const agent = { kind: 'agent', subject: 'Bot-1.x', issuer: 'declared', verified: false };
    expect(await asks({ as: 'Bot-1.x' })).toMatchObject({ ...agent, actsFor: ada });
    expect(await asks({ as: 'Bot-1.x', provider: null })).toMatchObject({ ...agent, actsFor: { issuer: 'os' } });
  });

  it.each(['', ' ', '-x', 'a b', 'a\u001b[2J', 'ä', 'x'.repeat(64), 'a,b'])(
    'is no agent by a name like %j (R4)',
    async (as) => {
      await profiles.keep(login(), tokens('1'));
      await expect(asks({ as })).rejects.toMatchObject({ code: 'cli.usage' });
    },
  );
});
