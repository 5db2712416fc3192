import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logInWith } from '../../../src/cli/commands/login.ts';
import { HoopError } from '../../../src/core/errors.ts';
import type { Identity } from '../../../src/core/identity.ts';
import { ada, login, tokens } from '../../identity/people.ts';
import { called, Desk, ScriptedProvider, SETTINGS } from './scripted.ts';

const WITH_PATH = { PATH: process.env['PATH'] };

/** A browser that leaves a mark, by the address it was to show. */
function browser(directory: string): { readonly command: string; readonly shown: string } {
  const command = join(directory, 'browser');
  const shown = `${command}.shown`;
  writeFileSync(command, `#!/bin/sh\nprintf '%s' "$1" > '${shown}'\n`);
  chmodSync(command, 0o755);
  return { command, shown };
}

describe('logging in with a code', () => {
  it('shows the code, whose it is and where it goes, and keeps the login', async () => {
    const desk = new Desk();
    const { invocation, stderr, stdout } = called();
    const code = await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, null);
    expect(code).toBe(0);
    expect(stdout()).toBe('');
    expect(stderr()).toBe(`! First copy your one-time code: ABCD-1234
  Only continue if YOU started this login; never enter a code you were sent.
  It logs hoopctl in at idp.example, and lapses in 10 minutes.
- Open https://idp.example/device on any device, and enter the code there.
✓ Logged in as Ada (ada@example.com) at idp.example
  profile default, 2 groups, tokens in the system keychain
`);
    expect(await desk.kept('default')).toMatchObject({
      profile: { identity: ada, clientId: 'hoopctl' },
      refresh: 'refresh new',
    });
  });

  it('says what it does as events, one a line, for programs', async () => {
    const desk = new Desk();
    const { invocation, stderr, stdout } = called({ json: true, profile: 'work' });
    const completeUrl = 'https://idp.example/device?user_code=ABCD-1234';
    await logInWith(invocation, desk.logins(new ScriptedProvider({ prompt: { completeUrl } })), SETTINGS, null);
    const events = stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toEqual([
      {
        version: 1,
        event: 'code',
        user_code: 'ABCD-1234',
        verification_uri: 'https://idp.example/device',
        verification_uri_complete: completeUrl,
        expires: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      {
        version: 1,
        event: 'login',
        profile: 'work',
        issuer: 'https://idp.example',
        clientId: 'hoopctl',
        identity: ada,
        confirmed: expect.anything(),
        authenticated: expect.anything(),
        expires: expect.anything(),
        renewable: true,
        kept: 'keychain',
        replaced: null,
      },
    ]);
    expect(stderr()).toBe('');
  });

  it('opens the page on Enter, with the code in it, and polls whether Enter is pressed or not', async () => {
    const desk = new Desk();
    const { command, shown } = browser(desk.directory);
    const confirmed = Promise.withResolvers<void>();
    const { invocation, stderr, streams } = called(
      {},
      { interactive: true, columns: 80, env: { PATH: process.env['PATH'] } },
    );
    const completeUrl = 'https://idp.example/device?user_code=ABCD-1234';
    const provider = new ScriptedProvider({ prompt: { completeUrl }, confirmed: confirmed.promise });
    const done = logInWith(invocation, desk.logins(provider), SETTINGS, { command, args: [] });
    await expect.poll(stderr).toContain('Press Enter to open https://idp.example/device in your browser… ');
    expect(existsSync(shown)).toBe(false);
    streams.stdin.unshift('\n');
    await expect.poll(stderr).toContain('Waiting for you to confirm the code there.');
    expect(existsSync(shown)).toBe(true);
    confirmed.resolve();
    expect(await done).toBe(0);
  });

  it('shows a page of another site without the code', async () => {
    const desk = new Desk();
    const { command, shown } = browser(desk.directory);
    const { invocation, stderr, streams } = called({}, { interactive: true, env: WITH_PATH });
    const confirmed = Promise.withResolvers<void>();
    const prompt = { completeUrl: 'https://elsewhere.example/?user_code=ABCD-1234' };
    const provider = new ScriptedProvider({ prompt, confirmed: confirmed.promise });
    const done = logInWith(invocation, desk.logins(provider), SETTINGS, { command, args: [] });
    streams.stdin.unshift('\n');
    await expect.poll(stderr).toContain('Waiting for you');
    confirmed.resolve();
    await done;
    expect(readFileSync(shown, 'utf8')).toBe('https://idp.example/device');
  });

  it('ends the line of the question when the code was confirmed without Enter', async () => {
    const desk = new Desk();
    const { invocation, stderr } = called({}, { interactive: true });
    const opener = { command: '/nowhere/browser', args: [] };
    expect(await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, opener)).toBe(0);
    expect(stderr()).toContain('in your browser… \n✓ Logged in as Ada');
  });

  it('says what to do when no browser could be opened', async () => {
    const desk = new Desk();
    const { invocation, stderr, streams } = called({}, { interactive: true });
    const confirmed = Promise.withResolvers<void>();
    const opener = { command: '/nowhere/browser', args: [] };
    const provider = new ScriptedProvider({ confirmed: confirmed.promise });
    const done = logInWith(invocation, desk.logins(provider), SETTINGS, opener);
    streams.stdin.unshift('\n');
    await expect.poll(stderr).toContain('- No browser could be opened: open https://idp.example/device yourself.');
    confirmed.resolve();
    expect(await done).toBe(0);
  });

  it('offers to open nothing where nobody can be asked', async () => {
    const desk = new Desk();
    const { invocation, stderr } = called({}, { interactive: false });
    await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, { command: '/nowhere', args: [] });
    expect(stderr()).not.toContain('Enter');
    expect(stderr()).toContain('- Open https://idp.example/device on any device');
  });

  it('fits into 80 columns', async () => {
    const desk = new Desk();
    desk.pocket.kept = 'file';
    const { invocation, stderr } = called({}, { columns: 80 });
    await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, null);
    const lines = stderr()
      .replaceAll(/\u001b\[\d+m/g, '')
      .split('\n');
    expect(lines.filter((line) => line.length > 79)).toEqual([]);
  });

  it('shows nothing that a terminal obeys, hides or turns around, whatever the provider says', async () => {
    const desk = new Desk();
    const identity: Identity = {
      ...ada,
      display: 'Ada\u001b]0;owned\u0007\u202eadA',
      email: 'a\u001b[2J@example.com',
      groups: ['dba\u001b[31m'],
    };
    const prompt = {
      userCode: 'AB\u001b[8mCD\u202e12\r34',
      url: 'https://idp.example/\u001b]8;;https://evil.example\u0007device',
      completeUrl: null,
    };
    const provider = new ScriptedProvider({ identity, prompt });
    for (const json of [false, true]) {
      const { invocation, stderr, stdout } = called({ json }, { interactive: true });
      await logInWith(invocation, desk.logins(provider), SETTINGS, { command: '/nowhere', args: [] });
      expect(`${stdout()}${stderr()}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(json ? stdout() : stderr()).toContain(
        json ? 'Ada\\u001b]0;owned' : 'Ada<U+001B>]0;owned<U+0007><U+202E>adA',
      );
    }
  });
});

describe('logging in on a page of this machine', () => {
  it('opens the page, and says where it is all the same', async () => {
    const desk = new Desk();
    const { command, shown } = browser(desk.directory);
    const { invocation, stderr } = called({ browser: true }, { env: WITH_PATH });
    expect(await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, { command, args: [] })).toBe(0);
    const page = 'https://idp.example/authorize?client_id=hoopctl';
    expect(readFileSync(shown, 'utf8')).toBe(page);
    expect(stderr()).toContain(`- Log in on the page that opened. If none did, open:\n  ${page}\n✓ Logged in`);
  });

  it('only says where it is when nothing can be opened', async () => {
    const desk = new Desk();
    const { invocation, stderr } = called({ browser: true });
    expect(await logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, null)).toBe(0);
    expect(stderr()).toContain('- Open in a browser on this machine:\n  https://idp.example/authorize');
  });
});

describe('a login', () => {
  it('is kept under the name that was asked for, or that the environment says', async () => {
    const desk = new Desk();
    const logins = desk.logins(new ScriptedProvider());
    await logInWith(called({}, { env: { HOOPCTL_PROFILE: 'stage' } }).invocation, logins, SETTINGS, null);
    await logInWith(called({ profile: 'work' }, { env: { HOOPCTL_PROFILE: 'x' } }).invocation, logins, SETTINGS, null);
    expect((await desk.profiles.list()).map(({ name }) => name)).toEqual(['stage', 'work']);
  });

  it.each([
    ['no name', { profile: '' }, 'cli.usage'],
    ['a name that is a path', { profile: '../x' }, 'identity.login'],
    ['two ways at once', { browser: true, clientCredentials: true }, 'cli.usage'],
    ['two other ways at once', { withToken: true, clientCredentials: true }, 'cli.usage'],
  ])('is not begun with %s', async (_, options, code) => {
    const desk = new Desk();
    const { invocation, stderr } = called(options);
    const begun = logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, null);
    await expect(begun).rejects.toMatchObject({ code });
    expect(stderr()).toBe('');
  });

  it('asks nobody when its tokens could not be kept', async () => {
    const desk = new Desk();
    desk.pocket.unfit = new HoopError('local.secrets', 'the key file /nowhere/key does not exist');
    const { invocation, stderr } = called();
    const begun = logInWith(invocation, desk.logins(new ScriptedProvider()), SETTINGS, null);
    await expect(begun).rejects.toMatchObject({
      code: 'local.secrets',
      message: expect.stringContaining('/nowhere/key'),
    });
    expect(stderr()).toBe('');
  });

  it('says what is not as it could be: no encryption, nothing to renew it with, a token that goes before it', async () => {
    const desk = new Desk();
    desk.pocket.kept = 'file';
    const { invocation, stderr } = called({}, { env: { HOOPCTL_TOKEN: 'canary' } });
    const provider = new ScriptedProvider({ tokens: tokens('new', { refreshToken: null }) });
    await logInWith(invocation, desk.logins(provider), SETTINGS, null);
    expect(stderr()).toContain('tokens in a file that is not encrypted\n');
    expect(stderr()).toContain('warning: no keychain took the tokens: they are in a file that is not encrypted.');
    expect(stderr()).toContain('HOOPCTL_KEY_FILE or HOOPCTL_PASSPHRASE');
    expect(stderr()).toContain('It lapses in 1 hour: the provider gave nothing to renew it with.');
    expect(stderr()).toContain('warning: HOOPCTL_TOKEN is set');
    expect(stderr()).not.toContain('canary');
  });

  it('that takes the place of somebody else’s has that one revoked, once it is kept', async () => {
    const desk = new Desk();
    await desk.keep(login({ identity: { ...ada, subject: 'u-2', display: 'Bob', email: null } }), tokens('old'));
    const provider = new ScriptedProvider();
    const { invocation, stderr } = called();
    await logInWith(invocation, desk.logins(provider), SETTINGS, null);
    expect(provider.revoked.map(({ refreshToken }) => refreshToken?.reveal())).toEqual(['refresh old']);
    expect(stderr()).toContain('It replaces the login of Bob at idp.example, which was revoked.');
    expect((await desk.kept('default')).refresh).toBe('refresh new');
  });

  it.each([
    ['has no way to', () => Promise.resolve(false), 'which that provider has no way to revoke'],
    [
      'cannot be reached to',
      () => Promise.reject(new HoopError('identity.unreachable', 'x')),
      'which could not be revoked',
    ],
  ])('says so when the provider of the old one %s revoke it', async (_, revoke, said) => {
    const desk = new Desk();
    await desk.keep(login({ clientId: 'another' }), tokens('old'));
    const { invocation, stderr } = called();
    expect(await logInWith(invocation, desk.logins(new ScriptedProvider({ revoke })), SETTINGS, null)).toBe(0);
    expect(stderr()).toContain(said);
    expect((await desk.kept('default')).refresh).toBe('refresh new');
  });

  it('leaves the same person’s old one to lapse: with some providers the new one would go with it', async () => {
    const desk = new Desk();
    await desk.keep(login(), tokens('old'));
    const provider = new ScriptedProvider();
    const { invocation, stderr } = called();
    await logInWith(invocation, desk.logins(provider), SETTINGS, null);
    expect(provider.revoked).toEqual([]);
    expect(stderr()).toContain('It replaces the login of Ada at idp.example.\n');
  });

  it('that fails leaves the one that was there as it was', async () => {
    const desk = new Desk();
    await desk.keep(login(), tokens('old'));
    const confirm = (): Promise<never> => Promise.reject(new HoopError('identity.token', 'it proves nothing'));
    const provider = new ScriptedProvider({ confirm });
    const begun = logInWith(called().invocation, desk.logins(provider), SETTINGS, null);
    await expect(begun).rejects.toMatchObject({ code: 'identity.token' });
    expect((await desk.kept('default')).refresh).toBe('refresh old');
    expect(provider.revoked).toEqual([]);
  });

  it.each(['while it waits', 'at the very end'])(
    'that is interrupted %s keeps nothing: exit code 130',
    async (when) => {
      const desk = new Desk();
      const interrupt = (): void => void process.emit('SIGINT', 'SIGINT');
      const confirmed = Promise.withResolvers<void>();
      const provider = new ScriptedProvider({
        confirmed: when === 'while it waits' ? confirmed.promise : Promise.resolve(),
        identity: ada,
        confirm: () => Promise.resolve(interrupt()) as Promise<never>,
      });
      const { invocation, stderr } = called();
      const done = logInWith(invocation, desk.logins(provider), SETTINGS, null);
      await expect.poll(stderr).toContain('ABCD-1234');
      if (when === 'while it waits') interrupt();
      expect(await done).toBe(130);
      expect(stderr()).toContain('Cancelled: nothing was kept.');
      expect(await desk.profiles.list()).toEqual([]);
      expect(desk.pocket.secrets.size).toBe(0);
    },
  );
});
