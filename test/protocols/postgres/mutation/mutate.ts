import type { Chance } from '../../../chance.ts';
import { bodyOf, framed } from './cutting.ts';

const INVALID_UTF8 = [
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xff]),
  Buffer.from([0xe2, 0x82]),
];
const COUNTS = [0xffff, 0x7fff, 0x8000, 1, 0, 2, 257];
const LENGTHS = [
  -1, 0, 1, 3, 4, 5, 0x7fffffff, -0x80000000, 0x10000001, 0x0fffffff, 0x40000001, 0x400001, 0x3fffff, 65_536,
];

type Bend = (chance: Chance, frame: Buffer, pool: readonly Buffer[]) => Buffer;

const type = (frame: Buffer): number => frame[0] ?? 0;

/** A body of another kind behind the same type, with a length that is right. */
const withBody = (frame: Buffer, body: Buffer): Buffer => framed(type(frame), body);

function inserted(chance: Chance, frame: Buffer, bytes: Buffer): Buffer {
  const body = bodyOf(frame);
  const at = chance.below(body.length + 1);
  return withBody(frame, Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]));
}

/** Mutations after which the messages behind can still be found. */
const WITHIN: readonly Bend[] = [
  (chance, frame) => {
    const flipped = Buffer.from(frame);
    for (let left = chance.between(1, 4); left > 0 && frame.length > 5; left -= 1) {
      const at = chance.between(5, frame.length - 1);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
    }
    return flipped;
  },
  (chance, frame, pool) => framed(chance.happens(0.8) ? type(chance.among(pool)) : chance.below(256), bodyOf(frame)),
  (chance, frame) => withBody(frame, bodyOf(frame).subarray(0, chance.below(frame.length - 4))),
  (chance, frame) => withBody(frame, Buffer.concat([bodyOf(frame), chance.bytes(chance.between(1, 12))])),
  (chance, frame) => inserted(chance, frame, Buffer.alloc(chance.between(1, 3))),
  (chance, frame) => inserted(chance, frame, chance.among(INVALID_UTF8)),
  (chance, frame, pool) => withBody(frame, bodyOf(chance.among(pool))),
  (chance, frame) => {
    const body = Buffer.from(bodyOf(frame));
    if (body.length >= 2) body.writeUInt16BE(chance.among(COUNTS), chance.below(body.length - 1));
    return withBody(frame, body);
  },
  (chance, frame) => {
    const body = Buffer.from(bodyOf(frame));
    if (body.length >= 4) body.writeInt32BE(chance.among(LENGTHS), chance.below(body.length - 3));
    return withBody(frame, body);
  },
];

/** Mutations after which nobody can tell where the next message begins. */
const BEYOND: readonly Bend[] = [
  (chance, frame) => {
    const lying = Buffer.from(frame);
    const length = chance.happens(0.6) ? chance.among(LENGTHS) : frame.length - 1 + chance.between(-8, 40);
    lying.writeInt32BE(length, 1);
    return lying;
  },
  (chance, frame) => frame.subarray(0, chance.below(frame.length)),
  (chance, frame) => Buffer.concat([frame, chance.bytes(chance.between(1, 9))]),
  (chance, frame) => {
    const flipped = Buffer.from(frame);
    const at = chance.below(5);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
    return flipped;
  },
];

export interface Rate {
  /** Share of the messages that are mutated. */
  readonly mutated: number;
  /** Share of those after which the rest of the stream is no longer cut as it was. */
  readonly beyond: number;
}

export interface Piece {
  readonly bytes: Buffer;
  readonly mutated: boolean;
}

/** The messages with some mutated, doubled, left out, swapped or joined by one from `pool`. */
export function mutate(chance: Chance, messages: readonly Buffer[], pool: readonly Buffer[], rate: Rate): Piece[] {
  const pieces: Piece[] = [];
  let held: Piece | null = null;
  for (const message of messages) {
    const whole = { bytes: message, mutated: false };
    if (!chance.happens(rate.mutated)) pieces.push(whole);
    else if (chance.happens(rate.beyond))
      pieces.push({ bytes: chance.among(BEYOND)(chance, message, pool), mutated: true });
    else {
      const how = chance.below(12);
      if (how === 0) pieces.push(whole, { ...whole, mutated: true });
      else if (how === 1) held = { ...whole, mutated: true };
      else if (how === 2) pieces.push({ bytes: chance.among(pool), mutated: true }, whole);
      else if (how === 3) pieces.push({ bytes: Buffer.alloc(0), mutated: true });
      else pieces.push({ bytes: chance.among(WITHIN)(chance, message, pool), mutated: true });
    }
    if (held !== null && pieces.at(-1)?.bytes !== held.bytes && chance.happens(0.7)) {
      pieces.push(held);
      held = null;
    }
  }
  return held === null ? pieces : [...pieces, held];
}
