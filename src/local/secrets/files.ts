import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, HoopError } from '../../core/errors.ts';
import type { Kept } from '../../core/secret-store.ts';
import { Secret } from '../../core/secret.ts';
import { secretFileName } from './file-name.ts';
import { fault } from './fault.ts';
import { HOW_TO_ENCRYPT } from './key.ts';
import {
  checkPrivateDirectory,
  ensurePrivateDirectory,
  readPrivate,
  removeFile,
  syncDirectory,
  writePrivate,
} from './private-file.ts';
import { protectionOf, seal, type SealFault, unseal } from './sealed.ts';

/** Secrets are shorter; a file of this size is something else. */
const LARGEST_FILE = 128 * 1024;

/** Milliseconds after which a file that was never put in place is what a killed process left behind. */
const ABANDONED = 60_000;

/** Tokens of logins, or passwords of targets. */
export type SecretKind = 'login' | 'target';

export interface SecretFilesOptions {
  readonly state: string;
  readonly kind: SecretKind;
  /** What a file is encrypted with; null: there is no key. */
  readonly key: () => Promise<Secret | null>;
}

/**
 * Which of a secret's files is meant. `current` counts more than the keychain. `yielding` counts less: the secret is on its way
 * into the keychain, and the file is there in case it never arrives.
 */
export type Copy = 'current' | 'yielding';

/** Secrets of one kind in files of their own, `$STATE/secrets/KIND/NAME`. */
export class SecretFiles {
  readonly #options: SecretFilesOptions;
  readonly #directory: string;

  constructor(options: SecretFilesOptions) {
    this.#options = options;
    this.#directory = join(options.state, 'secrets', options.kind);
  }

  /** Null when there is none. @throws HoopError `local.secrets` */
  async read(name: string, copy: Copy): Promise<Secret | null> {
    const path = this.#path(name, copy);
    const file = await this.#bytes(path);
    if (file === null) return null;
    const opened = await unseal({ kind: this.#options.kind, name }, file, this.#options.key);
    if (opened.ok) return new Secret(opened.value);
    throw sealed(path, opened.fault, this.#options.kind);
  }

  /** How the file is protected; null when there is none. No key is needed to tell. @throws HoopError `local.secrets` */
  async protection(name: string, copy: Copy): Promise<Kept | null> {
    const path = this.#path(name, copy);
    const file = await this.#bytes(path);
    if (file === null) return null;
    const protection = protectionOf(file);
    if (protection === 'plain') return 'file';
    if (protection === 'encrypted') return 'encrypted-file';
    throw sealed(path, protection, this.#options.kind);
  }

  /** @throws HoopError `local.secrets` when a key is named that is none */
  async ready(): Promise<void> {
    await this.#options.key();
  }

  /** Puts it in place of what was there. @throws HoopError `local.secrets`, with what was there as it was */
  async write(name: string, value: Secret): Promise<Kept> {
    const { state, kind } = this.#options;
    const key = await this.#options.key();
    const bytes = await seal({ kind, name }, value, key);
    for (const path of [state, join(state, 'secrets'), this.#directory]) await ensurePrivateDirectory(path);
    await this.#attempt('written', async () => {
      await this.#sweep(name, ABANDONED);
      await writePrivate(this.#path(name, 'current'), this.#temporary(name), bytes);
    });
    return key === null ? 'file' : 'encrypted-file';
  }

  /** The current file no longer counts more than the keychain. Nothing happens when there is none. */
  async yield(name: string): Promise<void> {
    await this.#attempt('renamed', async () => {
      await rename(this.#path(name, 'current'), this.#path(name, 'yielding')).catch(missing);
      await syncDirectory(this.#directory);
    });
  }

  /** Whether there is a file at all, however it may read. @throws HoopError `local.secrets` */
  async exists(name: string): Promise<boolean> {
    if (!(await this.#present())) return false;
    const path = this.#path(name, 'current');
    return this.#attempt('found', () => lstat(path).then(() => true, missing));
  }

  /** False when there was none. @throws HoopError `local.secrets` */
  async remove(name: string, copy: Copy): Promise<boolean> {
    if (!(await this.#present())) return false;
    return this.#attempt('removed', async () => {
      const removed = await removeFile(this.#path(name, copy));
      if (removed) await syncDirectory(this.#directory);
      return removed;
    });
  }

  /** Removes all there is of it, half-written files too. False when there was nothing. @throws HoopError `local.secrets` */
  async purge(name: string): Promise<boolean> {
    const removed = [await this.remove(name, 'current'), await this.remove(name, 'yielding')];
    if (await this.#present()) await this.#attempt('removed', () => this.#sweep(name, 0));
    return removed.includes(true);
  }

  async #bytes(path: string): Promise<Buffer | null> {
    return (await this.#present()) ? readPrivate('the secret’s file', path, LARGEST_FILE) : null;
  }

  /** Whether there are any; checks that they are in nobody else's hands. */
  async #present(): Promise<boolean> {
    const { state } = this.#options;
    for (const path of [state, join(state, 'secrets'), this.#directory]) {
      if (!(await checkPrivateDirectory(path))) return false;
    }
    return true;
  }

  /** Removes what processes that were killed while they wrote have left behind. */
  async #sweep(name: string, age: number): Promise<void> {
    const prefix = `${secretFileName(name)}.`;
    for (const entry of await readdir(this.#directory)) {
      if (!entry.startsWith(prefix) || !entry.endsWith('.tmp')) continue;
      const path = join(this.#directory, entry);
      const found = await lstat(path).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs >= age) await removeFile(path);
    }
  }

  #path(name: string, copy: Copy): string {
    const path = join(this.#directory, secretFileName(name));
    return copy === 'current' ? path : `${path}.yielding`;
  }

  #temporary(name: string): string {
    return `${this.#path(name, 'current')}.${process.pid}-${crypto.randomUUID()}.tmp`;
  }

  async #attempt<T>(done: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof HoopError) throw error;
      const why = errnoOf(error) ?? 'unknown';
      throw fault(
        `a secret in ${this.#directory} cannot be ${done} (${why})`,
        'check the permissions and the space there',
        error,
      );
    }
  }
}

/** What is not there need not be found or moved. */
function missing(error: unknown): false {
  if (errnoOf(error) === 'ENOENT') return false;
  throw error;
}

/** What puts another secret in the place of one that cannot be read. */
const ANEW: Readonly<Record<SecretKind, string>> = {
  login: 'hoopctl login',
  target: 'hoopctl targets secret set TARGET',
};

function sealed(path: string, reason: SealFault, kind: SecretKind): HoopError {
  const anew = `keep it anew: ${ANEW[kind]}`;
  switch (reason) {
    case 'key-needed':
      return fault(`the secret in ${path} is encrypted, and there is no key`, HOW_TO_ENCRYPT);
    case 'key-wrong':
      return fault(`the secret in ${path} is encrypted with another key`, `give the key it was kept with, or ${anew}`);
    case 'version':
      return fault(`the secret in ${path} was kept by a newer hoopctl`, `update hoopctl, or ${anew}`);
    case 'damaged':
      return fault(`the secret in ${path} is damaged, or another’s`, anew);
  }
}
