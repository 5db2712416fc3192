import type { randomFillSync } from 'node:crypto';

type Fill = typeof randomFillSync;

/** Bytes that are fetched ahead. */
const STORE = 16 * 1024;
/** Bytes that are taken from them at most: every packet is padded with fewer. */
const FEW = 64;

/**
 * A source of randomness for whoever asks for a few bytes again and again, as ssh2 does for the padding of every packet:
 * fetched one by one they cost as much as encrypting the packet. No byte is given out twice, and none is kept.
 */
export function paddingSource(fill: Fill): Fill {
  const store = Buffer.alloc(STORE);
  let used = STORE;
  const few = (into: Uint8Array, offset: number, length: number): void => {
    if (used + length > STORE) {
      fill(store);
      used = 0;
    }
    into.set(store.subarray(used, used + length), offset);
    store.fill(0, used, (used += length));
  };
  const source = (into: NodeJS.ArrayBufferView, offset?: number, length?: number): NodeJS.ArrayBufferView => {
    if (into instanceof Uint8Array && offset !== undefined && length !== undefined && length <= FEW) {
      few(into, offset, length);
      return into;
    }
    return fill(into, ...([offset, length].filter((one) => one !== undefined) as [number?, number?]));
  };
  return source as Fill;
}
