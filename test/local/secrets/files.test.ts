import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { SecretFiles, type SecretKind } from '../../../src/local/secrets/files.ts';

let place: string;
let state: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'hoopctl-files-'));
  state = join(place, 'state');
});
afterEach(() => rmSync(place, { recursive: true }));

const files = (passphrase: string | null = null, kind: SecretKind = 'target'): SecretFiles =>
  new SecretFiles({ state, kind, key: () => Promise.resolve(passphrase === null ? null : new Secret(passphrase)) });

const directory = (): string => join(state, 'secrets', 'target');
const path = (name: string): string => join(directory(), name);
const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const written = (name: string, value = 'canary-1', passphrase: string | null = null): Promise<unknown> =>
  files(passphrase).write(name, new Secret(value));

async function read(name: string, passphrase: string | null = null): Promise<string | null> {
  return (await files(passphrase).read(name, 'current'))?.reveal() ?? null;
}

async function refusal(act: Promise<unknown>): Promise<string> {
  const error: unknown = await act.catch((reason: unknown) => reason);
  if (!(error instanceof HoopError)) throw new Error('it was done');
  expect(error.code).toBe('local.secrets');
  return `${error.message} | ${error.hint}`;
}

describe('secrets in files', () => {
  it('are for their owner’s eyes alone, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await written('pg');
    } finally {
      process.umask(umask);
    }
    expect([state, join(state, 'secrets'), directory(), path('pg')].map(mode)).toEqual(['700', '700', '700', '600']);
  });

  it('say how they are protected, and are found in nothing that is on the disk when they are encrypted', async () => {
    expect(await files('pass').write('pg', new Secret('canary-1'))).toBe('encrypted-file');
    expect(await files().protection('pg', 'current')).toBe('encrypted-file');
    const entries = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(entries.map(({ name }) => name)).toEqual(['pg']);
    for (const { parentPath, name } of entries)
      expect(readFileSync(join(parentPath, name), 'latin1')).not.toMatch(/canary/);
    expect(await read('pg', 'pass')).toBe('canary-1');
    expect(await files().write('pg', new Secret('canary-1'))).toBe('file');
    expect(await files().protection('pg', 'current')).toBe('file');
    expect(readFileSync(path('pg'), 'latin1')).toMatch(/canary-1$/);
  });

  it('are encrypted from the next change on when a key is given later', async () => {
    await written('pg');
    expect(await read('pg', 'pass')).toBe('canary-1');
    await written('pg', 'canary-2', 'pass');
    expect(await read('pg', 'pass')).toBe('canary-2');
  });

  it('stay as they are when the key is missing or wrong, with what to do', async () => {
    await written('pg', 'canary-1', 'pass');
    const before = readFileSync(path('pg'));
    expect(await refusal(read('pg'))).toBe(
      `the secret in ${path('pg')} is encrypted, and there is no key | set HOOPCTL_KEY_FILE to the path of a file that only you may read, or HOOPCTL_PASSPHRASE`,
    );
    expect(await refusal(read('pg', 'pas'))).toBe(
      `the secret in ${path('pg')} is encrypted with another key | give the key it was kept with, or keep it anew: hoopctl targets secret set TARGET`,
    );
    expect(readFileSync(path('pg'))).toEqual(before);
    expect(await read('pg', 'pass')).toBe('canary-1');
  });

  it.each([null, 'pass'])('cannot be put in each other’s place (passphrase: %s)', async (passphrase) => {
    await written('one', 'canary-1', passphrase);
    await written('two', 'canary-2', passphrase);
    copyFileSync(path('one'), path('two'));
    expect(await refusal(read('two', passphrase))).toContain('is damaged, or another’s | keep it anew');
    await files(passphrase, 'login').write('one', new Secret('canary-3'));
    copyFileSync(path('one'), join(state, 'secrets', 'login', 'one'));
    expect(await refusal(files(passphrase, 'login').read('one', 'current'))).toContain(
      'is damaged, or another’s | keep it anew: hoopctl login',
    );
  });

  it('that are damaged can be replaced and removed', async () => {
    await written('pg');
    writeFileSync(path('pg'), 'hoopsec');
    expect(await refusal(read('pg'))).toContain('is damaged');
    expect(await files().exists('pg')).toBe(true);
    await written('pg', 'canary-2');
    expect(await read('pg')).toBe('canary-2');
    writeFileSync(path('pg'), 'hoopsec');
    expect(await files().purge('pg')).toBe(true);
    expect(await files().purge('pg')).toBe(false);
  });

  it('are none where there is no state directory, and none is made to find out', async () => {
    expect(await read('pg')).toBeNull();
    expect(await files().purge('pg')).toBe(false);
    expect(() => statSync(state)).toThrow('ENOENT');
  });
});

