import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { encodeEvent } from '../../src/record/event.ts';
import type { StoredEvent } from '../../src/record/event.ts';
import { FRAME_TYPE } from '../../src/record/format.ts';
import { entryJson } from '../../src/record/json.ts';
import { ReplayRenderer } from '../../src/record/replay.ts';
import { Tally } from '../../src/record/tally.ts';
import { EventDecoder } from '../../src/record/verdicts.ts';
import { refusedEvent, statementEvent, testHeader } from './fixtures.ts';

const identity = testHeader().identity;
const effect = {
  action: 'select',
  object: 'table',
  schema: 'app',
  name: 't',
  columns: ['a'],
  where: null,
  opaque: false,
  certain: true,
  via: [],
};

const SAMPLES: readonly { readonly type: number; readonly value: object }[] = [
  {
    type: FRAME_TYPE.header,
    value: {
      header: testHeader({ identity: { ...identity, kind: 'agent', actsFor: identity }, reason: 'why' }),
      writer: { pid: 1, host: 'here', birth: 'boot/1' },
    },
  },
  {
    type: FRAME_TYPE.end,
    value: { cause: 'client', ended: 1, totals: { connections: 1, statements: 1, refused: 0, errors: 0, rows: 1 } },
  },
  { type: FRAME_TYPE.event, value: { type: 'open', connection: 1, application: 'psql', peer: 'local' } },
  {
    type: FRAME_TYPE.event,
    value: { ...statementEvent('select $1', { parameters: ['1', null, { base64: 'AA==' }] }), effects: [effect] },
  },
  { type: FRAME_TYPE.event, value: { ...refusedEvent('drop table t'), prepared: 3, text: null } },
  {
    type: FRAME_TYPE.event,
    value: {
      type: 'columns',
      connection: 1,
      statement: 1,
      columns: [{ name: 'a', table: 1, attribute: -1, type: 23, format: 'binary' }],
    },
  },
  {
    type: FRAME_TYPE.event,
    value: { type: 'complete', connection: 1, statement: null, tag: 'SELECT 1', rows: 1, bytes: 1 },
  },
  {
    type: FRAME_TYPE.event,
    value: { type: 'error', connection: 1, statement: 1, code: '42601', message: 'no', severity: 'ERROR' },
  },
  { type: FRAME_TYPE.event, value: { type: 'notice', connection: 1, code: '00000', message: 'yes' } },
  { type: FRAME_TYPE.event, value: { type: 'cancel', connection: 1 } },
  { type: FRAME_TYPE.event, value: { type: 'close', connection: 1, cause: 'client' } },
];

/** Every place in a value, as the keys that lead there. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

/** The value with something else in one place; `undefined` leaves the place out. */
function altered(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? altered(item, rest, other) : (item as unknown)));
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, name === key ? altered(inner, rest, other) : (inner as unknown)]),
  );
}

/** Everything that is done with events, to see whether it holds. */
function use(event: StoredEvent): void {
  const entry = { number: 1, offsetMicros: 0, event };
  entryJson(entry);
  new Tally().add(event);
  const renderer = new ReplayRenderer({ decode: () => [] });
  renderer.render(entry);
  renderer.render({ ...entry, event: { type: 'complete', connection: 1, statement: 1, tag: '', rows: 0, bytes: 0 } });
}

function outcomeOf(run: () => void): unknown {
  try {
    run();
    return 'harmless';
  } catch (error) {
    return error instanceof HoopError ? 'refused' : error;
  }
}

const decodeEvent = (type: number, payload: Buffer): StoredEvent => new EventDecoder().decode(type, payload, 1);
const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');

describe('an event in a record', () => {
  test('comes back as it was written', () => {
    for (const { type, value } of SAMPLES) {
      const event = decodeEvent(type, encode(value));
      expect(event).toMatchObject(value);
      expect(() => use(event)).not.toThrow();
    }
  });

  test('is written as JSON writes it, the first time and again', () => {
    for (const { type, value } of SAMPLES) {
      if (type !== FRAME_TYPE.event) continue;
      const event = decodeEvent(type, encode(value));
      if (event.type === 'rows') throw new Error('rows are no JSON');
      for (const _time of [1, 2]) expect(JSON.parse(encodeEvent(event))).toEqual(value);
    }
  });

  test('with anything else in any place is either refused or harmless', () => {
    const property = fc.property(
      fc.constantFrom(...SAMPLES.flatMap(({ type, value }) => places(value).map((path) => ({ type, value, path })))),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constant(undefined),
        fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, 'rows', '__proto__'),
      ),
      ({ type, value, path }, other) => {
        const outcome = outcomeOf(() => use(decodeEvent(type, encode(altered(value, path, other)))));
        expect(['refused', 'harmless']).toContain(outcome);
      },
    );
    expect(() => fc.assert(property, { numRuns: 3000 })).not.toThrow();
  });

  test('in bytes that are none is refused in words that repeat nothing of them', () => {
    for (const bytes of [
      '',
      '{',
      'null',
      '[]',
      '{"type":"secret"}',
      '{"type":"rows"}',
      `${'['.repeat(100_000)}`,
      '"\\ud800"',
    ]) {
      expect(() => decodeEvent(FRAME_TYPE.event, Buffer.from(bytes))).toThrow(
        /^the record holds an event (?:that is not JSON|of an unknown kind or shape)$/,
      );
    }
    expect(() => decodeEvent(FRAME_TYPE.rows, Buffer.alloc(10))).toThrow('too short');
    expect(() => decodeEvent(0x77, encode({ type: 'cancel', connection: 1 }))).toThrow(HoopError);
  });
});
