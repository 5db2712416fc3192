import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expected } from '../../../src/protocols/postgres/expected.ts';
import {
  NO,
  prepared,
  parse,
  bind,
  execute,
  query,
  refusedQuery,
  close,
  describing,
  sync,
  bench,
  parseComplete,
  bindComplete,
  closeComplete,
  complete,
  error,
  ready,
} from './machine-bench.ts';
import { column, i16, message, server, text } from './messages.ts';

describe('a server that lies', () => {
  const cases: readonly (readonly [string, () => Expected[], Buffer[]])[] = [
    ['answers what nobody asked', () => [], [complete('SELECT 1')]],
    ['is ready when nobody asked', () => [], [ready()]],
    ['reports an error of nothing', () => [], [error('42601')]],
    ['sends rows that nobody asked for', () => [], [server.row('x')]],
    ['sends rows before it describes them', () => [query([])], [server.row('x')]],
    [
      'sends rows behind the end of their statement',
      () => [query([], [])],
      [server.columns(column('a')), complete('SELECT 0'), server.row('x')],
    ],
    ['sends COPY data without COPY', () => [query([])], [server.columns(column('a')), server.copyData('x')]],
    ['sends rows within COPY', () => [execute()], [server.copyOut(), server.row('x')]],
    ['sends COPY data behind its end', () => [query([])], [server.copyOut(), server.copyDone(), server.copyData('x')]],
    ['ends a COPY that did not begin', () => [query([])], [server.copyDone()]],
    ['asks for data that no statement reads', () => [query([])], [server.copyIn()]],
    ['asks for data of an Execute that reads none', () => [execute()], [server.copyIn()]],
    ['streams both ways', () => [query([])], [message('W', Buffer.from([0, 0, 0]))]],
    ['gives more results than there are statements', () => [query([])], [complete('SELECT 1'), complete('DELETE 5')]],
    ['gives a result for a refused query', () => [refusedQuery()], [complete('DROP TABLE')]],
    ['describes a result of a refused query and is ready', () => [refusedQuery()], [ready()]],
    ['accepts a refused Parse', () => [parse('a', '', NO)], [parseComplete()]],
    ['goes on after an error', () => [query([], [])], [error('22012'), complete('SELECT 1')]],
    ['sends rows after an error', () => [query([])], [server.columns(column('a')), error('22012'), server.row('x')]],
    ['ends the connection and goes on', () => [query([])], [error('57P01', 'over', 'FATAL'), complete('SELECT 1')]],
    [
      'ends the connection and sends rows',
      () => [query([])],
      [server.columns(column('a')), error('57P01', 'over', 'FATAL'), server.row('x')],
    ],
    ['ends the connection and is ready', () => [query([])], [error('57P01', 'over', 'FATAL'), ready()]],
    ['ends the connection twice', () => [], [error('57P01', 'over', 'FATAL'), error('57P01', 'over', 'FATAL')]],
    ['finds nothing where a statement is', () => [query([])], [server.empty()]],
    ['answers Parse with BindComplete', () => [parse('a')], [bindComplete()]],
    ['answers Bind with ParseComplete', () => [bind('a')], [parseComplete()]],
    ['answers Close with CommandComplete', () => [close('portal', 'a')], [complete('CLOSE')]],
    ['answers Execute with ParseComplete', () => [execute()], [parseComplete()]],
    ['answers Describe with CommandComplete', () => [describing()], [complete('X')]],
    ['answers Sync with anything else', () => [sync], [complete('X')]],
    ['describes what Execute runs', () => [execute()], [server.columns(column('a'))]],
    ['suspends a simple query', () => [query([])], [server.suspended()]],
    ['is ready before it answered', () => [parse('a'), sync], [ready()]],
    ['is ready in no known state', () => [sync], [ready('X')]],
    ['is ready without a state', () => [sync], [message('Z')]],
    ['describes columns in a malformed way', () => [query([])], [message('T', i16(3))]],
    ['describes a statement in a malformed way', () => [describing()], [message('T', i16(-1))]],
    ['completes with a malformed tag', () => [query([])], [message('C', Buffer.from('no end'))]],
    ['logs in again', () => [query([])], [server.authentication(0)]],
    ['gives another key', () => [query([])], [server.keyData(1, Buffer.alloc(4))]],
    ['answers a function call', () => [query([])], [message('V', text(''))]],
    ['says something unknown', () => [query([])], [message('?')]],
  ];

  it.each(cases)('and %s ends the connection', (_what, expected, lies) => {
    expect(
      bench(...expected())
        .hears(...lies)
        .at(-1),
    ).toBe('lie');
  });

  it('in any order of messages is never followed by anything but a protocol error', () => {
    const some: readonly (() => Expected)[] = [
      () => parse('a'),
      () => bind('a'),
      () => execute(),
      () => query([], [{ kind: 'copy-in' }]),
      () => close('statement', 'a'),
      () => describing(prepared('x')),
      () => sync,
      refusedQuery,
    ];
    const say = [
      parseComplete(),
      bindComplete(),
      closeComplete(),
      complete('X'),
      ready(),
      ready('E'),
      error('22012'),
      server.columns(column('a')),
      server.row('x'),
      server.copyIn(),
      server.copyOut(),
      server.copyData('x'),
      server.copyDone(),
      server.noData(),
      server.empty(),
      server.suspended(),
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...some), fc.constantFrom(...say)), { maxLength: 30 }), (steps) => {
        const b = bench();
        for (const step of steps) {
          if (typeof step === 'function') b.sent(step());
          // `hears` throws for every other error.
          else if (b.hears(step)[0] === 'lie') return;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
