import { createHash, type Hash } from 'node:crypto';
import type { Guard, Masked } from '../../core/guard.ts';

/** Bytes behind the last end of a line that wait for what follows: what is looked for is never as long. */
const LONGEST = 8192;
/** Milliseconds that they wait: the other half of a program may wait for an answer to them. */
const PATIENCE = 200;
const LINE_END = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Bytes that pass by untouched, and what they are known by afterwards. */
export class Tally {
  readonly #hash: Hash = createHash('sha256');
  bytes = 0;

  add(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.#hash.update(bytes);
  }

  /** Hex, of all of them. To be asked for once. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/**
 * Looks through a stream of which no byte may be changed, where policies look for something in all that is shown. What
 * is found cannot be masked there: the stream is to be broken off before it.
 */
export class Sieve {
  readonly #guard: Pick<Guard, 'text' | 'shown'>;
  readonly #late: (bytes: Masked<Buffer>) => void;
  #held: Buffer = NOTHING;
  /** The end of what was passed on, in which something may have begun. */
  #passed: Buffer = NOTHING;
  #timer: NodeJS.Timeout | null = null;

  /** `late` passes on what had to wait for what follows, when that does not come. */
  constructor(guard: Pick<Guard, 'text' | 'shown'>, late: (bytes: Masked<Buffer>) => void) {
    this.#guard = guard;
    this.#late = late;
  }

  /** What may be passed on by now; null when something was found. */
  push(bytes: Buffer): Masked<Buffer> | null {
    const held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    if (!this.#isClean(Buffer.concat([this.#passed, held]))) return null;
    const end = held.lastIndexOf(LINE_END) + 1;
    const ready = Math.max(end, held.length - LONGEST);
    this.#held = held.subarray(ready);
    this.#wait();
    return this.#pass(held.subarray(0, ready));
  }

  /** What is left, and was looked through before. */
  end(): Masked<Buffer> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const rest = this.#held;
    this.#held = NOTHING;
    return this.#pass(rest);
  }

  /** Whoever reads decides how long the rest of it waits: what follows is looked at together with this. */
  #pass(bytes: Buffer): Masked<Buffer> {
    const tail = Buffer.concat([this.#passed, bytes.subarray(-LONGEST)]);
    // From the beginning of a line where there is one: the end of a long number may look like another.
    const kept = tail.subarray(-LONGEST);
    this.#passed = kept.length < tail.length ? kept.subarray(kept.indexOf(LINE_END) + 1) : kept;
    return this.#guard.shown(bytes);
  }

  #isClean(bytes: Buffer): boolean {
    // A copy: what is masked may be masked in place.
    return this.#guard.text(Buffer.from(bytes)).equals(bytes);
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#held.length === 0 ? null : setTimeout(() => this.#late(this.end()), PATIENCE);
  }
}
