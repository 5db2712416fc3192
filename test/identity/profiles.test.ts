import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { declaredAgent } from '../../src/core/identity.ts';
import type { Profiles } from '../../src/core/profile.ts';
import { Secret } from '../../src/core/secret.ts';
import { openProfiles } from '../../src/identity/profiles.ts';
import { ada, login, Pocket, tokens } from './people.ts';

let state: string;
let secrets: Pocket;
let profiles: Profiles;
const file = (name: string): string => join(state, 'profiles', name);

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'hoopctl-profiles-'));
  secrets = new Pocket();
  profiles = openProfiles({ state, secrets });
});

afterEach(() => rm(state, { recursive: true }));

describe('profiles', () => {
  it('come back as they were kept, tokens apart from the rest', async () => {
    const kept = await profiles.keep(login(), tokens('1', { expires: 1234 }));
    expect(kept).toEqual({ ...login(), kept: 'keychain', spent: false });
    expect(await profiles.read('default')).toEqual(kept);
    expect(await profiles.tokens(kept)).toEqual(tokens('1', { expires: 1234 }));
    expect(await readFile(file('default.json'), 'utf8')).not.toMatch(/refresh 1|access 1|id 1/);
  });

  it('may stand for agents, and lack tokens', async () => {
    const some = { idToken: null, accessToken: null, refreshToken: new Secret('r'), expires: null };
    const kept = await profiles.keep(
      login({ identity: declaredAgent('bot', ada), authenticated: login().expires }),
      some,
    );
    expect(await profiles.read('default')).toEqual(kept);
    expect(await profiles.tokens(kept)).toEqual(some);
  });

  it('are listed by name, and there are none where none was kept', async () => {
    expect(await profiles.list()).toEqual([]);
    expect(await profiles.read('work')).toBeNull();
    for (const name of ['work', 'default', '2nd']) await profiles.keep(login({ name }), tokens(name));
    await profiles.exclusively('third', async () => undefined);
    expect((await profiles.list()).map(({ name }) => name)).toEqual(['2nd', 'default', 'work']);
  });

  it('are files of this user alone, and nothing is left lying about', async () => {
    await profiles.keep(login(), tokens('1'));
    await profiles.keep(login({ renewable: false }), tokens('2'));
    expect((await stat(file('default.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(file(''))).mode & 0o777).toBe(0o700);
    expect(await readdir(file(''))).toEqual(['default.json']);
    expect((await profiles.read('default'))?.renewable).toBe(false);
  });

  it('remember that a refresh token was sent, until new tokens are kept', async () => {
    const kept = await profiles.keep(login(), tokens('1'));
    await profiles.note({ ...kept, spent: true });
    expect(await profiles.read('default')).toEqual({ ...kept, spent: true });
    await profiles.keep(kept, tokens('2'));
    expect((await profiles.read('default'))?.spent).toBe(false);
  });

  it('are forgotten with their tokens, once', async () => {
    await profiles.keep(login(), tokens('1'));
    expect(await profiles.forget('default')).toBe(true);
    expect([await profiles.read('default'), secrets.secrets.size]).toEqual([null, 0]);
    expect(await profiles.forget('default')).toBe(false);
  });

  it('keep tokens before the rest: what fails leaves the login as it was', async () => {
    await profiles.keep(login(), tokens('1'));
    secrets.set = () => Promise.reject(new Error('locked'));
    await expect(profiles.keep(login({ renewable: false }), tokens('2'))).rejects.toThrow('locked');
    expect((await profiles.read('default'))?.renewable).toBe(true);
  });

  it('say so when tokens are gone or damaged, and never quote them', async () => {
    const kept = await profiles.keep(login({ name: 'work' }), tokens('1'));
    for (const text of ['canary', '{"version":2}', '{"version":1,"idToken":7}', '[]', 'null']) {
      secrets.secrets.set('work', new Secret(text));
      const error: unknown = await profiles.tokens(kept).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'identity.login',
        message: 'the tokens of the login "work" in the system keychain are damaged',
        hint: 'hoopctl login --profile work',
      });
    }
    secrets.secrets.clear();
    await expect(profiles.tokens(kept)).rejects.toMatchObject({ message: 'the tokens of the login "work" are gone' });
  });

  it.each(['', 'Work', '-x', '../default', 'a/b', 'a.json', 'x'.repeat(33), 'ä', 'a\n'])(
    'have names that are the same everywhere, which %j is not',
    async (name) => {
      const refused = { code: 'identity.login', message: `${JSON.stringify(name)} is no name for a profile` };
      await expect(profiles.read(name)).rejects.toMatchObject(refused);
      await expect(profiles.keep(login({ name }), tokens('1'))).rejects.toMatchObject(refused);
      await expect(profiles.forget(name)).rejects.toMatchObject(refused);
      await expect(profiles.exclusively(name, async () => undefined)).rejects.toMatchObject(refused);
      expect(secrets.secrets.size).toBe(0);
    },
  );
});

describe('a profile that is not as it was written', () => {
  const refusedAs = (why: string): unknown => ({
    code: 'identity.login',
    message: `the login in ${file('default.json')} cannot be used: it ${why}`,
    hint: `hoopctl login, after you have moved ${file('default.json')} away`,
  });

  beforeEach(() => profiles.keep(login(), tokens('1')));

  async function rewrite(change: (fields: Record<string, unknown>) => unknown): Promise<void> {
    const fields = JSON.parse(await readFile(file('default.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(file('default.json'), JSON.stringify(change(fields)));
  }

  it.each<[string, (fields: Record<string, unknown>) => unknown]>([
    ['no object', () => null],
    ['a list', () => []],
    ['an older version', (fields) => ({ ...fields, version: 0 })],
    ['a field more', (fields) => ({ ...fields, more: 1 })],
    ['a field less', (fields) => ({ ...fields, spent: undefined })],
    ['a time that is none', (fields) => ({ ...fields, confirmed: 'yesterday' })],
    ['a time in another form', (fields) => ({ ...fields, expires: '2026-01-01' })],
    ['an empty issuer', (fields) => ({ ...fields, issuer: '' })],
    ['an identity that is none', (fields) => ({ ...fields, identity: { ...ada, groups: 'dba' } })],
    ['a claim that is none', (fields) => ({ ...fields, groupsClaim: ['a', 7] })],
    ['a place that is none', (fields) => ({ ...fields, kept: 'pocket' })],
    ['a flag that is none', (fields) => ({ ...fields, renewable: 'yes' })],
  ])('is damaged: %s', async (_, change) => {
    await rewrite(change);
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('is damaged') as object);
    await expect(profiles.list()).rejects.toMatchObject(refusedAs('is damaged') as object);
  });

  it('is damaged when it is cut, or no JSON', async () => {
    await writeFile(file('default.json'), '{"version":1');
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('is damaged') as object);
  });

  it('is left to the hoopctl that understands it', async () => {
    await rewrite((fields) => ({ ...fields, version: 2, tokens: 'elsewhere' }));
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('was written by a newer hoopctl') as object);
  });

  it('is not read when others may read it, or through a link', async () => {
    await chmod(file('default.json'), 0o640);
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('is open to other users') as object);
    await rm(file('default.json'));
    await writeFile(join(state, 'planted'), '{}', { mode: 0o600 });
    await symlink(join(state, 'planted'), file('default.json'));
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('cannot be used (ELOOP)') as object);
  });

  it('is not read when it is too large to be one, or no file', async () => {
    await writeFile(file('default.json'), ' '.repeat(1024 * 1024 + 1));
    await expect(profiles.read('default')).rejects.toMatchObject(refusedAs('is no file of this kind') as object);
  });
});

describe('acting on a profile alone', () => {
  it('one after the other, whatever becomes of it', async () => {
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const failing = profiles.exclusively('default', async () => {
      order.push('first begins');
      begun.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      order.push('first fails');
      throw new Error('as it may');
    });
    await begun.promise;
    const second = openProfiles({ state, secrets }).exclusively('default', async () => {
      order.push('second');
      return 2;
    });
    await expect(failing).rejects.toThrow('as it may');
    expect(await second).toBe(2);
    expect(order).toEqual(['first begins', 'first fails', 'second']);
  });

  it('says so when the lock cannot be made', async () => {
    await writeFile(join(state, 'plain'), '');
    const nowhere = openProfiles({ state: join(state, 'plain'), secrets });
    await expect(nowhere.exclusively('default', async () => 1)).rejects.toMatchObject({ code: 'identity.login' });
    await expect(nowhere.keep(login(), tokens('1'))).rejects.toMatchObject({ code: 'identity.login' });
  });
});
