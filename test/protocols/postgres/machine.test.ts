import { describe, expect, it } from 'vitest';
import type { SessionChange } from '../../../src/core/statement.ts';
import type { Expected, Question } from '../../../src/protocols/postgres/expected.ts';
import {
  NO,
  portal,
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
import { column, message, server } from './messages.ts';

describe('names', () => {
  it('stand for what was sent as soon as it is sent, and for what the server says afterwards', () => {
    const b = bench(parse('a', 'one'));
    expect(b.statement('a')).toBe('one');
    b.sent(sync).hears(error('42601'), ready());
    expect(b.statement('a')).toBeNull();
    b.sent(parse('a', 'two'), sync).hears(parseComplete(), ready());
    expect(b.statement('a')).toBe('two');
  });

  it('mean the newest of several that are on their way', () => {
    const b = bench(parse('', 'one'), bind('p', 'one'), parse('', 'two'), bind('p', 'two'));
    expect([b.statement(''), b.portal('p')]).toEqual(['two', 'two']);
    b.hears(parseComplete(), bindComplete());
    expect([b.statement(''), b.portal('p')]).toEqual(['two', 'two']);
  });

  it('that are being closed mean nothing any more', () => {
    const b = bench(parse('a'), bind('p'), close('statement', 'a'), close('portal', 'p'));
    expect([b.statement('a'), b.portal('p')]).toEqual([null, null]);
  });

  it('are not changed by what the server skips after an error', () => {
    const b = bench(parse('a', 'old'), sync);
    b.hears(parseComplete(), ready());
    b.sent(parse('b'), close('statement', 'a'), parse('a', 'new'), bind('p'), sync);
    b.hears(error('42601'), ready());
    expect([b.statement('a'), b.statement('b'), b.portal('p')]).toEqual(['old', null, null]);
  });

  it('are dropped for the unnamed statement when its Parse fails, and only then', () => {
    const b = bench(parse('', 'old'), parse('a', 'old'), sync);
    b.hears(parseComplete(), parseComplete(), ready());
    b.sent(parse('a'), parse('', 'skipped'), sync).hears(error('42601'), ready());
    expect(b.statement('')).toBe('old');
    b.sent(parse(''), sync).hears(error('42601'), ready());
    expect([b.statement(''), b.statement('a')]).toEqual([null, 'old']);
  });

  it('of the unnamed statement end with a simple query', () => {
    const b = bench(parse('', 'old'), sync);
    b.hears(parseComplete(), ready());
    b.sent(query([]));
    expect(b.statement('')).toBeNull();
    b.hears(complete('SELECT 0'), ready());
    expect(b.statement('')).toBeNull();
  });

  it('change by SQL statement by statement, as each completes', () => {
    const b = bench(
      query(
        [{ kind: 'prepare', name: 'a', text: 'one' }],
        [{ kind: 'prepare', name: 'b', text: 'two' }],
        [{ kind: 'deallocate', name: 'a' }],
      ),
    );
    expect(b.machine.namesUnsettled).toBe(true);
    expect(b.statement('a')).toBeNull();
    b.hears(complete('PREPARE'));
    expect([b.statement('a'), b.statement('b')]).toEqual(['one', null]);
    b.hears(complete('PREPARE'));
    expect([b.statement('a'), b.statement('b')]).toEqual(['one', 'two']);
    // The last is not told to be complete before its transaction, and is not undone with it.
    b.hears(error('40001'), ready());
    expect([b.statement('a'), b.statement('b')]).toEqual([null, 'two']);
    expect(b.machine.namesUnsettled).toBe(false);
  });

  it('may stand for what the last of several statements prepared, when the end of the transaction fails', () => {
    const b = bench(query([], [{ kind: 'prepare', name: 'a', text: 'one' }]));
    b.hears(complete('INSERT 0 1'), error('23503'), ready());
    expect(b.statement('a')).toBe('one');
    b.sent(query([], [{ kind: 'prepare', name: 'a', text: 'two' }])).hears(complete('BEGIN'), error('42P05'), ready());
    expect(b.statement('a')).toBe('one');
    b.sent(query([], [{ kind: 'prepare', name: 'b', text: 'two' }])).hears(error('23503'), ready());
    expect(b.statement('b')).toBeNull();
    // DISCARD ALL, which does not run along with others.
    b.sent(query([], [{ kind: 'deallocate', name: null }])).hears(complete('SELECT 1'), error('25001'), ready());
    expect(b.statement('a')).toBe('one');
  });

  it('are not sure while what gives or takes them is on its way behind a Sync: an error would undo that', () => {
    const b = bench(parse('a', 'old'), sync);
    b.hears(parseComplete(), ready());
    b.sent(parse('', '', NO), close('statement', 'a'), parse('a', 'new'), bind('p'));
    expect([b.machine.isUnsure('statement', 'a'), b.machine.isUnsure('portal', 'p')]).toEqual([false, false]);
    expect(b.machine.statements('a').map(({ text }) => text)).toEqual(['new']);
    b.sent(sync);
    expect([b.machine.isUnsure('statement', 'a'), b.machine.isUnsure('portal', 'p')]).toEqual([true, true]);
    expect(b.machine.statements('a').map(({ text }) => text)).toEqual(['old', 'new']);
    b.hears(error('42601'), ready());
    expect(b.machine.isUnsure('statement', 'a')).toBe(false);
    expect(b.machine.statements('a').map(({ text }) => text)).toEqual(['old']);
  });

  it('are all forgotten by DEALLOCATE ALL but the protocol’s unnamed one', () => {
    const b = bench(parse('a'), parse(''), sync);
    b.hears(parseComplete(), parseComplete(), ready());
    b.sent(execute([{ kind: 'deallocate', name: null }]), sync).hears(complete('DEALLOCATE ALL'), ready());
    expect([b.statement('a'), b.statement('')]).toEqual([null, '']);
  });

  it('of portals end with their transaction and not before', () => {
    const b = bench(bind('p'), sync);
    b.hears(bindComplete(), ready('T'));
    expect(b.portal('p')).toBe('p');
    b.sent(query([])).hears(complete('COMMIT'), ready('I'));
    expect(b.portal('p')).toBeNull();
  });

  it.each(['__proto__', 'constructor', 'toString', '', 'ü\n"'])('may be %j (R27)', (name) => {
    const b = bench();
    expect([b.statement(name), b.portal(name)]).toEqual([null, null]);
    b.sent(parse(name, 'text'), bind(name, 'text'), sync).hears(parseComplete(), bindComplete());
    expect([b.statement(name), b.portal(name)]).toEqual(['text', 'text']);
    expect(b.machine.names).toBe(2);
  });
});

describe('an error', () => {
  it('in the middle of a pipeline ends all up to the Sync, which is answered', () => {
    const b = bench(parse('a'), bind('a'), execute(), parse('b'), bind('b'), execute(), sync, parse('c'), sync);
    expect(b.hears(parseComplete(), bindComplete(), error('22012'), ready(), parseComplete(), ready())).toEqual(
      Array(6).fill('forward'),
    );
    expect(b.machine.idle).toBe(true);
    expect(b.statement('c')).toBe('c');
  });

  it('before the Sync is sent makes the server skip what follows until it is', () => {
    const b = bench(parse('a'));
    b.hears(error('42601'));
    expect([b.machine.skipping, b.machine.idle]).toEqual([true, true]);
    b.sent(sync);
    expect(b.machine.skipping).toBe(false);
  });

  it('of a refused statement is replaced by the refusal, once', () => {
    const b = bench(parse('a', '', NO), sync, refusedQuery());
    expect(b.hears(error('42601'), ready(), error('42601'), ready())).toEqual([
      'replace',
      'forward',
      'replace',
      'forward',
    ]);
    expect(b.reports.map((report) => (report.kind === 'error' ? report.fault.code : report.kind))).toEqual([
      '42501',
      '42501',
    ]);
  });

  it('at the end of an implicit transaction comes before ReadyForQuery', () => {
    const b = bench(execute(), sync);
    expect(b.hears(complete('INSERT 0 1'), error('23505'), ready())).toEqual(['forward', 'forward', 'forward']);
  });

  it.each(['FATAL', 'PANIC'])('that is %s may come at any time', (severity) => {
    expect(bench().hears(error('57P01', 'bye', severity))).toEqual(['forward']);
    expect(bench(parse('a')).hears(error('57P01', 'bye', severity))).toEqual(['forward']);
  });

  it('without fields, or with a SQLSTATE that is none, is still one (R18)', () => {
    const b = bench(query([]), query([]));
    b.hears(message('E', Buffer.from([0])), ready(), error('rm -rf'), ready());
    expect(b.reports.map((report) => report.kind === 'error' && report.fault.code)).toEqual(['XX000', 'XX000']);
  });
});

describe('COPY', () => {
  const reads: SessionChange = { kind: 'copy-in' };

  it('from the client goes on until the client ends it', () => {
    for (const expected of [query([reads]), execute([reads])]) {
      const b = bench(expected);
      expect(b.machine.copying).toBe(false);
      expect(b.hears(server.copyIn())).toEqual(['forward']);
      expect(b.machine.copying).toBe(true);
      b.machine.current?.fed(1, 10);
      b.machine.current?.copied();
      expect(b.machine.copying).toBe(false);
      b.hears(complete('COPY 1'));
      expect(b.reports).toEqual([
        { kind: 'complete', number: expected.kind === 'query' ? 6 : 5, tag: 'COPY 1', rows: 1, bytes: 10 },
      ]);
    }
  });

  it('from the client ends with an error of the server’s', () => {
    const b = bench(query([reads]));
    b.hears(server.copyIn(), error('22P02'));
    expect(b.machine.copying).toBe(false);
    const extended = bench(execute([reads]));
    extended.hears(server.copyIn(), error('22P02'));
    expect([extended.machine.copying, extended.machine.skipping]).toEqual([false, true]);
  });

  it('from the client twice in one query asks twice', () => {
    const b = bench(query([reads], [reads]));
    b.hears(server.copyIn());
    b.machine.current?.copied();
    b.hears(complete('COPY 0'), server.copyIn());
    expect(b.machine.copying).toBe(true);
  });

  it('to the client carries data between its beginning and its end', () => {
    for (const expected of [query([]), execute()]) {
      expect(
        bench(expected).hears(server.copyOut(), server.copyData('a'), server.copyDone(), complete('COPY 1')),
      ).toEqual(['forward', 'rows', 'forward', 'forward']);
    }
  });
});

describe('columns', () => {
  it('of an Execute are reported once, as described in the same pipeline, in the formats that Bind asked for', () => {
    const of = portal('select', [1]);
    const b = bench(
      parse('a'),
      { kind: 'bind', portal: '', bound: of },
      describing(of.prepared),
      execute([], of),
      sync,
    );
    b.hears(parseComplete(), bindComplete(), server.columns(column('a'), column('b')));
    b.hears(server.row('1', '2'), server.row('3', '4'), complete('SELECT 2'), ready());
    expect(b.reports.map((report) => report.kind)).toEqual(['columns', 'complete']);
    expect(b.reports[0]).toMatchObject({ number: 5, columns: [{ format: 'binary' }, { format: 'binary' }] });
    expect(b.reports[1]).toMatchObject({ rows: 2, tag: 'SELECT 2' });
  });

  it('of each statement of a query are reported for themselves', () => {
    const b = bench(query([], []));
    b.hears(server.columns(column('a')), server.row('1'), complete('SELECT 1'));
    b.hears(server.columns(column('b')), complete('SELECT 0'), ready());
    expect(b.reports.map((report) => (report.kind === 'columns' ? report.columns[0]?.name : report.kind))).toEqual([
      'a',
      'complete',
      'b',
      'complete',
    ]);
  });
});

describe('a question of the proxy’s own', () => {
  function question(): { asked: Question; outcome: () => unknown } {
    let outcome: unknown = 'open';
    return {
      asked: {
        rows: [],
        size: 0,
        most: null,
        columns: [],
        settle: (given) => void (outcome = outcome === 'open' ? given : outcome),
      },
      outcome: () => outcome,
    };
  }
  const own = (asked: Question, ...steps: readonly ('parse' | 'bind' | 'execute' | 'close' | 'sync')[]): Expected[] =>
    steps.map((step) => ({ kind: 'own', step, question: asked }));

  it('is answered unseen by the client', () => {
    const { asked, outcome } = question();
    const b = bench(...own(asked, 'close', 'parse', 'bind', 'execute', 'sync'));
    const answers = [closeComplete(), parseComplete(), bindComplete(), server.row('x'), complete('SELECT 1'), ready()];
    expect(b.hears(...answers)).toEqual(['swallow', 'swallow', 'swallow', 'kept', 'swallow', 'swallow']);
    expect([outcome(), asked.rows.length, b.reports.length]).toEqual(['answered', 1, 0]);
    expect(b.machine.asking).toBe(false);
  });

  it('inside a pipeline ends with its last message, and leaves the pipeline open', () => {
    const { asked, outcome } = question();
    const b = bench(parse('a'), ...own(asked, 'parse', 'execute'), bind('a'));
    b.hears(parseComplete(), parseComplete());
    expect(outcome()).toBe('open');
    expect(b.hears(complete('SELECT 0'), bindComplete())).toEqual(['swallow', 'forward']);
    expect([outcome(), b.machine.open]).toEqual(['answered', true]);
  });

  it('that fails by itself is not shown; one inside a pipeline is the client’s error, since the rest is skipped', () => {
    const alone = question();
    const b = bench(...own(alone.asked, 'parse', 'execute', 'sync'));
    expect(b.hears(error('42501'), ready())).toEqual(['swallow', 'swallow']);
    expect(alone.outcome()).toMatchObject({ code: '42501' });
    const within = question();
    const c = bench(parse('a'), ...own(within.asked, 'parse', 'execute'));
    expect(c.hears(parseComplete(), error('42501'))).toEqual(['forward', 'replace']);
    expect(c.machine.skipping).toBe(true);
    const cancelled = question();
    expect(bench(parse('a'), ...own(cancelled.asked, 'parse')).hears(parseComplete(), error('57014'))).toEqual([
      'forward',
      'forward',
    ]);
  });

  it('behind a client’s error is skipped', () => {
    const { asked, outcome } = question();
    const b = bench(parse('a'), ...own(asked, 'parse', 'execute'));
    expect(b.hears(error('42601'))).toEqual(['forward']);
    expect(outcome()).toBe('skipped');
  });

  it('is skipped when the connection is gone, also when it is asked afterwards', () => {
    const [before, after] = [question(), question()];
    const b = bench(...own(before.asked, 'parse'));
    b.machine.abandon();
    b.sent(...own(after.asked, 'parse', 'sync'));
    expect([before.outcome(), after.outcome()]).toEqual(['skipped', 'skipped']);
  });

  it('is not answered by rows out of place', () => {
    const { asked } = question();
    expect(bench(...own(asked, 'parse', 'execute')).hears(server.row('x'))).toEqual(['lie']);
  });
});
