import { describe, expect, it } from 'vitest';
import { frames } from '../../../postgres/frames.ts';
import { server as say } from '../messages.ts';
import type { Evidence } from './evidence.ts';
import { CANARY } from './model.ts';
import { unjudged, unmasked } from './oracle.ts';

const query = frames.query('rows 1 1');
const other = frames.query('rows 2 2');
const sync = frames.sync();
const data = frames.copyData('data');
const row = say.row('x');
const ready = say.ready();

const judged = (bytes: Buffer, runs: string | null = null) => ({ bytes, judged: true, runs });
const housekeeping = (bytes: Buffer) => ({ bytes, judged: false, runs: null });
const arrived = (bytes: Buffer, ran: string | null = null) => ({ bytes, ran });

/** A connection on which all went well. */
const well: Evidence = {
  asked: [query, sync, data],
  released: [judged(query, 'rows 1 1'), housekeeping(sync), housekeeping(data)],
  believed: true,
  arrived: [arrived(query, 'rows 1 1'), arrived(sync), arrived(data)],
  dataRecorded: [data],
  heard: [row, ready],
  heardRest: Buffer.alloc(0),
  shown: [row, ready],
  rowsMasked: [row],
  rowsRecorded: [row],
};

describe('the oracle', () => {
  it('has nothing to say when all is well', () => {
    expect([...unjudged(well), ...unmasked(well)]).toEqual([]);
  });

  it('knows hoopctl’s own messages', () => {
    const own = [
      frames.query('refused by hoopctl'),
      frames.parse('refused by hoopctl', 'hoopctl refused'),
      frames.parse('select', 'hoopctl catalog'),
      frames.bind({ statement: 'hoopctl catalog', portal: 'hoopctl catalog' }),
      frames.execute('hoopctl catalog'),
      frames.close('S', 'hoopctl catalog'),
      sync,
      frames.flush(),
    ];
    const ours = { ...well, asked: [], released: own.map(housekeeping), arrived: own.map((bytes) => arrived(bytes)) };
    expect(unjudged(ours)).toEqual([]);
  });

  it.each<readonly [string, Partial<Evidence>, RegExp]>([
    ['a statement that was not judged', { released: [housekeeping(query)], arrived: [arrived(query)] }, /not judged/],
    ['a statement that was not released', { released: [], arrived: [arrived(query)] }, /not released/],
    ['other bytes than were released', { released: [judged(query)], arrived: [arrived(other)] }, /not released/],
    [
      'a statement that the client did not send',
      { released: [judged(other)], arrived: [arrived(other)] },
      /did not send/,
    ],
    [
      'messages in another order',
      { released: [housekeeping(sync), judged(query)], arrived: [arrived(sync), arrived(query)] },
      /order/,
    ],
    [
      'a message twice',
      { released: [judged(query), judged(query)], arrived: [arrived(query), arrived(query)] },
      /did not send/,
    ],
    [
      'a text that was judged as another',
      { released: [judged(query, 'rows 2 2')], arrived: [arrived(query, 'rows 1 1')] },
      /judged as "rows 2 2"/,
    ],
    ['COPY data that is not on record', { dataRecorded: [] }, /not on record/],
    [
      'a function call',
      {
        asked: [frames.functionCall(1, [])],
        released: [housekeeping(frames.functionCall(1, []))],
        arrived: [arrived(frames.functionCall(1, []))],
      },
      /on no list/,
    ],
  ])('finds %s at the server', (_what, bad, complaint) => {
    expect(unjudged({ ...well, ...bad }).join()).toMatch(complaint);
  });

  it.each<readonly [string, Partial<Evidence>, RegExp]>([
    ['a row that no masker made', { rowsMasked: [], rowsRecorded: [] }, /no masker/],
    ['a row that is not on record', { rowsRecorded: [] }, /not recorded/],
    ['what the guard has not shown', { shown: [row] }, /not shown/],
    ['half a message', { heardRest: row.subarray(0, 7) }, /half/],
    ['a malformed message', { heard: [say.ready('X')], shown: [say.ready('X')] }, /malformed "Z"/],
    ['a message of no known kind', { heard: [frames.raw('W', row)], shown: [frames.raw('W', row)] }, /malformed "W"/],
    ['the catalog', { heard: [say.notice(CANARY)], shown: [say.notice(CANARY)] }, /catalog/],
  ])('finds %s at the client', (_what, bad, complaint) => {
    expect(unmasked({ ...well, ...bad }).join()).toMatch(complaint);
  });

  it('lets hoopctl have the last word, and no other', () => {
    const fatal = say.error('08P01', 'over', 'FATAL');
    expect(unmasked({ ...well, heard: [row, ready, fatal] })).toEqual([]);
    expect(unmasked({ ...well, heard: [row, fatal, ready] })).not.toEqual([]);
  });
});
