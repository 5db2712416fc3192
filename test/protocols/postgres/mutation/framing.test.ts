import { expect, it } from 'vitest';
import { HoopError } from '../../../../src/core/errors.ts';
import { LIMITS } from '../../../../src/core/limits.ts';
import * as frames from '../../../../src/protocols/postgres/frames.ts';
import { isLaidOut } from '../../../../src/protocols/postgres/layouts.ts';
import { Framer, type Framing } from '../../../../src/wire/framer.ts';
import { Chance, SEED } from '../../../chance.ts';
import { joined } from './bending.ts';
import { conversation } from './conversation.ts';
import { cutMessages } from './cutting.ts';
import { ModelServer } from './model.ts';
import { mutate, type Piece } from './mutate.ts';
import { mutations, TIMEOUT } from './playing.ts';
import { CLIENT_POOL, SERVER_POOL } from './pools.ts';

const RATE = { mutated: 0.3, beyond: 0.05 };

/** Every decoder is given every message: none may trust that it is of its kind. */
const DECODERS: readonly ((message: Buffer) => unknown)[] = [
  frames.decodeQuery,
  frames.decodeParse,
  frames.decodeBind,
  frames.decodeNamed,
  frames.decodeExecute,
  frames.decodeParameterStatus,
  frames.decodeReady,
  frames.decodeTag,
  frames.decodeColumns,
  frames.decodeRow,
  frames.decodeFields,
  (message) => isLaidOut(message[0] ?? 0, message),
];

function requests(chance: Chance): Piece[] {
  return mutate(chance, conversation(chance), CLIENT_POOL, RATE);
}

function replies(chance: Chance): Piece[] {
  const server = new ModelServer();
  const said = conversation(chance).flatMap((message) => server.take(message).answers);
  return mutate(chance, said, SERVER_POOL, RATE);
}

/** What the framer gives, piece by piece, from a buffer that is read into again and again; and whether it gave up. */
function framed(framing: Framing, bytes: Buffer, chance: Chance): { cut: Buffer; gaveUp: boolean } {
  const framer = new Framer(framing);
  const arena = Buffer.alloc(1024);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = Math.min(chance.happens(0.3) ? chance.between(1, 7) : chance.between(1, 1024), bytes.length - at);
    bytes.copy(arena, 0, at, at + size);
    at += size;
    try {
      framer.feed(arena.subarray(0, size));
      for (let piece = framer.next(); piece !== null; piece = framer.next()) found.push(Buffer.from(piece));
    } catch (error) {
      if (!(error instanceof HoopError)) throw error;
      return { cut: Buffer.concat(found), gaveUp: true };
    }
    arena.fill(0xee);
  }
  return { cut: Buffer.concat(found), gaveUp: false };
}

it.each([
  ['a client', requests, frames.frontendFraming(LIMITS)],
  ['a server', replies, frames.backendFraming(LIMITS)],
] as const)(
  'mutated messages of %s are cut by their lengths however they are split, and read without failure',
  (_whose, speak, framing) => {
    const wanted = mutations(40_000);
    let mutated = 0;
    for (let index = 0; mutated < wanted; index += 1) {
      const chance = new Chance(SEED + index);
      const pieces = speak(chance);
      const bytes = joined(pieces);
      const { cut, gaveUp } = framed(framing, bytes, chance);
      const { frames: whole, rest, broken } = cutMessages(bytes);
      const where = `HOOPCTL_TEST_SEED=${SEED + index}`;
      const expected = Buffer.concat(whole);
      expect(expected.subarray(0, cut.length).equals(cut), where).toBe(true);
      // It gives up at a length that cannot be or is over the limit, and nowhere else.
      if (!gaveUp) expect([cut.length, broken], where).toEqual([expected.length, false]);
      else if (!broken) expect(rest.readInt32BE(1), where).toBeGreaterThan(4 * 1024 * 1024 - 1);
      for (const message of whole) for (const decode of DECODERS) decode(message);
      mutated += pieces.filter((piece) => piece.mutated).length;
    }
  },
  TIMEOUT,
);
