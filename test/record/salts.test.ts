import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SALT_SIZE, SEED_SIZE } from '../../src/record/format.ts';
import { Salts } from '../../src/record/salts.ts';

const seed = randomBytes(SEED_SIZE);

function salt(salts: Salts, number: number): string {
  const bytes = Buffer.alloc(SALT_SIZE);
  salts.copy(number, bytes, 0);
  return bytes.toString('hex');
}

describe('the salts of a record', () => {
  const numbers = Array.from({ length: 1500 }, (_, number) => number);
  const salts = new Salts(seed);
  const inOrder = numbers.map((number) => salt(salts, number));

  it('are the same from wherever reading begins, and in whatever order', () => {
    for (const number of [0, 255, 256, 511, 512, 1300]) expect(salt(new Salts(seed), number)).toBe(inOrder[number]);
    const mixed = new Salts(seed);
    for (const number of [700, 3, 900, 1200, 1000, 1279, 1280, 0, 256, 1024]) {
      expect(salt(mixed, number)).toBe(inOrder[number]);
    }
  });

  it('are all different, and others under another seed', () => {
    expect(new Set(inOrder).size).toBe(numbers.length);
    expect(salt(new Salts(randomBytes(SEED_SIZE)), 7)).not.toBe(inOrder[7]);
  });

  it('are AES-256 of the number under the seed', () => {
    const known = new Salts(Buffer.alloc(SEED_SIZE));
    expect(salt(known, 0)).toBe('dc95c078a2408989ad48a21492842087');
  });
});
