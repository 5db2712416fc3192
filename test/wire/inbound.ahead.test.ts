import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Inbound } from '../../src/wire/inbound.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Takes every chunk, and is done with each only when it is told so. */
class SlowTaker {
  readonly taken: string[] = [];
  readonly #gates: (() => void)[] = [];

  readonly take = (chunk: Buffer): Promise<void> => {
    this.taken.push(String(chunk));
    return new Promise((resolve) => this.#gates.push(resolve));
  };

  async done(): Promise<void> {
    this.#gates.shift()?.();
    await settled();
  }

  get text(): string {
    return this.taken.join('');
  }
}

describe('while a chunk is being taken', () => {
  it('the end of the stream is noticed, and waited for until all that came before is taken', async () => {
    const stream = new PassThrough();
    const taker = new SlowTaker();
    let over = false;
    const flowing = new Inbound(stream).flow(taker.take).then(() => (over = true));
    stream.write('one');
    await settled();
    stream.write('two');
    stream.end('three');
    await settled();
    await settled();
    expect([stream.readableEnded, over, taker.taken]).toEqual([true, false, ['one']]);
    await taker.done();
    await taker.done();
    expect([over, taker.text]).toEqual([false, 'onetwothree']);
    await taker.done();
    await flowing;
  });

  it('the end of a socket is noticed, be it a FIN or a RST', async () => {
    for (const leave of [(one: Socket) => one.end(), (one: Socket) => one.resetAndDestroy()]) {
      const accepted = Promise.withResolvers<Socket>();
      const server = createServer({ allowHalfOpen: true }, accepted.resolve);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      const peer = connect(address.port, '127.0.0.1');
      peer.on('error', () => undefined);
      const socket = await accepted.promise;
      socket.on('error', () => undefined);
      const taker = new SlowTaker();
      const flowing = new Inbound(socket).flow(taker.take);
      peer.write('held');
      while (taker.text === '') await settled();
      const noticed = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
      leave(peer);
      await noticed;
      await taker.done();
      await flowing;
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('what comes next is kept in order, one chunk at a time', async () => {
    const stream = new PassThrough();
    const taker = new SlowTaker();
    const flowing = new Inbound(stream).flow(taker.take);
    for (let count = 0; count < 20; count += 1) {
      stream.write(`${count},`);
      await settled();
    }
    expect(taker.taken).toEqual(['0,']);
    stream.end();
    for (let count = 0; count < 20; count += 1) await taker.done();
    await flowing;
    expect(taker.taken).toEqual(Array.from({ length: 20 }, (_, count) => `${count},`));
  });

  it('no more is read than so much ahead, and all of it arrives in the end', async () => {
    const stream = new PassThrough({ highWaterMark: 1024 });
    const taker = new SlowTaker();
    const flowing = new Inbound(stream).flow(taker.take);
    let written = 0;
    for (; written < 1000; written += 1) {
      if (!stream.write(Buffer.alloc(4096, 'x'))) await settled();
      if (stream.writableLength > 32 * 1024) break;
    }
    expect(written * 4096).toBeLessThan(160 * 1024);
    expect(taker.taken).toHaveLength(1);
    stream.end();
    while (taker.text.length < (written + 1) * 4096) await taker.done();
    await taker.done();
    await flowing;
    expect(taker.text).toHaveLength((written + 1) * 4096);
  });

  it('what was read ahead is dropped when the stream is let go, and so is what still comes', async () => {
    const stream = new PassThrough();
    const taker = new SlowTaker();
    const inbound = new Inbound(stream);
    const flowing = inbound.flow(taker.take);
    stream.write('held');
    await settled();
    stream.write('ahead');
    await settled();
    inbound.detach();
    stream.write('later');
    await settled();
    await taker.done();
    await flowing;
    expect([taker.taken, stream.listenerCount('data')]).toEqual([['held'], 0]);
  });

  it('what was read ahead is not taken when taking failed', async () => {
    const stream = new PassThrough();
    const gate = Promise.withResolvers<void>();
    const taken: string[] = [];
    const flowing = new Inbound(stream).flow((chunk) => {
      taken.push(String(chunk));
      return gate.promise;
    });
    stream.write('one');
    await settled();
    stream.write('two');
    await settled();
    gate.reject(new Error('enough'));
    await expect(flowing).rejects.toThrow('enough');
    stream.write('three');
    await settled();
    expect(taken).toEqual(['one']);
  });

  it('one that is taken at once may follow one that was waited for', async () => {
    const stream = new PassThrough();
    const taken: string[] = [];
    const gate = Promise.withResolvers<void>();
    const flowing = new Inbound(stream).flow((chunk) => {
      taken.push(String(chunk));
      return taken.length === 1 ? gate.promise : null;
    });
    stream.write('a');
    await settled();
    for (const text of ['b', 'c']) {
      stream.write(text);
      await settled();
    }
    gate.resolve();
    await settled();
    stream.end('d');
    await flowing;
    expect(taken).toEqual(['a', 'b', 'c', 'd']);
  });
});
