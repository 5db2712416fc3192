import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStore } from '../../../src/tui/model/connect/store.ts';
import { START } from '../approve/samples.ts';
import { door, ran } from './live-samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store whose frames take `frame` milliseconds to draw, and how many there were. */
function drawnIn(frame: number) {
  let micros = 0;
  const clock = { now: () => START, monotonic: () => micros };
  const store = new LiveStore({ clock, size: { columns: 80, rows: 24 }, asks: false, leave: () => undefined });
  const frames = { count: 0 };
  store.subscribe(() => {
    frames.count += 1;
    micros += frame * 1000;
  });
  return { store, frames };
}

describe('the store of the live view', () => {
  it('draws once for all that comes within a tenth of a second', () => {
    const { store, frames } = drawnIn(1);
    for (let index = 0; index < 1000; index += 1) store.push(ran());
    expect(frames.count).toBe(0);
    vi.advanceTimersByTime(100);
    expect(frames.count).toBe(1);
    expect(store.state().known.totals.letThrough).toBe(1000);
    store.close();
  });

  it('draws less often where drawing takes long: statements pass through the same thread', () => {
    const { store, frames } = drawnIn(50);
    store.push(ran());
    vi.advanceTimersByTime(100);
    store.push(ran());
    vi.advanceTimersByTime(499);
    expect(frames.count).toBe(1);
    vi.advanceTimersByTime(1);
    expect(frames.count).toBe(2);
    store.close();
  });

  it('knows everything that has come before a key', () => {
    const { store } = drawnIn(1);
    store.push(door());
    store.key('s');
    expect(store.state().known.doors).toHaveLength(1);
    store.close();
  });

  it('draws nothing more once it is closed', () => {
    const { store, frames } = drawnIn(1);
    store.push(ran());
    store.close();
    store.push(ran());
    vi.advanceTimersByTime(5000);
    expect(frames.count).toBe(0);
  });
});
