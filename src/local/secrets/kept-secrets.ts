import type { HoopError } from '../../core/errors.ts';
import type { Kept, SecretStore } from '../../core/secret-store.ts';
import { Secret } from '../../core/secret.ts';
import { fault } from './fault.ts';
import type { SecretFiles } from './files.ts';
import type { Keychain, KeychainReply, Unreachable } from './keychain.ts';

/** A longer secret is a mistake: a whole file or a program's log. */
const LARGEST = 64 * 1024;

/**
 * Secrets in the keychain where it takes them, else in files. While a secret is in a file, the file counts: it was written when
 * the keychain could not be, and what the keychain may hold of that name is older.
 */
export class KeptSecrets implements SecretStore {
  readonly #files: SecretFiles;
  readonly #keychain: Keychain;
  readonly #account: (name: string) => string;

  constructor(files: SecretFiles, keychain: Keychain, account: (name: string) => string) {
    this.#files = files;
    this.#keychain = keychain;
    this.#account = account;
  }

  async get(name: string): Promise<Secret | null> {
    const current = await this.#files.read(name, 'current');
    if (current !== null) return current;
    const reply = await this.#keychain.read(this.#account(name));
    if (reply.ok && reply.value !== null) return new Secret(reply.value);
    const yielding = await this.#files.read(name, 'yielding');
    if (yielding === null && !reply.ok && reply.why !== 'absent') throw unreachable(name, reply, 'read');
    return yielding;
  }

  /** A key that is none is an error even where the keychain would do: whoever named it counts on it. */
  ready(): Promise<void> {
    return this.#files.ready();
  }

  async set(name: string, value: Secret): Promise<Kept> {
    const size = Buffer.byteLength(value.reveal());
    if (size === 0) throw fault(`the secret of ${name} is empty`, 'give a value');
    if (size > LARGEST) throw fault(`the secret of ${name} is larger than 64 KiB`, 'check what was given');
    const reply = await this.#toKeychain(name, value);
    if (reply.ok) return 'keychain';
    const kept = await this.#files.write(name, value);
    await this.#files.remove(name, 'yielding');
    // What a failing write leaves in the keychain is old. A locked one would only be waited for again.
    if (reply.why === 'failing') await this.#keychain.remove(this.#account(name));
    return kept;
  }

  async remove(name: string): Promise<boolean> {
    const removed = await this.#files.purge(name);
    const reply = await this.#keychain.remove(this.#account(name));
    if (reply.ok) return removed || reply.found;
    // A keychain that is locked says so only of what it has. One that fails was of no use when the file was written.
    if (reply.why === 'absent' || (reply.why === 'failing' && removed)) return removed;
    throw unreachable(name, reply, 'removed');
  }

  /** Null when there is none. Needs no key. @throws HoopError `local.secrets` */
  async where(name: string): Promise<Kept | null> {
    const current = await this.#files.protection(name, 'current');
    if (current !== null) return current;
    const reply = await this.#keychain.read(this.#account(name));
    if (reply.ok && reply.found) return 'keychain';
    const yielding = await this.#files.protection(name, 'yielding');
    if (yielding === null && !reply.ok && reply.why !== 'absent') throw unreachable(name, reply, 'read');
    return yielding;
  }

  /** Whether the keychain answers, and why not. */
  async keychain(): Promise<'answers' | Unreachable> {
    const reply = await this.#keychain.read('hoopctl doctor');
    return reply.ok ? 'answers' : reply.why;
  }

  /**
   * Moves a secret that is in a file to the keychain in steps, after each of which the newest whole value counts:
   * the keychain's old one goes, the file counts less than the keychain, the keychain has the new one, the file goes.
   */
  async #toKeychain(name: string, value: Secret): Promise<KeychainReply> {
    const account = this.#account(name);
    if (await this.#files.exists(name)) {
      const removed = await this.#keychain.remove(account);
      if (!removed.ok) return removed;
      await this.#files.yield(name);
    }
    const written = await this.#keychain.write(account, value.reveal());
    if (written.ok) await this.#files.remove(name, 'yielding');
    return written;
  }
}

const REASONS: Readonly<Record<Exclude<Unreachable, 'absent'>, string>> = {
  locked: 'is locked, and was not unlocked',
  unanswered: 'did not answer: it may be waiting to be unlocked',
  failing: 'fails',
};

function unreachable(name: string, reply: { why: Unreachable; detail: string }, done: string): HoopError {
  const why = reply.why === 'absent' ? 'is not there' : REASONS[reply.why];
  return fault(
    `the secret of ${name} cannot be ${done}: the system keychain ${why}`,
    'unlock the keychain, and the same command again',
    new Error(reply.detail),
  );
}
