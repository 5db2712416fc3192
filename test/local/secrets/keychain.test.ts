import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import type { KeptSecrets } from '../../../src/local/secrets/kept-secrets.ts';
import { openKeychain } from '../../../src/local/secrets/keychain.ts';
import { openSecretStore, type SecretStoreOptions } from '../../../src/local/secrets/store.ts';
import { type Keyring, startKeyring } from './keyring.ts';

let state: string;
let keyring: Keyring;
let silent: Keyring;
let empty: Keyring;

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'hoopctl-keychain-'));
  [keyring, silent, empty] = await Promise.all([
    startKeyring(),
    startKeyring({ prompter: 'silent' }),
    startKeyring({ service: false }),
  ]);
});

afterAll(async () => {
  await Promise.all([keyring.stop(), silent.stop(), empty.stop()]);
  rmSync(state, { recursive: true });
});

function store(options: Partial<SecretStoreOptions> & Pick<SecretStoreOptions, 'env'>): KeptSecrets {
  return openSecretStore({ kind: 'target', state, home: state, ...options });
}

/** What other programs find there. */
function lookup(service: string, account: string): string {
  try {
    const args = ['lookup', 'service', service, 'username', account];
    return execFileSync('secret-tool', args, { env: keyring.env, encoding: 'utf8' });
  } catch {
    return '';
  }
}

async function held(secrets: KeptSecrets, name: string): Promise<string | null> {
  return (await secrets.get(name))?.reveal() ?? null;
}

const refused = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was done',
    (error: unknown) => String(error),
  );

describe('a real Secret Service', () => {
  it('keeps a secret where other programs find it, in place of the one before, until it is removed', async () => {
    const secrets = store({ env: keyring.env });
    expect(await secrets.get('pg')).toBeNull();
    expect(await secrets.set('pg', new Secret('one'))).toBe('keychain');
    expect(await secrets.set('pg', new Secret('two, ünïcode, "quotes"\n'))).toBe('keychain');
    expect(await held(secrets, 'pg')).toBe('two, ünïcode, "quotes"\n');
    expect(lookup('hoopctl', 'pg')).toBe('two, ünïcode, "quotes"\n');
    expect(await secrets.where('pg')).toBe('keychain');
    expect(await secrets.remove('pg')).toBe(true);
    expect(await secrets.remove('pg')).toBe(false);
    expect(lookup('hoopctl', 'pg')).toBe('');
  });

  it('finds what another program put there', async () => {
    execFileSync('secret-tool', ['store', '--label=mine', 'service', 'hoopctl', 'username', 'theirs'], {
      env: keyring.env,
      input: 'from elsewhere',
    });
    expect(await held(store({ env: keyring.env }), 'theirs')).toBe('from elsewhere');
  });

  it('takes what logins are made of: 6 KiB and more', async () => {
    const secrets = store({ env: keyring.env, kind: 'login' });
    for (const size of [6 * 1024, 64 * 1024]) {
      expect(await secrets.set('default', new Secret('x'.repeat(size)))).toBe('keychain');
      expect((await secrets.get('default'))?.reveal()).toHaveLength(size);
    }
    await secrets.remove('default');
  });

  it('keeps logins out of reach of what a configuration can name, and apart by state directory', async () => {
    const logins = store({ env: keyring.env, kind: 'login' });
    await logins.set('default', new Secret('tokens'));
    const found = execFileSync('secret-tool', ['search', '--all', 'service', 'hoopctl-login'], {
      env: keyring.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const account = /^label = keyring:(?<account>default@[0-9a-f]{12})@/m.exec(found)?.groups?.['account'] ?? '';
    expect(lookup('hoopctl-login', account)).toBe('tokens');
    for (const name of ['default', account]) expect(await store({ env: keyring.env }).get(name)).toBeNull();
    const other = store({ env: keyring.env, kind: 'login', state: `${state}/other` });
    expect(await other.get('default')).toBeNull();
    expect(await other.remove('default')).toBe(false);
    expect(await held(logins, 'default')).toBe('tokens');
    expect(await logins.remove('default')).toBe(true);
  });

  it('is found by the socket in the runtime directory, too', async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _address, ...env } = keyring.env;
    expect(await store({ env }).keychain()).toBe('answers');
  });

  it('takes over from the file that a secret was in', async () => {
    const headless = store({ env: {} });
    await headless.set('moving', new Secret('old'));
    const secrets = store({ env: keyring.env });
    expect(await held(secrets, 'moving')).toBe('old');
    expect(await secrets.set('moving', new Secret('new'))).toBe('keychain');
    expect(await headless.where('moving')).toBeNull();
    expect(await held(secrets, 'moving')).toBe('new');
    await secrets.remove('moving');
  });
});

