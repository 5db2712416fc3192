import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pending, withdrawal } from '../../../src/session/approvals/pending.ts';
import { HandClock } from '../bench.ts';
import { askedFor, KeptWitness, opened, setClock } from './petition.ts';

let clock: HandClock;
let pending: Pending;

beforeEach(() => {
  vi.useFakeTimers();
  clock = new HandClock();
  setClock(clock);
  const asked = askedFor('delete from users');
  pending = new Pending(opened(clock).approver.draft(asked, 1), asked, new KeptWitness(), clock);
});

afterEach(() => void vi.useRealTimers());

describe('a pending request', () => {
  it('keeps its first settlement, and says of later ones that they are none', async () => {
    pending.wait(new AbortController().signal);
    expect(pending.settlement).toBeNull();
    expect(pending.settle({ outcome: 'denied', reason: 'no' })).toBe(true);
    expect(pending.settle({ outcome: 'expired', reason: null })).toBe(false);
    expect(await pending.settled).toEqual({ outcome: 'denied', reason: 'no' });
    expect(pending.settlement).toEqual({ outcome: 'denied', reason: 'no' });
  });

  it('looks at the clock every second: a machine may have slept', async () => {
    pending.wait(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(pending.settlement).toBeNull();
    setClock(clock, '2026-01-01T09:00:00.000Z');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(pending.settlement).toEqual({ outcome: 'expired', reason: null });
  });

  it('listens to its client no longer than it waits', async () => {
    const gone = new AbortController();
    const removed = vi.spyOn(gone.signal, 'removeEventListener');
    pending.wait(gone.signal);
    pending.settle({ outcome: 'denied', reason: 'no' });
    await pending.settled;
    await Promise.resolve();
    expect(removed).toHaveBeenCalledOnce();
    gone.abort('cancelled');
    expect(pending.settlement).toEqual({ outcome: 'denied', reason: 'no' });
  });
});

it.each([
  ['cancelled', 'cancelled'],
  ['disconnected', 'disconnected'],
  ['time limit', 'ended'],
  [new Error('approved'), 'ended'],
  ['approved', 'ended'],
  [undefined, 'ended'],
])('a signal that aborts with %j means %s', (reason, outcome) => {
  expect(withdrawal(reason)).toBe(outcome);
});
