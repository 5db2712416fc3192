import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Connection } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { doneWith, reclaimArrivals } from '../../../src/protocols/ssh/arrivals.ts';

const DATA = 94;
const WINDOW_ADJUST = 93;
const LENGTH = 32_768;

/** A message with so many bytes of data behind its head. */
function message(into: Buffer, type: number): Buffer {
  into[0] = type;
  return into.fill(0x61, 9);
}

/** Memory that nobody shares. */
const memory = (length: number): Buffer => Buffer.from(new ArrayBuffer(length));

/** What ssh2 gives a channel of a message. */
const dataOf = (payload: Uint8Array): Buffer => Buffer.from(payload.buffer, payload.byteOffset + 9, payload.length - 9);

interface Stand {
  /** Lets these messages arrive in one read, or in memory of their own. */
  arrive(chunk: Buffer, ...messages: readonly Buffer[]): void;
  readonly decipher: { _onPayload: (payload: Uint8Array) => unknown; _packet: Uint8Array | null | undefined };
}

/** As much of ssh2 as hands messages on to `take`. */
function standWith(take: (payload: Uint8Array) => void, stream: Duplex = new Socket()): Stand {
  const decipher: Stand['decipher'] = { _onPayload: take, _packet: null };
  let messages: readonly Buffer[] = [];
  const wire = {
    _onPayload: take,
    _decipher: decipher,
    parse: (_chunk: Uint8Array, _from: number, _to: number) => {
      for (const one of messages) decipher._onPayload(one);
    },
  };
  reclaimArrivals({ _protocol: wire } as unknown as Connection, stream);
  return {
    arrive: (chunk, ...those) => {
      messages = those;
      wire.parse(chunk, 0, chunk.length);
    },
    decipher,
  };
}

const finish = (payload: Uint8Array): void => doneWith(dataOf(payload));

/** Two messages that arrive in one read. */
function pair(type = DATA): readonly [Buffer, Buffer, Buffer] {
  const chunk = memory(2 * LENGTH);
  return [chunk, message(chunk.subarray(0, LENGTH), DATA), message(chunk.subarray(LENGTH), type)];
}

describe('the memory in which packets arrive', () => {
  it('is given back when all that is in it is done with', () => {
    const [chunk, ...messages] = pair();
    standWith(finish).arrive(chunk, ...messages);
    expect(chunk).toHaveLength(0);
  });

  it('is given back when ssh2 has read a number beside', () => {
    const [chunk, ...messages] = pair(WINDOW_ADJUST);
    standWith((payload) => (payload[0] === DATA ? finish(payload) : undefined)).arrive(chunk, ...messages);
    expect(chunk).toHaveLength(0);
  });

  it('stays when one message in it is not done with', () => {
    for (const kept of [0, 1]) {
      const [chunk, ...messages] = pair();
      standWith((payload) => (payload === messages[kept] ? undefined : finish(payload))).arrive(chunk, ...messages);
      expect(chunk).toHaveLength(2 * LENGTH);
    }
  });

  it('stays when ssh2 keeps the beginning of the next packet in it, or may', () => {
    for (const kept of [(chunk: Buffer) => chunk.subarray(-100), () => undefined]) {
      const [chunk, ...messages] = pair();
      const stand = standWith(finish);
      stand.decipher._packet = kept(chunk);
      stand.arrive(chunk, ...messages);
      expect(chunk).toHaveLength(2 * LENGTH);
    }
  });

  it('stays while keys are exchanged', () => {
    const [chunk, ...messages] = pair();
    const stand = standWith(finish);
    stand.decipher._onPayload = () => undefined;
    stand.arrive(chunk, ...messages);
    expect(chunk).toHaveLength(2 * LENGTH);
  });

  it('stays when what is done with came earlier, and what came now waits', () => {
    const [chunk, first, second] = pair();
    standWith((payload) => (payload === second ? doneWith(dataOf(first)) : finish(payload))).arrive(
      chunk,
      first,
      second,
    );
    expect(chunk).toHaveLength(2 * LENGTH);
  });

  it('is given back later, when all that waited is done with', () => {
    const [chunk, first, second] = pair();
    const late: Uint8Array[] = [];
    standWith((payload) => void late.push(payload)).arrive(chunk, first, second);
    doneWith(dataOf(first));
    doneWith(dataOf(first));
    expect(chunk).toHaveLength(2 * LENGTH);
    doneWith(dataOf(second));
    expect(chunk).toHaveLength(0);
  });

  it('stays when only a part of what was given is done with', () => {
    const [chunk, first, second] = pair();
    standWith((payload) => (payload === second ? doneWith(dataOf(second).subarray(0, 100)) : finish(payload))).arrive(
      chunk,
      first,
      second,
    );
    expect(chunk).toHaveLength(2 * LENGTH);
  });

  it('stays when handing a message on has failed', () => {
    const [chunk, first, second] = pair();
    const stand = standWith(() => {
      throw new Error('no');
    });
    expect(() => stand.arrive(chunk, first, second)).toThrow('no');
    finish(first);
    finish(second);
    expect(chunk).toHaveLength(2 * LENGTH);
  });

  it('is given back of a packet that had come in two reads, and of what else came with its end', () => {
    const split = message(memory(LENGTH).subarray(1, -16), DATA);
    const [chunk, whole] = pair();
    standWith(finish).arrive(chunk, split, whole);
    expect([split.length, chunk.length]).toEqual([0, 0]);
  });

  it('stays of a packet that had come in two reads and is not done with, and of nothing else', () => {
    const split = message(memory(LENGTH).subarray(1, -16), DATA);
    const [chunk, whole] = pair();
    standWith((payload) => (payload === split ? undefined : finish(payload))).arrive(chunk, split, whole);
    expect([split.length, chunk.length]).toEqual([LENGTH - 17, 0]);
  });

  it('stays where a small packet shares it with others', () => {
    const shared = memory(8192);
    const small = message(shared.subarray(1, 200), DATA);
    standWith(finish).arrive(memory(0), small);
    expect(shared).toHaveLength(8192);
  });

  it('stays where it is another stream’s than a socket’s', () => {
    const [chunk, ...messages] = pair();
    standWith(finish, new Duplex()).arrive(chunk, ...messages);
    expect(chunk).toHaveLength(2 * LENGTH);
  });
});
