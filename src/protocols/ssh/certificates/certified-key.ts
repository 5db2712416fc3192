import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { Signer } from '../ssh2-login.ts';
import { sshString } from '../strings.ts';
import type { Certificate } from './certificate.ts';
import { certificateWords } from './user.ts';

/** How RSA keys sign (RFC 8332). */
const RSA = { algorithm: 'rsa-sha2-512', hash: 'sha512' } as const;

const HASHES: Readonly<Record<string, string | undefined>> = {
  'ssh-rsa': RSA.hash,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

/** How a server is told that this certificate's key signs: not with SHA-1, which the name of an RSA certificate means. */
export function algorithmOf({ type, keyType }: Certificate): string {
  return keyType === 'ssh-rsa' ? type.replace(keyType, RSA.algorithm) : type;
}

/** The holder of a certificate's private key, which is given as PEM. @throws Error when that cannot be read */
export function certifiedKey(certificate: Certificate, pem: string): Signer {
  const key = createPrivateKey(pem);
  return {
    algorithm: algorithmOf(certificate),
    blob: certificate.blob,
    words: certificateWords(certificate),
    sign: async (data) => signature(certificate.keyType, key, data),
  };
}

function signature(keyType: string, key: KeyObject, data: Buffer): Buffer {
  const bytes = sign(HASHES[keyType] ?? null, data, { key, dsaEncoding: 'ieee-p1363' });
  if (keyType === 'ssh-rsa') return Buffer.concat([sshString(RSA.algorithm), sshString(bytes)]);
  if (!keyType.startsWith('ecdsa-')) return Buffer.concat([sshString(keyType), sshString(bytes)]);
  const half = bytes.length / 2;
  const numbers = [bytes.subarray(0, half), bytes.subarray(half)].map((one) => sshString(mpint(one)));
  return Buffer.concat([sshString(keyType), sshString(Buffer.concat(numbers))]);
}

/** A positive number (RFC 4251, section 5): as short as can be, and its first bit is 0. */
function mpint(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
  return (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
}
