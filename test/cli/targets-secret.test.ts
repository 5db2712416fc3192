import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Keyring, startKeyring } from '../local/secrets/keyring.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { Place, root } from './command-line.ts';
import { typeInto } from './typing.ts';

let server: Server;
let keyring: Keyring;
let place: Place;

beforeAll(async () => {
  [server, keyring] = await Promise.all([startServer({ authentication: 'scram-sha-256' }), startKeyring()]);
});

afterAll(() => Promise.all([server.stop(), keyring.stop()]));

beforeEach(() => {
  place = placeWith({});
});

afterEach(() => place.remove());

function placeWith(env: Readonly<Record<string, string>>): Place {
  const target = `protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: unguarded`;
  return new Place(
    `version: 1
targets:
  pg: { ${target}, password: { keychain: kept } }
  again: { ${target}, password: { keychain: kept } }
  variable: { ${target}, password: { env: PW } }
  none: { ${target} }
`,
    env,
  );
}

function set(input: string, ...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const command = [join(root, 'src', 'cli', 'main.ts'), 'targets', 'secret', 'set', ...args];
  const options = { cwd: place.directory, env: place.env, input, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options);
  return { code: status, stdout, stderr };
}

const keptFile = (): string => join(place.state, 'secrets', 'target', 'kept');

describe('targets secret set', () => {
  it('keeps what comes on stdin, but for one line break, and sessions log in with it', async () => {
    const { code, stdout, stderr } = set(`${server.password}\n`, 'pg');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'The password of pg is kept in a file that is not encrypted.\n',
    });
    expect(stderr).toBe(`warning: whoever reads this user’s files can read it: there is no system keychain here
To have it encrypted, set HOOPCTL_KEY_FILE to the path of a file that only you may read, or HOOPCTL_PASSPHRASE, and run the same command again.
It is the secret of again, too.
Check it with: hoopctl targets test pg
`);
    expect((statSync(keptFile()).mode & 0o777).toString(8)).toBe('600');
    expect((await place.run('targets', 'test', 'pg', 'again')).code).toBe(0);
  });

  it('encrypts it when there is a key, and without it nobody gets in', async () => {
    place.remove();
    place = placeWith({ HOOPCTL_PASSPHRASE: 'correct horse' });
    const { stdout, stderr } = set(server.password, 'pg', '--json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      target: 'pg',
      key: 'password',
      secret: 'kept',
      kept: 'encrypted-file',
    });
    expect(stderr).toBe('');
    const files = readdirSync(place.directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.filter((text) => text.includes(server.password))).toEqual([]);
    expect((await place.run('targets', 'test', 'pg')).code).toBe(0);
    delete place.env['HOOPCTL_PASSPHRASE'];
    const refused = await place.run('targets', 'test', 'pg');
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('is encrypted, and there is no key');
  });

  it('keeps it in the system keychain where there is one', async () => {
    place.remove();
    place = placeWith(keyring.env);
    const { code, stdout, stderr } = set(server.password, 'pg');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The password of pg is kept in the system keychain.\n' });
    expect(stderr).not.toContain('warning');
    expect(existsSync(keptFile())).toBe(false);
    expect((await place.run('targets', 'test', 'pg')).code).toBe(0);
    const doctor = await place.run('doctor', '--offline');
    expect(doctor.stdout).toMatch(/^ok +keychain: the system’s keychain answers$/m);
    expect(doctor.stdout).toMatch(/^ok +password of pg: in the system keychain$/m);
    expect((await place.run('targets', 'secret', 'rm', 'pg')).stdout).toBe('The password of pg is removed.\n');
    expect((await place.run('targets', 'secret', 'rm', 'pg')).stdout).toBe('There was no password of pg to remove.\n');
  });

  it.each([
    ['', 'the value is empty'],
    ['\n', 'the value is empty'],
    ['a\0b', 'the value is not UTF-8 text'],
    ['x'.repeat(65_537), 'the value is larger than 64 KiB'],
  ])('refuses what cannot be a password, and keeps nothing', (input, words) => {
    const { code, stderr } = set(input, 'pg');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) as string });
    expect(existsSync(keptFile())).toBe(false);
  });

  it('takes no value as an argument, where other users could see it', async () => {
    const { code, stderr } = await place.run('targets', 'secret', 'set', 'pg', 'canary-1');
    expect(code).toBe(2);
    expect(stderr).toContain('behind pg stands one of password, key, passphrase, certificate, never a secret itself');
    expect(stderr).not.toContain('canary');
  });

  it.each([
    ['variable', 'variable takes its password from env: there is nothing that hoopctl keeps for it'],
    ['none', 'none has no password: there is nothing that hoopctl keeps for it'],
    ['pgg', 'there is no target "pgg"'],
  ])('says what to write when hoopctl does not keep the password: %s', async (target, words) => {
    for (const command of ['set', 'rm']) {
      const { code, stderr } = await place.run('targets', 'secret', command, target);
      expect(code).toBe(2);
      expect(stderr).toContain(words);
      if (target !== 'pgg') expect(stderr).toContain(`Try: write \`password: { keychain: ${target} }\` in `);
    }
  });

  it('does not write in the clear when the key that is named is not fit', () => {
    place.remove();
    place = placeWith({ HOOPCTL_KEY_FILE: '/nonexistent/key' });
    const { code, stderr } = set('canary-1', 'pg');
    expect(code).toBe(1);
    expect(stderr).toContain('the key file /nonexistent/key does not exist');
    expect(existsSync(keptFile())).toBe(false);
  });
});

