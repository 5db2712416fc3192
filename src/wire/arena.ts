/** Bytes: enough for whoever asks little, and little enough that many can come and go. */
const FIRST = 16 * 1024;

/**
 * One buffer that a socket reads into again and again. A stream of its own makes a new 64 KiB buffer for every read,
 * of which a server that sends 8 KiB at a time fills an eighth: the holes between them can take ten times the memory
 * that is in use. It begins small, and becomes as large as it may when a read fills it.
 *
 * Hand `onread` to `net.connect`. Bytes that arrive are valid until more are read.
 */
export class Arena {
  readonly onread: { readonly buffer: () => Buffer; readonly callback: (length: number) => boolean };
  /**
   * Called with bytes that have arrived. True: they are done with, and more may be read. Otherwise nothing more is read
   * until the socket is resumed.
   */
  arrived: (bytes: Buffer) => boolean = () => false;

  /** `size`: what it may grow to, in bytes. */
  constructor(size: number) {
    // Only what was read into it is ever looked at.
    let buffer = Buffer.allocUnsafeSlow(Math.min(FIRST, size));
    const callback = (length: number): boolean => {
      const bytes = buffer.subarray(0, length);
      if (length === buffer.length && length < size) buffer = Buffer.allocUnsafeSlow(size);
      return this.arrived(bytes);
    };
    this.onread = { buffer: () => buffer, callback };
  }
}
