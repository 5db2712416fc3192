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

/** With these nothing can be cut out of the beginning of a connection, whether or not the other side keeps to the strict exchange. */
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'] as const;
const MACS = ['hmac-sha2-256', 'hmac-sha2-512'] as const;

/** With these only where it does: what a server may have alone. */
const STRICT_CIPHERS = ['chacha20-poly1305@openssh.com'] as const;
const STRICT_MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'] as const;

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

/** What the algorithms of certified keys end with (PROTOCOL.certkeys of OpenSSH). */
export const CERTIFIED = '-cert-v01@openssh.com';

/** The same with certificates of these keys. */
export const HOST_CERTIFICATES = HOST_KEYS.map((algorithm) => `${algorithm}${CERTIFIED}` as const);

export type OfferedHostKey = HostKeyAlgorithm | (typeof HOST_CERTIFICATES)[number];

/** What a server is offered. `hostKeys`: those of its keys that can be verified. */
export function algorithms(hostKeys: readonly OfferedHostKey[]): Algorithms {
  // ssh2's types know nothing of certificates.
  const serverHostKey = [...hostKeys] as HostKeyAlgorithm[];
  const [cipher, hmac] = [
    [...CIPHERS, ...STRICT_CIPHERS],
    [...MACS, ...STRICT_MACS],
  ];
  return { kex: KEX, cipher, hmac, compress: ['none'], serverHostKey };
}

/**
 * What clients are offered. What a client likes best is taken, before anybody knows whether it keeps to the strict exchange; and every
 * client has one of these.
 */
export const DOOR_ALGORITHMS: Algorithms = {
  kex: KEX,
  cipher: [...CIPHERS],
  hmac: [...MACS],
  compress: ['none'],
  serverHostKey: ['ssh-ed25519'],
};

/** The type of the key that is signed with so: one RSA key is signed with in several ways. */
export function keyTypeOf(algorithm: HostKeyAlgorithm): string {
  return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;
}

/**
 * Whether messages could be cut out of the beginning of a connection unnoticed (Terrapin, CVE-2023-48795): with these
 * ciphers and MACs, unless both sides keep to the strict key exchange.
 */
export function isPrefixOpen({ cs, sc }: NegotiatedAlgorithms, isStrict: boolean): boolean {
  return !isStrict && [cs, sc].some(({ cipher, mac }) => cipher.startsWith('chacha20') || mac.includes('-etm'));
}
