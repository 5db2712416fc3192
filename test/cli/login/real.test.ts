import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openProvider } from '../../../src/identity/provider.ts';
import { confirmCode, denyCode, signIn } from '../../identity/provider/pages.ts';
import { CLIENT_ID, RealProvider } from '../../identity/provider/real.ts';
import { lastLine } from '../command-line.ts';
import { type Shown, type Steps, typeInto } from '../typing.ts';
import { Home, shownCode } from './desk.ts';

let real: RealProvider;
let home: Home;
let args: readonly string[];
const { signal } = new AbortController();

beforeAll(async () => {
  real = await RealProvider.start();
  args = ['login', '--issuer', real.issuer, '--client-id', CLIENT_ID];
});

afterAll(() => real.close());

beforeEach(() => {
  home = new Home(null);
});

afterEach(() => home.remove());

/** On a terminal. */
function type(steps: Steps, env: NodeJS.ProcessEnv = {}, ...more: readonly string[]): Promise<Shown> {
  return typeInto(home, [...args, ...more], steps, env);
}

const OPEN = 'in your browser… ';

describe('on a terminal', () => {
  it('Enter opens the page of the code, which is confirmed there', async () => {
    const { shown, code } = await type([[OPEN, '\r']], { BROWSER: home.browser() });
    expect(code).toBe(0);
    const [, userCode = ''] = /one-time code: (?:\u001b\[1m)?([A-Z-]+)/.exec(shown) ?? [];
    expect(home.opened).toEqual([[`${real.issuer}/device?user_code=${userCode}`]]);
    expect(shown).toContain(`Logged in as `);
    expect(shown).toContain('Ada Lovelace (ada@example.com)');
    const { profile, tokens } = await home.login();
    expect(profile).toMatchObject({ issuer: real.issuer, clientId: CLIENT_ID, renewable: true, kept: 'file' });
    expect(tokens.refreshToken).not.toBeNull();
  });

  it('Ctrl-C gives up at once and keeps nothing: exit code 130', async () => {
    const { shown, code } = await type([[OPEN, '\u0003']], { BROWSER: home.browser() });
    expect(code).toBe(130);
    expect(shown).toContain('^C\r\nCancelled: nothing was kept.\r\n');
    expect(home.opened).toEqual([]);
    expect([...home.files().keys()].filter((name) => /json|secrets/.test(name))).toEqual([]);
  });

  it('Ctrl-C gives up after Enter, too', async () => {
    const browser = '/bin/true';
    const { shown, code } = await type(
      [
        [OPEN, '\r'],
        ['Waiting for you', '\u0003'],
      ],
      { BROWSER: browser },
    );
    expect(shown).toContain('^C\r\nCancelled: nothing was kept.\r\n');
    expect(code).toBe(130);
  });

  it.each([
    ['over SSH', { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22', DISPLAY: ':0' }, []],
    ['without a display', {}, []],
    ['with --no-open', { BROWSER: '/bin/false' }, ['--no-open']],
    ['with --no-input', { BROWSER: '/bin/false' }, ['--no-input']],
    ['in CI', { BROWSER: '/bin/false', CI: 'true' }, []],
  ])('%s it says where to go, and asks for no key', async (_, env, more) => {
    const { shown, code } = await type([['on any device', '\u0003']], env, ...more);
    expect(shown).toContain(`- Open ${real.issuer}/device on any device, and enter the code there.`);
    expect(shown).not.toContain('Enter to');
    expect(code).toBe(130);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('with %j there is no colour', async (env) => {
    const { shown } = await type([[OPEN, '\u0003']], { BROWSER: '/bin/true', ...env });
    expect(shown).toContain('one-time code: ');
    expect(shown).not.toContain('\u001b');
  });

  it('nothing but colours is sent to it', async () => {
    const { shown } = await type([[OPEN, '\r']], { BROWSER: home.browser() });
    expect(shown).toContain('\u001b[1m');
    expect(shown.replaceAll(/\u001b\[\d+m|\r?\n|\^C/g, '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('without a terminal', () => {
  it('the code is confirmed on another device', async () => {
    const running = home.start(...args);
    const { url, code } = await shownCode(running);
    await confirmCode(url, code, 'bob');
    const outcome = await running.outcome;
    expect(outcome).toMatchObject({ code: 0, stdout: '' });
    expect(outcome.stderr).toContain('✓ Logged in as Bob (bob@example.com) at 127.0.0.1');
  });

  it('programs get events', async () => {
    const running = home.start(...args, '--json', '--profile', 'ci');
    const line = await new Promise<string>((resolve) => {
      running.child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    const event = JSON.parse(line) as Record<string, string>;
    expect(event).toMatchObject({ version: 1, event: 'code', verification_uri: `${real.issuer}/device` });
    await confirmCode(event['verification_uri'] ?? '', event['user_code'] ?? '', 'ada');
    const { code, stdout } = await running.outcome;
    expect(code).toBe(0);
    const login = JSON.parse(lastLine(stdout)) as unknown;
    expect(login).toMatchObject({ event: 'login', profile: 'ci', identity: { subject: 'ada' }, kept: 'file' });
  });

  it('a page of this machine logs in without a code', async () => {
    const running = home.start(...args, '--browser');
    const page = new Promise<string>((resolve) => {
      let shown = '';
      running.child.stderr?.on('data', (chunk: Buffer) => {
        shown += chunk.toString('utf8');
        const url = /^ {2}(http\S+)\n/m.exec(shown)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    await signIn(await page, 'ada');
    const { code, stderr } = await running.outcome;
    expect(stderr).toContain('✓ Logged in as Ada Lovelace');
    expect(code).toBe(0);
  });

  it('somebody who says that it was not them ends it: exit code 4', async () => {
    const running = home.start(...args);
    const { url, code } = await shownCode(running);
    await denyCode(url, code);
    const outcome = await running.outcome;
    expect(outcome.code).toBe(4);
    expect(outcome.stderr).toContain('error: the login was denied');
    expect(lastLine(outcome.stderr)).toMatch(/^Try: hoopctl login/);
  });

  it('a code that nobody confirms in time ends it: exit code 3', async () => {
    const brief = await RealProvider.start({ lifetimes: { deviceCode: 1 } });
    const outcome = await home.run('login', '--issuer', brief.issuer, '--client-id', CLIENT_ID);
    await brief.close();
    expect(outcome.code).toBe(3);
    expect(lastLine(outcome.stderr)).toBe('Try: hoopctl login');
  });

  it('a provider that refuses is told with its registered word alone: exit code 1', async () => {
    const body = JSON.stringify({ error: 'unauthorized_client', error_description: 'words \u001b[2J of theirs' });
    real.answerNext('/device/auth', { status: 400, body });
    const { code, stderr } = await home.run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain('error: the identity provider refused: unauthorized_client');
    expect(stderr).not.toContain('of theirs');
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });

  it('a provider that cannot be reached is told: exit code 7', async () => {
    const gone = await RealProvider.start();
    await gone.close();
    const { code, stderr } = await home.run('login', '--issuer', gone.issuer, '--client-id', CLIENT_ID);
    expect(code).toBe(7);
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });
});

describe('what is logged in', () => {
  async function logIn(...more: readonly string[]): Promise<void> {
    const running = home.start(...args, ...more);
    const { url, code } = await shownCode(running);
    await confirmCode(url, code, 'ada');
    expect((await running.outcome).code).toBe(0);
  }

  it('is what status shows, without a door and without a token', async () => {
    await logIn('--profile', 'work');
    const { tokens } = await home.login('work');
    const table = await home.run('status');
    expect(table.stdout).toContain('PROFILE');
    expect(table.stdout).toMatch(/^work +Ada Lovelace +127\.0\.0\.1:\d+ +none +renewed +plain file$/m);
    const json = await home.run('status', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      doors: [],
      logins: [{ profile: 'work', kept: 'file' }],
    });
    for (const token of [tokens.idToken, tokens.accessToken, tokens.refreshToken]) {
      expect(`${table.stdout}${json.stdout}`).not.toContain(token?.reveal());
    }
  });

  it('is over at the provider after logging out: its refresh token is of no use any more', async () => {
    await logIn();
    const { tokens } = await home.login();
    const { code, stderr } = await home.run('logout');
    expect(stderr).toContain('✓ Logged out Ada Lovelace');
    expect(stderr).toContain('tokens revoked there and removed here');
    expect(code).toBe(0);
    const provider = openProvider(real.settings(), { clock: systemClock });
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
    expect([...home.files().keys()].filter((name) => name.includes('json') || /login\/./.test(name))).toEqual([]);
  });

  it('is gone from here when the provider is, too, with a warning: exit code 0', async () => {
    await logIn();
    await real.close();
    try {
      const { code, stderr } = await home.run('logout');
      expect(code).toBe(0);
      expect(stderr).toMatch(/warning: its tokens are removed here, but 127\.0\.0\.1:\d+ could not be told/);
    } finally {
      await real.resume();
    }
    await expect(home.login()).rejects.toThrow('no login default');
  });
});
