/**
 * One buffer that a socket reads into again and again. A stream of its own makes a new 64 KiB buffer for every read,
 * of which a server that sends 8 KiB at a time fills an eighth: the holes between them can take ten times the memory
 * that is in use.
 *
 * Hand `onread` to `net.connect`. What `take` gives is valid until `release`.
 */
export class Arena {
  readonly onread: { readonly buffer: Buffer; readonly callback: (length: number) => boolean };
  #filled: Buffer | null = null;
  #arrived: () => void = () => undefined;

  constructor(size: number) {
    const buffer = Buffer.alloc(size);
    const callback = (length: number): boolean => {
      this.#filled = buffer.subarray(0, length);
      this.#arrived();
      // Nothing more is read until the bytes are done with.
      return false;
    };
    this.onread = { buffer, callback };
  }

  /** Called whenever bytes have arrived. */
  set arrived(listener: () => void) {
    this.#arrived = listener;
  }

  /** Bytes that arrived and were not taken. */
  get waiting(): number {
    return this.#filled?.length ?? 0;
  }

  /** The bytes that have arrived, once; null while there are none. */
  take(): Buffer | null {
    const filled = this.#filled;
    this.#filled = null;
    return filled;
  }
}
