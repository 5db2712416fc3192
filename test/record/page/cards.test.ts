import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../../src/record/event.ts';
import type { Card, Part } from '../../../src/record/page/card.ts';
import { Cards } from '../../../src/record/page/cards.ts';
import {
  ANSWER,
  askedEvent,
  endedWith,
  type PlainEvent,
  requestEvent,
  settledEvent,
  shownBy,
  terminalEvent,
  writtenBy,
} from '../approvals.ts';
import { FLAG } from '../../../src/record/page/card.ts';
import { entryFlags } from '../../../src/record/page/index-entry.ts';
import { refusedEvent, statementEvent } from '../fixtures.ts';

const connection = fc.integer({ min: 1, max: 3 });
const number = fc.nat(60);
const request = fc.constantFrom('a', 'b', 'never asked');

/** Any events in any order: what a record may hold, and what it never should. */
const event: fc.Arbitrary<StoredEvent> = fc.oneof(
  connection.map((c): StoredEvent => ({ ...statementEvent('select 1'), connection: c })),
  connection.map((c): StoredEvent => ({ ...refusedEvent('drop table t'), connection: c })),
  connection.map((c): StoredEvent => askedEvent('update t set a = 1', c)),
  fc.tuple(connection, fc.option(number)).map(([c, statement]): StoredEvent => {
    return { type: 'complete', connection: c, statement, tag: 'OK', rows: 1, bytes: 1 };
  }),
  fc.tuple(connection, fc.option(number)).map(([c, statement]): StoredEvent => {
    return { type: 'error', connection: c, statement, code: '42601', message: 'no', severity: 'ERROR' };
  }),
  connection.map((c): StoredEvent => ({ type: 'notice', connection: c, code: '00000', message: 'yes' })),
  fc.tuple(connection, fc.option(number)).map(([c, statement]): StoredEvent => {
    return { type: 'rows', connection: c, statement, direction: 'out', partial: false, bytes: Buffer.from('row') };
  }),
  fc.tuple(number, request).map(([statement, id]): StoredEvent => requestEvent(statement, id)),
  request.map((id): StoredEvent => ({ type: 'answer', connection: 1, answer: { ...ANSWER, request: id } })),
  fc.tuple(number, request).map(([statement, id]): PlainEvent => settledEvent(statement, 'denied', id)),
  connection.map((c): PlainEvent => terminalEvent('output', 'output', c)),
  connection.map((c): StoredEvent => ({ type: 'close', connection: c, cause: 'client' })),
);

/** How many events become a part of their own, by the part's name. */
const PARTS: Partial<Record<StoredEvent['type'], Part['kind']>> = {
  statement: 'statement',
  complete: 'outcome',
  error: 'error',
  notice: 'notice',
  request: 'request',
  answer: 'answer',
  settled: 'settled',
};

describe('cards', () => {
  test('lose nothing and repeat nothing, whatever comes in whatever order, and keep the order', () => {
    const property = fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const cards = new Cards(() => [['row']], 5);
      const found: Card[] = [];
      for (const [index, one] of events.entries())
        found.push(...cards.add({ number: index, offsetMicros: index, event: one }));
      found.push(...cards.finish());
      const numbers = found.map((card) => card.number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      const parts = found.flatMap((card) => card.parts);
      for (const [type, kind] of Object.entries(PARTS)) {
        expect(parts.filter((part) => part.kind === kind)).toHaveLength(
          events.filter((one) => one.type === type).length,
        );
      }
      const shown = parts.flatMap((part) => (part.kind === 'terminal' ? part.pieces : []));
      expect(shown).toHaveLength(events.filter((one) => one.type === 'terminal').length);
    });
    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });
});

describe('the cards of a connection with several commands', () => {
  test('have what a command wrote, what it moved and how it ended with the command, and terminals by themselves', () => {
    const { cards, parts } = cardsOf([
      statementEvent('shell'),
      { type: 'resize', connection: 1, statement: 0, columns: 80, rows: 24 },
      shownBy(0, '$ '),
      statementEvent('make'),
      writtenBy(3, 'compiling\n'),
      shownBy(0, 'x'),
      writtenBy(3, 'no rule\n', 'errors'),
      {
        type: 'transfer',
        connection: 1,
        statement: 3,
        direction: 'in',
        path: '/a',
        bytes: 5,
        sha256: null,
        complete: true,
      },
      endedWith(3, 'exit 2'),
      endedWith(0, 'exit 0'),
    ]);
    expect(parts(3).map((part) => part.kind)).toEqual(['statement', 'terminal', 'terminal', 'lines', 'outcome']);
    const pieces = { kind: 'terminal', statement: 3, piped: true } as const;
    expect(parts(3)).toContainEqual({ ...pieces, stream: 'output', pieces: [[4, 'compiling\r\n']] });
    expect(parts(3)).toContainEqual({ ...pieces, stream: 'errors', pieces: [[6, 'no rule\r\n']] });
    expect(parts(3)).toContainEqual({ kind: 'lines', role: 'note', lines: ['#3 sent to /a: 5 bytes'] });
    const screens = cards.flatMap((card) => card.parts).filter((part) => part.kind === 'terminal' && !part.piped);
    expect(screens.flatMap((part) => (part.kind === 'terminal' ? part.pieces : []))).toEqual([
      [1, 80, 24],
      [2, '$ '],
      [5, 'x'],
    ]);
    expect(cards.map(entryFlags)).toContain(FLAG.statement | FLAG.error);
  });

  test('hold a bounded part of what one command wrote, and say that there is more', () => {
    const much = Array.from({ length: 300 }, () => writtenBy(0, 'x'.repeat(1024)));
    const { parts } = cardsOf([statementEvent('yes'), ...much, endedWith(0, 'exit 0')]);
    const held = parts(0).flatMap((part) => (part.kind === 'terminal' ? part.pieces : []));
    expect(held).toHaveLength(256);
    const notes = parts(0).filter((part) => part.kind === 'lines');
    expect(notes).toEqual([{ kind: 'lines', role: 'note', lines: ['more of it is on record: export as NDJSON'] }]);
  });
});

function cardsOf(events: readonly StoredEvent[]) {
  const gathered = new Cards(() => [], 5);
  const cards = events.flatMap((one, number) => gathered.add({ number, offsetMicros: number, event: one }));
  cards.push(...gathered.finish());
  return {
    cards,
    parts: (number: number): readonly Part[] => cards.find((card) => card.number === number)?.parts ?? [],
  };
}
