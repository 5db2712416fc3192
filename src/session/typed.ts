import type { Masked } from '../core/brand.ts';
import type { Screen } from '../core/guard.ts';
import type { RecordedScreen } from './screen.ts';

const NOTHING = Buffer.alloc(0) as Masked<Buffer>;

/**
 * What somebody types into a terminal. None of it is written down: what the terminal echoes stands in what it shows, and
 * what it does not echo, such as a password, stands nowhere. The terminal's screen is told, so that an echo need not wait.
 */
export class TypedScreen implements Screen {
  readonly #output: () => RecordedScreen | null;

  /** `output`: the screen of the same command; null while there is none. */
  constructor(output: () => RecordedScreen | null) {
    this.#output = output;
  }

  /** To be called before the bytes are sent. Nothing is shown of them here. */
  push(bytes: Buffer): Masked<Buffer> {
    this.#output()?.typed(bytes);
    return NOTHING;
  }

  end(): Masked<Buffer> {
    return NOTHING;
  }

  room(): null {
    return null;
  }
}
