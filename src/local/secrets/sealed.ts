import {
  createCipheriv,
  createDecipheriv,
  hash,
  randomBytes,
  scrypt,
  type ScryptOptions,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../core/secret.ts';

/*
 * A file that holds one secret. All of it but the secret and the tag is authenticated, and so are the secret's kind and name:
 * a file put in another's place does not open.
 *
 *   0   8  magic "hoopsec\n"
 *   8   1  version, 1
 *   9   1  0: not encrypted, 1: scrypt and AES-256-GCM
 *
 * not encrypted:
 *  10  32  SHA-256 of kind NUL name NUL secret: tells a damaged or misplaced file, and protects nothing
 *  42   …  the secret, UTF-8
 *
 * encrypted:
 *  10   1  log2 of scrypt's N
 *  11   1  scrypt's r
 *  12   1  scrypt's p
 *  13  16  salt
 *  29   8  check: what scrypt gives after the key, to tell a wrong key from a damaged file
 *  37  12  nonce
 *  49   …  the secret, encrypted
 *   -  16  tag
 */
const MAGIC = Buffer.from('hoopsec\n', 'latin1');
const VERSION = 1;
const PLAIN = 0;
const ENCRYPTED = 1;
const PREFIX = MAGIC.length + 2;
const DIGEST = 32;
const SALT = 16;
const CHECK = 8;
const NONCE = 12;
const TAG = 16;
const KEY = 32;
const HEADER = PREFIX + 3 + SALT + CHECK + NONCE;

/** A quarter of a second, and 32 MiB, which small containers have. */
const COST: Cost = { log2n: 15, r: 8, p: 3 };

/** What reading a file may cost at most, whatever it says: memory in bytes, and rounds. */
const MOST_MEMORY = 128 * 1024 * 1024;
const MOST_ROUNDS = 16;
const LEAST_LOG2N = 14;

interface Cost {
  readonly log2n: number;
  readonly r: number;
  readonly p: number;
}

/** Whose secret it is. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Why a file does not open. `key-needed`: it is encrypted, and there is no key. `key-wrong`: there is another one. */
export type SealFault = 'damaged' | 'version' | 'key-needed' | 'key-wrong';

export type Unsealed =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly fault: SealFault };

const derive: (password: Buffer, salt: Buffer, length: number, options: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

/** @param key null: it is not encrypted */
export async function seal(owner: Owner, value: Secret, key: Secret | null, cost = COST): Promise<Buffer> {
  const bytes = Buffer.from(value.reveal(), 'utf8');
  if (key === null) return Buffer.concat([prefix(PLAIN), digestOf(owner, bytes), bytes]);
  const salt = randomBytes(SALT);
  const { secretKey, check } = await keysOf(key, salt, cost);
  const nonce = randomBytes(NONCE);
  const header = Buffer.concat([prefix(ENCRYPTED), Buffer.from([cost.log2n, cost.r, cost.p]), salt, check, nonce]);
  const cipher = createCipheriv('aes-256-gcm', secretKey, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.concat([header, ownerBytes(owner)]));
  return Buffer.concat([header, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @param key asked for only where the file is encrypted; null: there is none */
export async function unseal(owner: Owner, file: Buffer, key: () => Promise<Secret | null>): Promise<Unsealed> {
  const protection = protectionOf(file);
  switch (protection) {
    case 'plain':
      return unsealPlain(owner, file);
    case 'encrypted':
      return unsealEncrypted(owner, file, key);
    case 'damaged':
    case 'version':
      return { ok: false, fault: protection };
  }
}

/** How a file is protected, as far as its first bytes say. */
export function protectionOf(file: Buffer): 'plain' | 'encrypted' | 'damaged' | 'version' {
  if (file.length < PREFIX || !file.subarray(0, MAGIC.length).equals(MAGIC)) return 'damaged';
  if (file[MAGIC.length] !== VERSION) return 'version';
  const protection = file[MAGIC.length + 1];
  if (protection === PLAIN) return 'plain';
  return protection === ENCRYPTED ? 'encrypted' : 'damaged';
}

function unsealPlain(owner: Owner, file: Buffer): Unsealed {
  const bytes = file.subarray(PREFIX + DIGEST);
  if (!file.subarray(PREFIX, PREFIX + DIGEST).equals(digestOf(owner, bytes))) return { ok: false, fault: 'damaged' };
  return { ok: true, value: bytes.toString('utf8') };
}

async function unsealEncrypted(owner: Owner, file: Buffer, ask: () => Promise<Secret | null>): Promise<Unsealed> {
  if (file.length < HEADER + TAG) return { ok: false, fault: 'damaged' };
  const [log2n = 0, r = 0, p = 0] = file.subarray(PREFIX, PREFIX + 3);
  if (!affordable({ log2n, r, p })) return { ok: false, fault: 'damaged' };
  const key = await ask();
  if (key === null) return { ok: false, fault: 'key-needed' };
  const at = { salt: PREFIX + 3, check: PREFIX + 3 + SALT, nonce: PREFIX + 3 + SALT + CHECK };
  const { secretKey, check } = await keysOf(key, file.subarray(at.salt, at.check), { log2n, r, p });
  if (!timingSafeEqual(check, file.subarray(at.check, at.nonce))) return { ok: false, fault: 'key-wrong' };
  const header = file.subarray(0, HEADER);
  const decipher = createDecipheriv('aes-256-gcm', secretKey, file.subarray(at.nonce, HEADER), { authTagLength: TAG });
  decipher.setAAD(Buffer.concat([header, ownerBytes(owner)]));
  decipher.setAuthTag(file.subarray(-TAG));
  try {
    const bytes = Buffer.concat([decipher.update(file.subarray(HEADER, -TAG)), decipher.final()]);
    return { ok: true, value: bytes.toString('utf8') };
  } catch {
    return { ok: false, fault: 'damaged' };
  }
}

function affordable({ log2n, r, p }: Cost): boolean {
  if (log2n < LEAST_LOG2N || log2n > 24 || r < 1 || p < 1 || p > MOST_ROUNDS) return false;
  return memoryOf({ log2n, r, p }) <= MOST_MEMORY;
}

function memoryOf({ log2n, r }: Cost): number {
  return 128 * r * 2 ** log2n;
}

async function keysOf(key: Secret, salt: Buffer, cost: Cost): Promise<{ secretKey: Buffer; check: Buffer }> {
  const { log2n, r, p } = cost;
  // OpenSSL counts a little more than the formula says.
  const options = { N: 2 ** log2n, r, p, maxmem: memoryOf(cost) + 1024 * 1024 };
  const derived = await derive(Buffer.from(key.reveal(), 'utf8'), salt, KEY + CHECK, options);
  return { secretKey: derived.subarray(0, KEY), check: derived.subarray(KEY) };
}

function prefix(protection: number): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([VERSION, protection])]);
}

function ownerBytes({ kind, name }: Owner): Buffer {
  return Buffer.from(`${kind}\0${name}\0`, 'utf8');
}

function digestOf(owner: Owner, bytes: Buffer): Buffer {
  return hash('sha256', Buffer.concat([ownerBytes(owner), bytes]), 'buffer');
}
