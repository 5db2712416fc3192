import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import { KEY_ID_SIZE } from './head.ts';
import { type KeyPurpose, keyPath } from './layout.ts';

/** Bounds what is read in place of a key: a PEM of either kind is far smaller. */
const MAX_KEY_FILE = 16 * 1024;

/** A key that something is signed with. */
export interface SigningKey {
  readonly id: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A key that something may be signed with. */
export interface VerificationKey {
  /** First bytes of the SHA-256 of the public key in DER. */
  readonly id: Buffer;
  readonly publicKey: KeyObject;
}

function keyId(publicKey: KeyObject): Buffer {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return hash('sha256', der, 'buffer').subarray(0, KEY_ID_SIZE);
}

function unusable(path: string, why: string, cause?: unknown): HoopError {
  return new HoopError('record.unreadable', `the key ${path} cannot be used: ${why}`, {
    cause,
    hint: 'move the file away; records that it signed stay verifiable as long as its .pub file is kept',
  });
}

/** Reads a key file, never through a symlink. Null when there is none. */
async function readKeyFile(path: string, secret: boolean): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return null;
      throw unusable(path, errnoOf(error) ?? 'it does not open', error);
    },
  );
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_KEY_FILE) throw unusable(path, 'it is no key file');
    if (process.platform !== 'win32' && (stat.mode & (secret ? 0o077 : 0o022)) !== 0) {
      throw unusable(path, secret ? 'others may read it (it needs mode 0600)' : 'others may write it');
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Writes a file that was not there, whole or not at all. False when another process was faster. */
async function createFile(path: string, text: string, mode: number): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

function parsePrivate(path: string, pem: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw unusable(path, 'it is not an ed25519 key');
    const publicKey = createPublicKey(privateKey);
    return { id: keyId(publicKey), privateKey, publicKey };
  } catch (error) {
    if (error instanceof HoopError) throw error;
    throw unusable(path, 'it does not parse');
  }
}

/**
 * The key that this machine's records, or this user's answers to requests, are signed with; made on first use:
 * `keys/record.ed25519` or `keys/approver.ed25519` (PKCS#8 PEM, 0600) with its public half beside it in a `.pub` file.
 * @throws HoopError `record.unreadable` when the file is a symlink, open to others or no ed25519 key;
 *   `record.append` when a new one cannot be written
 */
export async function openKey(state: string, purpose: KeyPurpose): Promise<SigningKey> {
  const path = keyPath(state, purpose);
  const present = await readKeyFile(path, true);
  if (present !== null) return parsePrivate(path, present);
  const made = generateKeyPairSync('ed25519');
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const id = keyId(made.publicKey).toString('hex');
    await createFile(`${path}.${id}.pub`, made.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o600);
    await createFile(path, made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  } catch (error) {
    throw new HoopError('record.append', `the key cannot be written (${errnoOf(error) ?? 'unknown'})`, {
      cause: error,
      hint: `make ${dirname(path)} writable for this user`,
    });
  }
  const settled = await readKeyFile(path, true);
  if (settled === null) throw unusable(path, 'it vanished');
  return parsePrivate(path, settled);
}

/** A public key in PEM, to verify records of another machine with. @throws HoopError `record.unreadable` */
export function parseVerificationKey(pem: string): VerificationKey {
  try {
    const publicKey = createPublicKey(pem);
    if (publicKey.asymmetricKeyType === 'ed25519') return { id: keyId(publicKey), publicKey };
  } catch (error) {
    throw new HoopError('record.unreadable', 'the verification key does not parse', { cause: error });
  }
  throw new HoopError('record.unreadable', 'the verification key is not an ed25519 key');
}

/**
 * All keys that records of this machine, or answers of this user, may be signed with: today's and, from their `.pub` files,
 * those used before. Empty when there are none.
 * @throws HoopError `record.unreadable`
 */
export async function verificationKeys(state: string, purpose: KeyPurpose = 'record'): Promise<VerificationKey[]> {
  const path = keyPath(state, purpose);
  const keys = new Map<string, VerificationKey>();
  const own = await readKeyFile(path, true);
  if (own !== null) {
    const key = parsePrivate(path, own);
    keys.set(key.id.toString('hex'), key);
  }
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw unusable(dirname(path), errnoOf(error) ?? 'it does not open', error);
  });
  for (const name of names) {
    if (!name.startsWith(`${purpose}.ed25519.`) || !/\.[0-9a-f]{16}\.pub$/.test(name)) continue;
    const pem = await readKeyFile(join(dirname(path), name), false);
    if (pem === null) continue;
    const key = parseVerificationKey(pem);
    const id = key.id.toString('hex');
    if (name !== `${purpose}.ed25519.${id}.pub`)
      throw unusable(join(dirname(path), name), 'it holds another key than its name says');
    keys.set(id, key);
  }
  return [...keys.values()];
}
