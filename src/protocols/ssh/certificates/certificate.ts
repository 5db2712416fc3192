import { Cursor } from '../../../wire/cursor.ts';
import { decodeUtf8 } from '../../../wire/text.ts';
import { readString, sshString } from '../strings.ts';

/*
 * Certificates of OpenSSH (PROTOCOL.certkeys):
 *
 *   string  type, such as "ssh-ed25519-cert-v01@openssh.com"
 *   string  nonce
 *   …       the key that is certified, as it stands behind its type in a key alone
 *   uint64  serial
 *   uint32  use: 1 user, 2 host
 *   string  key id
 *   string  valid principals: strings
 *   uint64  valid after, uint64 valid before: seconds since the epoch
 *   string  critical options: pairs of strings, name and data, each name once and in order
 *   string  extensions: likewise
 *   string  reserved
 *   string  signature key
 *   string  signature, over all that stands before it
 */

/** What is certified, by the type of the certificate: the key's own type, and of how many strings it is made. */
const CERTIFIED: ReadonlyMap<string, { readonly type: string; readonly strings: number }> = new Map(
  Object.entries({
    'ssh-ed25519-cert-v01@openssh.com': { type: 'ssh-ed25519', strings: 1 },
    'ecdsa-sha2-nistp256-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp256', strings: 2 },
    'ecdsa-sha2-nistp384-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp384', strings: 2 },
    'ecdsa-sha2-nistp521-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp521', strings: 2 },
    'ssh-rsa-cert-v01@openssh.com': { type: 'ssh-rsa', strings: 2 },
    'sk-ssh-ed25519-cert-v01@openssh.com': { type: 'sk-ssh-ed25519@openssh.com', strings: 2 },
    'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com': { type: 'sk-ecdsa-sha2-nistp256@openssh.com', strings: 3 },
  }),
);

/** What OpenSSH takes. */
const MOST_PRINCIPALS = 256;
/** Bytes: longer ones fit into no packet that servers take. */
const LONGEST = 32 * 1024;

const USES: Readonly<Record<number, Certificate['use'] | undefined>> = { 1: 'user', 2: 'host' };

/** A certificate as it says itself: whoever signed it is another question. */
export interface Certificate {
  /** As it goes over the wire. */
  readonly blob: Buffer;
  /** `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string;
  /** The key that is certified, as it goes over the wire alone, and its type. */
  readonly key: Buffer;
  readonly keyType: string;
  readonly use: 'user' | 'host';
  readonly id: string;
  /** Whom or what the key stands for. */
  readonly principals: readonly string[];
  /** Seconds since the epoch: the first that is within, and the first that is not any more. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  /** Names of options that whoever does not know them must not pass over. */
  readonly criticalOptions: readonly string[];
  /** The key of whoever has signed it. */
  readonly authority: Buffer;
  /** What is signed, and by what. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Whether a key on the wire, of this type, would be a certificate. */
export function isCertificateType(type: string): boolean {
  return CERTIFIED.has(type);
}

/** Null for what is none, or not as the specification has it. Total. */
export function certificateOf(blob: Buffer): Certificate | null {
  if (blob.length > LONGEST) return null;
  const cursor = new Cursor(blob);
  const type = readString(cursor).toString('latin1');
  const certified = CERTIFIED.get(type);
  if (certified === undefined) return null;
  readString(cursor);
  const parts = Array.from({ length: certified.strings }, () => sshString(readString(cursor)));
  const key = Buffer.concat([sshString(certified.type), ...parts]);
  readUint64(cursor);
  const use = USES[cursor.uint32()];
  const id = decodeUtf8(readString(cursor));
  const principals = principalsOf(readString(cursor));
  const [validAfter, validBefore] = [readUint64(cursor), readUint64(cursor)];
  const [criticalOptions, extensions] = [optionNames(readString(cursor)), optionNames(readString(cursor))];
  readString(cursor);
  const authority = readString(cursor);
  const signed = blob.subarray(0, blob.length - cursor.remaining);
  const signature = readString(cursor);
  if (!cursor.finished || use === undefined || id === null || principals === null) return null;
  if (criticalOptions === null || extensions === null) return null;
  const said = { use, id, principals, validAfter, validBefore, criticalOptions };
  return { blob, type, key, keyType: certified.type, ...said, authority, signed, signature };
}

/** The key that a server proves to have: the one in a certificate, or what is shown itself. */
export function plainKeyOf(blob: Buffer): Buffer {
  return certificateOf(blob)?.key ?? blob;
}

function principalsOf(bytes: Buffer): readonly string[] | null {
  const cursor = new Cursor(bytes);
  const principals: string[] = [];
  while (cursor.remaining > 0) {
    const principal = decodeUtf8(readString(cursor));
    if (!cursor.intact || principal === null || principals.length === MOST_PRINCIPALS) return null;
    principals.push(principal);
  }
  return principals;
}

function optionNames(bytes: Buffer): readonly string[] | null {
  const cursor = new Cursor(bytes);
  const names: string[] = [];
  let last: Buffer | null = null;
  while (cursor.remaining > 0) {
    const name = readString(cursor);
    readString(cursor);
    if (!cursor.intact || (last !== null && Buffer.compare(last, name) >= 0)) return null;
    last = name;
    names.push(name.toString('latin1'));
  }
  return names;
}

function readUint64(cursor: Cursor): bigint {
  const [high, low] = [cursor.uint32(), cursor.uint32()];
  return (BigInt(high) << 32n) | BigInt(low);
}
