import type { Chance } from '../../../chance.ts';
import { framed } from './cutting.ts';
import { mutate, type Piece, type Rate } from './mutate.ts';

/** Mutates messages as they are said, and counts. */
export class Bending {
  readonly #chance: Chance;
  readonly #pool: readonly Buffer[];
  readonly #rate: Rate;
  mutated = 0;
  /** Bytes that were said. */
  said = 0;

  constructor(chance: Chance, pool: readonly Buffer[], rate: Rate) {
    this.#chance = chance;
    this.#pool = pool;
    this.#rate = rate;
  }

  readonly bend = (messages: readonly Buffer[]): Buffer => {
    const pieces = mutate(this.#chance, messages, this.#pool, this.#rate);
    this.mutated += pieces.filter((piece) => piece.mutated).length;
    const bytes = joined(pieces);
    this.said += bytes.length;
    return bytes;
  };

  /** A start-up packet has no type: its length is kept right where that of other messages is. */
  readonly bendStart = (packet: Buffer): Buffer => this.bend([framed(0, packet.subarray(4))]).subarray(1);
}

export function joined(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => piece.bytes));
}

/** How many of the pieces within the first `length` bytes are mutated. */
export function mutatedWithin(pieces: readonly Piece[], length: number): number {
  let at = 0;
  let count = 0;
  for (const { bytes, mutated } of pieces) {
    if (at >= length) break;
    at += bytes.length;
    if (mutated) count += 1;
  }
  return count;
}