describe('a keychain that is locked', () => {
  it('is said to be, and what is set meanwhile is kept in a file that counts from then on', async () => {
    const secrets = store({ env: keyring.env });
    await secrets.set('shut', new Secret('old'));
    await keyring.lock();
    try {
      expect(await refused(secrets.get('shut'))).toContain('the system keychain is locked, and was not unlocked');
      expect(await refused(secrets.where('shut'))).toContain('the system keychain is locked');
      expect(await secrets.get('another')).toBeNull();
      expect(await secrets.set('shut', new Secret('new'))).toBe('file');
      expect(await held(secrets, 'shut')).toBe('new');
      expect(await refused(secrets.remove('shut'))).toContain('cannot be removed: the system keychain is locked');
      await secrets.set('shut', new Secret('new'));
    } finally {
      await keyring.unlock();
    }
    expect(await held(secrets, 'shut')).toBe('new');
    expect(await secrets.set('shut', new Secret('newer'))).toBe('keychain');
    expect(lookup('hoopctl', 'shut')).toBe('newer');
    expect(await secrets.remove('shut')).toBe(true);
  });

  it('does not hold anything up when nobody answers its prompt: there is a deadline, and a word about it', async () => {
    await lockedAway('shut');
    const said: string[] = [];
    const secrets = store({ env: silent.env, deadline: 3000, waiting: (message) => said.push(message) });
    let turns = 0;
    const busy = setInterval(() => (turns += 1), 50);
    const outcome = await refused(secrets.get('shut'));
    clearInterval(busy);
    expect(outcome).toContain('the system keychain did not answer: it may be waiting to be unlocked');
    expect(said).toEqual(['waiting for the system keychain: it may have to be unlocked']);
    expect(turns).toBeGreaterThan(2);
  });

  it.each<[NodeJS.Signals, string]>([
    ['SIGINT', 'did not answer: it may be waiting to be unlocked'],
    ['SIGSEGV', 'fails'],
  ])('is given up when its process ends with %s', async (signal, words) => {
    await lockedAway('interrupted');
    const outcome = refused(
      store({ env: silent.env, waiting: () => process.kill(keychainProcess(), signal) }).get('interrupted'),
    );
    expect(await outcome).toContain(`the system keychain ${words}`);
  });
});

/** Kept where only somebody who answers a prompt gets at it. */
async function lockedAway(name: string): Promise<void> {
  await silent.unlock();
  await store({ env: silent.env }).set(name, new Secret('old'));
  await silent.lock();
}

describe('where there is no keychain', () => {
  it.each([
    ['no session bus', () => ({})],
    ['nobody at its address', () => ({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' })],
    ['nobody on it who keeps secrets', () => empty.env],
  ])('there is %s: secrets go to files, never to the kernel’s keyring', async (_what, envOf) => {
    const env = envOf();
    const keychain = openKeychain({ service: 'hoopctl', env, deadline: 20_000, waiting: () => undefined });
    expect(await keychain.write('pg', 'x')).toMatchObject({ ok: false, why: 'absent' });
    const secrets = store({ env });
    expect(await secrets.keychain()).toBe('absent');
    expect(await secrets.get('headless')).toBeNull();
    expect(await secrets.set('headless', new Secret('x'))).toBe('file');
    expect(await held(secrets, 'headless')).toBe('x');
    expect(await secrets.where('headless')).toBe('file');
    expect(await secrets.remove('headless')).toBe(true);
    expect(await secrets.remove('headless')).toBe(false);
  });
});

describe('the process that asks the keychain', () => {
  it('shows the secret neither in its arguments nor in its environment (R11)', async () => {
    const env = { ...keyring.env, HOOPCTL_PASSPHRASE: 'canary-1', HOOPCTL_TOKEN: 'canary-1', PGPASSWORD: 'canary-1' };
    const seen = new Set<string>();
    const keychain = openKeychain({ service: 'hoopctl', env, deadline: 20_000, waiting: () => undefined });
    let done = false;
    const written = keychain.write('canary', 'canary-1').finally(() => (done = true));
    while (!done) {
      for (const shown of childrenOf(process.pid)) seen.add(shown);
      await new Promise(setImmediate);
    }
    expect(await written).toMatchObject({ ok: true });
    const shown = [...seen].filter((text) => text.includes('keychain-process'));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.join('\n')).not.toContain('canary-1');
    await keychain.remove('canary');
  });
});

/** The arguments and environments of a process's children. */
function childrenOf(pid: number): string[] {
  const script = `for p in $(cat /proc/${pid}/task/*/children); do tr '\\0' ' ' < /proc/$p/cmdline; tr '\\0' ' ' < /proc/$p/environ; echo; done 2>/dev/null; true`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\n');
}

/** The process that asks the keychain for this one; the pattern does not match the shell that looks for it. */
function keychainProcess(): number {
  const script = `for p in $(cat /proc/${process.pid}/task/*/children); do grep -q 'keychain-p[r]ocess' /proc/$p/cmdline && echo $p; done; true`;
  return Number(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} }).trim());
}
