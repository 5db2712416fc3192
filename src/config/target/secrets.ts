import type { SecretReference } from '../reference.ts';
import type { PostgresTarget } from './postgres.ts';
import type { SshTarget } from './ssh.ts';

/** The keys of a target that say where a secret is. */
export const SECRET_KEYS = ['password', 'key', 'passphrase', 'certificate'] as const;

export type SecretKey = (typeof SECRET_KEYS)[number];

export interface TargetSecret {
  readonly key: SecretKey;
  readonly reference: SecretReference;
}

/** Where a target's secrets are kept, password first. */
export function secretsOf(target: PostgresTarget | SshTarget): readonly TargetSecret[] {
  const keyed: Readonly<Record<SecretKey, SecretReference | null>> = {
    password: target.password,
    key: target.protocol === 'ssh' ? target.key : null,
    passphrase: target.protocol === 'ssh' ? target.passphrase : null,
    certificate: target.protocol === 'ssh' ? target.certificate : null,
  };
  return SECRET_KEYS.flatMap((key) => (keyed[key] === null ? [] : [{ key, reference: keyed[key] }]));
}
