import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verificationKeys } from '../../src/record/key.ts';
import { recordPath } from '../../src/record/layout.ts';
import { readEvents } from '../../src/record/reader.ts';
import type { RecordEntry } from '../../src/record/reader.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { verifyRecord } from '../../src/record/verify.ts';
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

test('gives back what was appended, numbered in order, and verifies as valid once closed', async () => {
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  expect(await onRecord(recorder, statementEvent('select 1'))).toBe(1);
  expect(recorder.write(rowsEvent(Buffer.from('abc')))).toBeNull();
  expect(recorder.write(rowsEvent(Buffer.from('def')))).toBeNull();
  expect(
    await onRecord(recorder, { type: 'complete', connection: 1, statement: 1, tag: 'SELECT 2', rows: 2, bytes: 6 }),
  ).toBe(3);
  expect(await onRecord(recorder, refusedEvent('drop table t'))).toBe(4);
  await recorder.close('client');
  await recorder.close('again');

  const source = await openSessionSource(state, header.session);
  const entries: RecordEntry[] = [];
  for await (const entry of readEvents(source)) entries.push(entry);
  expect(entries.map(({ number, event }) => [number, event.type])).toEqual([
    [0, 'header'],
    [1, 'statement'],
    [2, 'rows'],
    [3, 'complete'],
    [4, 'statement'],
    [5, 'end'],
  ]);
  expect(entries[0]?.event).toMatchObject({ header });
  expect(entries[2]?.event).toMatchObject({
    bytes: Buffer.from('abcdef'),
    statement: 1,
    direction: 'out',
    partial: false,
  });
  expect(entries[5]?.event).toMatchObject({ cause: 'client', totals: { statements: 2, refused: 1, rows: 2 } });
  const verification = await verifyRecord(source, await verificationKeys(state), header.session);
  expect(verification).toMatchObject({ status: 'valid', events: 6, sealed: 6, session: header.session });
  await source.close();
  expect(statSync(recordPath(state, header.session)).mode & 0o777).toBe(0o600);
  expect(readFileSync(recordPath(state, header.session)).subarray(0, 8).toString()).toBe('hooprec\n');
});

test('a summary keeps everything but the rows and what describes them', async () => {
  const state = stateDirectory();
  const header = testHeader({ results: 'summary' });
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const statement = await onRecord(recorder, statementEvent('select secret from t'));
  const columns = [{ name: 'canary', table: 0, attribute: 0, type: 25, format: 'text' }] as const;
  expect(recorder.write({ type: 'columns', connection: 1, statement, columns })).toBeNull();
  expect(recorder.write(rowsEvent(Buffer.from('canary'), statement))).toBeNull();
  expect(recorder.write({ type: 'complete', connection: 1, statement, tag: 'SELECT 1', rows: 1, bytes: 6 })).toBeNull();
  await recorder.close('client');
  expect(readFileSync(recordPath(state, header.session)).includes('canary')).toBe(false);
  const source = await openSessionSource(state, header.session);
  const types: string[] = [];
  for await (const { event } of readEvents(source)) types.push(event.type);
  await source.close();
  expect(types).toEqual(['header', 'statement', 'complete', 'end']);
});

test('an event that is too large to be read back is refused before anything of it is written', async () => {
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const huge = onRecord(recorder, statementEvent('x'.repeat(64 * 1024 * 1024)));
  await expect(huge).rejects.toMatchObject({ code: 'record.append', message: expect.stringContaining('too large') });
  const large = 'ä'.repeat(4_000_000);
  const number = await onRecord(recorder, statementEvent(large));
  await recorder.close('client');
  const source = await openSessionSource(state, header.session);
  const first = await readEvents(source, { number }).next();
  expect(first.value).toMatchObject({ number: 1, event: { text: large } });
  expect(await verifyRecord(source, await verificationKeys(state), header.session)).toMatchObject({
    status: 'valid',
    events: 3,
  });
  await source.close();
});
