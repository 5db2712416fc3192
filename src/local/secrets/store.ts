import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { SecretFiles, type SecretKind } from './files.ts';
import { KeptSecrets } from './kept-secrets.ts';
import { encryptionKey } from './key.ts';
import { openKeychain } from './keychain.ts';

export interface SecretStoreOptions {
  readonly kind: SecretKind;
  /** Of hoopctl: see config/paths.ts. */
  readonly state: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Milliseconds that the keychain may take, for a person to unlock it; a minute when left out. */
  readonly deadline?: number;
  /** Is told once that the keychain takes its time: somebody may have to unlock it. */
  readonly waiting?: ((message: string) => void) | undefined;
}

/** A name of its own for each kind: no configuration can take the tokens of a login for a password. */
const SERVICES: Readonly<Record<SecretKind, string>> = { login: 'hoopctl-login', target: 'hoopctl' };

const DEADLINE = 60_000;
const WAITING = 'waiting for the system keychain: it may have to be unlocked';

/**
 * The secrets of this user on this machine: in the system's keychain where it can be reached, else in files,
 * encrypted where there is a key.
 */
export function openSecretStore(options: SecretStoreOptions): KeptSecrets {
  const { kind, state, env, home, deadline = DEADLINE, waiting } = options;
  const files = new SecretFiles({ state, kind, key: () => encryptionKey(env, home) });
  const keychain = openKeychain({ service: SERVICES[kind], env, deadline, waiting: () => waiting?.(WAITING) });
  return new KeptSecrets(files, keychain, (name) => accountOf(kind, state, name));
}

/** Targets' passwords are everybody's to put there. Tokens belong to what the state directory says of the login. */
function accountOf(kind: SecretKind, state: string, name: string): string {
  return kind === 'target' ? name : `${name}@${hash('sha256', resolve(state), 'hex').slice(0, 12)}`;
}
