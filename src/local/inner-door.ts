import { Duplex } from 'node:stream';
import type { Session } from '../session/index.ts';
import type { Way } from './guarded-session.ts';

/** A client that has come in, as it sees the door. */
export interface Entered {
  readonly stream: Duplex;
  /** The connection's number in its session. */
  readonly connection: number;
}

/** A way in that no other process finds: nothing listens. */
export interface InnerDoor extends Way {
  /** Null when nobody is let in any more. */
  enter(): Entered | null;
}

/** The only way into this session: what comes in by another would be numbered, too. */
export function openInnerDoor(session: Pick<Session, 'serve'>): InnerDoor {
  const inside = new Set<Duplex>();
  let traffic = 0;
  let connections = 0;
  let open = true;
  const count = (bytes: number): void => void (traffic += bytes);
  const enter = (): Entered | null => {
    if (!open) return null;
    const [stream, served] = pair(count);
    inside.add(served);
    served.once('close', () => inside.delete(served));
    void session.serve(served).finally(() => served.end());
    connections += 1;
    return { stream, connection: connections };
  };
  const stop = (): void => void (open = false);
  return {
    shown: 'inside hoopctl mcp',
    files: null,
    enter,
    traffic: () => traffic,
    stop,
    async close() {
      stop();
      for (const served of inside) served.destroy();
    },
  };
}

/** Two ends of one pipe: what is written to one is read from the other, as fast as it is read. */
function pair(count: (bytes: number) => void): readonly [Duplex, Duplex] {
  const one = new End(count);
  const other = new End(count);
  one.join(other);
  other.join(one);
  return [one, other];
}

class End extends Duplex {
  readonly #count: (bytes: number) => void;
  #other: End | null = null;
  /** Of a write whose bytes the other end has no room for yet. */
  #written: (() => void) | null = null;

  constructor(count: (bytes: number) => void) {
    super({ allowHalfOpen: true });
    this.#count = count;
  }

  join(other: End): void {
    this.#other = other;
    // As of a socket: what has arrived can still be read.
    other.once('close', () => {
      this.push(null);
      this.goOn();
    });
  }

  override _read(): void {
    this.#other?.goOn();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#other === null || this.#other.destroyed) return done(new Error('the other end is gone'));
    this.#count(chunk.length);
    if (this.#other.push(chunk)) done();
    else this.#written = done;
  }

  override _final(done: () => void): void {
    this.#other?.push(null);
    done();
  }

  goOn(): void {
    const written = this.#written;
    this.#written = null;
    written?.();
  }
}
