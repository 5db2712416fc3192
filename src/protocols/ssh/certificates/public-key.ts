import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Cursor } from '../../../wire/cursor.ts';
import { readString } from '../strings.ts';

/*
 * Keys and signatures on the wire:
 *
 *   RFC 8709   string "ssh-ed25519", string 32 bytes; signature: string "ssh-ed25519", string 64 bytes
 *   RFC 5656   string "ecdsa-sha2-nistp256", string "nistp256", string point; signature: string the same, string of mpint r, mpint s
 *   RFC 4253   string "ssh-rsa", mpint e, mpint n; signature (RFC 8332): string "rsa-sha2-256" or "rsa-sha2-512", string bytes
 */

/** What comes of holding a signature against a key. `sha1`: by an algorithm that can be forged. */
export type Verdict = 'good' | 'bad' | 'sha1' | 'unsupported';

interface Curve {
  readonly name: string;
  readonly jwk: string;
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly hash: string;
}

const CURVES: ReadonlyMap<string, Curve> = new Map(
  Object.entries({
    'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', size: 32, hash: 'sha256' },
    'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', size: 48, hash: 'sha384' },
    'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', size: 66, hash: 'sha512' },
  }),
);

const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
]);

/** Bits: smaller ones can be factored, larger ones take OpenSSL too long. */
const RSA_BITS = { least: 2048, most: 16_384 } as const;

/** Whether the holder of `key`, as it goes over the wire, has signed `data`. Total. */
export function verdictOn(key: Buffer, data: Buffer, signature: Buffer): Verdict {
  const type = readString(new Cursor(key)).toString('latin1');
  const cursor = new Cursor(signature);
  const algorithm = readString(cursor).toString('latin1');
  const bytes = readString(cursor);
  if (!cursor.finished) return 'bad';
  try {
    if (type === 'ssh-ed25519') return algorithm === type ? edVerdict(key, data, bytes) : 'bad';
    if (type === 'ssh-rsa') return rsaVerdict(key, data, algorithm, bytes);
    const curve = CURVES.get(type);
    if (curve === undefined) return 'unsupported';
    return algorithm === type ? ecVerdict(curve, key, data, bytes) : 'bad';
  } catch {
    // A point that is not on its curve, and the like.
    return 'bad';
  }
}

function edVerdict(key: Buffer, data: Buffer, signature: Buffer): Verdict {
  const [point] = partsOf(key, 1);
  if (point === undefined) return 'bad';
  return verdict(verify(null, data, jwk({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }), signature));
}

function ecVerdict(curve: Curve, key: Buffer, data: Buffer, signature: Buffer): Verdict {
  const [name, point] = partsOf(key, 2);
  const [r, s] = mpintsOf(signature, curve.size);
  if (point === undefined || name?.toString('latin1') !== curve.name || r === undefined || s === undefined)
    return 'bad';
  // Uncompressed, which is the only form that SSH has.
  if (point.length !== 1 + 2 * curve.size || point[0] !== UNCOMPRESSED) return 'bad';
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)].map((one) =>
    one.toString('base64url'),
  );
  const publicKey = jwk({ kty: 'EC', crv: curve.jwk, x, y });
  return verdict(verify(curve.hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.concat([r, s])));
}

const UNCOMPRESSED = 4;

function rsaVerdict(key: Buffer, data: Buffer, algorithm: string, signature: Buffer): Verdict {
  if (algorithm === 'ssh-rsa') return 'sha1';
  const hash = RSA_HASHES.get(algorithm);
  const [e, n] = partsOf(key, 2);
  if (hash === undefined || e === undefined || n === undefined) return 'bad';
  const publicKey = jwk({ kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') });
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) return 'unsupported';
  return verdict(verify(hash, data, publicKey, signature));
}

function verdict(isGood: boolean): Verdict {
  return isGood ? 'good' : 'bad';
}

function jwk(key: Record<string, string | undefined>): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

/** The strings behind the type; none of them when it is not exactly so many. */
function partsOf(key: Buffer, count: number): readonly Buffer[] {
  const cursor = new Cursor(key);
  const [, ...parts] = Array.from({ length: 1 + count }, () => readString(cursor));
  return cursor.finished ? parts : [];
}

/** Two positive numbers, each in so many bytes; none of them when there are others. */
function mpintsOf(bytes: Buffer, size: number): readonly Buffer[] {
  const cursor = new Cursor(bytes);
  const numbers = [readString(cursor), readString(cursor)].map((one) => (one[0] === 0 ? one.subarray(1) : one));
  if (!cursor.finished || numbers.some(({ length }) => length > size)) return [];
  return numbers.map((one) => Buffer.concat([Buffer.alloc(size - one.length), one]));
}
