import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import type { TokenSet } from '../../../src/core/provider.ts';
import { openProvider } from '../../../src/identity/provider.ts';
import { logIn } from '../../identity/provider/log-in.ts';
import { CLIENT_ID, RealProvider, SERVICE_AUDIENCE, SERVICE_CLIENT } from '../../identity/provider/real.ts';
import { lastLine } from '../command-line.ts';
import { typeInto } from '../typing.ts';
import { Home } from './desk.ts';

const CANARY = 'canary-41d9f0aa';

let real: RealProvider;
let args: readonly string[];
let home: Home;

beforeAll(async () => {
  real = await RealProvider.start();
  args = ['login', '--issuer', real.issuer, '--client-id', CLIENT_ID, '--with-token'];
});

afterAll(() => real.close());
afterEach(() => home.remove());

/** Tokens that somebody has from elsewhere. */
function tokens(): Promise<TokenSet> {
  return logIn(openProvider(real.settings(), { clock: systemClock }), 'ada');
}

describe('tokens from stdin', () => {
  it('are kept when they prove who it is', async () => {
    home = new Home(null);
    const { idToken, accessToken, refreshToken } = await tokens();
    const answer = {
      id_token: idToken?.reveal(),
      access_token: accessToken?.reveal(),
      refresh_token: refreshToken?.reveal(),
      token_type: 'Bearer',
      expires_in: 600,
    };
    const { code, stdout, stderr } = await home.pipe(`${JSON.stringify(answer)}\n`, ...args);
    expect(stderr).toContain('✓ Logged in as Ada Lovelace');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const kept = await home.login();
    expect(kept.profile.renewable).toBe(true);
    expect(kept.tokens.refreshToken?.reveal()).toBe(refreshToken?.reveal());
  });

  it('may be one alone, which holds until it lapses', async () => {
    home = new Home(null);
    const { idToken } = await tokens();
    const { code, stderr } = await home.pipe(idToken?.reveal() ?? '', ...args);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/It lapses in \d+ minutes: the provider gave nothing to renew it with\./);
    expect((await home.login()).profile.renewable).toBe(false);
  });

  it('can be typed, and are not shown then', async () => {
    home = new Home(null);
    const typed = (await tokens()).idToken?.reveal() ?? '';
    const { code, shown } = await typeInto(home, args, [['(not shown): ', `${typed}\r`]]);
    expect(code, shown).toBe(0);
    expect(shown).toContain('Ada Lovelace');
    expect(shown).not.toContain(typed.split('.')[1]);
  });

  it.each([
    ['nothing', '', 2],
    ['what is no token', CANARY, 8],
    ['a token that nobody signed', `eyJhbGciOiJub25lIn0.${btoa(JSON.stringify({ sub: CANARY }))}.`, 8],
    ['an answer without an ID token', JSON.stringify({ access_token: CANARY }), 8],
    ['an answer that is cut', `{"id_token": "${CANARY}`, 8],
    ['far too much', CANARY.repeat(100_000), 2],
  ])('that are %s are refused without being shown', async (_, input, exit) => {
    home = new Home(null, { HOOPCTL_DEBUG: '1' });
    const { code, stdout, stderr } = await home.pipe(input, ...args);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).not.toContain(CANARY);
    expect(stderr).not.toContain(btoa(CANARY).slice(0, 16));
    expect(lastLine(stderr)).toMatch(/^Try: /);
    await expect(home.login()).rejects.toThrow('no login default');
  });
});

