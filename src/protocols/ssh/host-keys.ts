import { HoopError } from '../../core/errors.ts';
import type { SshAccess } from '../../core/target.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { HOST_CERTIFICATES, HOST_KEYS, type HostKeyAlgorithm, keyTypeOf, type OfferedHostKey } from './algorithms.ts';
import { isCertificateType } from './certificates/certificate.ts';
import { type Authorities, hostFault } from './certificates/host.ts';
import { keysFor, type KnownKey, nameIn, type Place, typeOf } from './known-hosts.ts';
import { fingerprintOf } from './openssh-key.ts';

/** What a server is known by. */
export interface KnownServer {
  /**
   * Algorithms that may be asked of it, to be tried one set after the other: a server that has several keys shows the one
   * it is asked for, and only some may be known.
   */
  readonly attempts: readonly (readonly OfferedHostKey[])[];
  /**
   * Null when the key, or the certificate, is the server's, or why it is not taken for that: HoopError `ssh.host-key`. What
   * was good once stays so: a connection does not end when a certificate runs out.
   */
  verify(blob: Buffer): HoopError | null;
}

/** For one connection. @throws HoopError `ssh.host-key` when what is known cannot be used */
export function knownServer(
  access: SshAccess['hostKeys'],
  place: Place,
  clock: Pick<Clock, 'now'> = systemClock,
): KnownServer {
  const known = access.kind === 'pinned' ? pinned(access, place) : written(access, place);
  let accepted: Buffer | null = null;
  const verify = (blob: Buffer): HoopError | null => {
    const isCertificate = isCertificateType(typeOf(blob) ?? '');
    return isCertificate ? hostFault(blob, place, known.authorities, clock.now()) : known.verify(blob);
  };
  return {
    attempts: known.attempts,
    verify: (blob) => {
      if (accepted?.equals(blob) === true) return null;
      const error = verify(blob);
      if (error === null) accepted = Buffer.from(blob);
      return error;
    },
  };
}

/** `verify`: of keys alone. */
interface Known extends KnownServer {
  readonly authorities: Authorities;
}

function pinned(
  { fingerprints, authorities }: Extract<SshAccess['hostKeys'], { kind: 'pinned' }>,
  place: Place,
): Known {
  const kinds = [KINDS.ed25519, KINDS.ecdsa, KINDS.rsa];
  return {
    attempts: authorities.length === 0 ? kinds : fingerprints.length === 0 ? [ANY] : [HOST_CERTIFICATES, ...kinds],
    authorities: {
      where: 'host_ca',
      trusts: (key) => authorities.includes(fingerprintOf(key)),
      isRevoked: () => false,
    },
    verify: (blob) => {
      const seen = fingerprintOf(blob);
      if (fingerprints.length === 0) return uncertified(place, shown(blob), 'host_ca');
      return fingerprints.includes(seen) ? null : changed(place, fingerprints, shown(blob));
    },
  };
}

function written({ path, text }: Extract<SshAccess['hostKeys'], { kind: 'known-hosts' }>, place: Place): Known {
  const keys = keysFor(text, place);
  const of = (kind: KnownKey['kind']): readonly KnownKey[] => keys.filter((key) => key.kind === kind);
  const [trusted, revokedKeys, vouching] = [of('trusted'), of('revoked'), of('authority')];
  const isOneOf = (some: readonly KnownKey[], blob: Buffer): boolean => some.some((key) => key.blob.equals(blob));
  const algorithms = HOST_KEYS.filter((algorithm) => trusted.some(({ type }) => type === keyTypeOf(algorithm)));
  return {
    attempts: vouching.length === 0 ? [algorithms.length === 0 ? HOST_KEYS : algorithms] : certifiedOr(algorithms),
    authorities: {
      where: path,
      trusts: (key) => isOneOf(vouching, key),
      isRevoked: (key) => isOneOf(revokedKeys, key),
    },
    verify: (blob) => {
      if (isOneOf(revokedKeys, blob)) return revoked(place, blob, path);
      if (isOneOf(trusted, blob)) return null;
      if (trusted.length > 0) {
        const expected = trusted.map(({ blob: known }) => shown(known));
        return changed(place, expected, shown(blob));
      }
      return vouching.length > 0 ? uncertified(place, shown(blob), path) : unknown(place, blob, path);
    },
  };
}

/** Certificates or any key: where nothing else is known, a key is shown, and not trusted. */
const ANY: readonly OfferedHostKey[] = [...HOST_CERTIFICATES, ...HOST_KEYS];

/** Keys that are known still count where a certificate is not good. */
function certifiedOr(known: readonly HostKeyAlgorithm[]): KnownServer['attempts'] {
  return known.length === 0 ? [ANY] : [[...HOST_CERTIFICATES, ...known], known];
}

const KINDS = {
  ed25519: ['ssh-ed25519'],
  ecdsa: ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  rsa: ['rsa-sha2-512', 'rsa-sha2-256'],
} as const satisfies Record<string, readonly HostKeyAlgorithm[]>;

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

function uncertified(place: Place, seen: string, where: string): HoopError {
  return new HoopError(
    'ssh.host-key',
    `${nameIn(place)} shows no certificate, only the key ${seen}, and ${where} names no key of it but an authority. Nothing was sent`,
    {
      hint: `have its key signed for ${place.host.toLowerCase()}, with HostCertificate in its sshd_config; or write down its key`,
    },
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
