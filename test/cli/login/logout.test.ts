import { describe, expect, it } from 'vitest';
import { logOutWith } from '../../../src/cli/commands/logout.ts';
import { HoopError } from '../../../src/core/errors.ts';
import { ada, login, tokens } from '../../identity/people.ts';
import { called, Desk, ScriptedProvider } from './scripted.ts';

/** A desk with these logins. */
async function deskWith(...names: readonly string[]): Promise<Desk> {
  const desk = new Desk();
  for (const name of names) await desk.keep(login({ name }), tokens(name));
  return desk;
}

describe('logging out', () => {
  it('revokes the tokens at the provider and removes them here', async () => {
    const desk = await deskWith('default');
    const provider = new ScriptedProvider();
    const { invocation, stderr, stdout } = called();
    expect(await logOutWith(invocation, desk.logins(provider))).toBe(0);
    expect(provider.revoked.map(({ refreshToken }) => refreshToken?.reveal())).toEqual(['refresh default']);
    expect(await desk.profiles.list()).toEqual([]);
    expect(desk.pocket.secrets.size).toBe(0);
    expect(stdout()).toBe('');
    expect(stderr()).toBe(
      '✓ Logged out Ada (ada@example.com) at idp.example\n  profile default, tokens revoked there and removed here\n',
    );
  });

  it.each([
    ['unsupported', () => Promise.resolve(false), 'idp.example has no way to revoke them'],
    ['failed', () => Promise.reject(new HoopError('identity.unreachable', 'down')), 'idp.example could not be told'],
  ] as const)('removes them, and says so, when revoking is %s: exit code 0', async (ending, revoke, said) => {
    for (const json of [false, true]) {
      const desk = await deskWith('default');
      const { invocation, stderr, stdout } = called({ json });
      expect(await logOutWith(invocation, desk.logins(new ScriptedProvider({ revoke })))).toBe(0);
      expect(await desk.profiles.list()).toEqual([]);
      expect(desk.pocket.secrets.size).toBe(0);
      if (json) {
        const logouts = [{ profile: 'default', issuer: ada.issuer, identity: ada, removed: true, provider: ending }];
        expect(JSON.parse(stdout())).toEqual({ version: 1, logouts });
      } else expect(stderr()).toContain(`warning: its tokens are removed here, but ${said}`);
    }
  });

  it('needs no tokens: what is damaged or gone is removed', async () => {
    const desk = await deskWith('default');
    desk.pocket.secrets.clear();
    const provider = new ScriptedProvider();
    const { invocation, stderr } = called();
    expect(await logOutWith(invocation, desk.logins(provider))).toBe(0);
    expect(provider.revoked).toEqual([]);
    expect(stderr()).toContain('its tokens are removed here unread, so that idp.example was not told');
    expect(await desk.profiles.list()).toEqual([]);
  });

  it.each([
    [{}, {}, ['stage', 'work']],
    [{ profile: 'work' }, {}, ['default', 'stage']],
    [{}, { HOOPCTL_PROFILE: 'stage' }, ['default', 'work']],
    [{ all: true }, {}, []],
    [{ all: true }, { HOOPCTL_PROFILE: 'stage' }, []],
  ])('with %j and %j leaves %j', async (options, env, left) => {
    const desk = await deskWith('default', 'stage', 'work');
    expect(await logOutWith(called(options, { env }).invocation, desk.logins(new ScriptedProvider()))).toBe(0);
    expect((await desk.profiles.list()).map(({ name }) => name)).toEqual(left);
  });

  it('means the only login there is, whatever it is called', async () => {
    const desk = await deskWith('work');
    expect(await logOutWith(called().invocation, desk.logins(new ScriptedProvider()))).toBe(0);
    expect(await desk.profiles.list()).toEqual([]);
  });

  it.each([
    [{}, 'several logins', 'hoopctl logout --profile stage, or --all'],
    [{ profile: 'wrok' }, 'no login "wrok"', 'the logins are: stage, work'],
    [{ profile: '' }, '--profile is empty', 'leave --profile out'],
    [{ profile: 'work', all: true }, 'exclude each other', 'leave one'],
  ])('with %j ends none, and says what to do', async (options, message, hint) => {
    const desk = await deskWith('stage', 'work');
    const provider = new ScriptedProvider();
    const done = logOutWith(called(options).invocation, desk.logins(provider));
    await expect(done).rejects.toMatchObject({
      code: 'cli.usage',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect((await desk.profiles.list()).map(({ name }) => name)).toEqual(['stage', 'work']);
    expect(provider.revoked).toEqual([]);
  });

  it('where nobody is logged in is done already', async () => {
    const desk = new Desk();
    const { invocation, stderr } = called();
    expect(await logOutWith(invocation, desk.logins(new ScriptedProvider()))).toBe(0);
    expect(stderr()).toBe('No login is kept here.\n');
  });

  it('says that a token in the environment is still there', async () => {
    const desk = await deskWith('default');
    const { invocation, stderr } = called({}, { env: { HOOPCTL_TOKEN_FILE: '/run/token' } });
    await logOutWith(invocation, desk.logins(new ScriptedProvider()));
    expect(stderr()).toContain('warning: HOOPCTL_TOKEN_FILE is set');
  });
});
