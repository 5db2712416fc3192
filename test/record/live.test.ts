import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Recorder } from '../../src/core/recorder.ts';
import { verificationKeys } from '../../src/record/key.ts';
import { readEvents } from '../../src/record/reader.ts';
import type { RecordEntry, RecordFrom, RecordStop } from '../../src/record/reader.ts';
import { openSessionSource } from '../../src/record/source.ts';
import type { RecordSource } from '../../src/record/source.ts';
import { diskStorage } from '../../src/record/storage.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import type { Verification } from '../../src/record/verify.ts';
import { openRecord } from '../../src/record/writer.ts';
import { onRecord, rowsEvent, stateDirectory, statementEvent, testClock, testHeader } from './fixtures.ts';

async function read(
  state: string,
  session: string,
  from?: RecordFrom,
): Promise<{ entries: RecordEntry[]; stop: RecordStop }> {
  const source = await openSessionSource(state, session);
  const entries: RecordEntry[] = [];
  try {
    const events = readEvents(source, from);
    for (;;) {
      const step = await events.next();
      if (step.done === true) return { entries, stop: step.value };
      entries.push(step.value);
    }
  } finally {
    await source.close();
  }
}

async function verify(state: string, session: string): Promise<Verification> {
  const source = await openSessionSource(state, session);
  try {
    return await verifyRecord(source, await verificationKeys(state), session);
  } finally {
    await source.close();
  }
}

describe('a record that is being written', () => {
  test('can be read, and holds every event from the moment its append resolved', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    for (let count = 1; count <= 5; count += 1) {
      expect(await onRecord(recorder, statementEvent(`select ${count}`))).toBe(count);
      const { entries, stop } = await read(state, header.session);
      expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: count + 1 }, (_, index) => index));
      expect(stop).toEqual({ state: 'open', events: count + 1 });
    }
    await recorder.close('client');
    expect((await read(state, header.session)).stop).toEqual({ state: 'sealed', events: 7 });
  });

  test('shows rows that nothing was appended after, a moment later', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await recorder.write(rowsEvent(Buffer.from('abc')));
    await expect.poll(async () => (await read(state, header.session)).entries.length).toBe(2);
    await recorder.close('client');
  });

  test('is sealed by heads as it grows, so that what is proven is never far behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await Promise.all(
      Array.from({ length: 3000 }, (_, index) => onRecord(recorder, statementEvent(`select ${index}`))),
    );
    expect(await verify(state, header.session)).toMatchObject({ status: 'incomplete', events: 3001, sealed: 2049 });
    vi.advanceTimersByTime(1000);
    await expect
      .poll(() => verify(state, header.session))
      .toMatchObject({ status: 'incomplete', events: 3001, sealed: 3001 });
    await recorder.close('client');
  });

  test('never looks damaged to those who read it meanwhile', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process', maxPartBytes: 600_000 });
    let writing = true;
    const seen: number[] = [];
    const write = async (): Promise<void> => {
      for (let round = 0; seen.length < 16; round += 1) {
        for (let chunk = 0; chunk < 7; chunk += 1)
          await recorder.write(rowsEvent(Buffer.alloc(round % 16 === 0 ? 49_991 : 199, round)));
        await onRecord(recorder, statementEvent(`select ${round}`));
        await setTimeout(2);
      }
      writing = false;
    };
    const look = async (): Promise<void> => {
      while (writing) {
        const found = await verify(state, header.session);
        expect(found).toMatchObject({ status: 'incomplete' });
        seen.push(found.events);
      }
    };
    await Promise.all([write(), look(), look()]);
    await recorder.close('client');
    expect(new Set(seen).size).toBeGreaterThan(4);
    expect(await verify(state, header.session)).toMatchObject({ status: 'valid' });
  });

  test('takes no event once it is closed', async () => {
    const state = stateDirectory();
    const recorder = await openRecord({ state, header: testHeader(), clock: testClock(), sync: 'process' });
    const closing = recorder.close('client');
    await expect(onRecord(recorder, statementEvent('select 1'))).rejects.toMatchObject({ code: 'record.append' });
    await expect(recorder.write(rowsEvent(Buffer.from('abc')))).rejects.toMatchObject({ code: 'record.append' });
    await closing;
  });

  test('does not go over a record that is there', async () => {
    const options = { state: stateDirectory(), header: testHeader(), clock: testClock(), sync: 'process' } as const;
    const recorder = await openRecord(options);
    await expect(openRecord(options)).rejects.toMatchObject({ code: 'record.append' });
    await onRecord(recorder, statementEvent('select 1'));
    await recorder.close('client');
    expect(await verify(options.state, options.header.session)).toMatchObject({ status: 'valid', events: 3 });
  });
});

