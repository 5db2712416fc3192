import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { encryptionKey } from '../../../src/local/secrets/key.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hoopctl-key-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function keyFile(bytes: Buffer | string, mode = 0o600): string {
  const path = join(home, 'key');
  writeFileSync(path, bytes);
  chmodSync(path, mode);
  return path;
}

async function refusal(env: Record<string, string>): Promise<string> {
  const error: unknown = await encryptionKey(env, home).catch((reason: unknown) => reason);
  if (!(error instanceof HoopError)) throw new Error('it was accepted');
  return `${error.code}: ${error.message} | ${error.hint}`;
}

it('there is none when none is named', async () => {
  expect(await encryptionKey({}, home)).toBeNull();
});

it('a passphrase is the same however its letters are composed', async () => {
  const [composed, decomposed] = await Promise.all(
    ['p\u00e4ss', 'pa\u0308ss'].map((HOOPCTL_PASSPHRASE) => encryptionKey({ HOOPCTL_PASSPHRASE }, home)),
  );
  expect(composed?.reveal()).toBe(decomposed?.reveal());
});

it('all bytes of a key file count, text or not', async () => {
  const keys = new Set<string | undefined>();
  for (const last of [0, 0x80, 0xff, 0x0a]) {
    const HOOPCTL_KEY_FILE = keyFile(Buffer.from([...Buffer.alloc(16, 0xfe), last]));
    keys.add((await encryptionKey({ HOOPCTL_KEY_FILE }, home))?.reveal());
  }
  expect(keys.size).toBe(4);
  expect(await encryptionKey({ HOOPCTL_KEY_FILE: '~/key' }, home)).not.toBeNull();
});

it('a passphrase that is empty, or one beside a key file, is an error: in the clear is not what was asked for', async () => {
  expect(await refusal({ HOOPCTL_PASSPHRASE: '' })).toBe(
    'local.secrets: HOOPCTL_PASSPHRASE is empty | give it a value, or unset it',
  );
  expect(await refusal({ HOOPCTL_PASSPHRASE: 'x', HOOPCTL_KEY_FILE: keyFile('x'.repeat(16)) })).toContain(
    'both HOOPCTL_KEY_FILE and HOOPCTL_PASSPHRASE are set',
  );
});

it('a key file that is missing, short, open to others, linked or elsewhere is an error', async () => {
  expect(await refusal({ HOOPCTL_KEY_FILE: '' })).toContain('HOOPCTL_KEY_FILE is not an absolute path');
  expect(await refusal({ HOOPCTL_KEY_FILE: 'key' })).toContain('HOOPCTL_KEY_FILE is not an absolute path');
  const HOOPCTL_KEY_FILE = join(home, 'key');
  expect(await refusal({ HOOPCTL_KEY_FILE })).toContain('does not exist | (umask 077; head -c 32 /dev/urandom > ');
  keyFile('x'.repeat(15));
  expect(await refusal({ HOOPCTL_KEY_FILE })).toContain('has fewer than 16 bytes');
  keyFile('x'.repeat(16), 0o640);
  expect(await refusal({ HOOPCTL_KEY_FILE })).toContain(`is open to other users, who may have read it | chmod 600`);
  keyFile('x'.repeat(16));
  symlinkSync(HOOPCTL_KEY_FILE, join(home, 'link'));
  expect(await refusal({ HOOPCTL_KEY_FILE: join(home, 'link') })).toContain('is a symbolic link');
  expect(await refusal({ HOOPCTL_KEY_FILE: home })).toContain('is not a file');
});
