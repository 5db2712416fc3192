import { duplexPair, type Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/core/conversation.ts';
import { BACKEND, cstring, encodeFields, frame, int16, int32 } from '../../../../src/protocols/postgres/frames.ts';
import { Incoming } from '../../../../src/protocols/postgres/client/incoming.ts';
import { Tables } from '../../../../src/protocols/postgres/client/tables.ts';
import { typeName } from '../../../../src/protocols/postgres/client/type-names.ts';

const value = (text: string | null): Buffer =>
  text === null ? int32(-1) : Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text)]);
const row = (...values: readonly (string | null)[]): Buffer =>
  frame(BACKEND.dataRow, int16(values.length), ...values.map(value));
const description = (...types: readonly number[]): Buffer =>
  frame(
    BACKEND.rowDescription,
    int16(types.length),
    ...types.map((type, index) =>
      Buffer.concat([cstring(`c${index}`), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]),
    ),
  );
const complete = (tag: string): Buffer => frame(BACKEND.commandComplete, cstring(tag));

/** What a client keeps of these messages, whatever pieces they come in. */
async function kept(
  bounds: Pick<Order, 'rows' | 'bytes'>,
  messages: readonly Buffer[],
  piece: number,
): Promise<Tables> {
  const [near, far] = duplexPair();
  const incoming = new Incoming(near as Duplex);
  const bytes = Buffer.concat(messages);
  for (let start = 0; start < bytes.length; start += piece) far.write(bytes.subarray(start, start + piece));
  const tables = new Tables(bounds);
  for (const _ of messages) {
    const message = await incoming.next(tables.room);
    if (message[0] === BACKEND.rowDescription) tables.describe(message);
    else if (message[0] === BACKEND.dataRow) tables.row(message);
    else tables.complete(message);
  }
  return tables;
}

describe('what a client keeps of results', () => {
  it.each([1, 3, 7, 1000])('is the same in pieces of %i bytes', async (piece) => {
    const messages = [
      description(23, 25),
      row('1', 'ä'),
      row('2', null),
      row('3', 'x'.repeat(500)),
      row('4', 'y'),
      complete('SELECT 4'),
      complete('INSERT 0 1'),
      description(16400),
      row('z'),
      complete('SELECT 1'),
    ];
    const { all } = await kept({ rows: 10, bytes: 400 }, messages, piece);
    expect(all).toEqual([
      {
        columns: [
          { name: 'c0', type: 'integer' },
          { name: 'c1', type: 'text' },
        ],
        rows: [
          ['1', 'ä'],
          ['2', null],
        ],
        // Rows behind one that did not fit are not kept either: what is shown is where the result begins.
        cut: 'bytes',
        tag: 'SELECT 4',
      },
      { columns: null, rows: [], cut: null, tag: 'INSERT 0 1' },
      { columns: [{ name: 'c0', type: 'oid 16400' }], rows: [['z']], cut: null, tag: 'SELECT 1' },
    ]);
  });

  it('ends at the number of rows, and not before', async () => {
    const messages = (count: number) => [
      description(23),
      ...Array.from({ length: count }, (_, index) => row(String(index))),
      complete(`SELECT ${count}`),
    ];
    expect((await kept({ rows: 3, bytes: 1000 }, messages(3), 64)).all).toMatchObject([{ cut: null }]);
    expect((await kept({ rows: 3, bytes: 1000 }, messages(4), 64)).all).toMatchObject([
      { cut: 'rows', rows: [['0'], ['1'], ['2']] },
    ]);
  });

  it('is of so many statements, and of the others their number', async () => {
    const messages = Array.from({ length: 150 }, () => [description(23), row('1'), complete('SELECT 1')]).flat();
    const tables = await kept({ rows: 10, bytes: 100_000 }, messages, 4096);
    expect(new Set(tables.all.map(({ rows }) => JSON.stringify(rows)))).toEqual(new Set(['[["1"]]']));
    expect([tables.all.length, tables.more]).toEqual([100, 50]);
  });

  it('is of so many columns of all statements together', async () => {
    const wide = description(...Array.from({ length: 1600 }, () => 23));
    const messages = Array.from({ length: 30 }, () => [wide, complete('SELECT 0')]).flat();
    const tables = await kept({ rows: 10, bytes: 1000 }, messages, 65_536);
    expect(tables.all[0]?.columns).toHaveLength(1600);
    expect(JSON.stringify(tables.all).length).toBeLessThan(1_000_000);
    expect(tables.all.length + tables.more).toBe(30);
  });

  it('is little of a row of many megabytes', async () => {
    const [near, far] = duplexPair();
    const incoming = new Incoming(near as Duplex);
    const size = 64 * 1024 * 1024;
    const header = Buffer.concat([Buffer.from([BACKEND.dataRow]), int32(size + 4)]);
    far.write(header);
    const part = Buffer.alloc(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const sending = (async () => {
      for (let sent = 0; sent < size; sent += part.length) {
        await new Promise<void>((resolve) => far.write(part, () => resolve()));
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      far.write(complete('SELECT 1'));
    })();
    expect(await incoming.next(1000)).toEqual(header);
    expect((await incoming.next(1000))[0]).toBe(BACKEND.commandComplete);
    await sending;
    expect(most).toBeLessThan(size / 4);
  });

  it.each([
    ['of an impossible length', Buffer.concat([Buffer.from('Z'), int32(3)]), 'postgres.protocol'],
    ['that is too large to be an error', Buffer.concat([Buffer.from('E'), int32(100_000_000)]), 'wire.limit'],
    ['that is cut off', encodeFields(BACKEND.errorResponse, new Map([['M', 'no']])).subarray(0, 9), 'wire.closed'],
  ])('of a message %s is nothing', async (_what, bytes, code) => {
    const [near, far] = duplexPair();
    const incoming = new Incoming(near as Duplex);
    far.end(bytes);
    await expect(incoming.next()).rejects.toMatchObject({ code });
  });
});

describe('types', () => {
  it.each([
    [23, 'integer'],
    [1184, 'timestamp with time zone'],
    [1007, 'integer[]'],
    [3807, 'jsonb[]'],
    [16_400, 'oid 16400'],
  ])('%i is %s', (oid, name) => {
    expect(typeName(oid)).toBe(name);
  });
});
