import { Duplex } from 'node:stream';
import type { Chance } from '../../../chance.ts';
import { frames } from '../../../postgres/frames.ts';
import { ScramClient } from '../../../postgres/scram.ts';
import type { Bending } from './bending.ts';
import { bodyOf, cutMessages, typeOf } from './cutting.ts';

/** A client's end of a connection that passes through no socket: it sends as it is read, and keeps all it hears. */
export class MemoryClient extends Duplex {
  readonly #chance: Chance;
  #moved: () => void;
  #waiting: Buffer[] = [];
  #wanted = false;
  #ending = false;
  #given = 0;
  #heard: Buffer[] = [];
  #wake: () => void = () => undefined;
  key: { readonly process: number; readonly secret: Buffer } | null = null;

  /** `moved` is called whenever bytes pass. */
  constructor(chance: Chance, moved: () => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: 512 });
    this.#chance = chance;
    this.#moved = moved;
    this.on('error', () => undefined);
  }

  /** Hands bytes over, in pieces of any size, as fast as they are read. */
  say(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const size = this.#chance.happens(0.5) ? bytes.length : this.#chance.between(1, 200);
      this.#waiting.push(bytes.subarray(at, at + size));
      at += size;
    }
    this.#feed();
  }

  /** Says that nothing more will come, behind all that was handed over. */
  finish(): void {
    this.#ending = true;
    this.#feed();
  }

  /** Bytes that were taken by the other side. */
  get taken(): number {
    return this.#given - this.readableLength;
  }

  /** All that came back so far. */
  get heard(): Buffer {
    const bytes = this.#heard.length === 1 ? this.#heard[0] : Buffer.concat(this.#heard);
    this.#heard = bytes === undefined ? [] : [bytes];
    return bytes ?? Buffer.alloc(0);
  }

  #feed(): void {
    while (this.#wanted && this.#waiting.length > 0) {
      const chunk = this.#waiting.shift();
      this.#given += chunk?.length ?? 0;
      this.#moved();
      this.#wanted = this.push(chunk);
    }
    if (this.#ending && this.#waiting.length === 0) {
      this.#ending = false;
      this.push(null);
    }
  }

  override _read(): void {
    this.#wanted = true;
    this.#feed();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#heard.push(Buffer.from(chunk));
    this.#moved();
    this.#wake();
    // A client that does not read at once.
    if (this.#chance.happens(0.1)) setImmediate(done);
    else done();
  }

  override _final(done: () => void): void {
    this.#moved();
    this.#wake();
    done();
  }

  /** Lets go of all: hoopctl may hold on to a client for a second. */
  forget(): void {
    this.destroy();
    this.#moved = () => undefined;
    this.#heard = [];
    this.#waiting = [];
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#wake();
    done(error);
  }

  /** Waits for the `count`th message; null when none can come any more. */
  async #message(count: number): Promise<Buffer | null> {
    for (;;) {
      const message = cutMessages(this.heard).frames[count];
      if (message !== undefined) return message;
      if (this.destroyed || this.writableEnded) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /**
   * Logs in; how many messages that took up to the first ReadyForQuery, or null when the other side said no. What is
   * said goes through `bending`.
   */
  async login(start: Buffer, password: string, bending: Bending): Promise<number | null> {
    const scram = new ScramClient(password);
    this.say(bending.bendStart(start));
    for (let count = 0; ; count += 1) {
      const message = await this.#message(count);
      if (message === null || typeOf(message) === 'E') return null;
      if (typeOf(message) === 'Z') return count + 1;
      if (typeOf(message) === 'R') {
        const answers = answersTo(bodyOf(message), scram);
        if (answers === null) return null;
        this.say(bending.bend(answers));
      }
      if (typeOf(message) === 'K') this.key = { process: message.readInt32BE(5), secret: message.subarray(9) };
    }
  }
}

/** Null when the challenge is none of ours: what we said was understood as something else. */
function answersTo(request: Buffer, scram: ScramClient): Buffer[] | null {
  const kind = request.readInt32BE();
  const words = request.toString('utf8', 4);
  if (kind === 11) return words.startsWith(scram.first().slice(6)) ? [password(Buffer.from(scram.final(words)))] : null;
  if (kind !== 10) return [];
  const first = Buffer.from(scram.first());
  const length = Buffer.alloc(4);
  length.writeInt32BE(first.length);
  return [password(Buffer.from('SCRAM-SHA-256\0'), length, first)];
}

const password = (...parts: readonly Buffer[]): Buffer => frames.raw('p', Buffer.concat(parts));
