import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { Outcome } from '../../src/core/request.ts';
import { encodeEvent } from '../../src/record/event.ts';
import type { StoredEvent } from '../../src/record/event.ts';
import { FRAME_TYPE } from '../../src/record/format.ts';
import { Cards } from '../../src/record/page/cards.ts';
import { entryJson } from '../../src/record/json.ts';
import { ReplayRenderer } from '../../src/record/replay.ts';
import { Tally } from '../../src/record/tally.ts';
import { readEvents } from '../../src/record/reader.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { EventDecoder } from '../../src/record/verdicts.ts';
import { openRecord } from '../../src/record/writer.ts';
import { ANSWER, askedEvent, BOB, DRY_RUN, requestEvent, settledEvent, terminalEvent, TERMS } from './approvals.ts';
import { onRecord, refusedEvent, stateDirectory, statementEvent, testClock, testHeader } from './fixtures.ts';

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

const OUTCOMES: readonly Outcome[] = ['approved', 'denied', 'expired', 'cancelled', 'disconnected', 'ended', 'changed'];

/** Everything that can come of a request, and of a terminal. */
const NEW: readonly SessionEvent[] = [
  askedEvent('update t set a = 1'),
  requestEvent(2),
  requestEvent(2, 'aaaaaaaa', [{ ...TERMS, index: null, approvers: 'self', breakGlass: 'self', message: null }, TERMS]),
  { type: 'preview', connection: 1, request: 'a', preview: { estimate: 1, dryRun: DRY_RUN, withheld: null } },
  {
    type: 'preview',
    connection: 1,
    request: 'a',
    preview: { estimate: null, dryRun: null, withheld: 'it calls code' },
  },
  {
    type: 'preview',
    connection: 1,
    request: 'a',
    preview: { estimate: null, dryRun: { ...DRY_RUN, sample: null }, withheld: null },
  },
  { type: 'answer', connection: 1, answer: ANSWER },
  {
    type: 'answer',
    connection: 1,
    answer: {
      ...ANSWER,
      verdict: 'deny',
      reason: null,
      until: null,
      effect: null,
      breakGlass: true,
      by: { ...BOB, actsFor: BOB },
    },
  },
  ...OUTCOMES.map((outcome) => settledEvent(2, outcome)),
  { type: 'granted', connection: 1, statement: 2, request: 'a', use: 2 },
  { type: 'revoked', request: 'a', by: BOB, reason: null },
  { type: 'revoked', request: 'a', by: BOB, reason: 'enough' },
  terminalEvent('\u001b[31m$ '),
  terminalEvent('ls\r', 'input'),
  { type: 'resize', connection: 1, columns: 80, rows: 24 },
];

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
  ...NEW.map((value) => ({ type: FRAME_TYPE.event, value })),
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
  const cards = new Cards(() => [], 5);
  for (const card of [...cards.add(entry), ...cards.finish()]) JSON.stringify(card);
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
    expect(() => fc.assert(property, { numRuns: 5000 })).not.toThrow();
  });

  test('about requests and terminals goes through a record and comes back the same', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    for (const event of NEW) await onRecord(recorder, event);
    await recorder.close('client');
    const source = await openSessionSource(state, header.session);
    const found: StoredEvent[] = [];
    for await (const { event } of readEvents(source)) found.push(event);
    await source.close();
    expect(found.slice(1, -1)).toEqual(NEW);
    expect(found.at(-1)).toMatchObject({ totals: { statements: 1, refused: 6 } });
  });

  test.each([
    ['an outcome', settledEvent(2, 'approved'), ['outcome'], 'perhaps'],
    ['a verdict of an answer', { type: 'answer', connection: 1, answer: ANSWER }, ['answer', 'verdict'], 'maybe'],
    ['uses of an answer', { type: 'answer', connection: 1, answer: ANSWER }, ['answer', 'uses'], -1],
    ['no word on break-glass', { type: 'answer', connection: 1, answer: ANSWER }, ['answer', 'breakGlass'], undefined],
    ['approvers', requestEvent(2), ['terms', '0', 'approvers'], 'anybody'],
    ['addresses of approvers', requestEvent(2), ['terms', '0', 'approvers', 'emails'], undefined],
    ['a subject of approvers', requestEvent(2), ['terms', '0', 'approvers', 'subjects'], [7]],
    ['a term', requestEvent(2), ['terms', '0'], null],
    ['a statement of none', requestEvent(2), ['statement'], null],
    ['a stream', terminalEvent('x'), ['stream'], 'thoughts'],
    ['a text', terminalEvent('x'), ['text'], 5],
    ['a size', { type: 'resize', connection: 1, columns: 80, rows: 24 }, ['rows'], 0.5],
    ['a use', { type: 'granted', connection: 1, statement: 2, request: 'a', use: 1 }, ['use'], '1'],
    ['somebody', { type: 'revoked', request: 'a', by: BOB, reason: null }, ['by', 'kind'], 'robot'],
    [
      'a row of a preview',
      { type: 'preview', connection: 1, request: 'a', preview: { estimate: 1, dryRun: DRY_RUN, withheld: null } },
      ['preview', 'dryRun', 'sample', 'rows', '0', 'after'],
      [1],
    ],
  ])('with %s that nobody knows is refused', (_, event, path, other) => {
    expect(() => decodeEvent(FRAME_TYPE.event, encode(event))).not.toThrow();
    expect(() => decodeEvent(FRAME_TYPE.event, encode(altered(event, path, other)))).toThrow(
      'the record holds an event of an unknown kind or shape',
    );
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

describe('a tally', () => {
  test.each(OUTCOMES)('counts a request that was %s as refused unless it was approved, and once', (outcome) => {
    const tally = new Tally();
    for (const event of [askedEvent('update t set a = 1'), requestEvent(1), settledEvent(1, outcome)]) tally.add(event);
    expect(tally).toMatchObject({ statements: 1, refused: outcome === 'approved' ? 0 : 1 });
  });

  test('counts what policy refused without a request', () => {
    const tally = new Tally();
    tally.add(refusedEvent('drop table t'));
    tally.add(askedEvent('update t set a = 1'));
    expect(tally).toMatchObject({ statements: 2, refused: 1 });
  });
});
