import { StringDecoder } from 'node:string_decoder';
import type { Masked } from '../core/brand.ts';
import type { Screen, ScreenSource } from '../core/guard.ts';
import type { SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';

export interface ScreenOptions extends ScreenSource {
  readonly connection: number;
  /** What policies look for; null for nothing. */
  readonly detection: Detection | null;
  /** See `Guard.stream`. */
  readonly record: (event: SessionEvent) => Promise<void> | null;
}

const mask = <T>(value: T): Masked<T> => value as Masked<T>;
const NOTHING = Buffer.alloc(0);
const LINE_END = 0x0a;
/** Bytes of a line that wait for its end: what is looked for is never as long. */
const LONGEST = 8192;
/** Milliseconds that a line may wait for its end: a prompt stands there without. */
const PATIENCE = 200;

/** The only place where what a program on a target shows gets its brand. */
export class RecordedScreen implements Screen {
  readonly #options: ScreenOptions;
  readonly #decoder = new StringDecoder('utf8');
  #held: Buffer = NOTHING;
  #timer: NodeJS.Timeout | null = null;
  #room: Promise<void> | null = null;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  push(bytes: Buffer): Masked<Buffer> {
    if (this.#options.detection === null) return this.#shown(bytes);
    const held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const end = held.lastIndexOf(LINE_END) + 1;
    const ready = held.length - end > LONGEST ? held.length : end;
    this.#held = held.subarray(ready);
    this.#wait();
    return this.#shown(held.subarray(0, ready));
  }

  end(): Masked<Buffer> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const rest = this.#held;
    this.#held = NOTHING;
    return this.#shown(rest);
  }

  room(): Promise<void> | null {
    return this.#room;
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#held.length === 0 ? null : setTimeout(() => this.#options.late(this.end()), PATIENCE);
  }

  #shown(bytes: Buffer): Masked<Buffer> {
    if (bytes.length === 0) return mask(bytes);
    const shown = this.#options.detection?.masked(bytes, 0, bytes.length) ?? bytes;
    const { connection, statement, stream } = this.#options;
    const text = mask(this.#decoder.write(shown));
    const room = this.#options.record({ type: 'terminal', connection, statement, stream, text });
    this.#room = room;
    return mask(shown);
  }
}
