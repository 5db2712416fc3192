import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sshString, uint32 } from './strings.ts';

/*
 * Ed25519 keys as OpenSSH writes them.
 *
 * On the wire (RFC 8709): string "ssh-ed25519", string 32 bytes.
 *
 * A private key file (PROTOCOL.key of OpenSSH), base64 between two lines, unencrypted:
 *   "openssh-key-v1" NUL, string cipher "none", string kdf "none", string kdf options "", uint32 number of keys 1,
 *   string public key, string of: uint32 check, uint32 the same check, string "ssh-ed25519", string public 32 bytes,
 *   string private 32 bytes and public 32 bytes, string comment, padding 1, 2, 3, … to a multiple of 8.
 */

const TYPE = 'ssh-ed25519';

/** Bytes that an Ed25519 key is made of. */
export const SEED = 32;

/** What PKCS #8 (RFC 8410) puts before the seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const BLOCK = 8;
/** Characters of a line of base64. */
const LINE = 70;

/** One key pair, whole. */
export interface SshKey {
  /** As it goes over the wire. */
  readonly blob: Buffer;
  /** The file's text. */
  readonly privateText: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicText: string;
}

/** The key that these 32 secret bytes make. Pure. */
export function ed25519Key(seed: Buffer, comment: string): SshKey {
  const point = publicPoint(createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }));
  const blob = Buffer.concat([sshString(TYPE), sshString(point)]);
  return {
    blob,
    privateText: privateText({ seed, point, blob, comment }),
    publicText: `${TYPE} ${blob.toString('base64')}`,
  };
}

/** `SHA256:…`, as OpenSSH shows keys. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function publicPoint(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-SEED);
}

interface Parts {
  readonly seed: Buffer;
  readonly point: Buffer;
  readonly blob: Buffer;
  readonly comment: string;
}

function privateText({ seed, point, blob, comment }: Parts): string {
  // It only tells whether a passphrase was right, and there is none.
  const check = uint32(0);
  const secret = [
    check,
    check,
    sshString(TYPE),
    sshString(point),
    sshString(Buffer.concat([seed, point])),
    sshString(comment),
  ];
  const length = secret.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from(Array.from({ length: (BLOCK - (length % BLOCK)) % BLOCK }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    ...['none', 'none', ''].map(sshString),
    uint32(1),
    sshString(blob),
    sshString(Buffer.concat([...secret, padding])),
  ]);
  const lines = file.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