describe('rows', () => {
  test('of any sizes come back as they were, in order with the rest, in frames of a bounded size', async () => {
    const size = fc.oneof(
      fc.nat({ max: 300 }),
      fc.integer({ min: 0, max: 2_500_000 }),
      fc.constantFrom(1_048_576, 2_097_152),
    );
    const step = fc.record({ size, statement: fc.integer({ min: 1, max: 2 }), append: fc.boolean() });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const state = stateDirectory();
      const header = testHeader();
      const recorder = await openRecord({
        state,
        header,
        clock: testClock(),
        sync: 'process',
        maxPartBytes: 1_500_000,
      });
      const expected: string[] = [];
      for (const [index, { size: length, statement, append }] of steps.entries()) {
        const bytes = Buffer.alloc(length, index + 1);
        await recorder.write(rowsEvent(bytes, statement));
        // What was handed over may be used again by whoever did.
        bytes.fill(0);
        if (length > 0) expected.push(`${statement}:${index + 1}:${length}`);
        if (append) expected.push(`event ${(await onRecord(recorder, statementEvent('select 1'))) >= 0}`);
      }
      await recorder.close('client');
      expect(await verify(state, header.session)).toMatchObject({ status: 'valid' });
      const { entries } = await read(state, header.session);
      expect(runs(entries)).toEqual(expected);
    });
    await expect(fc.assert(property, { numRuns: 25 })).resolves.toBeUndefined();
  });

  /** Rows joined to runs of the same byte, as `statement:byte:length`. */
  function runs(entries: readonly RecordEntry[]): string[] {
    const found: { key: string; length: number }[] = [];
    for (const { event } of entries) {
      if (event.type === 'statement') found.push({ key: 'event true', length: -1 });
      if (event.type !== 'rows') continue;
      expect(event.bytes.length).toBeLessThanOrEqual(1_048_576);
      for (let at = 0; at < event.bytes.length;) {
        const byte = event.bytes.readUInt8(at);
        const key = `${event.statement}:${byte}`;
        const other = event.bytes.subarray(at).findIndex((value) => value !== byte);
        const length = other === -1 ? event.bytes.length - at : other;
        const last = found.at(-1);
        if (last?.key === key) last.length += length;
        else found.push({ key, length });
        at += length;
      }
    }
    return found.map(({ key, length }) => (length < 0 ? key : `${key}:${length}`));
  }

  test('that come faster than the disk takes them make the writer wait', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    let wait: Promise<void> | null = null;
    let written = 0;
    for (; wait === null && written < 100; written += 1)
      wait = recorder.write(rowsEvent(Buffer.alloc(1_000_000, written)));
    expect(written).toBeLessThan(10);
    await wait;
    expect(recorder.write(rowsEvent(Buffer.alloc(10)))).toBeNull();
    await recorder.close('client');
    expect(await verify(state, header.session)).toMatchObject({ status: 'valid' });
  });
});

describe('a long record', () => {
  async function long(recorder: Recorder): Promise<void> {
    for (let index = 1; index <= 5000; index += 1) {
      const appended = onRecord(recorder, statementEvent(`select ${index}`));
      if (index % 50 === 0) await recorder.write(rowsEvent(Buffer.alloc(20_000, index)));
      if (index % 7 === 0) await appended;
    }
  }

  test('is cut into parts, is one record all the same, and is entered anywhere', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process', maxPartBytes: 500_000 });
    await long(recorder);
    await recorder.close('client');
    expect(readdirSync(`${state}/sessions`).length).toBeGreaterThan(5);
    expect(await verify(state, header.session)).toMatchObject({ status: 'valid', events: 5102 });
    const { entries } = await read(state, header.session);
    for (const number of [0, 1, 1023, 1024, 1025, 3333, 5101, 5102]) {
      const found = await read(state, header.session, { number });
      expect(found.entries[0]).toEqual(entries[number]);
      expect(found.entries.map((entry) => entry.number)).toEqual(entries.slice(number).map((entry) => entry.number));
      expect(found.stop).toEqual({ state: 'sealed', events: 5102 });
    }
    for (const number of [0, 1, 2047, 4000]) {
      const offsetMicros = entries[number]?.offsetMicros ?? 0;
      const found = await read(state, header.session, { offsetMicros });
      expect(found.entries[0]?.offsetMicros).toBe(offsetMicros);
    }
  });

  test('is entered near its end without reading what is before', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await long(recorder);
    await recorder.close('client');
    const source = await openSessionSource(state, header.session);
    let bytes = 0;
    const counted: RecordSource = {
      ...source,
      size: () => source.size(),
      read: async (target, position) => {
        const count = await source.read(target, position);
        bytes += count;
        return count;
      },
    };
    const first = await readEvents(counted, { number: 5050 }).next();
    expect(first).toMatchObject({ done: false, value: { number: 5050 } });
    expect(bytes).toBeLessThan((await source.size()) / 3);
    await source.close();
  });

  test('of several sessions at once keeps each apart', async () => {
    const state = stateDirectory();
    const headers = Array.from({ length: 5 }, () => testHeader());
    const recorders = await Promise.all(
      headers.map((header) => openRecord({ state, header, clock: testClock(), sync: 'process' })),
    );
    await Promise.all(recorders.map(long));
    await Promise.all(recorders.map((recorder) => recorder.close('client')));
    for (const { session } of headers)
      expect(await verify(state, session)).toMatchObject({ status: 'valid', events: 5102 });
  });
});

test('with sync disk, appends that wait together share a sync', async () => {
  let syncs = 0;
  const storage = {
    ...diskStorage,
    create: (path: string) => ({ ...diskStorage.create(path), sync: () => ((syncs += 1), setTimeout(5)) }),
  };
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'disk', storage });
  const before = syncs;
  const appends = Array.from({ length: 50 }, async (_, index) => {
    await setTimeout(index % 5);
    await onRecord(recorder, statementEvent(`select ${index}`));
  });
  await Promise.all(appends);
  expect(syncs - before).toBeGreaterThan(0);
  expect(syncs - before).toBeLessThan(10);
  await recorder.close('client');
});
