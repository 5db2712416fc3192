import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { Framer, type Framing } from '../../src/wire/framer.ts';
import { effort } from '../effort.ts';

const LIMIT = 1000;

/** Byte 0 type, bytes 1-4 whole length. A type of 0xff may be long. */
const framing: Framing = {
  header: 5,
  length: (bytes, offset) => {
    const length = bytes.readInt32BE(offset + 1);
    return length < 0 ? null : length;
  },
  limit: (bytes, offset) => (bytes[offset] === 0xff ? 64 * 1024 * 1024 : LIMIT),
  over: (_bytes, offset, length) => new HoopError('wire.limit', `${length} bytes at ${offset}`),
};

function message(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header[0] = type;
  header.writeInt32BE(body.length + 5, 1);
  return Buffer.concat([header, body]);
}

/** What comes out when the bytes arrive in these pieces. */
function cut(pieces: readonly Buffer[]): { messages: string[]; pending: number } {
  const framer = new Framer(framing);
  const messages: string[] = [];
  for (const piece of pieces) messages.push(...push(framer, piece).map((one) => one.toString('hex')));
  return { messages, pending: framer.pending };
}

/** All messages that are complete with this chunk. */
function push(framer: Framer, chunk: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  framer.feed(chunk);
  for (let one = framer.next(); one !== null; one = framer.next()) messages.push(one);
  return messages;
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function failure(act: () => unknown): HoopError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof HoopError) return error;
    throw error;
  }
}

describe('a framer', () => {
  it('gives the same messages however the bytes were split', () => {
    const messages = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 254 }), fc.uint8Array({ maxLength: 60 }))
        .map(([type, body]) => message(type, body)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        messages,
        fc.uint8Array({ maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (whole, tail, cuts) => {
          const bytes = Buffer.concat([...whole, tail]);
          const result = cut(split(bytes, cuts));
          expect(result.messages).toEqual(whole.map((one) => one.toString('hex')));
          expect(result.pending).toBe(tail.length);
        },
      ),
    );
  });

  it('gives the same messages when every byte comes alone', () => {
    const whole = [message(1, Buffer.from('one')), message(2, Buffer.alloc(0)), message(3, Buffer.alloc(300, 7))];
    const result = cut(Array.from(Buffer.concat(whole), (byte) => Buffer.from([byte])));
    expect(result).toEqual({ messages: whole.map((one) => one.toString('hex')), pending: 0 });
  });

  it('hands out whole messages of one chunk as views of it', () => {
    const chunk = Buffer.concat([message(1, Buffer.from('a')), message(2, Buffer.from('b'))]);
    for (const one of push(new Framer(framing), chunk)) expect(one.buffer).toBe(chunk.buffer);
  });

  it('does not change what it handed out when more arrives', () => {
    const framer = new Framer(framing);
    const [first, second] = [message(1, Buffer.from('first')), message(2, Buffer.from('other'))];
    push(framer, first.subarray(0, 7));
    const [whole] = push(framer, Buffer.concat([first.subarray(7), second.subarray(0, 6)]));
    push(framer, second.subarray(6));
    expect(whole).toEqual(first);
  });

  it.each([
    ['negative', -1],
    ['zero', 0],
    ['shorter than its header', 4],
    ['the least there is', -(2 ** 31)],
  ])('throws when a length is %s (R17)', (_what, length) => {
    const header = message(1, Buffer.alloc(0));
    header.writeInt32BE(length, 1);
    expect(failure(() => push(new Framer(framing), header))?.code).toBe('wire.protocol');
    const slow = new Framer(framing);
    expect(failure(() => Array.from(header, (byte) => push(slow, Buffer.from([byte]))))?.code).toBe('wire.protocol');
  });

  it.each([LIMIT + 1, 2 ** 30, 2 ** 31 - 1])(
    'throws when a length is over the limit, before the body (R17): %i',
    (length) => {
      const header = message(1, Buffer.alloc(0));
      header.writeInt32BE(length, 1);
      const before = process.memoryUsage().arrayBuffers;
      expect(failure(() => push(new Framer(framing), header))?.code).toBe('wire.limit');
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    },
  );

  it('takes a message of exactly the limit', () => {
    expect(cut([message(1, Buffer.alloc(LIMIT - 5))]).messages).toHaveLength(1);
  });

  it('throws for an impossible length behind a good message', () => {
    const bad = message(1, Buffer.alloc(0));
    bad.writeInt32BE(-1, 1);
    expect(failure(() => push(new Framer(framing), Buffer.concat([message(2, Buffer.alloc(3)), bad])))?.code).toBe(
      'wire.protocol',
    );
  });

  it('allocates for what has arrived, not for what is announced', () => {
    const framer = new Framer(framing);
    const header = message(0xff, Buffer.alloc(0));
    header.writeInt32BE(60 * 1024 * 1024, 1);
    const before = process.memoryUsage().arrayBuffers;
    push(framer, Buffer.concat([header, Buffer.alloc(100)]));
    push(framer, Buffer.alloc(100));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });

  it('takes a large message byte by byte in time and memory that grow with its length', () => {
    const time = (size: number): number => {
      const framer = new Framer(framing);
      const bytes = message(0xff, Buffer.alloc(size, 1));
      const spent = effort();
      let got = 0;
      for (let at = 0; at < bytes.length; at += 1) got += push(framer, bytes.subarray(at, at + 1)).length;
      expect(got).toBe(1);
      return spent();
    };
    time(50_000);
    const small = Math.min(time(100_000), time(100_000));
    const large = Math.min(time(1_600_000), time(1_600_000));
    // Sixteen times as long; quadratic work would take 256 times as long.
    expect(large / small).toBeLessThan(100);
  });

  it('never throws anything but a HoopError, whatever arrives (R17)', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (pieces) => {
        const framer = new Framer(framing);
        const error = failure(() => pieces.forEach((piece) => push(framer, Buffer.from(piece))));
        if (error !== null) expect(['wire.protocol', 'wire.limit']).toContain(error.code);
        else expect(framer.pending).toBeLessThanOrEqual(LIMIT);
      }),
    );
  });
});
