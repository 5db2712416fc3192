import { StringDecoder } from 'node:string_decoder';
import type { Masked } from '../core/brand.ts';
import type { Screen, ScreenSource } from '../core/guard.ts';
import type { SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';
import { type Passed, StreamMask } from '../policy/mask/stream/stream-mask.ts';
import { StreamSummary } from './stream-summary.ts';

export interface ScreenOptions extends ScreenSource {
  readonly connection: number;
  /** What policies look for; null for nothing. */
  readonly detection: Detection | null;
  /** See `Guard.stream`. */
  readonly record: (event: SessionEvent) => Promise<void> | null;
  /** `summary`: of what is shown, its size and hash are kept. */
  readonly results: 'full' | 'summary';
  /** So many more findings were masked. */
  readonly masked: (values: number) => void;
}

const mask = <T>(value: T): Masked<T> => value as Masked<T>;
/**
 * Milliseconds that what could be anything waits for what follows it. A prompt that ends in a letter stands there for as
 * long; what is hardly anything but a finding waits on.
 */
const PATIENCE = 300;

/** The only place where what a program on a target shows gets its brand. */
export class RecordedScreen implements Screen {
  readonly #options: ScreenOptions;
  readonly #mask: StreamMask | null;
  readonly #decoder = new StringDecoder('utf8');
  readonly #summary: StreamSummary | null;
  /** Hears of what the program shows, as it came. */
  echo: { shown(bytes: Buffer): void } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #room: Promise<void> | null = null;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#summary = options.results === 'summary' ? new StreamSummary(options, options.record) : null;
    this.#mask = options.detection === null ? null : new StreamMask(options.detection.search(), options.isTerminal);
  }

  get keepsBytes(): boolean {
    return this.#mask !== null || this.#options.isTerminal;
  }

  push(bytes: Buffer): Masked<Buffer> {
    this.echo?.shown(bytes);
    if (this.#mask === null) return this.#pass({ shown: bytes, recorded: bytes });
    const passed = this.#mask.push(bytes);
    this.#wait(passed.recorded.length > 0);
    return this.#pass(passed);
  }

  /** Says what whoever looks on has typed: its echo is shown at once. */
  typed(bytes: Buffer): void {
    this.#mask?.typed(bytes);
  }

  resize(columns: number, rows: number): void {
    if (this.#options.isTerminal && this.#mask !== null) this.#mask.size = { columns, rows };
  }

  end(): Masked<Buffer> {
    this.#stop();
    const rest = this.#mask === null ? mask(Buffer.alloc(0)) : this.#pass(this.#mask.end());
    this.#summary?.end();
    return rest;
  }

  room(): Promise<void> | null {
    return this.#room;
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** What waits has so much time, however often something comes behind it. */
  #wait(moved: boolean): void {
    if (moved || this.#mask?.waiting !== 'briefly') this.#stop();
    if (this.#timer === null && this.#mask?.waiting === 'briefly')
      this.#timer = setTimeout(() => this.#late(), PATIENCE);
  }

  #late(): void {
    this.#timer = null;
    if (this.#mask === null) return;
    const shown = this.#pass(this.#mask.late());
    if (shown.length > 0) this.#options.late(shown);
  }

  #pass({ shown, recorded }: Passed): Masked<Buffer> {
    const { record, connection, statement, stream, isTerminal, masked } = this.#options;
    const values = this.#mask?.takeCount() ?? 0;
    if (values > 0) masked(values);
    this.#summary?.add(recorded);
    if (this.#summary === null && recorded.length > 0) {
      const piped = isTerminal ? {} : ({ piped: true } as const);
      const text = mask(this.#decoder.write(recorded));
      if (text !== '') this.#room = record({ type: 'terminal', connection, statement, stream, ...piped, text });
    }
    return mask(shown);
  }
}
