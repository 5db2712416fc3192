import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { HoopError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';

/* SCRAM-SHA-256 without channel binding: RFC 5802 and RFC 7677. */

export const MECHANISM = 'SCRAM-SHA-256';

const derive = promisify(pbkdf2);
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

/** SASLprep (RFC 4013) as far as it changes passwords in practice: compatibility composition. */
function prepared(password: Secret): string {
  return password.reveal().normalize('NFKC');
}

interface SaltedPassword {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly key: Buffer;
}

/** What was last made of a password: a server asks for the same at every login, and it takes longer than all the rest. */
const SALTED = new WeakMap<Secret, SaltedPassword>();

async function salted(password: Secret, salt: Buffer, iterations: number): Promise<Buffer> {
  const known = SALTED.get(password);
  if (known !== undefined && known.iterations === iterations && known.salt.equals(salt)) return known.key;
  const key = await derive(prepared(password), salt, iterations, 32, 'sha256');
  SALTED.set(password, { salt, iterations, key });
  return key;
}

/** The attributes of a SCRAM message, by their letter; null when one is malformed or comes twice. */
function attributes(message: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  for (const part of message.split(',')) {
    const name = part[0];
    if (name === undefined || part[1] !== '=' || found.has(name)) return null;
    found.set(name, part.slice(2));
  }
  return found;
}

/** Base64 without leniency: what does not encode back to itself is none. */
function decodeBase64(text: string | undefined): Buffer | null {
  if (text === undefined || text === '') return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

const refused = (message: string): HoopError =>
  new HoopError('postgres.login', message, { hint: 'Check that the address is that of your database server.' });

/** The client's side of one exchange. */
export class ScramClient {
  readonly #password: Secret;
  readonly #mostIterations: number;
  readonly #nonce = randomBytes(18).toString('base64');
  #serverSignature: Buffer | null = null;

  constructor(password: Secret, mostIterations: number) {
    this.#password = password;
    this.#mostIterations = mostIterations;
  }

  /** client-first-message; PostgreSQL takes the user's name from the start-up packet. */
  first(): string {
    return `n,,${this.#firstBare()}`;
  }

  #firstBare(): string {
    return `n=,r=${this.#nonce}`;
  }

  /**
   * client-final-message for this server-first-message.
   * @throws HoopError `postgres.login` when the server's message makes no sense or asks for absurd work
   */
  async final(serverFirst: string): Promise<string> {
    const found = attributes(serverFirst);
    const nonce = found?.get('r') ?? '';
    const salt = decodeBase64(found?.get('s'));
    const iterations = Number(found?.get('i') ?? Number.NaN);
    if (found === null || found.has('m') || salt === null || !/^[1-9]\d*$/.test(found.get('i') ?? '')) {
      throw refused('the server’s SCRAM challenge is malformed');
    }
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw refused('the server answered another SCRAM exchange than ours');
    }
    if (iterations > this.#mostIterations) {
      throw new HoopError('postgres.login', `the server asks for more than ${this.#mostIterations} SCRAM iterations`, {
        hint: 'If it is your database server, raise limits.scram_iterations of the target.',
      });
    }
    const password = await salted(this.#password, salt, iterations);
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.#firstBare()},${serverFirst},${withoutProof}`;
    const clientKey = hmac(password, 'Client Key');
    const proof = xor(clientKey, hmac(hash(clientKey), message));
    this.#serverSignature = hmac(hmac(password, 'Server Key'), message);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /**
   * Checks the server-final-message: the server knows the password too.
   * @throws HoopError `postgres.login` when it does not prove that
   */
  verify(serverFinal: string): void {
    const signature = decodeBase64(attributes(serverFinal)?.get('v'));
    const expected = this.#serverSignature;
    if (signature === null || expected === null || signature.length !== expected.length) {
      throw refused('the server did not prove that it knows the password');
    }
    if (!timingSafeEqual(signature, expected)) throw refused('the server did not prove that it knows the password');
  }
}

/** What a server keeps of a password. */
export interface ScramVerifier {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/**
 * The door's secret is random and as strong as the hash itself: iterations protect weak passwords, and would only slow
 * down every connection here. 4,096 is the least that RFC 7677 lets a client accept.
 */
const DOOR_ITERATIONS = 4096;

export async function scramVerifier(password: Secret): Promise<ScramVerifier> {
  const salt = randomBytes(16);
  const key = await salted(password, salt, DOOR_ITERATIONS);
  return {
    salt,
    iterations: DOOR_ITERATIONS,
    storedKey: hash(hmac(key, 'Client Key')),
    serverKey: hmac(key, 'Server Key'),
  };
}

/** The server's side of one exchange. */
export class ScramServer {
  readonly #verifier: ScramVerifier;
  #clientFirstBare = '';
  #serverFirst = '';
  #nonce = '';
  #header = '';

  constructor(verifier: ScramVerifier) {
    this.#verifier = verifier;
  }

  /**
   * server-first-message, or null when the client-first-message is none, wants channel binding, or wants to act as
   * somebody else (an authzid, which PostgreSQL refuses, too).
   */
  first(clientFirst: string): string | null {
    const match = /^([ny]),,(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))$/.exec(clientFirst);
    if (match === null) return null;
    const [, flag = '', bare = '', nonce = ''] = match;
    this.#header = clientFirst.slice(0, clientFirst.length - bare.length);
    // `y`: the client could bind the channel and thinks we cannot. True: this is a plain connection.
    if (flag !== 'n' && flag !== 'y') return null;
    this.#clientFirstBare = bare;
    this.#nonce = nonce + randomBytes(18).toString('base64');
    const { salt, iterations } = this.#verifier;
    this.#serverFirst = `r=${this.#nonce},s=${salt.toString('base64')},i=${iterations}`;
    return this.#serverFirst;
  }

  /** server-final-message when the client-final-message proves the password, else null. */
  final(clientFinal: string): string | null {
    const found = attributes(clientFinal);
    const proof = decodeBase64(found?.get('p'));
    const end = clientFinal.lastIndexOf(',');
    // What stands behind the proof is not covered by it.
    if (!clientFinal.startsWith(',p=', end)) return null;
    if (found === null || proof === null || proof.length !== 32) return null;
    if (found.get('r') !== this.#nonce || this.#nonce === '') return null;
    if (found.get('c') !== Buffer.from(this.#header, 'utf8').toString('base64')) return null;
    const message = `${this.#clientFirstBare},${this.#serverFirst},${clientFinal.slice(0, end)}`;
    const clientKey = xor(proof, hmac(this.#verifier.storedKey, message));
    if (!timingSafeEqual(hash(clientKey), this.#verifier.storedKey)) return null;
    return `v=${hmac(this.#verifier.serverKey, message).toString('base64')}`;
  }
}
