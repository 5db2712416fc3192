import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HoopError } from '../../src/core/errors.ts';
import { recordPath } from '../../src/record/layout.ts';
import { searchSessions } from '../../src/record/search.ts';
import type { SearchFailure, SearchHit, SearchQuery } from '../../src/record/search.ts';
import { isSessionId, isSessionIdPrefix, newSessionId, sessionIdTime } from '../../src/record/session-id.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { listSessions, resolveSession, summarize } from '../../src/record/store.ts';
import type { SessionSummary } from '../../src/record/store.ts';
import { openRecord } from '../../src/record/writer.ts';
import {
  onRecord,
  refusedEvent,
  rowsEvent,
  stateDirectory,
  statementEvent,
  testClock,
  testHeader,
} from './fixtures.ts';

const START = Date.UTC(2026, 0, 1);

async function all(state: string): Promise<SessionSummary[]> {
  const found: SessionSummary[] = [];
  for await (const summary of listSessions(state)) found.push(summary);
  return found;
}

describe('a session id', () => {
  test('sorts by time, tells it, and is never the same twice', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => newSessionId(START + index));
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.map(sessionIdTime)).toEqual(ids.map((_, index) => START + index));
    expect(new Set(Array.from({ length: 1000 }, () => newSessionId(START))).size).toBe(1000);
    expect(ids.every(isSessionId)).toBe(true);
    expect(ids.every((id) => isSessionIdPrefix(id.slice(0, 8)))).toBe(true);
  });

  test.each([
    '',
    '.',
    '..',
    '../../etc/passwd',
    'a/b',
    `${'0'.repeat(25)}/`,
    `${'0'.repeat(26)}\0`,
    `${'0'.repeat(26)}\n`,
    '0'.repeat(27),
    'Z'.repeat(26),
    '8'.repeat(26),
    `${'0'.repeat(25)}u`,
  ])('is not %j, which never becomes part of a path (R46)', async (id) => {
    expect(isSessionId(id)).toBe(false);
    const state = stateDirectory();
    expect(() => recordPath(state, id)).toThrow('not the id of a session');
    await expect(
      openRecord({ state, header: testHeader({ session: id }), clock: testClock(), sync: 'process' }),
    ).rejects.toMatchObject({ code: 'record.missing' });
    await expect(resolveSession(state, id)).rejects.toMatchObject({ code: 'record.missing' });
  });
});

