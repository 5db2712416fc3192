/**
 * Gives the memory of bytes back that nobody looks at any more, if it is theirs alone. Garbage of this kind lies outside
 * of the heap, and makes the collector mark all of the heap for every few megabytes that pass. `around`: bytes beside
 * them that may be theirs, too.
 */
export function giveBack({ buffer, byteLength }: Uint8Array, around = 0): void {
  // Those that are few share their memory with others.
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength - byteLength <= around) buffer.transfer(0);
}
