import type { Guard } from '../../../core/guard.ts';
import type { Handle } from './handle.ts';
import type { Questions } from './questions.ts';

/** Bytes around what is read that are looked at with it: what is looked for is never as long. */
const MARGIN = 8192;
/** Bytes that may be held while what is around them is asked for. A client that asks for more is not read from. */
const MOST_HELD = 8 * 1024 * 1024;

export interface Piece {
  /** The handle as the server knows it. */
  readonly name: string;
  readonly offset: number;
  readonly data: Buffer;
}

/**
 * Looks for what policies mask in files that are read. It cannot be masked in there: whoever reads a file in pieces
 * would put another file together. So a piece is shown only when nothing is found in it, and around it, where what
 * begins or ends in it would be.
 */
export class Content {
  readonly #guard: Guard;
  readonly #questions: Questions;
  /** What is being looked at of each handle, last. */
  readonly #looking = new WeakMap<Handle, Promise<boolean>>();
  #held = 0;
  #wake: (() => void) | null = null;

  constructor(guard: Guard, questions: Questions) {
    this.#guard = guard;
    this.#questions = questions;
  }

  /** A read of so many bytes was sent. */
  asked(length: number): void {
    this.#held += length;
  }

  /** It was shown, or refused. */
  settled(length: number): void {
    this.#held -= length;
    if (this.#held <= MOST_HELD) this.#wake?.();
  }

  /** Null when the client may ask for more, else a promise of that. */
  room(): Promise<void> | null {
    if (this.#held <= MOST_HELD) return null;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#held = 0;
    this.#wake?.();
  }

  /**
   * What comes of an answer about a handle, when those before it have come to something: servers answer in order, and there
   * are clients that count on it.
   */
  inTurn(handle: Handle, verdict: Promise<boolean>): Promise<boolean> {
    const earlier = this.#looking.get(handle);
    const mine = earlier === undefined ? verdict : Promise.allSettled([earlier, verdict]).then(() => verdict);
    this.#looking.set(handle, mine);
    return mine;
  }

  /** True when it may be shown; false when it holds what is looked for, or that cannot be told. */
  async isClean({ name, offset, data }: Piece): Promise<boolean> {
    const start = Math.max(0, offset - MARGIN);
    const [before, after] = await Promise.all([
      start === offset ? NOTHING : this.#questions.read(name, start, offset - start),
      this.#questions.read(name, offset + data.length, MARGIN),
    ]);
    if (before === null || after === null) return false;
    const whole = Buffer.concat([before, data, after]);
    return this.#guard.text(whole) === whole;
  }
}

/** Writes down that it was refused, and where. @throws HoopError `record.append` */
export function noteFinding(guard: Guard, { statement }: Handle, connection: number): Promise<void> {
  const message = 'the file holds what the policy masks: reading it was refused from there on';
  return guard.note({ type: 'error', connection, statement, code: 'masked', message, severity: 'ERROR' });
}

const NOTHING = Buffer.alloc(0);