describe('the list of sessions', () => {
  test('tells of each what became of it', async () => {
    const state = stateDirectory();
    const open = (time: number) => {
      const header = testHeader({ session: newSessionId(time), started: new Date(time).toISOString() });
      return openRecord({ state, header, clock: testClock(time), sync: 'process' });
    };
    const ended = await open(START);
    await onRecord(ended, { type: 'open', connection: 1, application: null, peer: 'local' });
    await onRecord(ended, statementEvent('select 1'));
    await onRecord(ended, refusedEvent('drop table t'));
    await onRecord(ended, { type: 'complete', connection: 1, statement: 2, tag: 'SELECT 3', rows: 3, bytes: 30 });
    await ended.close('expired');
    const running = await open(START + 1000);
    for (let block = 0; block < 3; block += 1) await running.write(rowsEvent(Buffer.alloc(900_000)));
    await onRecord(running, statementEvent('select 2'));
    await onRecord(running, {
      type: 'error',
      connection: 1,
      statement: 1,
      code: '42P01',
      message: 'no',
      severity: 'ERROR',
    });

    expect(await all(state)).toMatchObject([
      { state: 'running', ended: null, cause: null, totals: { connections: 0, statements: 1, refused: 0, errors: 1 } },
      {
        state: 'ended',
        started: '2026-01-01T00:00:00.000Z',
        ended: expect.stringMatching(/^2026-01-01T00:00:00/),
        cause: 'expired',
        identity: { display: 'ada' },
        target: { name: 'pg-prod' },
        totals: { connections: 1, statements: 2, refused: 1, errors: 0, rows: 3 },
      },
    ]);
    await running.close('client');
  });

  test('leaves out what is no record, and names what is damaged, cut or a symlink (R46)', async () => {
    const state = stateDirectory();
    mkdirSync(`${state}/sessions`, { recursive: true });
    writeFileSync(`${state}/sessions/notes.txt`, 'hello');
    writeFileSync(`${state}/sessions/..record`, 'hello');
    const [junk, empty, link, folder] = [4, 3, 2, 1].map((second) => newSessionId(START + second));
    writeFileSync(recordPath(state, junk ?? ''), 'this is no record at all, though its name says so '.repeat(4));
    writeFileSync(recordPath(state, empty ?? ''), '');
    writeFileSync(`${state}/secret`, 'hello');
    symlinkSync(`${state}/secret`, recordPath(state, link ?? ''));
    mkdirSync(recordPath(state, folder ?? ''));
    expect((await all(state)).map(({ id, state: kind }) => [id, kind])).toEqual([
      [junk, 'damaged'],
      [empty, 'cut'],
      [link, 'damaged'],
      [folder, 'damaged'],
    ]);
    await expect(openSessionSource(state, link ?? '')).rejects.toMatchObject({ code: 'record.unreadable' });
    expect(await summarize(state, newSessionId(START))).toBeNull();
  });

  test('never fails on a record cut anywhere', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await onRecord(recorder, statementEvent('select 1'));
    await recorder.close('client');
    const path = recordPath(state, header.session);
    const bytes = readFileSync(path);
    const kinds = new Set<string | undefined>();
    for (let length = bytes.length - 1; length >= 0; length -= 1) {
      truncateSync(path, length);
      kinds.add((await summarize(state, header.session))?.state);
    }
    // The test's own process wrote it and lives: as long as the header is whole it could be running.
    expect([...kinds]).toEqual(['running', 'cut']);
  });
});

describe('a prefix of an id', () => {
  test('finds the one session it stands for, in either case, and no other', async () => {
    const state = stateDirectory();
    const ids = [START, START + 5_000_000].map((time) => newSessionId(time));
    for (const session of ids) {
      await (
        await openRecord({ state, header: testHeader({ session }), clock: testClock(), sync: 'process' })
      ).close('client');
    }
    const [first = '', second = ''] = ids;
    expect(await resolveSession(state, first)).toBe(first);
    expect(await resolveSession(state, second.slice(0, 12).toUpperCase())).toBe(second);
    const ambiguous: HoopError = await resolveSession(state, first.slice(0, 3)).then(
      () => expect.fail('it should not resolve'),
      (error: HoopError) => error,
    );
    expect(ambiguous).toMatchObject({
      code: 'record.missing',
      message: '2 sessions start with that',
      hint: expect.stringContaining(first),
    });
    await expect(resolveSession(state, 'zzzz')).rejects.toMatchObject({ message: 'no session has that id' });
    await expect(resolveSession(state, '')).rejects.toMatchObject({ code: 'record.missing' });
  });
});

