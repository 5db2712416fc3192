import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { Profile, Profiles } from '../core/profile.ts';
import type { TokenSet } from '../core/provider.ts';
import { keptLabel, type SecretStore } from '../core/secret-store.ts';
import { lockFile } from './file-lock.ts';
import { loginCommand } from './login-command.ts';
import { readPrivateFile, UnfitFile, writePrivateFile } from './private-file.ts';
import { MalformedProfile, parseProfile, profileText } from './profile-text.ts';
import { parseTokens, tokenText } from './token-text.ts';

/** Names are those of files, and of entries in keychains: the same on every system. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** Bytes of a file: a person in thousands of groups. */
const LARGEST_FILE = 1024 * 1024;
/** Milliseconds to wait for another process that renews, logs in or logs out. */
const PATIENCE = 10_000;

export interface ProfilesOptions {
  /** The state directory: profiles are in `profiles/NAME.json` below it. */
  readonly state: string;
  readonly secrets: SecretStore;
}

/** The logins of this user on this machine, in files without tokens. Nothing is read or made before it is needed. */
export function openProfiles({ state, secrets }: ProfilesOptions): Profiles {
  return new FiledProfiles(join(state, 'profiles'), secrets);
}

class FiledProfiles implements Profiles {
  readonly #directory: string;
  readonly #secrets: SecretStore;

  constructor(directory: string, secrets: SecretStore) {
    this.#directory = directory;
    this.#secrets = secrets;
  }

  async list(): Promise<readonly Profile[]> {
    const names = (await this.#files()).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
    const profiles = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => this.read(name)));
    return profiles.filter((profile) => profile !== null).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async #files(): Promise<readonly string[]> {
    try {
      return await readdir(this.#directory);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw unusable(this.#directory, `cannot be read (${errnoOf(error) ?? 'unknown'})`, error);
    }
  }

  async read(name: string): Promise<Profile | null> {
    const path = this.#path(name, 'json');
    try {
      const text = await readPrivateFile(path, LARGEST_FILE);
      return text === null ? null : parseProfile(name, text);
    } catch (error) {
      if (error instanceof UnfitFile || error instanceof MalformedProfile) throw unusable(path, error.message, error);
      throw error;
    }
  }

  async tokens({ name, kept }: Profile): Promise<TokenSet> {
    const text = await this.#secrets.get(name);
    if (text === null) throw gone(name, 'are gone');
    const tokens = parseTokens(text);
    if (tokens === null) throw gone(name, `in ${keptLabel(kept)} are damaged`);
    return tokens;
  }

  ready(): Promise<void> {
    return this.#secrets.ready();
  }

  async keep(profile: Omit<Profile, 'kept' | 'spent'>, tokens: TokenSet): Promise<Profile> {
    // Before anything is kept under a name that is none.
    this.#path(profile.name, 'json');
    const kept = await this.#secrets.set(profile.name, tokenText(tokens));
    const whole: Profile = { ...profile, kept, spent: false };
    await this.note(whole);
    return whole;
  }

  async note(profile: Profile): Promise<void> {
    const path = this.#path(profile.name, 'json');
    try {
      await writePrivateFile(path, profileText(profile));
    } catch (error) {
      if (error instanceof UnfitFile) throw unusable(path, error.message, error);
      throw error;
    }
  }

  async forget(name: string): Promise<boolean> {
    const path = this.#path(name, 'json');
    // Who reads it in between finds a login without tokens, which is none.
    const tokens = await this.#secrets.remove(name);
    try {
      await rm(path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return tokens;
      throw unusable(path, `cannot be removed (${errnoOf(error) ?? 'unknown'})`, error);
    }
  }

  async exclusively<T>(name: string, act: () => Promise<T>): Promise<T> {
    using lock = await this.#lock(this.#path(name, 'lock'));
    if (lock !== null) return await act();
    throw new HoopError('identity.login', `another hoopctl has been busy with the login "${name}" for ten seconds`, {
      hint: 'the same command again',
    });
  }

  async #lock(path: string): Promise<Disposable | null> {
    try {
      return await lockFile(path, PATIENCE);
    } catch (error) {
      if (error instanceof UnfitFile) throw unusable(path, error.message, error);
      throw error;
    }
  }

  #path(name: string, ending: 'json' | 'lock'): string {
    if (NAME.test(name)) return join(this.#directory, `${name}.${ending}`);
    throw new HoopError('identity.login', `${JSON.stringify(name)} is no name for a profile`, {
      hint: 'a name of up to 32 letters a-z, digits and hyphens',
    });
  }
}

function unusable(path: string, why: string, cause: unknown): HoopError {
  return new HoopError('identity.login', `the login in ${path} cannot be used: it ${why}`, {
    cause,
    hint: `hoopctl login, after you have moved ${path} away`,
  });
}

function gone(name: string, why: string): HoopError {
  return new HoopError('identity.login', `the tokens of the login "${name}" ${why}`, { hint: loginCommand(name) });
}
