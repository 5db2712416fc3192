import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { eventually } from '../../eventually.ts';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { fieldsOf, valuesOf } from '../../postgres/frames.ts';
import { type WireClient, wireOptions } from '../../postgres/wire-client.ts';
import { frames, shapeOf, Stage, tagsOf } from './stage.ts';

/** A stream of numbers that looks random and is the same each time. */
function* chance(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Many clients, slow ones, and those who cancel. */
export function crowds(version: ServerVersion): void {
  describe(`PostgreSQL ${version}: among many`, () => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await Stage.open(version);
    });

    afterAll(() => stage[Symbol.asyncDispose]());
    afterEach(() => stage.clear());

    it.each(['asks', 'tried'])(
      'thirty statements on ten connections are answered in any order, every answer to its question (R22): %s',
      async (target) => {
        await stage.server.admin('postgres', 'update app.counts set n = 0');
        const clients = await Promise.all(Array.from({ length: 10 }, () => stage.client(target)));
        const text = 'update app.counts set n = n + $2 where id = $1 returning id, n';
        for (const [index, client] of clients.entries()) {
          client.send(
            ...[0, 1, 2].flatMap((part) => [
              frames.parse(text, '', [23, 23]),
              frames.bind({ values: [String(10 + index * 3 + part), String(100 + index * 3 + part)] }),
              frames.execute(),
              frames.sync(),
            ]),
          );
        }
        const random = chance(version);
        const decided = new Map<string, boolean>();
        while (decided.size < 30) {
          const open = (await stage.waiting()).filter(({ id }) => !decided.has(id));
          const one: ApprovalRequest | undefined = open[Math.floor(random.next().value * open.length)];
          if (one === undefined) continue;
          const yes = random.next().value < 0.5;
          decided.set(one.id, yes);
          const receipt = yes
            ? await stage.approve(one)
            : await stage.deny(one, `no to ${JSON.stringify(one.parameters?.[0])}`);
          expect(receipt).toMatchObject({ accepted: true });
        }
        const changed: string[] = [];
        for (const [index, client] of clients.entries()) {
          for (const part of [0, 1, 2]) {
            const [id, n] = [String(10 + index * 3 + part), String(100 + index * 3 + part)];
            const answer = await client.until('Z');
            const error = answer.find(({ type }) => type === 'E');
            if (error === undefined) {
              expect(shapeOf(answer)).toBe('1 2 D C ZI');
              const row = answer.find(({ type }) => type === 'D');
              expect(row && valuesOf(row).map(String)).toEqual([id, n]);
              changed.push(id);
            } else {
              expect(shapeOf(answer)).toBe('1 E42501 ZI');
              expect(fieldsOf(error)['M']).toBe(`a person denied this statement: no to "${id}"`);
            }
          }
        }
        expect(changed).toHaveLength([...decided.values()].filter(Boolean).length);
        const rows = await stage.server.admin(
          'postgres',
          'select id::text from app.counts where n > 0 and id >= 10 order by id',
        );
        expect(rows.map(({ id }) => id)).toEqual(changed.toSorted((one, other) => Number(one) - Number(other)));
      },
    );

    it('two yeses at once, and a yes and a no, settle a request once', async () => {
      const client = await stage.client();
      for (let round = 0; round < 10; round += 1) {
        client.send(frames.query(`delete from app.items where id = ${300 + round}`));
        const request = await stage.held(client);
        const receipts = await Promise.all([stage.approve(request), stage.deny(request), stage.approve(request)]);
        expect(receipts.filter(({ accepted }) => accepted)).toHaveLength(1);
        const answer = shapeOf(await client.until('Z'));
        expect(answer).toBe(receipts[1]?.accepted === true ? 'E42501 ZI' : 'C ZI');
      }
    });

    it('a client that cancels gets its own statement back, and no other client’s', async () => {
      const [one, two] = [await stage.client(), await stage.client()];
      const mark = stage.mark();
      for (const client of [one, two]) client.send(frames.query('delete from app.items where id = 311'));
      const [, other] = [await stage.held(one), await stage.held(two)];
      await cancel(one, wireOptions(stage.door.env('asks')).port);
      const answer = await one.until('Z');
      expect([shapeOf(answer), shapeOf(await one.query('select 1'))]).toEqual(['E57014 ZI', 'T D C ZI']);
      expect(await stage.waiting()).toEqual([other]);
      await stage.approve(other);
      expect(tagsOf(await two.until('Z'))).toEqual(['DELETE 1']);
      expect(stage.ran(mark)).toHaveLength(1);
    });

    it('a cancellation in a transaction leaves it failed, as the server would', async () => {
      const client = await stage.client();
      await client.query('begin');
      client.send(frames.query('delete from app.items where id = 312'));
      await stage.held(client);
      await cancel(client, wireOptions(stage.door.env('asks')).port);
      expect(shapeOf(await client.until('Z'))).toBe('E57014 ZE');
      expect(shapeOf(await client.query('rollback'))).toBe('C ZI');
    });

    it.each(['asks', 'tried'])(
      'a cancellation that comes just as the answer does is one or the other: %s',
      async (target) => {
        const { port } = wireOptions(stage.door.env(target));
        for (let round = 0; round < 10; round += 1) {
          const client = await stage.client(target);
          const before = await stage.count();
          client.send(frames.query(`delete from app.items where id = ${(target === 'asks' ? 320 : 340) + round}`));
          const request = await stage.held(client);
          const [receipt] = await Promise.all([stage.approve(request), cancel(client, port)]);
          const answer = shapeOf(await client.until('Z'));
          const gone = before - (await stage.count());
          expect([answer, gone]).toEqual(answer === 'C ZI' ? ['C ZI', 1] : ['E57014 ZI', 0]);
          if (!receipt.accepted) expect(answer).toBe('E57014 ZI');
          client.destroy();
        }
      },
    );

    it('a notice never lands within another message, however slowly the client reads', async () => {
      const client = await stage.client();
      client.socket.pause();
      client.send(
        frames.query("select n, repeat('x', 60000) from generate_series(1, 400) n"),
        frames.query('delete from app.items where id = 361'),
      );
      const reading = setInterval(() => {
        client.socket.resume();
        setImmediate(() => client.socket.pause());
      }, 5);
      try {
        const rows = await client.until('Z', 25_000);
        expect(rows.filter(({ type }) => type === 'D')).toHaveLength(400);
        expect(rows.filter(({ type }) => type === 'N')).toEqual([]);
        const request = await stage.held(client);
        // For as long as it waits, the client is told what it knows already.
        await eventually(() => client.messages.at(-1)?.type === 'S');
        await stage.approve(request);
        expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
      } finally {
        clearInterval(reading);
        client.socket.resume();
      }
    });

    it('a client that never reads is held like any other, and costs no memory', async () => {
      const client = await stage.client();
      client.socket.pause();
      client.send(
        frames.query("select repeat('x', 1000000) from generate_series(1, 20)"),
        frames.query('delete from app.items where id = 362'),
      );
      const free = await stage.client();
      expect(tagsOf(await free.query('select 1'))).toEqual(['SELECT 1']);
      expect(await stage.waiting()).toEqual([]);
      client.socket.resume();
      await client.until('Z');
      client.socket.pause();
      await eventually(async () => (await stage.waiting()).length === 1);
      client.destroy();
      await eventually(async () => (await stage.waiting()).length === 0);
    });

    it('a client that sends much more while it is held gets all of its answers, in order', async () => {
      const client = await stage.client();
      client.send(frames.query('delete from app.items where id = 363'));
      const request = await stage.held(client);
      const long = `select '${'x'.repeat(50_000)}' as long`;
      for (let count = 0; count < 40; count += 1) client.send(frames.query(`${long}, ${count} as count`));
      await stage.approve(request);
      expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
      for (let count = 0; count < 40; count += 1) {
        const row = (await client.until('Z')).find(({ type }) => type === 'D');
        expect(row && String(valuesOf(row)[1])).toBe(String(count));
      }
    });

    it('a client that is gone takes back what it sent behind the one that is held, too', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(
        frames.query('delete from app.items where id = 364'),
        frames.query('delete from app.items where id = 365'),
        frames.query('select count(*) from app.items'),
      );
      await stage.held(client);
      client.socket.resetAndDestroy();
      await eventually(async () => (await stage.waiting()).length === 0);
      const other = await stage.client();
      await other.query('select 1');
      expect([await stage.waiting(), stage.ran(mark)]).toEqual([[], []]);
    });
  });
}

/** CancelRequest for this client, over a connection of its own; resolves when it is taken. */
async function cancel({ key }: WireClient, port: number): Promise<void> {
  if (key === null) throw new Error('no key');
  const head = Buffer.alloc(12);
  head.writeInt32BE(12 + key.secret.length, 0);
  head.writeInt32BE(80_877_102, 4);
  head.writeInt32BE(key.pid, 8);
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.end(Buffer.concat([head, key.secret]));
  socket.resume();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