describe('a search', () => {
  async function hits(state: string, query: SearchQuery): Promise<string[]> {
    const found: string[] = [];
    for await (const hit of searchSessions(state, query)) found.push(label(hit));
    return found;
  }

  const label = (hit: SearchHit | SearchFailure): string =>
    'error' in hit
      ? `failed: ${hit.error.code}`
      : `${hit.target} ${hit.number} ${hit.text}${hit.errorCode === null ? '' : ` ${hit.errorCode}`}`;

  test('says how what was asked for ended, and counts what nobody approved as refused', async () => {
    const state = stateDirectory();
    const recorder = await openRecord({ state, header: testHeader(), clock: testClock(), sync: 'process' });
    const decision = { ...statementEvent('').decision, verdict: 'ask' as const };
    const about = { type: 'settled', connection: 1, request: 'k7fd2qmx' } as const;
    for (const [text, outcome] of [
      ['delete 1', 'approved'],
      ['delete 2', 'denied'],
      ['delete 3', 'expired'],
      ['delete 4', null],
    ] as const) {
      const statement = recorder.append(statementEvent(text, { decision }));
      if (outcome !== null) recorder.append({ ...about, statement, outcome });
    }
    const granted = recorder.append(statementEvent('delete 5', { decision }));
    recorder.append({ type: 'granted', connection: 1, statement: granted, request: 'k7fd2qmx', use: 2 });
    recorder.append(statementEvent('delete $1', { decision, phase: 'prepare' }));
    await recorder.close('client');
    const found = async (query: SearchQuery): Promise<string[]> => {
      const all: string[] = [];
      for await (const hit of searchSessions(state, query))
        if (!('error' in hit)) all.push(`${hit.text} ${hit.outcome}`);
      return all;
    };
    expect(await found({ text: 'DELETE' })).toEqual([
      'delete 1 approved',
      'delete 2 denied',
      'delete 3 expired',
      'delete 5 approved',
      'delete $1 null',
      'delete 4 null',
    ]);
    expect(await found({ refused: true })).toEqual(['delete 2 denied', 'delete 3 expired']);
  });

  async function fill(state: string): Promise<void> {
    for (const [index, name] of ['pg-prod', 'pg-test'].entries()) {
      const time = START + index * 3_600_000;
      const target = { ...testHeader().target, name };
      const header = testHeader({ session: newSessionId(time), started: new Date(time).toISOString(), target });
      const recorder = await openRecord({ state, header, clock: testClock(time), sync: 'process' });
      await onRecord(recorder, statementEvent('SELECT * FROM Customers'));
      await onRecord(recorder, refusedEvent('drop table customers'));
      await onRecord(recorder, statementEvent('select $1::int', { phase: 'prepare' }));
      await onRecord(recorder, statementEvent('', { phase: 'execute', text: null, prepared: 3 }));
      await onRecord(recorder, {
        type: 'error',
        connection: 1,
        statement: 4,
        code: '22P02',
        message: 'bad',
        severity: 'ERROR',
      });
      await recorder.close('client');
    }
  }

  test('finds statements by their text, in any case, and through what prepared them', async () => {
    const state = stateDirectory();
    await fill(state);
    expect(await hits(state, { text: 'CUSTOMERS', target: 'pg-prod' })).toEqual([
      'pg-prod 1 SELECT * FROM Customers',
      'pg-prod 2 drop table customers',
    ]);
    expect(await hits(state, { text: '$1::INT', target: 'pg-test' })).toEqual([
      'pg-test 3 select $1::int',
      'pg-test 4 select $1::int',
    ]);
  });

  test('narrows by target, verdict, time and error', async () => {
    const state = stateDirectory();
    await fill(state);
    expect(await hits(state, { verdict: 'deny' })).toEqual([
      'pg-test 2 drop table customers',
      'pg-prod 2 drop table customers',
    ]);
    expect(await hits(state, { verdict: 'deny', until: START + 60_000 })).toEqual(['pg-prod 2 drop table customers']);
    expect(await hits(state, { verdict: 'deny', since: START + 60_000 })).toEqual(['pg-test 2 drop table customers']);
    expect(await hits(state, { errorCode: '22P02', target: 'pg-prod' })).toEqual(['pg-prod 4 select $1::int 22P02']);
    expect(await hits(state, { errorCode: '42501' })).toEqual([]);
    expect(await hits(state, { target: 'other' })).toEqual([]);
  });

  test('names a damaged record after what it found before the damage', async () => {
    const state = stateDirectory();
    await fill(state);
    const [first] = (await all(state)).map(({ id }) => id);
    const path = recordPath(state, first ?? '');
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('drop table')] = 0x44;
    writeFileSync(path, bytes);
    expect(await hits(state, { text: 'customers' })).toEqual([
      'pg-test 1 SELECT * FROM Customers',
      'failed: record.verification',
      'pg-prod 1 SELECT * FROM Customers',
      'pg-prod 2 drop table customers',
    ]);
    rmSync(path);
    expect(await hits(state, { verdict: 'deny' })).toEqual(['pg-prod 2 drop table customers']);
  });
});
