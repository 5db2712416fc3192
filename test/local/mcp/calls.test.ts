import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation, Order, Reply } from '../../../src/core/conversation.ts';
import { Calls } from '../../../src/local/mcp/calls.ts';
import type { InnerSession } from '../../../src/local/mcp/sessions.ts';

const ORDER: Order = { text: 'select 1', parameters: null, single: true, stops: true, rows: 1, bytes: 1 };
const REPLY: Reply = { tables: [], notices: [], moreTables: 0, moreNotices: 0, error: null, open: false };
const CANCELLATION = Buffer.from('cancel it');

/** A session whose statements end when the test says so. */
function session() {
  const streams: PassThrough[] = [];
  const replies: PromiseWithResolvers<Reply>[] = [];
  const closed: number[] = [];
  const waiting: string[] = [];
  let letIn: Promise<void> = Promise.resolve();
  const inner = {
    id: 'session',
    policies: [],
    around: { register: { list: () => waiting.map((id) => ({ id })) } },
    enter() {
      const stream = new PassThrough();
      stream.on('error', () => undefined);
      return { stream, connection: streams.push(stream) };
    },
    async converse({ connection }: { connection: number }): Promise<Conversation> {
      await letIn;
      const reply = Promise.withResolvers<Reply>();
      replies[connection - 1] = reply;
      streams[connection - 1]?.once('close', () => reply.reject(new Error('closed')));
      return { run: () => reply.promise, cancellation: CANCELLATION, close: () => void closed.push(connection) };
    },
  } as unknown as InnerSession;
  return { inner, streams, replies, closed, waiting, hold: (until: Promise<void>) => (letIn = until) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the statements of a server', () => {
  it('are no more at once than there is room for, and make room when they end', async () => {
    const [calls, { inner, replies }] = [new Calls(), session()];
    const all = Array.from({ length: 32 }, () => calls.start('pg', inner, ORDER));
    expect(() => calls.start('pg', inner, ORDER)).toThrow('32 statements are under way already');
    await turn();
    replies[0]?.resolve(REPLY);
    expect(await all[0]?.ended).toEqual({ reply: REPLY, refusal: null });
    expect(() => calls.start('pg', inner, ORDER)).not.toThrow();
  });

  it('are told apart by their connections', async () => {
    const [calls, { inner, replies, waiting }] = [new Calls(), session()];
    const [one, other] = [calls.start('pg', inner, ORDER), calls.start('pg', inner, ORDER)];
    await turn();
    calls.held({ id: 'second', session: 'session', connection: 2 });
    calls.held({ id: 'alien', session: 'session', connection: 9 });
    calls.held({ id: 'alien', session: 'other', connection: 1 });
    waiting.push('second');
    await other.held;
    expect([one.waitsFor, other.waitsFor, calls.find('second'), calls.find('alien')]).toEqual([
      null,
      'second',
      other,
      null,
    ]);
    const refusal = { message: '', detail: '', hint: '', cause: 'denied' } as const;
    calls.observed('session', 1, refusal);
    for (const reply of replies) reply.resolve(REPLY);
    expect([await one.ended, await other.ended]).toEqual([
      { reply: REPLY, refusal },
      { reply: REPLY, refusal: null },
    ]);
  });

  it('are found by their requests for a while after they have ended, those that wait for as long as they do', async () => {
    const [calls, { inner, replies }] = [new Calls(), session()];
    const first = calls.start('pg', inner, ORDER);
    calls.held({ id: 'first', session: 'session', connection: 1 });
    for (let count = 2; count < 40; count += 1) {
      const call = calls.start('pg', inner, ORDER);
      calls.held({ id: `r${count}`, session: 'session', connection: count });
      await turn();
      replies[count - 1]?.resolve(REPLY);
      await call.ended;
      await turn();
    }
    expect([calls.find('first'), calls.find('r2'), calls.find('r39')?.over]).toEqual([first, null, true]);
  });
});

describe('a statement that is taken back', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('before it was sent is not sent', async () => {
    const [calls, one] = [new Calls(), session()];
    const entering = Promise.withResolvers<void>();
    void one.hold(entering.promise);
    const call = calls.start('pg', one.inner, ORDER);
    call.withdraw();
    expect([one.streams[0]?.destroyed, one.streams.length]).toEqual([true, 1]);
    entering.reject(new Error('closed'));
    expect(await call.ended).toMatchObject({ failure: expect.any(Error) });
  });

  it('is cancelled from another connection, once', async () => {
    const [calls, one] = [new Calls(), session()];
    const call = calls.start('pg', one.inner, ORDER);
    await turn();
    call.withdraw();
    call.withdraw();
    expect([one.streams.length, one.streams[1]?.read(), one.streams[0]?.destroyed]).toEqual([2, CANCELLATION, false]);
    one.replies[0]?.resolve(REPLY);
    await call.ended;
    await turn();
    vi.advanceTimersByTime(10_000);
    expect([one.streams[0]?.destroyed, one.closed]).toEqual([false, [1]]);
  });

  it('and does not end is cut off', async () => {
    const [calls, one] = [new Calls(), session()];
    const call = calls.start('pg', one.inner, ORDER);
    await turn();
    call.withdraw();
    vi.advanceTimersByTime(5000);
    expect(await call.ended).toMatchObject({ failure: expect.any(Error) });
    expect([one.streams[0]?.destroyed, call.over, call.withdrawn]).toEqual([true, true, true]);
  });

  it('after it has ended stays as it was', async () => {
    const [calls, one] = [new Calls(), session()];
    const call = calls.start('pg', one.inner, ORDER);
    await turn();
    one.replies[0]?.resolve(REPLY);
    await call.ended;
    call.withdraw();
    expect([call.withdrawn, one.streams.length]).toEqual([false, 1]);
  });
});
