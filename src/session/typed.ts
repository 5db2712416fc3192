import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { Masked } from '../core/brand.ts';
import type { Clock } from '../core/clock.ts';
import type { Screen } from '../core/guard.ts';
import type { SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';
import { StreamMask } from '../policy/mask/stream/stream-mask.ts';
import { Echo } from './echo.ts';
import type { RecordedScreen } from './screen.ts';

export interface TypedOptions {
  readonly connection: number;
  readonly statement: number;
  /** The screen of the same command; null while there is none. */
  readonly output: () => RecordedScreen | null;
  /** What policies look for; null for nothing. */
  readonly detection: Detection | null;
  readonly clock: Clock;
  /** See `Guard.stream`; null where nothing of what is typed is to be kept. */
  readonly record: ((event: SessionEvent) => Promise<void> | null) | null;
}

const [LF, CR] = [0x0a, 0x0d];
const NOTHING = Buffer.alloc(0) as Masked<Buffer>;
const mask = (text: string): Masked<string> => text as Masked<string>;

/**
 * What somebody types into a terminal. Of it is written down, where policies want that, what the terminal echoes: what it
 * does not, such as a password, stands nowhere. The terminal's screen is told, so that an echo need not wait.
 */
export class TypedScreen implements Screen {
  readonly keepsBytes = true;
  readonly #options: TypedOptions;
  readonly #echo: Echo | null;
  readonly #mask: StreamMask | null;
  readonly #decoder = new StringDecoder('utf8');

  constructor(options: TypedOptions) {
    const { clock, record, detection } = options;
    this.#options = options;
    this.#echo =
      record === null
        ? null
        : new Echo(
            () => clock.monotonic() / 1000,
            (text) => this.#tell(text),
          );
    this.#mask = detection === null ? null : new StreamMask(detection.search(), false);
  }

  /** To be called before the bytes are sent. Nothing is shown of them here. */
  push(bytes: Buffer): Masked<Buffer> {
    const output = this.#options.output();
    output?.typed(bytes);
    // Where nobody sees what is shown, nothing can be known to be echoed.
    if (output !== null && this.#echo !== null) {
      output.echo = this.#echo;
      this.#echo.typed(bytes);
    }
    return NOTHING;
  }

  resize(): void {
    // Keys have no size.
  }

  end(): Masked<Buffer> {
    this.#echo?.end();
    if (this.#mask !== null) this.#write(turned(this.#mask.end().recorded));
    return NOTHING;
  }

  room(): null {
    return null;
  }

  #tell(text: Buffer): void {
    this.#write(this.#mask === null ? text : turned(this.#mask.push(turned(text)).recorded));
  }

  #write(bytes: Buffer): void {
    const { record, connection, statement } = this.#options;
    const text = mask(this.#decoder.write(bytes));
    if (text !== '') void record?.({ type: 'terminal', connection, statement, stream: 'input', text });
  }
}

/** Enter is CR, and ends a line that is typed, as LF does one that is shown: each for the other. */
function turned(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === CR ? LF : byte === LF ? CR : byte)));
}

/** What a command without a terminal reads: what it is known by. */
export class PipedInput implements Screen {
  readonly keepsBytes = false;
  readonly #options: Pick<TypedOptions, 'connection' | 'statement' | 'record'>;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(options: Pick<TypedOptions, 'connection' | 'statement' | 'record'>) {
    this.#options = options;
  }

  push(bytes: Buffer): Masked<Buffer> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    return NOTHING;
  }

  resize(): void {
    // There is no terminal.
  }

  end(): Masked<Buffer> {
    const { connection, statement, record } = this.#options;
    const about = { connection, statement, direction: 'in', path: null, stream: 'input', complete: true } as const;
    if (this.#bytes > 0)
      void record?.({ type: 'transfer', ...about, bytes: this.#bytes, sha256: this.#hash.digest('hex') });
    return NOTHING;
  }

  room(): null {
    return null;
  }
}
