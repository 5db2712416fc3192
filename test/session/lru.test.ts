import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lru } from '../../src/session/lru.ts';

describe('a bounded map', () => {
  it('forgets what was not used for the longest time', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.get('a');
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3]);
  });

  it('counts a new value for a known key as use', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.set('a', 3);
    lru.set('c', 4);
    expect([lru.get('a'), lru.get('b')]).toEqual([3, undefined]);
  });

  it('gives what was set last, and never holds more than it may', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(key, fc.option(fc.nat())), { maxLength: 40 }),
        (room, steps) => {
          const lru = new Lru<number>(room);
          // The newest last.
          let model: [string, number][] = [];
          for (const [name, value] of steps) {
            const known = model.find(([one]) => one === name);
            if (value === null) expect(lru.get(name)).toBe(known?.[1]);
            else lru.set(name, value);
            const kept = value ?? known?.[1];
            if (kept !== undefined)
              model = [...model.filter(([one]) => one !== name), [name, kept] as [string, number]].slice(-room);
          }
          for (const name of ['a', 'b', 'c', 'd', '__proto__', 'constructor']) {
            expect(lru.get(name) !== undefined).toBe(model.some(([one]) => one === name));
          }
        },
      ),
    );
  });
});