describe('a service with its client’s secret', () => {
  const config = (secret: string): string => `version: 1
identity:
  issuer: ${real.issuer}
  client_id: ${SERVICE_CLIENT.id}${secret}
  services:
    nightly: { audience: ${SERVICE_AUDIENCE}, subject: ${SERVICE_CLIENT.id}, groups: [jobs] }
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }
`;

  it.each([
    ['the configuration names', '\n  client_secret: { env: NIGHTLY }', { NIGHTLY: SERVICE_CLIENT.secret }],
    ['is in HOOPCTL_CLIENT_SECRET', '', { HOOPCTL_CLIENT_SECRET: SERVICE_CLIENT.secret }],
  ])('that %s logs in as itself', async (_, secret, env) => {
    home = new Home(config(secret), env);
    const { code, stderr } = await home.run('login', '--client-credentials');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('✓ Logged in as nightly');
    expect(stderr).not.toContain(SERVICE_CLIENT.secret);
    const { profile } = await home.login();
    expect(profile.identity).toMatchObject({ kind: 'service', service: 'nightly', groups: ['jobs'], verified: true });
  });

  it('without one is told where to keep it', async () => {
    home = new Home(config(''));
    const { code, stderr } = await home.run('login', '--client-credentials');
    expect(code).toBe(2);
    expect(stderr).toContain('logs in with the secret of its client, and there is none');
    expect(lastLine(stderr)).toMatch(/^Try: .*client_secret/);
  });

  it('with a wrong one is told what the provider says', async () => {
    home = new Home(config(''), { HOOPCTL_CLIENT_SECRET: 'wrong' });
    const { code, stderr } = await home.run('login', '--client-credentials');
    expect(code).toBe(1);
    expect(stderr).toContain('invalid_client');
    expect(lastLine(stderr)).toMatch(/^Try: .*client_secret/);
  });

  it('that is not declared is told so before anybody is asked', async () => {
    home = new Home(null, { HOOPCTL_CLIENT_SECRET: SERVICE_CLIENT.secret });
    const options = ['--issuer', real.issuer, '--client-id', SERVICE_CLIENT.id];
    const { code, stderr } = await home.run('login', '--client-credentials', ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(`no service of ${real.issuer} is declared`);
    expect(lastLine(stderr)).toMatch(/^Try: identity\.services /);
  });
});

describe('who is asked to vouch', () => {
  const config = (): string => `version: 1
identity: { issuer: ${real.issuer}, client_id: ${CLIENT_ID} }
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }
`;

  it.each([
    [
      ['--issuer', 'https://elsewhere.example'],
      '--issuer is not what hoopctl.yaml says: http://127.0.0.1',
      'leave --issuer out',
    ],
    [['--client-id', 'another'], '--client-id is not what hoopctl.yaml says: hoopctl', 'leave --client-id out'],
  ])('is whom the configuration names, whatever %j say', async (more, message, attempt) => {
    home = new Home(config());
    const { code, stderr } = await home.run('login', ...more);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(lastLine(stderr)).toBe(`Try: ${attempt}`);
  });

  it.each([
    [[], 'nobody says where to log in: there is no hoopctl.yaml', 'identity: {'],
    [['--issuer', 'https://idp.example'], 'nobody says where to log in', '--client-id ID'],
    [['--issuer', 'http://idp.example', '--client-id', 'x'], '--issuer is http, which anybody', '--issuer https://'],
    [['--issuer', 'https://idp.example', '--client-id', ''], '--client-id is empty', '--client-id hoopctl'],
    [['--config', 'nowhere.yaml', '--issuer', 'https://idp.example', '--client-id', 'x'], 'does not exist', 'path'],
  ])('has to be said: %j', async (more, message, attempt) => {
    home = new Home(null);
    const { code, stdout, stderr } = await home.run('login', ...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(lastLine(stderr)).toContain(attempt);
  });

  it('is said to count for nothing where the configuration has no identity', async () => {
    home = new Home(config().replace(/^identity.*\n/m, ''));
    const { idToken } = await tokens();
    const { code, stderr } = await home.pipe(idToken?.reveal() ?? '', ...args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: .*hoopctl\.yaml has no identity: its sessions are the operating system's user's/);
  });

  it('nobody may be whom something that runs inside a session brings along', async () => {
    home = new Home(config(), { HOOPCTL_SESSION: 'a-session' });
    for (const command of ['login', 'logout']) {
      const { code, stderr } = await home.run(command);
      expect(code).toBe(5);
      expect(lastLine(stderr)).toBe('Try: the same command in a terminal of your own');
    }
  });
});
