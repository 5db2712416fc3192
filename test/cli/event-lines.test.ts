import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLines } from '../../src/cli/commands/connect/event-lines.ts';

let written: string[];
let lines: EventLines;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  lines = new EventLines((text) => written.push(text));
});

afterEach(() => void vi.useRealTimers());

describe('lines of an event stream', () => {
  it('that may wait share one write, after 20 ms', () => {
    lines.addSoon('one');
    vi.advanceTimersByTime(19);
    lines.addSoon('two');
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(['one\ntwo']);
  });

  it('that may not wait are written at once, behind those that waited', () => {
    lines.addSoon('one');
    lines.add('two');
    expect(written).toEqual(['one\ntwo']);
    vi.runAllTimers();
    expect(written).toEqual(['one\ntwo']);
  });

  it('do not wait once they are many', () => {
    const line = 'x'.repeat(1024);
    for (let count = 0; count < 63; count += 1) lines.addSoon(line);
    expect(written).toEqual([]);
    lines.addSoon(line);
    expect(written).toHaveLength(1);
  });

  it('come one batch after the other', () => {
    lines.addSoon('one');
    vi.advanceTimersByTime(20);
    lines.addSoon('two');
    vi.advanceTimersByTime(20);
    expect(written).toEqual(['one', 'two']);
  });
});
