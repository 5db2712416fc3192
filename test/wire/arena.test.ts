import { describe, expect, it } from 'vitest';
import { Arena } from '../../src/wire/arena.ts';

const KIB = 1024;

/** Writes into the arena as a socket does. */
function arrive({ onread }: Arena, text: string, length = text.length): boolean {
  onread.buffer().write(text, 'latin1');
  return onread.callback(length);
}

describe('an arena', () => {
  it('is small until a read fills it, and as large as it may be from then on', () => {
    const arena = new Arena(256 * KIB);
    arena.arrived = () => true;
    expect(arena.onread.buffer()).toHaveLength(16 * KIB);
    arrive(arena, '', 16 * KIB - 1);
    expect(arena.onread.buffer()).toHaveLength(16 * KIB);
    arrive(arena, '', 16 * KIB);
    const grown = arena.onread.buffer();
    expect(grown).toHaveLength(256 * KIB);
    arrive(arena, '', 256 * KIB);
    expect(arena.onread.buffer()).toBe(grown);
  });

  it('keeps what arrived before it grew', () => {
    const arena = new Arena(64 * KIB);
    let kept: Buffer = Buffer.alloc(0);
    arena.arrived = (bytes) => {
      kept = bytes;
      return false;
    };
    expect(arrive(arena, 'first'.padEnd(16 * KIB))).toBe(false);
    const first = kept;
    arrive(arena, 'second');
    expect(String(first.subarray(0, 5))).toBe('first');
    expect(String(kept)).toBe('second');
  });

  it('is never larger than it may be', () => {
    expect(new Arena(KIB).onread.buffer()).toHaveLength(KIB);
  });
});
