import { HoopError } from '../../../core/errors.ts';
import { nameIn, type Place } from '../known-hosts.ts';
import { fingerprintOf } from '../openssh-key.ts';
import { matchesPattern } from '../patterns.ts';
import { type Certificate, certificateOf } from './certificate.ts';
import { verdictOn } from './public-key.ts';
import { invalidityWords, nameWords, principalWords } from './words.ts';

/** Who may vouch for a server. Keys as they go over the wire. */
export interface Authorities {
  /** What people call the place where they are named: `host_ca`, or a file. */
  readonly where: string;
  trusts(key: Buffer): boolean;
  isRevoked(key: Buffer): boolean;
}

interface Fault {
  readonly words: string;
  readonly hint: string;
}

/**
 * Why a certificate that a server has shown does not make it the one that was asked for; null when it does. Whoever has
 * shown it must still prove that the key in it is theirs. `now`: milliseconds since the epoch.
 */
export function hostFault(blob: Buffer, place: Place, authorities: Authorities, now: number): HoopError | null {
  const certificate = certificateOf(blob);
  const fault = certificate === null ? UNREADABLE : faultOf(certificate, place, authorities, now);
  if (fault === null) return null;
  const { words, hint } = fault;
  return new HoopError('ssh.host-key', `the certificate that ${nameIn(place)} shows ${words}. Nothing was sent`, {
    hint,
  });
}

const UNREADABLE: Fault = {
  words: 'is not written as certificates of OpenSSH are',
  hint: 'look at it on the server: ssh-keygen -L -f /etc/ssh/ssh_host_ed25519_key-cert.pub',
};

function faultOf(certificate: Certificate, place: Place, authorities: Authorities, now: number): Fault | null {
  const { key, authority } = certificate;
  if (authorities.isRevoked(key) || authorities.isRevoked(authority)) return revoked(certificate, authorities);
  if (!authorities.trusts(authority)) return stranger(certificate, authorities);
  // Before this, nothing that it says is worth telling.
  return signatureFault(certificate) ?? contentFault(certificate, place, now);
}

function revoked({ key, authority }: Certificate, authorities: Authorities): Fault {
  const isKey = authorities.isRevoked(key);
  const what = isKey ? `is for the key ${fingerprintOf(key)}` : `is signed by ${fingerprintOf(authority)}`;
  return {
    words: `${what}, which is marked as revoked in ${authorities.where}`,
    hint: 'have the server given a new key and certificate',
  };
}

function stranger({ authority }: Certificate, { where }: Authorities): Fault {
  return {
    words: `is signed by ${fingerprintOf(authority)}, an authority that ${where} does not name. Somebody may be in between`,
    hint: 'compare that fingerprint with what whoever runs the authority says, and only then name it',
  };
}

function signatureFault({ authority, signed, signature }: Certificate): Fault | null {
  const by = fingerprintOf(authority);
  switch (verdictOn(authority, signed, signature)) {
    case 'good':
      return null;
    case 'bad':
      return {
        words: `is not what ${by} has signed. Somebody may be in between`,
        hint: 'have the server’s key signed again',
      };
    case 'sha1':
      return {
        words: `is signed by ${by} with SHA-1, which can be forged`,
        hint: 'have the server’s key signed again: ssh-keygen -s CA -t rsa-sha2-512 -h …',
      };
    case 'unsupported':
      return {
        words: `is signed by ${by}, whose kind of key hoopctl does not take for an authority`,
        hint: 'use an authority with an Ed25519, ECDSA or RSA key (2048 bits or more)',
      };
  }
}

function contentFault(certificate: Certificate, place: Place, now: number): Fault | null {
  const { use, id, principals, criticalOptions } = certificate;
  const name = place.host.toLowerCase();
  const signing = `have the server’s key signed for this name: ssh-keygen -s CA -h -I ID -n ${name} KEY.pub`;
  const called = `("${nameWords(id)}")`;
  if (use !== 'host') return { words: `${called} is one for users, not for hosts`, hint: signing };
  const [option] = criticalOptions;
  if (option !== undefined) {
    return { words: `${called} has the option ${nameWords(option)}, which hoopctl does not know`, hint: signing };
  }
  // It would stand for any server at all.
  if (principals.length === 0) return { words: `${called} names no host that it is for`, hint: signing };
  if (!principals.some((pattern) => matchesPattern(pattern, name))) {
    return {
      words: `${called} is for ${principalWords(certificate)}, not for ${name}`,
      hint: `${signing}. Or write an address that it is for`,
    };
  }
  const invalidity = invalidityWords(certificate, now);
  if (invalidity === null) return null;
  return {
    words: `${called} ${invalidity}, by the clock of this machine`,
    hint: 'have whoever runs the server renew it: ssh-keygen -s CA -h …, and reload sshd',
  };
}
