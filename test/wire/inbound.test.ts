import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Inbound } from '../../src/wire/inbound.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inbound bytes', () => {
  it('are taken exactly, across chunks and within one', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    const taken = inbound.exactly(5);
    stream.write('ab');
    await settled();
    stream.write('cdefgh');
    expect(String(await taken)).toBe('abcde');
    expect(String(await inbound.exactly(2))).toBe('fg');
    expect(String(await inbound.chunk())).toBe('h');
  });

  it('of length nothing need no bytes', async () => {
    expect(await new Inbound(new PassThrough()).exactly(0)).toHaveLength(0);
  });

  it('that were sent early can be seen before they are taken (R19)', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.write('Sclear text');
    await inbound.exactly(1);
    expect(inbound.early).toBe(10);
    await inbound.chunk();
    stream.write('xyz');
    expect(inbound.early).toBe(3);
  });

  it('come again when they are put back', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.write('abcd');
    const two = await inbound.exactly(2);
    inbound.unread(two);
    expect(String(await inbound.exactly(4))).toBe('abcd');
  });

  it('are announced when they arrive, and can be read then', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    let arrived = false;
    const arrival = inbound.arrival().then(() => void (arrived = true));
    await settled();
    expect(arrived).toBe(false);
    stream.write('abc');
    await arrival;
    await inbound.arrival();
    expect(String(await inbound.exactly(3))).toBe('abc');
    stream.end();
    await inbound.arrival();
    expect(await inbound.chunk()).toBeNull();
  });

  it('end with null, after all that had arrived', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.end('last');
    expect(String(await inbound.chunk())).toBe('last');
    expect(await inbound.chunk()).toBeNull();
    expect(await inbound.chunk()).toBeNull();
  });

  it('that stop in the middle of a message are an error', async () => {
    const stream = new PassThrough();
    const taken = new Inbound(stream).exactly(10);
    stream.end('short');
    await expect(taken).rejects.toMatchObject({ code: 'wire.closed' });
  });

  it('end when the stream breaks, without an error that nobody hears', async () => {
    const stream = new PassThrough();
    const waiting = new Inbound(stream).chunk();
    stream.destroy(new Error('reset'));
    expect(await waiting).toBeNull();
  });

  it('end for whoever waits when the stream is let go', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    const waiting = inbound.chunk();
    inbound.detach();
    expect(await waiting).toBeNull();
    expect(['readable', 'end', 'close'].map((event) => stream.listenerCount(event))).toEqual([0, 0, 0]);
  });

  it('are not read ahead of who takes them: a stream nobody reads fills up', async () => {
    const stream = new PassThrough({ highWaterMark: 1024 });
    const inbound = new Inbound(stream);
    let room = true;
    for (let written = 0; room && written < 100; written += 1) room = stream.write(Buffer.alloc(512));
    await settled();
    expect(room).toBe(false);
    expect(inbound.early).toBeLessThan(100 * 512);
  });
});

describe('flowing bytes', () => {
  it('begin with what had arrived, and end with the stream', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.write('abcdef');
    await inbound.exactly(2);
    const taken: string[] = [];
    const flowing = inbound.flow((chunk) => {
      taken.push(String(chunk));
      return null;
    });
    await settled();
    stream.end('gh');
    await flowing;
    expect(taken.join('')).toBe('cdefgh');
  });

  it('wait for who is not done with them', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    const gates: PromiseWithResolvers<void>[] = [];
    const inbound = new Inbound(stream);
    const flowing = inbound.flow(() => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    });
    stream.write('first');
    await settled();
    stream.write('second');
    await settled();
    expect(gates).toHaveLength(1);
    gates[0]?.resolve();
    await settled();
    expect(gates).toHaveLength(2);
    stream.destroy();
    await settled();
    let over = false;
    void flowing.then(() => (over = true));
    await settled();
    expect(over).toBe(false);
    gates[1]?.resolve();
    await flowing;
  });

  it('are all taken, in order, though the stream ended while one was waited for', async () => {
    const stream = new PassThrough();
    const gates = [Promise.withResolvers<void>(), null, Promise.withResolvers<void>(), null];
    const taken: string[] = [];
    const flowing = new Inbound(stream).flow((chunk) => gates[taken.push(String(chunk)) - 1]?.promise ?? null);
    for (const chunk of ['one ', 'two ', 'three ']) {
      stream.write(chunk);
      await settled();
    }
    stream.end('four');
    await settled();
    expect([taken.length, stream.readableEnded]).toEqual([1, true]);
    let over = false;
    void flowing.then(() => (over = true));
    gates[0]?.resolve();
    await settled();
    expect([taken.length, over]).toEqual([3, false]);
    gates[2]?.resolve();
    await flowing;
    expect(taken.join('')).toBe('one two three four');
  });

  it.each(['throws', 'rejects'])('stop when whoever takes them %s', async (how) => {
    const stream = new PassThrough();
    const taken: string[] = [];
    const flowing = new Inbound(stream).flow((chunk) => {
      taken.push(String(chunk));
      const error = new Error('enough');
      if (how === 'throws') throw error;
      return Promise.reject(error);
    });
    stream.write('one');
    await expect(flowing).rejects.toThrow('enough');
    stream.write('two');
    await settled();
    expect([taken, stream.listenerCount('data')]).toEqual([['one'], 0]);
  });

  it('stop when the stream is let go, after the last chunk is done with', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    const gate = Promise.withResolvers<void>();
    let over = false;
    const flowing = inbound.flow(() => {
      inbound.detach();
      return gate.promise;
    });
    void flowing.then(() => (over = true));
    stream.write('last');
    await settled();
    expect(over).toBe(false);
    gate.resolve();
    await flowing;
  });

  it('that do not come any more are noticed, also where nobody waits for them', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.write('all');
    expect(String(await inbound.exactly(3))).toBe('all');
    const ended = once(stream, 'end');
    stream.end();
    await ended;
    expect(await inbound.chunk()).toBeNull();
  });

  it('of a stream that is over already are none', async () => {
    const stream = new PassThrough();
    const inbound = new Inbound(stream);
    stream.destroy();
    await settled();
    await inbound.flow(() => {
      throw new Error('there are none');
    });
  });
});
