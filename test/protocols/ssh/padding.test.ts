import { randomFillSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { paddingSource } from '../../../src/protocols/ssh/padding.ts';

type Fill = typeof randomFillSync;

/** Fills with ever higher numbers, four bytes each, and counts how often it was asked. */
function counting(): { readonly fill: Fill; readonly asked: () => number } {
  let next = 0;
  let asked = 0;
  const fill = (into: Buffer, offset = 0, length = into.length - offset): Buffer => {
    asked += 1;
    for (let at = offset; at + 4 <= offset + length; at += 4) into.writeUInt32BE((next += 1), at);
    return into;
  };
  return { fill: fill as unknown as Fill, asked: () => asked };
}

describe('padding of packets', () => {
  it('is fetched ahead, and no byte of it is given out twice', () => {
    const { fill, asked } = counting();
    const source = paddingSource(fill);
    const seen = new Set<number>();
    for (let taken = 0; taken < 10_000; taken += 1) {
      const packet = Buffer.alloc(32);
      source(packet, 8, 16);
      for (let at = 8; at < 24; at += 4) seen.add(packet.readUInt32BE(at));
    }
    expect(seen.size).toBe(40_000);
    expect(asked()).toBe(10);
  });

  it('fills what it was asked to, and nothing beside it', () => {
    const packet = Buffer.alloc(32);
    paddingSource(((into: Buffer) => into.fill(7)) as unknown as Fill)(packet, 5, 11);
    expect([...packet]).toEqual([...Buffer.alloc(5), ...Buffer.alloc(11, 7), ...Buffer.alloc(16)]);
  });

  it('is not taken for anything longer', () => {
    const { fill, asked } = counting();
    const source = paddingSource(fill);
    source(Buffer.alloc(1024), 0, 65);
    source(Buffer.alloc(1024));
    expect(asked()).toBe(2);
  });

  it('is random', () => {
    const packets = Array.from({ length: 1000 }, () => paddingSource(randomFillSync)(Buffer.alloc(16), 0, 16));
    expect(new Set(packets.map((packet) => (packet as Buffer).toString('hex'))).size).toBe(1000);
  });
});
