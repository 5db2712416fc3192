import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InboxEvent, Reply } from '../../../src/core/inbox.ts';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { openInbox } from '../../../src/local/inbox/open.ts';
import { inboxDirectory, newSocketPath, socketPaths } from '../../../src/local/inbox/sockets.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { askRule, person, policy } from '../../policy/examples.ts';
import { reviewer } from '../../session/asking.ts';
import { Home } from './served.ts';

let home: Home;

beforeEach(() => void (home = new Home()));
afterEach(() => home[Symbol.asyncDispose]());

const replyTo = ({ id, digest }: ApprovalRequest, with_: Partial<Reply> = {}): Reply => ({
  request: id,
  digest,
  verdict: 'approve',
  reason: null,
  uses: 1,
  lasts: null,
  effect: null,
  breakGlass: false,
  ...with_,
});

/** A socket on which nobody listens, as a process that is killed leaves it. */
async function stale(): Promise<string> {
  const path = newSocketPath(await inboxDirectory(home.runtime));
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', code], { stdio: 'ignore' }), 'exit');
  expect(existsSync(path)).toBe(true);
  return path;
}

describe('an inbox', () => {
  it('without any hoopctl that runs is empty', async () => {
    const client = home.client();
    expect([await client.list(), await client.grants()]).toEqual([[], []]);
    const request = { id: 'bcdfghjk', digest: '' } as ApprovalRequest;
    expect(await client.reply(replyTo(request))).toEqual({ accepted: false, reason: 'there is no such request' });
    await expect(client.revoke('bcdfghjk', null)).rejects.toMatchObject({ code: 'local.request' });
  });

  it('is that of every hoopctl that runs, oldest request first', async () => {
    const [one, two] = [await home.serve('one'), await home.serve('two')];
    const asked = [one.ask('delete from a'), two.ask('delete from b')];
    await new Promise((resolve) => setTimeout(resolve, 2));
    asked.push(one.ask('delete from c'));
    const texts = (await home.client().list()).map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['delete from a', 'delete from b', 'delete from c']);
    expect(texts.at(-1)).toBe('delete from c');
  });

  it('brings an answer to the process that holds the request', async () => {
    const [one, two] = [await home.serve('one'), await home.serve('two')];
    const [here, there] = [one.ask('delete from a'), two.ask('delete from b')];
    expect(await home.client().reply(replyTo(there.request))).toMatchObject({ outcome: 'approved' });
    expect([here.outcome(), (await there.settled).outcome]).toEqual([null, 'approved']);
    expect(await home.client().reply(replyTo(there.request))).toEqual({
      accepted: false,
      reason: `request ${there.request.id} is settled: approved`,
    });
  });

  it('brings grants and their end', async () => {
    const served = await home.serve();
    const asked = served.ask('delete from users where id = 1');
    await home.client().reply(replyTo(asked.request, { uses: 3, lasts: 60_000 }));
    expect(await home.client().grants()).toMatchObject([{ id: asked.request.id, uses: 3, used: 1 }]);
    expect(await home.client().revoke(asked.request.id, 'enough')).toMatchObject({ revoked: true });
    expect(await home.client().grants()).toEqual([]);
    await expect(home.client().revoke(asked.request.id, null)).rejects.toMatchObject({ code: 'local.request' });
  });

  it('does not let anybody answer in another’s name', async () => {
    const asked = (await home.serve()).ask('delete from users');
    for (const who of [reviewer, { ...person, groups: ['dba'] }]) {
      expect(await home.client(who).reply(replyTo(asked.request))).toMatchObject({ accepted: false });
    }
    expect(asked.outcome()).toBeNull();
  });

  it('takes away the socket of a process that was killed', async () => {
    const path = await stale();
    const asked = (await home.serve()).ask('delete from users');
    expect(await home.client().list()).toEqual([asked.request]);
    expect(existsSync(path)).toBe(false);
  });

  it('takes no other file away, and follows no link out of its directory', async () => {
    const directory = await inboxDirectory(home.runtime);
    writeFileSync(join(directory, 'notes.sock'), 'mine');
    mkdirSync(join(directory, 'deadbeef'));
    symlinkSync('/nowhere', join(directory, 'link.sock'));
    expect([await home.client().list(), await socketPaths(home.runtime)]).toEqual([[], []]);
    expect(existsSync(join(directory, 'notes.sock'))).toBe(true);
  });

  it('says so when a process says what is no JSON', async () => {
    const path = newSocketPath(await inboxDirectory(home.runtime));
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{'));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await expect(home.client().list()).rejects.toMatchObject({ code: 'local.inbox' });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('watching an inbox', () => {
  async function collect(signal: AbortSignal, until: (event: InboxEvent) => boolean): Promise<InboxEvent[]> {
    const events: InboxEvent[] = [];
    for await (const event of home.client().watch(signal)) {
      events.push(event);
      if (until(event)) break;
    }
    return events;
  }

  it('begins with what waits, goes on with what happens, and ends when it is told to', async () => {
    const served = await home.serve();
    const asked = served.ask('delete from users where id = 1');
    const over = new AbortController();
    const types: string[] = [];
    for await (const event of home.client().watch(over.signal)) {
      types.push(event.type);
      if (types.length === 1) void home.client().reply(replyTo(asked.request, { uses: 2, lasts: 60_000 }));
      if (event.type === 'settled') void home.client().revoke(asked.request.id, null);
      if (event.type === 'grant' && event.grant.revoked) over.abort();
    }
    expect(types).toEqual(['request', 'answer', 'grant', 'settled', 'grant']);
  });

  it('takes texts whole, whatever ends a line elsewhere', async () => {
    const served = await home.serve();
    const text = `select '\u2028\u2029\r\n\u0085 ${'ü'.repeat(200_000)}'`;
    const asked = served.ask(text);
    const events = await collect(new AbortController().signal, ({ type }) => type === 'request');
    expect(events).toEqual([{ type: 'request', request: asked.request }]);
  });

  it('sees processes that start later, and that end', async () => {
    const events: InboxEvent[] = [];
    const watching = collect(new AbortController().signal, (event) => {
      events.push(event);
      return event.type === 'settled';
    });
    const served = await home.serve('late');
    const asked = served.ask('delete from users');
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await served.close();
    expect(await watching).toEqual([
      { type: 'request', request: asked.request },
      { type: 'settled', request: asked.request.id, outcome: 'ended' },
    ]);
  });

  it('does not call a request settled that still waits, when the connection to its process breaks', async () => {
    const path = newSocketPath(await inboxDirectory(home.runtime));
    let asked = 0;
    const server = createHttpServer((_request, response) => {
      asked += 1;
      const waiting = asked < 3 ? ['aaaaaaaa', 'bbbbbbbb'] : ['bbbbbbbb'];
      for (const id of waiting) response.write(`${JSON.stringify({ type: 'request', request: { id } })}\n`);
      response.write('{"type":"current"}\n', () => void (asked < 3 ? response.destroy() : undefined));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const events = await collect(new AbortController().signal, ({ type }) => type === 'settled');
      const seen = events.map((event) => (event.type === 'request' ? event.request.id : event.type));
      expect(seen.filter((one) => one === 'settled')).toEqual(['settled']);
      expect(events.at(-1)).toEqual({ type: 'settled', request: 'aaaaaaaa', outcome: 'ended' });
      expect(asked).toBe(3);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('fails when a process says what is no event, and does not wait for the others', async () => {
    await home.serve();
    const path = newSocketPath(await inboxDirectory(home.runtime));
    const server = createHttpServer((_request, response) => void response.end('{"type":\n'));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await expect(collect(new AbortController().signal, () => false)).rejects.toMatchObject({ code: 'local.inbox' });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is refused where others could get in', async () => {
    const directory = await inboxDirectory(home.runtime);
    chmodSync(directory, 0o770);
    await expect(collect(new AbortController().signal, () => true)).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('opening an inbox', () => {
  const own = (): Omit<Parameters<typeof openInbox>[0], 'policies'> => ({
    state: home.state,
    runtime: home.runtime,
    own: person,
    provider: null,
    clock: systemClock,
  });

  it('serves a socket only where something may be asked for', async () => {
    for (const [policies, sockets] of [
      [[policy()], 0],
      [[policy(), policy({ ask: [askRule()] })], 1],
      [[policy({ default: 'ask' })], 1],
    ] as const) {
      await using inbox = await openInbox({ ...own(), policies });
      expect([inbox.register.list(), (await socketPaths(home.runtime)).length]).toEqual([[], sockets]);
    }
    expect(await socketPaths(home.runtime)).toEqual([]);
  });
});
