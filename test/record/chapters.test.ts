import { describe, expect, test } from 'vitest';
import { Chapters } from '../../src/record/chapters.ts';
import { readEvents, type RecordEntry } from '../../src/record/reader.ts';
import { eventLines } from '../../src/record/event-lines.ts';
import { openSessionSource, type RecordSource } from '../../src/record/source.ts';
import { openRecord } from '../../src/record/writer.ts';
import {
  memorySource,
  onRecord,
  refusedEvent,
  rowsEvent,
  stateDirectory,
  statementEvent,
  testClock,
  testHeader,
} from './fixtures.ts';

/** A record of `count` statements, each with a row; a verdict is written once and named afterwards. */
async function written(state: string, count: number, seal: boolean): Promise<string> {
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const shared = statementEvent('select 0');
  for (let index = 0; index < count; index += 1) {
    const statement = recorder.append({ ...shared, text: `select ${index}` });
    await recorder.write(rowsEvent(Buffer.from(`row ${index}`), statement));
  }
  await onRecord(recorder, refusedEvent('drop table t'));
  if (seal) await recorder.close('client');
  return header.session;
}

async function whole(source: RecordSource): Promise<RecordEntry[]> {
  const entries: RecordEntry[] = [];
  for await (const entry of readEvents(source)) entries.push(structuredClone(entry));
  return entries;
}

async function opened(source: RecordSource): Promise<Chapters> {
  const chapters = await Chapters.open(source);
  if (chapters === null) throw new Error('the record is empty');
  while (await chapters.grow()) continue;
  return chapters;
}

async function joined(chapters: Chapters): Promise<RecordEntry[]> {
  const entries: RecordEntry[] = [];
  for (const index of chapters.places.keys()) {
    const { entries: some, damage } = await chapters.read(index);
    if (damage !== null) throw damage;
    entries.push(...some.map((entry) => structuredClone(entry)));
  }
  return entries;
}

describe('the chapters of a record', () => {
  test.each([
    ['sealed', true],
    ['still open', false],
  ])('of one that is %s are all of it, in order', async (_, seal) => {
    const state = stateDirectory();
    const source = await openSessionSource(state, await written(state, 3000, seal));
    const chapters = await opened(source);
    expect(chapters.places.length).toBeGreaterThan(3);
    const all = await whole(source);
    expect(await joined(chapters)).toEqual(all);
    const last = all.at(-1);
    expect(chapters.extent).toEqual({ events: all.length, offsetMicros: last?.offsetMicros, sealed: seal });
    await source.close();
  });

  test('start where the index of the sealed record has them start, without an index, too', async () => {
    const state = stateDirectory();
    const session = await written(state, 3000, false);
    const before = await openSessionSource(state, session);
    const places = (await opened(before)).places;
    const bytes = Buffer.alloc(await before.size());
    await before.read(bytes, 0);
    await before.close();
    expect((await opened(memorySource(bytes))).places).toEqual(places);
    const sealed = await openSessionSource(state, await written(state, 3000, true));
    expect((await opened(sealed)).places.map(({ number }) => number)).toEqual(places.map(({ number }) => number));
    await sealed.close();
  });

  test('grow with a running session, and then no more', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await onRecord(recorder, statementEvent('select 1'));
    const source = await openSessionSource(state, header.session);
    const chapters = await opened(source);
    expect(chapters.extent).toMatchObject({ events: 2, sealed: false });
    await onRecord(recorder, statementEvent('select 2'));
    expect(await chapters.grow()).toBe(true);
    expect(chapters.extent).toMatchObject({ events: 3, sealed: false });
    await recorder.close('client');
    while (await chapters.grow()) continue;
    expect(chapters.extent).toMatchObject({ events: 4, sealed: true });
    expect(await chapters.grow()).toBe(false);
    await source.close();
  });

  test('name the damage, and hold what comes before it', async () => {
    const state = stateDirectory();
    const source = await openSessionSource(state, await written(state, 3000, true));
    const bytes = Buffer.alloc(await source.size());
    await source.read(bytes, 0);
    await source.close();
    const at = bytes.indexOf('select 2500');
    bytes[at] = 0x53;
    const chapters = await opened(memorySource(bytes));
    const read = await Promise.all(chapters.places.map((_, index) => chapters.read(index)));
    const damaged = read.filter(({ damage }) => damage !== null);
    expect(damaged).toHaveLength(1);
    const [chapter] = damaged;
    expect(chapter?.damage?.event).toBe((chapter?.entries.at(-1)?.number ?? 0) + 1);
    expect(chapter?.damage?.message).toContain('damaged');
  });

  test('are not where an index makes no sense: the record is looked over instead', async () => {
    const state = stateDirectory();
    const source = await openSessionSource(state, await written(state, 2000, true));
    const bytes = Buffer.alloc(await source.size());
    await source.read(bytes, 0);
    const honest = await opened(source);
    const [, second] = honest.places;
    const entry = Buffer.alloc(6);
    entry.writeUIntBE(second?.position ?? 0, 0, 6);
    // In the index, the second place's position: now it is before the first.
    const at = bytes.lastIndexOf(entry);
    bytes.fill(0, at, at + 6);
    const chapters = await opened(memorySource(bytes));
    expect(chapters.places.map(({ number }) => number)).toEqual(honest.places.map(({ number }) => number));
    await source.close();
  });

  test('of a record that was cut before anything was in it are none', async () => {
    expect(await Chapters.open(memorySource(Buffer.alloc(0)))).toBeNull();
  });
});

describe('an event in words', () => {
  test('is safe to print, and empty where the event is shown otherwise', () => {
    expect(eventLines({ type: 'notice', connection: 1, code: '00000', message: 'a\u001b[2J\nb' })).toEqual([
      'notice 00000: a<U+001B>[2J',
      'b',
    ]);
    expect(eventLines(statementEvent('select 1'))).toEqual([]);
  });
});
