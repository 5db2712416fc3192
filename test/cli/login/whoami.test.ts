import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openProvider } from '../../../src/identity/provider.ts';
import { confirmCode } from '../../identity/provider/pages.ts';
import { logIn } from '../../identity/provider/log-in.ts';
import { CLIENT_ID, RealProvider } from '../../identity/provider/real.ts';
import { lastLine } from '../command-line.ts';
import { Home, shownCode } from './desk.ts';

let real: RealProvider;
let home: Home;

beforeAll(async () => {
  real = await RealProvider.start();
});

afterAll(() => real.close());
afterEach(() => home.remove());

const TARGETS = `targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }
`;

const config = (): string => `version: 1
identity:
  issuer: ${real.issuer}
  client_id: ${CLIENT_ID}
  scopes: [openid, profile, email, groups, offline_access]
${TARGETS}`;

async function logInAs(login: string, ...more: readonly string[]): Promise<void> {
  const running = home.start('login', ...more);
  const { url, code } = await shownCode(running);
  await confirmCode(url, code, login);
  const outcome = await running.outcome;
  expect(outcome.code, outcome.stderr).toBe(0);
}

async function idTokenOf(login: string): Promise<string> {
  const tokens = await logIn(openProvider(real.settings(), { clock: systemClock }), login);
  return tokens.idToken?.reveal() ?? '';
}

describe('whoami', () => {
  it('shows whoever is logged in, and until when, without asking the provider', async () => {
    home = new Home(config());
    await logInAs('ada');
    real.requests.length = 0;
    const { code, stdout, stderr } = await home.run('whoami');
    expect(code, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      `Ada Lovelace (person, ${real.issuer})`,
      '  subject    ada',
      '  e-mail     ada@example.com',
      '  groups     engineering, dba',
      '  profile    default, of the client hoopctl',
      expect.stringMatching(/^ {2}confirmed {2}(?:a moment|\d+ seconds?) ago$/),
      '  expires    renewed by itself, until the provider says no',
      '  tokens     in a file that is not encrypted',
    ]);
    const json = JSON.parse((await home.run('whoami', '--json')).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({ version: 1, source: 'login', profile: 'default', kept: 'file', renewable: true });
    expect(json['identity']).toMatchObject({ subject: 'ada', groups: ['engineering', 'dba'] });
    expect(real.requests).toEqual([]);
  });

  it('--refresh shows what the provider says now, and keeps it', async () => {
    home = new Home(config());
    await logInAs('bob');
    real.change('bob', { groups: ['support'] });
    expect((await home.run('whoami')).stdout).toContain('groups     engineering\n');
    const { code, stdout } = await home.run('whoami', '--refresh');
    expect(code).toBe(0);
    expect(stdout).toContain('groups     support\n');
    expect((await home.run('whoami')).stdout).toContain('groups     support\n');
  });

  it('--refresh does not spend a login that it could not keep', async () => {
    home = new Home(config());
    await logInAs('ada');
    home.env['HOOPCTL_KEY_FILE'] = '/nowhere/key';
    const { code, stderr } = await home.run('whoami', '--refresh');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the key file /nowhere/key does not exist')]);
    delete home.env['HOOPCTL_KEY_FILE'];
    expect((await home.run('whoami', '--refresh')).code).toBe(0);
  });

  it('--refresh says that a login has ended: exit code 4, then and afterwards', async () => {
    home = new Home(config());
    real.users.set('eve', { name: 'Eve', email: 'eve@example.com', emailVerified: true, groups: [] });
    await logInAs('eve');
    real.users.delete('eve');
    const { code, stderr } = await home.run('whoami', '--refresh');
    expect(code).toBe(4);
    expect(lastLine(stderr)).toBe('Try: hoopctl login');
    const again = await home.run('whoami');
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('error: the login "default" has lapsed');
  });

  it('says that a login is needed, with how to get it: exit code 4', async () => {
    home = new Home(config());
    const nobody = await home.run('whoami');
    expect(nobody.code).toBe(4);
    expect(lastLine(nobody.stderr)).toBe('Try: hoopctl login');
    const other = await home.run('whoami', '--profile', 'work', '--json');
    expect(other).toMatchObject({ code: 4, stdout: '' });
    expect(lastLine(other.stderr)).toBe('Try: hoopctl login --profile work');
  });

  it('shows the login that is named', async () => {
    home = new Home(config());
    await logInAs('ada', '--profile', 'work');
    await logInAs('bob');
    expect((await home.run('whoami')).stdout).toContain('Bob (person');
    expect((await home.run('whoami', '--profile', 'work')).stdout).toContain('Ada Lovelace (person');
  });

  it('is the operating system’s user where nobody vouches for people, and says so', async () => {
    home = new Home(`version: 1\n${TARGETS}`, { HOOPCTL_TOKEN: 'canary' });
    const { code, stdout, stderr } = await home.run('whoami');
    expect(code).toBe(0);
    expect(stdout).toContain(`${userInfo().username} (person, os, not verified)`);
    expect(stderr).toMatch(/hoopctl\.yaml has no identity: sessions are the operating system user's, and not verified/);
    const named = await home.run('whoami', '--profile', 'work');
    expect(named).toMatchObject({ code: 2, stdout: '' });
    expect(named.stderr).toContain('no login counts there');
    const json = JSON.parse((await home.run('whoami', '--json')).stdout) as unknown;
    expect(json).toMatchObject({ version: 1, source: 'os', identity: { issuer: 'os', verified: false } });
  });
});

describe('a token in the environment', () => {
  it('goes before a login, and is verified', async () => {
    home = new Home(config());
    await logInAs('bob');
    home.env['HOOPCTL_TOKEN'] = await idTokenOf('ada');
    const { code, stdout, stderr } = await home.run('whoami');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Ada Lovelace (person, ${real.issuer})`);
    expect(stdout).toContain('token    in HOOPCTL_TOKEN, verified just now');
    expect(stdout).toMatch(/expires +in \d+ minutes/);
    const json = await home.run('whoami', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      source: 'token',
      variable: 'HOOPCTL_TOKEN',
      identity: { subject: 'ada' },
    });
    expect(`${stdout}${stderr}${json.stdout}`).not.toContain(home.env['HOOPCTL_TOKEN'].split('.')[1]);
  });

  it('may be in a file', async () => {
    home = new Home(config());
    const path = join(home.directory, 'token');
    writeFileSync(path, `${await idTokenOf('ada')}\n`);
    home.env['HOOPCTL_TOKEN_FILE'] = path;
    expect((await home.run('whoami')).stdout).toContain('token    in HOOPCTL_TOKEN_FILE, verified just now');
  });

  it.each([
    ['proves nothing', { HOOPCTL_TOKEN: 'canary-3' }, 8],
    ['is empty', { HOOPCTL_TOKEN: '' }, 2],
    ['is not there', { HOOPCTL_TOKEN_FILE: '/nowhere/token' }, 4],
  ])('that %s is nobody, whoever is logged in', async (_, env, exit) => {
    home = new Home(config());
    await logInAs('bob');
    Object.assign(home.env, env);
    const { code, stdout, stderr } = await home.run('whoami');
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).not.toContain('canary');
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });
});
