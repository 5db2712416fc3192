import { HoopError } from '../../core/errors.ts';
import type { SshAccess } from '../../core/target.ts';
import { HOST_KEYS, type HostKeyAlgorithm } from './algorithms.ts';
import { keysFor, type KnownKey, nameIn, type Place, typeOf } from './known-hosts.ts';
import { fingerprintOf } from './openssh-key.ts';

/** What a server is known by. */
export interface KnownServer {
  /**
   * Algorithms that may be asked of it, to be tried one set after the other: a server that has several keys shows the one
   * it is asked for, and only some may be known.
   */
  readonly attempts: readonly (readonly HostKeyAlgorithm[])[];
  /** Null when the key is the server's, or why it is not taken for that: HoopError `ssh.host-key`. */
  verify(blob: Buffer): HoopError | null;
}

/** @throws HoopError `ssh.host-key` when what is known cannot be used */
export function knownServer(access: SshAccess['hostKeys'], place: Place): KnownServer {
  return access.kind === 'pinned' ? pinned(access.fingerprints, place) : written(access, place);
}

function pinned(fingerprints: readonly string[], place: Place): KnownServer {
  return {
    attempts: [KINDS.ed25519, KINDS.ecdsa, KINDS.rsa],
    verify: (blob) => {
      const seen = fingerprintOf(blob);
      return fingerprints.includes(seen) ? null : changed(place, fingerprints, shown(blob));
    },
  };
}

function written({ path, text }: Extract<SshAccess['hostKeys'], { kind: 'known-hosts' }>, place: Place): KnownServer {
  const keys = keysFor(text, place);
  const trusted = keys.filter(({ kind }) => kind === 'trusted');
  const algorithms = HOST_KEYS.filter((algorithm) => trusted.some(({ type }) => type === keyTypeOf(algorithm)));
  return {
    // Of a server that is not known any key will do: it is shown, and not trusted.
    attempts: [algorithms.length === 0 ? HOST_KEYS : algorithms],
    verify: (blob) => {
      const same = ({ blob: known }: KnownKey): boolean => known.equals(blob);
      if (keys.some((key) => key.kind === 'revoked' && same(key))) return revoked(place, blob, path);
      if (trusted.length === 0) return unknown(place, blob, path);
      if (trusted.some(same)) return null;
      return changed(
        place,
        trusted.map(({ blob: known }) => shown(known)),
        shown(blob),
      );
    },
  };
}

const KINDS = {
  ed25519: ['ssh-ed25519'],
  ecdsa: ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  rsa: ['rsa-sha2-512', 'rsa-sha2-256'],
} as const satisfies Record<string, readonly HostKeyAlgorithm[]>;

/** One RSA key is signed with in several ways. */
function keyTypeOf(algorithm: HostKeyAlgorithm): string {
  return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;
}

function shown(blob: Buffer): string {
  return `${fingerprintOf(blob)} (${typeOf(blob) ?? 'unknown'})`;
}

function changed(place: Place, expected: readonly string[], seen: string): HoopError {
  return new HoopError(
    'ssh.host-key',
    `the host key of ${nameIn(place)} is not the one that is known: expected ${expected.join(' or ')}, seen ${seen}. Somebody may be in between; nothing was sent`,
    { hint: 'ask whoever runs the server whether its key has changed, and only then write the new one down' },
  );
}

function revoked(place: Place, blob: Buffer, path: string): HoopError {
  return new HoopError(
    'ssh.host-key',
    `the host key of ${nameIn(place)}, ${shown(blob)}, is marked as revoked in ${path}: nothing was sent`,
    { hint: 'have the server given a new key, and write that one down' },
  );
}

function unknown(place: Place, blob: Buffer, path: string): HoopError {
  const line = `${nameIn(place)} ${typeOf(blob) ?? ''} ${blob.toString('base64')}`;
  return new HoopError(
    'ssh.host-key',
    `the host key of ${nameIn(place)} is not known: ${shown(blob)}. Nothing was sent`,
    {
      hint: `ssh-keyscan -p ${place.port} ${place.host}, compare the fingerprint with what whoever runs the server says, and add to ${path}: ${line}`,
    },
  );
}