describe('what others may have had their hands in', () => {
  it.each([0o640, 0o604, 0o660, 0o602])('a file with mode %o is refused', async (bits) => {
    await written('pg');
    chmodSync(path('pg'), bits);
    expect(await refusal(read('pg'))).toContain(
      `is open to other users, who may have read it | chmod 600 ${path('pg')}`,
    );
  });

  it.each(['state', 'state/secrets', 'state/secrets/target'])(
    'a directory that is open to others is refused: %s',
    async (name) => {
      await written('pg');
      chmodSync(join(place, name), 0o750);
      expect(await refusal(read('pg'))).toBe(
        `${join(place, name)} is open to other users | chmod 700 ${join(place, name)}`,
      );
      expect(await refusal(written('pg'))).toContain('is open to other users');
      expect(await refusal(files().purge('pg'))).toContain('is open to other users');
    },
  );

  it('a symbolic link is never followed, to a file or a directory', async () => {
    await written('pg');
    const mine = join(place, 'mine');
    copyFileSync(path('pg'), mine);
    rmSync(path('pg'));
    symlinkSync(mine, path('pg'));
    expect(await refusal(read('pg'))).toContain('is a symbolic link');
    const before = readFileSync(mine);
    await written('pg', 'canary-2');
    expect(readFileSync(mine)).toEqual(before);
    expect(await read('pg')).toBe('canary-2');

    rmSync(directory(), { recursive: true });
    mkdirSync(join(place, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(place, 'elsewhere'), directory());
    expect(await refusal(written('pg'))).toContain(`${directory()} is a symbolic link`);
    expect(readdirSync(join(place, 'elsewhere'))).toEqual([]);
  });

  it('a pipe or a directory in a file’s place is refused, and holds nothing up', async () => {
    await written('pg');
    rmSync(path('pg'));
    mkdirSync(path('pg'));
    expect(await refusal(read('pg'))).toContain('is not a file');
    expect(await refusal(written('pg'))).toMatch(/cannot be written \((?:EISDIR|ENOTEMPTY|EEXIST)\)/);
    expect(readdirSync(directory())).toEqual(['pg']);
  });

  it.runIf(process.getuid?.() === 0)('another user’s file or directory is refused', async () => {
    await written('pg');
    chownSync(path('pg'), 65_534, 65_534);
    expect(await refusal(read('pg'))).toContain('belongs to another user');
    chownSync(directory(), 65_534, 65_534);
    expect(await refusal(written('pg'))).toContain(`${directory()} belongs to another user`);
  });
});

describe('a process that is killed', () => {
  it('in the middle of a change leaves the old secret or the new one, whole', { timeout: 120_000 }, async () => {
    const program = fileURLToPath(new URL('endless-changes.ts', import.meta.url));
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [program, state], { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface(child.stdout);
      // It says each change that it begins, so that the rounds end at different points of one.
      for (let line = 0; line <= round * 3; line += 1) await once(lines, 'line');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const value = await read('pg');
      expect(value).toMatch(/^(?:a{5000}|b{5000})$/);
    }
  });

  it('leaves nothing for long: the next change clears up what is old, and removing clears up all', async () => {
    await written('pg');
    const [old, fresh, others] = ['pg.1-x.tmp', 'pg.2-x.tmp', 'pg-2.1-x.tmp'].map(path);
    for (const file of [old, fresh, others]) writeFileSync(file ?? '', 'canary-1');
    const yesterday = new Date(Date.now() - 86_400_000);
    utimesSync(old ?? '', yesterday, yesterday);
    utimesSync(others ?? '', yesterday, yesterday);
    await written('pg');
    expect(readdirSync(directory()).sort()).toEqual(['pg', 'pg-2.1-x.tmp', 'pg.2-x.tmp']);
    await files().purge('pg');
    expect(readdirSync(directory())).toEqual(['pg-2.1-x.tmp']);
  });
});
