import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Door, type DoorOptions, openDoor } from '../../src/local/door.ts';
import { candidatePorts } from '../../src/local/ports.ts';

let runtime: string;
let doors: Door[] = [];

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'hoopctl-door-'));
});

afterEach(async () => {
  for (const door of doors) await door.close();
  doors = [];
  rmSync(runtime, { recursive: true, force: true });
});

/** Sends every byte back until the client ends. */
function echo(client: Duplex): Promise<void> {
  client.on('data', (chunk: Buffer) => client.write(chunk));
  client.on('end', () => client.end());
  return new Promise((resolve) => client.once('close', () => resolve()));
}

async function open(options: Partial<DoorOptions> = {}): Promise<Door> {
  const warn = (): void => undefined;
  const place = { kind: 'tcp', port: null } as const;
  const door = await openDoor({ target: 'pg', place, runtime, sockets: 100, serve: echo, warn, ...options });
  doors.push(door);
  return door;
}

async function dial(door: Door): Promise<Socket> {
  const { address } = door;
  const socket = address.kind === 'tcp' ? connect(address.port, address.host) : connect(address.path);
  await once(socket, 'connect');
  return socket;
}

function portOf(door: Door): number {
  if (door.address.kind !== 'tcp') throw new Error('no port');
  return door.address.port;
}

describe('a door on a port', () => {
  it('listens on 127.0.0.1 and nowhere else (R12)', async () => {
    const door = await open();
    expect(door.address).toMatchObject({ kind: 'tcp', host: '127.0.0.1' });
    for (const host of ['127.0.0.2', '::1']) {
      const socket = connect(portOf(door), host);
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT']).toContain(error.code);
    }
  });

  it('is the target’s own port where that is free, and the next one where it is not', async () => {
    // A name that no other test opens a door for at the same time.
    const target = `own-port-${randomUUID()}`;
    const [first, second] = candidatePorts(target);
    expect(portOf(await open({ target }))).toBe(first);
    expect(portOf(await open({ target }))).toBe(second);
  });

  it('is the port that was asked for, or an error', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(open({ place: { kind: 'tcp', port } })).rejects.toMatchObject({ code: 'local.listen' });
    taken.close();
    await once(taken, 'close');
    expect(portOf(await open({ place: { kind: 'tcp', port } }))).toBe(port);
  });
});

describe('a door on a socket', () => {
  it('lies in a fresh directory that only its owner can enter, and is gone when it is closed', async () => {
    const door = await open({ place: { kind: 'unix', port: 5432 } });
    if (door.address.kind !== 'unix') throw new Error('no socket');
    const directory = dirname(door.address.path);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    (await dial(door)).destroy();
    await door.close();
    expect(readdirSync(runtime)).toEqual([]);
  });

  it('is refused where its path would be cut', async () => {
    const long = join(runtime, 'x'.repeat(80));
    await expect(open({ place: { kind: 'unix', port: 5432 }, runtime: long })).rejects.toMatchObject({
      code: 'local.listen',
    });
  });
});

describe('clients', () => {
  it('are served each for itself, and counted', async () => {
    const door = await open();
    const [one, other] = [await dial(door), await dial(door)];
    one.write('one');
    other.write('other');
    expect(String((await once(one, 'data'))[0])).toBe('one');
    expect(String((await once(other, 'data'))[0])).toBe('other');
    expect(door.connections()).toBe(2);
    expect(door.traffic()).toBe(16);
    one.end();
    await once(one, 'close');
    expect(door.traffic()).toBe(16);
  });

  it('may end their half and still read the rest', async () => {
    const door = await open();
    const socket = await dial(door);
    socket.end('all of it');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toBe('all of it');
  });

  it('that break off do not disturb the others', async () => {
    const door = await open();
    const rude = await dial(door);
    rude.write('x');
    rude.resetAndDestroy();
    const socket = await dial(door);
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');
    socket.destroy();
  });

  it('are closed beyond the limit of sockets, which is said once (R15)', async () => {
    const warnings: string[] = [];
    const door = await open({ sockets: 5, warn: (message) => warnings.push(message) });
    const sockets: Socket[] = [];
    for (let count = 0; count < 8; count += 1) {
      const socket = await dial(door);
      socket.on('error', () => undefined);
      sockets.push(socket);
    }
    await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBe(3);
    expect(door.connections()).toBe(5);
    expect(warnings).toEqual(['more than 5 sockets at once: further ones are closed']);
    sockets[0]?.destroy();
    await expect.poll(() => door.connections()).toBe(4);
    const next = await dial(door);
    next.write('let in');
    expect(String((await once(next, 'data'))[0])).toBe('let in');
    for (const socket of [...sockets, next]) socket.destroy();
  });

  it('are thrown out, and nobody gets in, when the door is closed', async () => {
    const door = await open();
    const socket = await dial(door);
    const closed = once(socket, 'close');
    await door.close();
    await closed;
    await expect(dial(door)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await door.close();
  });

  it('stay when the door is stopped, but nobody new gets in', async () => {
    const door = await open();
    const socket = await dial(door);
    door.stop();
    await expect(dial(door)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');
  });
});
