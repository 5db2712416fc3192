import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { Entrance } from '../../src/wire/entrance.ts';

/** An entrance, and who was turned away there, in order. */
function entrance(limits: { unauthenticated?: number; connections?: number }) {
  const turnedAway: string[] = [];
  let crowded = 0;
  const door = new Entrance({ ...LIMITS, ...limits }, () => (crowded += 1));
  return {
    arrive: (name: string) => door.arrive(() => void turnedAway.push(name)),
    turnedAway,
    crowded: () => crowded,
  };
}

describe('clients on their way in (R15)', () => {
  it('give way in the order they came, as soon as there is one too many', () => {
    const door = entrance({ unauthenticated: 2 });
    for (const name of ['a', 'b', 'c', 'd']) door.arrive(name);
    expect([door.turnedAway, door.crowded()]).toEqual([['a', 'b'], 2]);
  });

  it('are no longer counted once they are in, or gone', () => {
    const door = entrance({ unauthenticated: 2 });
    expect(door.arrive('a').enter()).toBe(true);
    door.arrive('b').leave();
    for (const name of ['c', 'd']) door.arrive(name);
    expect(door.turnedAway).toEqual([]);
    door.arrive('e');
    expect(door.turnedAway).toEqual(['c']);
  });

  it('are turned away once, and may leave then', () => {
    const door = entrance({ unauthenticated: 1 });
    const one = door.arrive('a');
    const two = door.arrive('b');
    one.leave();
    one.leave();
    door.arrive('c');
    expect(door.turnedAway).toEqual(['a', 'b']);
    two.leave();
    door.arrive('d');
    expect(door.turnedAway).toEqual(['a', 'b', 'c']);
  });
});

describe('clients that are in', () => {
  it('are never turned away for those who come', () => {
    const door = entrance({ unauthenticated: 1, connections: 1 });
    expect(door.arrive('a').enter()).toBe(true);
    for (const name of ['b', 'c', 'd']) door.arrive(name);
    expect(door.turnedAway).toEqual(['b', 'c']);
  });

  it('have a place until they leave, and nobody has one beyond the limit', () => {
    const door = entrance({ connections: 2 });
    const places = ['a', 'b', 'c'].map((name) => door.arrive(name));
    expect(places.map((place) => place.enter())).toEqual([true, true, false]);
    places[0]?.leave();
    places[0]?.leave();
    expect(['d', 'e'].map((name) => door.arrive(name).enter())).toEqual([true, false]);
  });
});
