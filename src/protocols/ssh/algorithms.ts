import type { Algorithms, NegotiatedAlgorithms } from 'ssh2';

/** No SHA-1, no CBC, no groups below 2048 bits; what costs least comes first. */
export const KEX: Exclude<Algorithms['kex'], undefined> = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
];

const CIPHERS: Exclude<Algorithms['cipher'], undefined> = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes256-ctr',
  'aes192-ctr',
  'aes128-ctr',
];

const MACS: Exclude<Algorithms['hmac'], undefined> = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** Host keys that hoopctl takes of a server, and how each is signed with, best first. */
export const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export type HostKeyAlgorithm = (typeof HOST_KEYS)[number];

/** What is offered on either side. `hostKeys`: the server's that can be verified. */
export function algorithms(hostKeys: readonly HostKeyAlgorithm[]): Algorithms {
  return { kex: KEX, cipher: CIPHERS, hmac: MACS, compress: ['none'], serverHostKey: [...hostKeys] };
}

/**
 * Whether messages could be cut out of the beginning of a connection unnoticed (Terrapin, CVE-2023-48795): with these
 * ciphers and MACs, unless both sides keep to the strict key exchange.
 */
export function isPrefixOpen({ cs, sc }: NegotiatedAlgorithms, isStrict: boolean): boolean {
  return !isStrict && [cs, sc].some(({ cipher, mac }) => cipher.startsWith('chacha20') || mac.includes('-etm'));
}
