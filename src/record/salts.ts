import { type Cipheriv, createCipheriv } from 'node:crypto';
import { SALT_SIZE } from './format.ts';

/** Salts made at a time: 4 KiB, so that the cipher's cost is spread thin. */
const BATCH = 256;
const ZEROS = Buffer.alloc(BATCH * SALT_SIZE);

/**
 * The salts of a record: the salt of event n is AES-256 of n under the record's seed. One salt can be
 * handed out with its event, and shows nothing of the others.
 */
export class Salts {
  readonly #seed: Buffer;
  /** Has given `#salts` and gives what follows: to make a cipher costs more than all it gives for a batch. */
  #cipher: Cipheriv | null = null;
  #first = -1;
  #salts = ZEROS;

  constructor(seed: Buffer) {
    this.#seed = seed;
  }

  /** Copies the salt of event `number` into `target` at `at`. */
  copy(number: number, target: Buffer, at: number): void {
    const first = number - (number % BATCH);
    if (first !== this.#first) this.#make(first);
    const start = (number - first) * SALT_SIZE;
    for (let index = 0; index < SALT_SIZE; index += 1) target[at + index] = this.#salts[start + index] ?? 0;
  }

  #make(first: number): void {
    if (this.#cipher === null || first !== this.#first + BATCH) this.#cipher = this.#cipherAt(first);
    this.#salts = this.#cipher.update(ZEROS);
    this.#first = first;
  }

  #cipherAt(number: number): Cipheriv {
    const counter = Buffer.alloc(16);
    counter.writeUIntBE(number, 10, 6);
    return createCipheriv('aes-256-ctr', this.#seed, counter);
  }
}
