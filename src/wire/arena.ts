/**
 * One buffer that a socket reads into again and again. A stream of its own makes a new 64 KiB buffer for every read,
 * of which a server that sends 8 KiB at a time fills an eighth: the holes between them can take ten times the memory
 * that is in use.
 *
 * Hand `onread` to `net.connect`. Bytes that arrive are valid until more are read.
 */
export class Arena {
  readonly onread: { readonly buffer: Buffer; readonly callback: (length: number) => boolean };
  /**
   * Called with bytes that have arrived. True: they are done with, and more may be read. Otherwise nothing more is read
   * until the socket is resumed.
   */
  arrived: (bytes: Buffer) => boolean = () => false;

  constructor(size: number) {
    // Only what was read into it is ever looked at.
    const buffer = Buffer.allocUnsafeSlow(size);
    this.onread = { buffer, callback: (length) => this.arrived(buffer.subarray(0, length)) };
  }
}
