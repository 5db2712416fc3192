import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { deliver, send } from '../../src/wire/sending.ts';

/** A stream that takes one write at a time and goes on only when told to. */
function slow(highWaterMark: number): { stream: Writable; go: () => void; taken: Buffer[] } {
  const taken: Buffer[] = [];
  let next: (() => void) | null = null;
  const stream = new Writable({
    highWaterMark,
    write: (chunk: Buffer, _encoding, done) => {
      taken.push(chunk);
      next = done;
    },
  });
  return {
    stream,
    taken,
    go: () => {
      const done = next;
      next = null;
      done?.();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('sending', () => {
  it('needs no waiting while there is room', () => {
    expect(send(slow(100).stream, Buffer.from('abc'))).toBeNull();
  });

  it('waits while the other side does not take what it was sent', async () => {
    const { stream, go } = slow(4);
    let over = false;
    const sent = send(stream, Buffer.from('longer than four'));
    void sent?.then(() => (over = true));
    await settled();
    expect(over).toBe(false);
    go();
    await sent;
    expect(over).toBe(true);
  });

  it('stops waiting when the stream is closed', async () => {
    const { stream } = slow(4);
    const sent = send(stream, Buffer.from('longer than four'));
    stream.destroy();
    expect(sent).not.toBeNull();
    await sent;
  });

  it('leaves no listeners behind', async () => {
    const { stream, go } = slow(4);
    const sent = send(stream, Buffer.from('longer than four'));
    go();
    await sent;
    expect(stream.listenerCount('drain') + stream.listenerCount('close')).toBe(0);
  });

  it('does nothing to a stream that has ended or was closed', () => {
    const ended = slow(4);
    ended.stream.end();
    expect(send(ended.stream, Buffer.from('too late'))).toBeNull();
    const closed = slow(4);
    closed.stream.destroy();
    expect(send(closed.stream, Buffer.from('too late'))).toBeNull();
    expect([...ended.taken, ...closed.taken]).toEqual([]);
  });

  it('does not write nothing', () => {
    const { stream, taken } = slow(4);
    expect(send(stream, Buffer.alloc(0))).toBeNull();
    expect(taken).toEqual([]);
  });
});

describe('delivering', () => {
  it('writes views that follow each other in memory as one', () => {
    const { stream, taken } = slow(1000);
    const memory = Buffer.from('abcdefgh');
    void deliver(stream, [memory.subarray(0, 2), memory.subarray(2, 5), memory.subarray(5, 6)]);
    expect(taken.map(String)).toEqual(['abcdef']);
  });

  it('keeps the order of pieces from anywhere', async () => {
    const taken: string[] = [];
    const stream = new Writable({
      writev: (chunks, done) => {
        taken.push(...chunks.map(({ chunk }) => String(chunk)));
        done();
      },
    });
    const memory = Buffer.from('abcdef');
    await deliver(stream, [memory.subarray(3), Buffer.from('-'), memory.subarray(0, 1), memory.subarray(1, 2)]);
    expect(taken.join('')).toBe('def-ab');
  });

  it('needs no waiting when all has left at once', () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    expect(deliver(stream, [Buffer.from('abc')])).toBeNull();
  });

  it('waits until the last byte has left, however much room there is', async () => {
    const { stream, go, taken } = slow(1000);
    let left = false;
    const delivered = deliver(stream, [Buffer.from('abc'), Buffer.from('def')]);
    void delivered?.then(() => (left = true));
    go();
    await settled();
    expect([left, taken.map(String)]).toEqual([false, ['abc', 'def']]);
    go();
    await settled();
    go();
    await delivered;
    expect(stream.listenerCount('close')).toBe(0);
  });

  it('stops waiting when the stream is closed', async () => {
    const { stream } = slow(1000);
    const delivered = deliver(stream, [Buffer.from('abc')]);
    stream.destroy();
    expect(delivered).not.toBeNull();
    await delivered;
  });

  it('does nothing to a stream that has ended, and nothing with nothing', () => {
    const { stream, taken } = slow(4);
    expect(deliver(stream, [])).toBeNull();
    stream.end();
    expect(deliver(stream, [Buffer.from('too late')])).toBeNull();
    expect(taken).toEqual([]);
  });
});
