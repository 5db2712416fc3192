import type { Secret } from './secret.ts';

/** Where a secret is kept: in the system's keychain, or in a 0600 file, encrypted where there is a key for it. */
export type Kept = 'keychain' | 'encrypted-file' | 'file';

/** Secrets of one kind, by name: tokens of logins, or credentials of targets. */
export interface SecretStore {
  /** Null when there is none. @throws HoopError `local.secrets` when a place cannot be read */
  get(name: string): Promise<Secret | null>;
  /** Finds out, before something is got that could not be kept, that what keeps it is as it should be. @throws HoopError `local.secrets` */
  ready(): Promise<void>;
  /** Keeps it, in place of what was there, and says where. @throws HoopError `local.secrets` */
  set(name: string, value: Secret): Promise<Kept>;
  /** Removes it from wherever it is; false when there was none. @throws HoopError `local.secrets` */
  remove(name: string): Promise<boolean>;
}

/** Where a secret is kept, in words. */
export function keptLabel(kept: Kept): string {
  switch (kept) {
    case 'keychain':
      return 'the system keychain';
    case 'encrypted-file':
      return 'an encrypted file';
    case 'file':
      return 'a file that is not encrypted';
  }
}
