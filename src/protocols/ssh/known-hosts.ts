import { createHmac, timingSafeEqual } from 'node:crypto';
import { HoopError } from '../../core/errors.ts';
import { matchesPattern } from './patterns.ts';

/*
 * OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): lines of
 *   [@marker] names type key [comment]
 * `names` are patterns with `*`, `?` and `!`, separated by commas, or one that is hashed: `|1|salt|HMAC-SHA1`, base64.
 * A port other than 22 belongs to the name: `[host]:port`.
 */

export interface KnownKey {
  /** `authority`: it vouches for servers, and is the key of none. */
  readonly kind: 'trusted' | 'revoked' | 'authority';
  readonly type: string;
  /** As it goes over the wire. */
  readonly blob: Buffer;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 22;

/** How known_hosts names a server. */
export function nameIn({ host, port }: Place): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/**
 * The keys that are written down for a server. Lines that OpenSSH would not understand either are passed over: what they
 * were to say is not known.
 * @throws HoopError `ssh.host-key` for a marker that is not understood: it may take something back
 */
export function keysFor(text: string, place: Place): readonly KnownKey[] {
  const name = nameIn(place);
  const keys: KnownKey[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim().split(/[ \t]+/);
    const [first = ''] = words;
    if (first === '' || first.startsWith('#')) continue;
    const marker = first.startsWith('@') ? first : null;
    const [names, type, key] = marker === null ? words : words.slice(1);
    if (names === undefined) continue;
    // As OpenSSH has it: certificates are for hosts, not for ports of theirs, and what is taken back is so at any of them.
    if (!matches(names, name) && (marker === null || !matches(names, place.host.toLowerCase()))) continue;
    const kind = marker === null ? 'trusted' : MARKERS[marker];
    if (kind === undefined) throw unsupported(first, name, index + 1);
    const blob = type === undefined || key === undefined ? null : keyBlob(type, key);
    if (blob !== null) keys.push({ kind, ...blob });
    else if (kind === 'revoked') throw unreadable(first, index + 1);
  }
  return keys;
}

const MARKERS: Readonly<Record<string, KnownKey['kind'] | undefined>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'authority',
};

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHashed(names, name);
  let found = false;
  for (const pattern of names.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else found ||= matchesPattern(pattern, name);
  }
  return found;
}

function matchesHashed(hashed: string, name: string): boolean {
  const [empty, version, salt, digest] = hashed.split('|');
  if (empty !== '' || version !== '1' || salt === undefined || digest === undefined) return false;
  const expected = Buffer.from(digest, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Null unless the key says itself that it is of this type. */
function keyBlob(type: string, key: string): Pick<KnownKey, 'type' | 'blob'> | null {
  const blob = Buffer.from(key, 'base64');
  return typeOf(blob) === type ? { type, blob } : null;
}

/** What a key on the wire says of itself; null when it is none. */
export function typeOf(blob: Buffer): string | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  return length > blob.length - 4 ? null : blob.toString('latin1', 4, 4 + length);
}

function unsupported(marker: string, name: string, line: number): HoopError {
  const what = `the marker ${marker} is not known`;
  return new HoopError('ssh.host-key', `line ${line} of the known_hosts file: ${what}`, {
    hint: `write the key of ${name} itself into that file, and take that line out`,
  });
}

const unreadable = (marker: string, line: number): HoopError =>
  new HoopError('ssh.host-key', `line ${line} of the known_hosts file has ${marker}, and no key that can be read`, {
    hint: 'repair that line: what it takes back is not known',
  });
