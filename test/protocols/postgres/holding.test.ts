import { beforeEach, describe, expect, it } from 'vitest';
import { Holding } from '../../../src/protocols/postgres/holding.ts';
import type { Machine } from '../../../src/protocols/postgres/machine.ts';
import type { Enclosure } from '../../../src/protocols/postgres/preview/enclosure.ts';
import { fieldsOf } from '../../postgres/frames.ts';
import { askedFor, opened } from '../../session/approvals/petition.ts';
import { HandClock } from '../../session/bench.ts';

const request = opened(new HandClock()).approver.draft(askedFor('delete from users'), 1);

let machine: { skipping: boolean; transaction: string; begun: boolean };
let settling: Promise<void> | null;
let withdrawn: boolean;
let told: { readonly message: Buffer; readonly waits: () => boolean }[];
let holding: Holding;

beforeEach(() => {
  machine = { skipping: false, transaction: 'I', begun: false };
  settling = null;
  withdrawn = false;
  told = [];
  holding = new Holding({
    machine: machine as Machine,
    enclosure: {} as Enclosure,
    settle: () => settling,
    tell: (message, waits) => void told.push({ message, waits }),
    sever: () => undefined,
    withdrawn: () => withdrawn,
  });
});

describe('a connection is ready to hold a statement', () => {
  it('at once when nothing is under way, or when that is answered', async () => {
    expect(holding.ready()).toBe(true);
    settling = Promise.resolve();
    expect(await holding.ready()).toBe(true);
  });

  it('never when the server would ignore it, be it known at once or later', async () => {
    settling = Promise.resolve().then(() => void (machine.skipping = true));
    expect(await holding.ready()).toBe(false);
    settling = null;
    expect(await holding.ready()).toBe(false);
  });

  it('and knows whether a transaction is under way, also one that only a pipeline has begun', () => {
    expect(holding.inTransaction).toBe(false);
    machine.begun = true;
    expect(holding.inTransaction).toBe(true);
    Object.assign(machine, { begun: false, transaction: 'E' });
    expect(holding.inTransaction).toBe(true);
  });
});

describe('a statement that is held', () => {
  it('is told of once, for as long as it waits', () => {
    const signal = holding.held(request);
    expect([holding.waiting, signal.aborted, told.map(({ waits }) => waits())]).toEqual([true, false, [true]]);
    const [notice] = told;
    const body = notice?.message.subarray(5) ?? Buffer.alloc(0);
    expect(fieldsOf({ type: 'N', body })['M']).toBe(`held for approval: request ${request.id}`);
    holding.done();
    expect([holding.waiting, told[0]?.waits()]).toEqual([false, false]);
  });

  it('does not wait on when another one is held after it', () => {
    holding.held(request);
    holding.done();
    holding.held(request);
    expect(told.map(({ waits }) => waits())).toEqual([false, true]);
  });

  it.each(['cancelled', 'disconnected', 'ended'] as const)('is taken back with why: %s', (cause) => {
    const signal = holding.held(request);
    if (cause === 'cancelled') expect(holding.cancel()).toBe(true);
    else holding.close(cause);
    expect([signal.reason, holding.waiting, told[0]?.waits()]).toEqual([cause, false, false]);
    expect(holding.cancel()).toBe(false);
  });

  it('is taken back at once, and nobody told, when it was withdrawn before or the connection is over', () => {
    withdrawn = true;
    expect(holding.held(request).reason).toBe('cancelled');
    withdrawn = false;
    holding.done();
    holding.close('ended');
    holding.close('disconnected');
    expect(holding.held(request).reason).toBe('ended');
    expect(told).toEqual([]);
  });

  it('is not cancelled by who comes before it', () => {
    expect(holding.cancel()).toBe(false);
    expect(holding.held(request).aborted).toBe(false);
  });

  it('is announced to who watches the client', () => {
    let count = 0;
    holding.whenHeld(() => (count += 1));
    holding.held(request);
    expect(count).toBe(1);
  });
});
