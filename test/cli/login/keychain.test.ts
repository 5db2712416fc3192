import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confirmCode } from '../../identity/provider/pages.ts';
import { CLIENT_ID, RealProvider } from '../../identity/provider/real.ts';
import { type Keyring, startKeyring } from '../../local/secrets/keyring.ts';
import type { Outcome, Running } from '../command-line.ts';
import { Home, shownCode } from './desk.ts';

let real: RealProvider;
let keyring: Keyring;
let home: Home;

beforeAll(async () => {
  [real, keyring] = await Promise.all([RealProvider.start(), startKeyring()]);
});

afterAll(() => Promise.all([real.close(), keyring.stop()]));
afterEach(() => home.remove());

/** A home on a machine with the keyring. */
function homeWithKeyring(): Home {
  const { DBUS_SESSION_BUS_ADDRESS: bus = '' } = keyring.env;
  return new Home(null, { DBUS_SESSION_BUS_ADDRESS: bus });
}

function start(): Running {
  return home.start('login', '--issuer', real.issuer, '--client-id', CLIENT_ID);
}

async function logIn(running: Running): Promise<Outcome> {
  const { url, code } = await shownCode(running);
  await confirmCode(url, code, 'ada');
  return running.outcome;
}

async function tokenParts(): Promise<readonly string[]> {
  const { tokens } = await home.login();
  return [tokens.idToken, tokens.accessToken, tokens.refreshToken].flatMap((token) =>
    (token?.reveal() ?? '').split('.').filter((part) => part.length > 16),
  );
}

/** Command lines and environments of all processes but those that tests run in, as the system shows them. */
function processes(): readonly string[] {
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return others.flatMap((pid) =>
    ['cmdline', 'environ'].map((file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'latin1');
      } catch {
        // It is gone by now.
        return '';
      }
    }),
  );
}

/** Everything that the system shows of processes until the program has ended. */
async function watched(running: Running, until: Promise<Outcome>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  while (running.child.exitCode === null && running.child.signalCode === null) {
    for (const text of processes()) seen.add(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until;
  return seen;
}

describe('on a machine with a keychain', () => {
  it('tokens are kept there and in no file, which is said; and no process shows them (R11)', async () => {
    home = homeWithKeyring();
    const running = start();
    const outcome = logIn(running);
    const seen = [...(await watched(running, outcome))];
    const { code, stderr } = await outcome;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('tokens in the system keychain\n');
    expect(stderr).not.toContain('warning');
    expect((await home.login()).profile.kept).toBe('keychain');
    const parts = await tokenParts();
    expect(parts.length).toBeGreaterThan(4);
    const files = [...home.files().values()].map(({ content }) => content ?? '');
    expect(seen.filter((text) => text.includes('keychain-process'))).not.toEqual([]);
    for (const text of [...seen, ...files]) expect(parts.filter((part) => text.includes(part))).toEqual([]);
    expect((await home.run('status')).stdout).toMatch(/renewed +keychain$/m);
  });

  it('logging out leaves nothing in it', async () => {
    home = homeWithKeyring();
    expect((await logIn(start())).code).toBe(0);
    const { profile } = await home.login();
    expect((await home.run('logout')).code).toBe(0);
    await expect(home.tokensOf(profile)).rejects.toMatchObject({ code: 'identity.login' });
  });

  it('that nobody unlocks, tokens are kept in a file instead, with a warning', async () => {
    home = homeWithKeyring();
    await keyring.lock();
    try {
      const { code, stderr } = await logIn(start());
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('warning: no keychain took the tokens: they are in a file that is not encrypted.');
    } finally {
      await keyring.unlock();
    }
    expect((await home.login()).profile.kept).toBe('file');
  });
});
