import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { SessionEnd } from '../../src/core/protocol.ts';
import { openInnerDoor } from '../../src/local/inner-door.ts';

const END: SessionEnd = { cause: 'client', message: '' };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Hands every client to the test. */
function opened(whenServed: (client: Duplex) => Promise<void> = () => new Promise(() => undefined)) {
  const served: Duplex[] = [];
  const door = openInnerDoor({
    serve: async (client) => {
      served.push(client);
      await whenServed(client);
      return END;
    },
  });
  return { door, served };
}

describe('a door inside', () => {
  it('numbers who comes in as the session does', () => {
    const { door, served } = opened();
    expect([door.enter()?.connection, door.enter()?.connection, served.length]).toEqual([1, 2, 2]);
  });

  it('passes bytes both ways, counts them, and passes ends on', async () => {
    const { door, served } = opened();
    const client = door.enter()?.stream;
    client?.end('question');
    expect(await text(served[0] as Duplex)).toBe('question');
    served[0]?.end('answer!');
    expect(await text(client as Duplex)).toBe('answer!');
    expect(door.traffic()).toBe(15);
  });

  it('holds back who writes faster than is read', async () => {
    const { door, served } = opened();
    const client = door.enter()?.stream;
    const chunk = Buffer.alloc(64 * 1024);
    while (client?.write(chunk) === true);
    await turn();
    expect((served[0]?.readableLength ?? 0) + (client?.writableLength ?? 0)).toBeLessThan(16 * chunk.length);
    let size = 0;
    served[0]?.on('data', (part: Buffer) => (size += part.length));
    client?.end();
    await new Promise((resolve) => served[0]?.once('end', resolve));
    expect(size % chunk.length).toBe(0);
    expect(size).toBeGreaterThan(0);
  });

  it('lets what was said last be read when the other side is gone', async () => {
    const { door } = opened(async (client) => {
      client.write('last words');
      await turn();
      client.destroy();
    });
    expect(await text(door.enter()?.stream as Duplex)).toBe('last words');
  });

  it('lets nobody in once it is stopped, and throws out who is in when it is closed', async () => {
    const { door, served } = opened();
    const client = door.enter()?.stream;
    door.stop();
    expect(door.enter()).toBeNull();
    expect(served[0]?.destroyed).toBe(false);
    await door.close();
    expect(served[0]?.destroyed).toBe(true);
    expect(await text(client as Duplex)).toBe('');
    const failed = new Promise((resolve) => client?.once('error', resolve));
    client?.write('more');
    expect(await failed).toBeInstanceOf(Error);
  });
});