describe('targets secret of a target of SSH', () => {
  const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END OPENSSH PRIVATE KEY-----\n';

  beforeEach(() => {
    place.remove();
    const target = 'protocol: ssh, address: "127.0.0.1:1", user: me, policy: unguarded';
    place = new Place(`version: 1
targets:
  web: { ${target}, key: { keychain: web-key }, passphrase: { keychain: web-phrase }, password: { env: PW } }
  web-2: { ${target}, key: { keychain: web-key } }
`);
  });

  const kept = (name: string): string => join(place.state, 'secrets', 'target', name);

  it('keeps the one that is named, whole', () => {
    const { code, stdout, stderr } = set(KEY, 'web', 'key');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The key of web is kept in a file that is not encrypted.\n' });
    expect(stderr).toContain('It is the secret of web-2, too.');
    expect(readFileSync(kept('web-key'), 'utf8')).toContain(KEY.trimEnd());
    expect(JSON.parse(set('phrase', 'web', 'passphrase', '--json').stdout)).toEqual({
      version: 1,
      target: 'web',
      key: 'passphrase',
      secret: 'web-phrase',
      kept: 'file',
    });
    expect(set(KEY, 'web-2').code).toBe(0);
  });

  it('removes the one that is named', async () => {
    set(KEY, 'web', 'key');
    expect((await place.run('targets', 'secret', 'rm', 'web', 'key')).stdout).toBe('The key of web is removed.\n');
    expect(existsSync(kept('web-key'))).toBe(false);
  });

  it.each([
    [
      ['web'],
      'hoopctl keeps several secrets of web: key, passphrase',
      'the same command with one of them behind: web key',
    ],
    [
      ['web', 'password'],
      'web takes its password from env: there is nothing',
      'write `password: { keychain: web }` in',
    ],
    [
      ['web-2', 'passphrase'],
      'web-2 has no passphrase: there is nothing',
      'write `passphrase: { keychain: web-2 }` in',
    ],
  ])('says which it could be, or what to write: %j', (args, words, hint) => {
    const { code, stderr } = set('x', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain(`Try: ${hint}`);
  });

  it('is looked for by doctor', async () => {
    set(KEY, 'web', 'key');
    const { stdout, stderr } = await place.run('doctor', '--offline');
    expect(stdout).toMatch(/^warning +key of web: in a file that is not encrypted$/m);
    expect(stdout).toMatch(/^failed +passphrase of web: "web-phrase" is kept nowhere$/m);
    expect(stderr).toContain('Try: hoopctl targets secret set web passphrase');
  });
});

describe('targets secret set on a terminal', () => {
  it('shows nothing of what is typed, and understands keys', async () => {
    const [first, rest] = [server.password.slice(0, 4), server.password.slice(4)];
    // Another line that is cleared, an arrow that means nothing, and a letter that is taken back.
    const typed = `another\u0015${first}\u001b[D\u001bOAü\u007f${rest}\r`;
    const { shown, code } = await typeInto(place, ['targets', 'secret', 'set', 'pg'], [['(not shown): ', typed]]);
    expect(code).toBe(0);
    expect(shown).toContain('The password of pg (not shown): \r\nThe password of pg is kept in');
    for (const part of [first, rest, 'another']) expect(shown).not.toContain(part);
    expect((await place.run('targets', 'test', 'pg')).code).toBe(0);
  });

  it.each([
    ['Ctrl-C', 'x\u0003'],
    ['Ctrl-D', 'x\u0004'],
  ])('is given up with %s, and nothing changes', async (_key, typed) => {
    const { shown, code } = await typeInto(place, ['targets', 'secret', 'set', 'pg'], [['(not shown): ', typed]]);
    expect(code).toBe(3);
    expect(shown).toContain('nothing was changed');
    expect(existsSync(keptFile())).toBe(false);
  });

  it('asks nobody under --no-input', async () => {
    const { shown, code } = await typeInto(place, ['targets', 'secret', 'set', 'pg', '--no-input'], []);
    expect(code).toBe(2);
    expect(shown).toContain('nobody can be asked for the value here');
  });
});

describe('doctor', () => {
  it('says where each password is, and what keeps files from being encrypted', async () => {
    const before = await place.run('doctor', '--offline');
    expect(before.code).toBe(1);
    expect(before.stdout).toMatch(/^ok +keychain: none here: secrets are kept in files$/m);
    expect(before.stdout).toMatch(/^failed +password of pg: "kept" is kept nowhere$/m);
    expect(before.stderr).toContain('Try: hoopctl targets secret set pg');
    set('x', 'pg');
    const after = await place.run('doctor', '--offline');
    expect(after.code).toBe(0);
    expect(after.stdout).toMatch(/^ok +secrets in files: not encrypted: set HOOPCTL_KEY_FILE/m);
    expect(after.stdout).toMatch(/^warning +password of pg: in a file that is not encrypted$/m);
    writeFileSync(keptFile(), 'x');
    expect((await place.run('doctor', '--offline')).stdout).toMatch(/^failed +password of pg: .* is damaged/m);
    place.env['HOOPCTL_PASSPHRASE'] = '';
    expect((await place.run('doctor', '--offline')).stdout).toMatch(
      /^failed +secrets in files: HOOPCTL_PASSPHRASE is empty$/m,
    );
  });
});
