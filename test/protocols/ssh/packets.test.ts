import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Connection } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendTogether } from '../../../src/protocols/ssh/packets.ts';

/** What ssh2 does with a packet, for a connection over this stream. */
function packetsOver(stream: Duplex): (packet: Uint8Array) => void {
  const wire = { _onWrite: (packet: Uint8Array) => void stream.write(packet) };
  sendTogether({ _protocol: wire } as unknown as Connection, stream);
  return (packet) => wire._onWrite(packet);
}

/** A stream that counts in how many writes it was given what. */
class Counted extends Duplex {
  readonly writes: string[] = [];
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()).join(' '));
    done();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }
  override _read(): void {
    // Nothing comes.
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('packets that ssh2 writes', () => {
  it('go out in one write for every turn, in their order', async () => {
    const stream = new Counted();
    const write = packetsOver(stream);
    for (const text of ['one', 'two', 'three']) write(Buffer.from(text));
    await nextTurn();
    for (const text of ['four', 'five']) write(Buffer.from(text));
    await nextTurn();
    expect(stream.writes).toEqual(['one two three', 'four five']);
  });

  it('do not wait for the turn’s end when they are many', async () => {
    const stream = new Counted();
    const write = packetsOver(stream);
    for (let sent = 0; sent < 20; sent += 1) write(Buffer.alloc(32 * 1024));
    expect(stream.writes).toHaveLength(2);
    await nextTurn();
    expect(stream.writes.map(({ length }) => length)).toEqual([8, 8, 4].map((count) => count * (32 * 1024 + 1) - 1));
  });

  it('go out before the end that is said in the same turn', async () => {
    const stream = new Counted();
    packetsOver(stream)(Buffer.from('last words'));
    stream.end();
    await once(stream, 'finish');
    expect(stream.writes).toEqual(['last words']);
  });

  it('are not touched while a stream may still have them', async () => {
    const stream = new Counted();
    const packet = Buffer.from(new ArrayBuffer(32_768)).fill('x');
    packetsOver(stream)(packet);
    await nextTurn();
    expect(packet.toString()).toBe('x'.repeat(32_768));
  });
});

describe('the memory of packets', () => {
  let server: Server;
  let near: Socket;
  let far: Socket;
  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(near, 'connect');
    [far] = await accepted;
  });
  afterAll(() => {
    near.destroy();
    far.destroy();
    server.close();
  });

  function received(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    return new Promise((resolve) => {
      const take = (part: Buffer): void => {
        parts.push(part);
        const whole = Buffer.concat(parts);
        if (whole.length < length) return;
        far.off('data', take);
        resolve(whole);
      };
      far.on('data', take).resume();
    });
  }

  it('is given back when a socket has taken them, and they arrive as they were', async () => {
    const packets = [1, 2, 3].map((byte) => Buffer.from(new ArrayBuffer(32_768)).fill(byte));
    const sent = Buffer.concat(packets);
    const write = packetsOver(near);
    for (const packet of packets) write(packet);
    const arrived = await received(sent.length);
    expect(arrived.equals(sent)).toBe(true);
    expect(packets.map(({ length }) => length)).toEqual([0, 0, 0]);
  });

  it('is left alone where others share it', async () => {
    const shared = Buffer.alloc(64, 'y');
    packetsOver(near)(shared.subarray(0, 32));
    await received(32);
    expect(shared.toString()).toBe('y'.repeat(64));
  });

  it('is left alone while a socket that nobody reads cannot take them', async () => {
    far.pause();
    const write = packetsOver(near);
    const packets: Buffer[] = [];
    while (near.writableLength === 0) {
      const packet = Buffer.from(new ArrayBuffer(1 << 20)).fill(packets.length);
      packets.push(packet);
      write(packet);
      await nextTurn();
    }
    const last = packets.at(-1);
    expect(last?.length).toBe(1 << 20);
    const arrived = await received(packets.length << 20);
    expect(arrived.subarray(-(1 << 20)).equals(Buffer.alloc(1 << 20, packets.length - 1))).toBe(true);
  });
});
