import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../src/wire/deadline.ts';

describe('a deadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives what came in time and forgets the clock', async () => {
    const expire = vi.fn<() => void>();
    expect(await within(Promise.resolve(7), 1000, 'counting', expire)).toBe(7);
    await vi.advanceTimersByTimeAsync(5000);
    expect(expire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes on what went wrong in time', async () => {
    await expect(within(Promise.reject(new Error('no')), 1000, 'counting', () => undefined)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops the work and says what took too long', async () => {
    const expire = vi.fn<() => void>();
    const late = within(new Promise(() => undefined), 1000, 'counting', expire);
    const outcome = expect(late).rejects.toMatchObject({
      code: 'wire.deadline',
      message: 'counting took longer than 1 s',
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(expire).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(expire).toHaveBeenCalledOnce();
    await outcome;
  });

  it('does not mind what becomes of the work afterwards', async () => {
    const work = Promise.withResolvers<never>();
    const late = expect(within(work.promise, 10, 'counting', () => undefined)).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(10);
    await late;
    work.reject(new Error('nobody listens'));
    await vi.advanceTimersByTimeAsync(1);
  });
});
