import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confirmCode } from '../../identity/provider/pages.ts';
import { CLIENT_ID, RealProvider } from '../../identity/provider/real.ts';
import type { Outcome } from '../command-line.ts';
import { typeInto } from '../typing.ts';
import { Home, shownCode } from './desk.ts';

const CANARY = 'canary-0b5e7c1d';
/** Everything that is a secret of hoopctl's own, in the environment of whoever logs in. */
const SECRETS = {
  HOOPCTL_TOKEN: CANARY,
  HOOPCTL_PASSPHRASE: CANARY,
  PGPASSWORD: CANARY,
};

let real: RealProvider;
let home: Home;
let args: readonly string[];

beforeAll(async () => {
  real = await RealProvider.start();
  args = ['login', '--issuer', real.issuer, '--client-id', CLIENT_ID];
});

afterAll(() => real.close());
afterEach(() => home.remove());

/** Tokens and what they are signed with, so that a part of one counts as well. */
function partsOf(tokens: readonly (string | undefined)[]): readonly string[] {
  return tokens.flatMap((token) => (token === undefined ? [] : [token, ...token.split('.').slice(1)]));
}

async function tokensOf(from: Home): Promise<readonly string[]> {
  const { tokens } = await from.login();
  const found = [tokens.idToken, tokens.accessToken, tokens.refreshToken].map((one) => one?.reveal());
  expect(found.every((one) => one !== undefined && one.length > 20)).toBe(true);
  return partsOf(found);
}

function occurrences(parts: readonly string[], text: string): number {
  return parts.filter((part) => text.includes(part)).length;
}

async function logIn(from: Home, ...more: readonly string[]): Promise<Outcome> {
  const running = from.start(...args, ...more);
  const { url, code } = await shownCode(running);
  await confirmCode(url, code, 'ada');
  return running.outcome;
}

describe('a token (R11)', () => {
  it('is in one file that only its owner may read, and nowhere else in the state', async () => {
    home = new Home(null);
    const { code } = await logIn(home);
    expect(code).toBe(0);
    const parts = await tokensOf(home);
    const files = home.files();
    const holding = [...files].filter(([, { content }]) => occurrences(parts, content ?? '') > 0);
    expect(holding.map(([name]) => name)).toEqual(['secrets/login/default']);
    for (const [name, { mode, content }] of files) {
      expect({ name, mode }).toEqual({ name, mode: content === null ? 0o700 : 0o600 });
    }
  });

  it('is in no file that can be read when there is a key', async () => {
    home = new Home(null, { HOOPCTL_PASSPHRASE: 'a passphrase of the test' });
    const { stderr } = await logIn(home);
    expect(stderr).toContain('tokens in an encrypted file');
    expect(stderr).not.toContain('warning');
    const parts = await tokensOf(home);
    const content = [...home.files().values()].map((file) => file.content).join('\n');
    expect(occurrences(parts, content)).toBe(0);
  });

  it('is never shown, by any command, whoever debugs', async () => {
    home = new Home(null, {
      HOOPCTL_DEBUG: '1',
      NODE_DEBUG: 'http,https,fetch,undici',
      NODE_OPTIONS: '--trace-warnings',
    });
    const login = await logIn(home);
    const parts = await tokensOf(home);
    const outcomes = [login];
    for (const command of [['status'], ['status', '--json'], ['whoami'], ['whoami', '--json'], ['logout', '--json']]) {
      outcomes.push(await home.run(...command));
    }
    for (const { stdout, stderr } of outcomes) expect(occurrences(parts, `${stdout}${stderr}`)).toBe(0);
  });

  it('that proves nothing is not shown, either, and not kept', async () => {
    home = new Home(null, { HOOPCTL_DEBUG: '1' });
    const body = { id_token: `e30.${CANARY}.x`, access_token: CANARY, refresh_token: CANARY, token_type: 'Bearer' };
    real.answerNext('/token', { status: 200, body: JSON.stringify(body) });
    const { code, stdout, stderr } = await home.run(...args);
    expect(stderr).toContain('error: ');
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).not.toContain(CANARY);
    expect([...home.files().values()].filter(({ content }) => content?.includes(CANARY))).toEqual([]);
  });
});

describe('secrets in the environment (R11)', () => {
  it('reach neither the browser nor any other process that is started', async () => {
    home = new Home(null);
    const { code, shown } = await typeInto(home, args, [['your browser… ', '\r']], {
      ...SECRETS,
      BROWSER: home.browser(),
    });
    expect(code, shown).toBe(0);
    expect(shown).not.toContain(CANARY);
    expect(home.opened).toHaveLength(1);
    expect(home.browserVariables).toContain('PATH');
    expect(home.browserVariables.filter((name) => Object.hasOwn(SECRETS, name))).toEqual([]);
  });
});
