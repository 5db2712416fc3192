import { timingSafeEqual } from 'node:crypto';
import type { AuthContext, Connection, ParsedKey, PublicKeyAuthContext } from 'ssh2';
import { utils } from './library.ts';
import { ATTEMPTS } from './limits.ts';
import type { SshKey } from './openssh-key.ts';

const METHOD = 'publickey';
const ALGORITHM = 'ssh-ed25519';

/**
 * Who is let in: whoever signs with the session's own key, under the door's user name, and nobody else. Asking whether
 * a key would do (an offer without a signature) is answered, and changes nothing: the next attempt is looked at as if
 * it were the first.
 */
export class Admission {
  readonly #user: string;
  readonly #blob: Buffer;
  readonly #key: ParsedKey;
  #attempts = 0;

  constructor(user: string, key: SshKey) {
    this.#user = user;
    this.#blob = key.blob;
    this.#key = parsed(key.publicText);
  }

  /** Answers one attempt. `ready` of the connection follows when it was let in. */
  answer(context: AuthContext, connection: Pick<Connection, 'end'>): void {
    if (context.method === METHOD && this.#isOurs(context)) {
      // Answers an offer by saying that this key would do, and lets nobody in.
      if (context.signature === undefined || this.#isProven(context)) return context.accept();
    }
    // `none` only asks for the methods that there are.
    if (context.method !== 'none') this.#attempts += 1;
    if (this.#attempts < ATTEMPTS) context.reject([METHOD]);
    else connection.end();
  }

  #isOurs({ key, username }: PublicKeyAuthContext): boolean {
    if (key.algo !== ALGORITHM || username !== this.#user) return false;
    return key.data.length === this.#blob.length && timingSafeEqual(key.data, this.#blob);
  }

  /** With the key that is known here, not with the one that came along. */
  #isProven({ blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
    return blob !== undefined && signature !== undefined && this.#key.verify(blob, signature, hashAlgo) === true;
  }
}

function parsed(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}
