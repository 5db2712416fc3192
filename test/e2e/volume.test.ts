import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../postgres/door.ts';
import { frames } from '../postgres/frames.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { wireClient, wireOptions } from '../postgres/wire-client.ts';

const rows = 1_000_000;
const mebibyte = 1024 * 1024;
const result = `select n, repeat('x', 100) as filling from generate_series(1, ${rows}) n`;

let server: Server;
let door: Door;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
});

// Each has a door of its own: memory that an earlier one left behind would hide what a later one takes.
beforeEach(async () => {
  const address = `127.0.0.1:${server.port}`;
  door = await openDoor({
    targets: { one: { address, database: 'postgres', user: server.user, tls: 'disable', policy: ['p'] } },
    policies: { p: { default: 'allow', deny: [{ action: ['drop'] }] } },
  });
});

afterEach(async () => {
  await door?.close();
});

function resident(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${door.pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Watches the door's memory while `work` goes on; resolves with the most it ever was. */
async function peak(work: Promise<unknown>): Promise<number> {
  let most = resident();
  let done = false;
  const ended = work.finally(() => (done = true));
  while (!done) {
    most = Math.max(most, resident());
    await pause(10);
  }
  await ended;
  return most;
}

/** Counts rows and bytes of a result without keeping any. */
async function read(text: string, slow: boolean): Promise<{ rows: number; bytes: number }> {
  const client = await wireClient(wireOptions(door.env('one')));
  const { socket } = client;
  socket.removeAllListeners('data');
  const seen = { rows: 0, bytes: 0 };
  let rest: Buffer = Buffer.alloc(0);
  let since = 0;
  client.send(frames.query(text));
  if (slow) {
    socket.pause();
    await pause(1500);
    socket.resume();
  }
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    seen.bytes += chunk.length;
    since += chunk.length;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    let ready = false;
    while (rest.length - at >= 5) {
      const length = rest.readInt32BE(at + 1) + 1;
      if (rest.length - at < length) break;
      if (rest[at] === 0x44) seen.rows += 1;
      ready = rest[at] === 0x5a;
      at += length;
    }
    rest = rest.subarray(at);
    if (ready) break;
    if (slow && since > 2 * mebibyte) {
      since = 0;
      await pause(40);
    }
  }
  return seen;
}

describe.each([
  { reader: 'a quick reader', slow: false },
  { reader: 'a slow reader', slow: true },
])('a million rows to $reader', ({ slow }) => {
  it('pass in less than 64 MiB of more memory', async () => {
    // The program's own growth to its working size is not the result's.
    await read('select n, repeat($$x$$, 100) from generate_series(1, 100000) n', false);
    const before = resident();
    const reading = read(result, slow);
    const most = await peak(reading);
    const seen = await reading;
    expect(seen.rows).toBe(rows);
    expect(seen.bytes).toBeGreaterThan(100 * mebibyte);
    expect(most - before).toBeLessThan(64 * mebibyte);
  }, 120_000);
});
