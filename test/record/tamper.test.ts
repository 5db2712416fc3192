import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import {
  CHECK_SIZE,
  FRAME_OVERHEAD,
  PREAMBLE_SIZE,
  SALT_SIZE,
  decodePreamble,
  readFrameHeader,
  writeFrameHeader,
  MAX_PAYLOAD,
} from '../../src/record/format.ts';
import { verificationKeys } from '../../src/record/key.ts';
import type { VerificationKey } from '../../src/record/key.ts';
import { recordPath } from '../../src/record/layout.ts';
import { readEvents, readOutline } from '../../src/record/reader.ts';
import { Salts } from '../../src/record/salts.ts';
import { tallyUnsealed } from '../../src/record/tally.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import type { Verification } from '../../src/record/verify.ts';
import { openRecord } from '../../src/record/writer.ts';
import {
  onRecord,
  memorySource,
  refusedEvent,
  rowsEvent,
  stateDirectory,
  stateDirectoryOfFile,
  statementEvent,
  testClock,
  testHeader,
} from './fixtures.ts';

interface Frame {
  readonly start: number;
  readonly end: number;
  /** The number of the event in the frame, or of the next one. */
  readonly event: number;
}

const state = stateDirectoryOfFile();
let bytes: Buffer;
let keys: VerificationKey[];
let session: string;
let frames: Frame[];

function framesOf(record: Buffer): Frame[] {
  const found: Frame[] = [];
  let event = 0;
  for (let start = PREAMBLE_SIZE; start < record.length;) {
    const header = readFrameHeader(record, start);
    if (header === null) throw new Error('the record has a bad frame');
    const end = start + header.length + FRAME_OVERHEAD;
    found.push({ start, end, event });
    if (header.class === 0) event += 1;
    start = end;
  }
  return found;
}

function frameAt(position: number): Frame {
  const frame = frames.find(({ start, end }) => position >= start && position < end);
  return frame ?? { start: 0, end: PREAMBLE_SIZE, event: 0 };
}

const verify = (record: Buffer): Promise<Verification> => verifyRecord(memorySource(record), keys, session);

beforeAll(async () => {
  const header = testHeader();
  session = header.session;
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  await onRecord(recorder, { type: 'open', connection: 1, application: 'psql', peer: '127.0.0.1:5000' });
  await onRecord(recorder, statementEvent('select 1'));
  await recorder.write(rowsEvent(Buffer.from('D\0\0\0\x0b\0\x01\0\0\0\x011')));
  await onRecord(recorder, { type: 'complete', connection: 1, statement: 2, tag: 'SELECT 1', rows: 1, bytes: 12 });
  await onRecord(recorder, refusedEvent('drop table t'));
  await recorder.close('client');
  bytes = readFileSync(recordPath(state, session));
  keys = await verificationKeys(state);
  frames = framesOf(bytes);
});

describe('a record that nobody touched', () => {
  test('is valid, and every event of it is proven', async () => {
    expect(await verify(bytes)).toMatchObject({ status: 'valid', session, events: 7, sealed: 7 });
  });
});

describe('a record in which one byte was', () => {
  test('changed is damaged, and the first bad event is named (R44)', async () => {
    for (let position = 0; position < bytes.length; position += 1) {
      for (const change of [0x01, 0x80, 0xff]) {
        const altered = Buffer.from(bytes);
        altered[position] = (altered[position] ?? 0) ^ change;
        const frame = frameAt(position);
        const found = await verify(altered);
        expect({ position, ...found }).toMatchObject({
          status: 'damaged',
          position: frame.start,
          event: frame.event,
          events: frame.event,
        });
      }
    }
  });

  test('taken out is damaged where it was, or cut at its end, never valid (R44)', async () => {
    for (let position = 0; position < bytes.length; position += 1) {
      const altered = Buffer.concat([bytes.subarray(0, position), bytes.subarray(position + 1)]);
      // Of equal bytes next to each other, which may belong to two frames, nobody can tell which one is gone.
      const first = altered.findIndex((value, index) => value !== bytes[index]);
      const frame = frameAt(first < 0 ? altered.length : first);
      const found = await verify(altered);
      // Within the last frame, what is left is the beginning of one, unless its header shows that it is not.
      const last = frame.end === bytes.length;
      const cut = last && found.status === 'incomplete';
      expect({ position, ...found }).toMatchObject({
        status: cut ? 'incomplete' : 'damaged',
        events: last ? 7 : frame.event,
        ...(cut ? {} : { event: frame.event }),
      });
    }
  });

  test('put in is damaged where it stands (R44)', async () => {
    for (let position = 0; position <= bytes.length; position += 1) {
      for (const byte of [0x00, 0x20, bytes[position] ?? 0xff]) {
        const altered = Buffer.concat([bytes.subarray(0, position), Buffer.of(byte), bytes.subarray(position)]);
        const first = altered.findIndex((value, index) => value !== bytes[index]);
        // A byte behind the end is behind the last event: the next would have its place.
        const event = first < bytes.length ? frameAt(first).event : 7;
        expect({ position, byte, ...(await verify(altered)) }).toMatchObject({ status: 'damaged', event });
      }
    }
  });

  test('swapped with the next one is damaged (R44)', async () => {
    for (let position = 0; position + 1 < bytes.length; position += 1) {
      const altered = Buffer.from(bytes);
      altered[position] = bytes[position + 1] ?? 0;
      altered[position + 1] = bytes[position] ?? 0;
      if (altered.equals(bytes)) continue;
      expect({ position, ...(await verify(altered)) }).toMatchObject({
        status: 'damaged',
        event: frameAt(position).event,
      });
    }
  });
});

describe('a record that was cut', () => {
  test('at any byte is incomplete, and says what is whole and what is proven (R44)', async () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const whole = frames.filter(({ end }) => end <= length);
      const found = await verify(bytes.subarray(0, length));
      const boundary = length === PREAMBLE_SIZE || whole.some(({ end }) => end === length);
      const events = bytes.length - length > 0 ? frameAt(length).event : 7;
      expect({ length, ...found }).toMatchObject({
        status: 'incomplete',
        cut: !boundary,
        position: whole.at(-1)?.end ?? (length >= PREAMBLE_SIZE ? PREAMBLE_SIZE : 0),
        events: length < PREAMBLE_SIZE ? 0 : events,
        sealed: whole.length >= 2 ? 1 : 0,
      });
    }
  });

  test('and padded with zeros, as file systems do after a crash, is incomplete', async () => {
    const third = frames[3];
    if (third === undefined) throw new Error('the record is too short');
    const padded = Buffer.concat([bytes.subarray(0, third.start), Buffer.alloc(4096)]);
    expect(await verify(padded)).toMatchObject({ status: 'incomplete', cut: true, events: third.event });
    padded[padded.length - 1] = 1;
    expect(await verify(padded)).toMatchObject({ status: 'damaged', event: third.event });
  });
});

describe('a record whose frames were', () => {
  const frameBytes = (index: number): Buffer => bytes.subarray(frames[index]?.start, frames[index]?.end);

  test('left out, reordered or repeated is damaged at the first that is out of place', async () => {
    const rebuild = (order: readonly number[]): Buffer =>
      Buffer.concat([bytes.subarray(0, PREAMBLE_SIZE), ...order.map(frameBytes)]);
    const order = frames.map((_, index) => index);
    expect(await verify(rebuild(order))).toMatchObject({ status: 'valid' });
    for (const index of order.slice(0, -1)) {
      const event = frames[index]?.event;
      expect(await verify(rebuild(order.toSpliced(index, 1)))).toMatchObject({ status: 'damaged', event });
      expect(await verify(rebuild(order.toSpliced(index, 2, index + 1, index)))).toMatchObject({
        status: 'damaged',
        event,
      });
      const repeated = await verify(rebuild(order.toSpliced(index, 0, index)));
      expect(repeated).toMatchObject({ status: 'damaged', event: frames[index + 1]?.event });
    }
  });

  test('joined to another record is damaged', async () => {
    const other = testHeader();
    const recorder = await openRecord({ state, header: other, clock: testClock(), sync: 'process' });
    await onRecord(recorder, statementEvent('select 1'));
    await recorder.close('client');
    const foreign = readFileSync(recordPath(state, other.session));
    expect(await verify(foreign)).toMatchObject({ status: 'damaged', event: 0 });
    expect(await verify(Buffer.concat([bytes, foreign]))).toMatchObject({ status: 'damaged', part: 'frame' });
    const from = framesOf(foreign)[2]?.start ?? 0;
    const mixed = Buffer.concat([bytes.subarray(0, frames[2]?.start), foreign.subarray(from)]);
    expect(await verify(mixed)).toMatchObject({ status: 'damaged', event: 1 });
  });
});

/** What somebody can do who knows the format, but has no key: the record with every check made anew. */
function restamped(record: Buffer): Buffer {
  const altered = Buffer.from(record);
  const preamble = decodePreamble(altered.subarray(0, PREAMBLE_SIZE));
  if (preamble.state !== 'whole') throw new Error('the preamble is not whole');
  const salts = new Salts(preamble.seed);
  let before = preamble.check;
  for (const { start, end, event } of framesOf(altered)) {
    const isEvent = altered[start] === 0;
    const salt = Buffer.alloc(isEvent ? SALT_SIZE : 0);
    if (isEvent) salts.copy(event, salt, 0);
    const input = Buffer.concat([altered.subarray(start, end - CHECK_SIZE), before, salt]);
    before = hash('sha256', input, 'buffer').subarray(0, CHECK_SIZE);
    before.copy(altered, end - CHECK_SIZE);
  }
  return altered;
}

describe('a record that a key did not sign', () => {
  test('is damaged since the last head that holds, though every check fits (R44)', async () => {
    expect(restamped(bytes)).toEqual(bytes);
    const altered = Buffer.from(bytes);
    altered.write('select 2', altered.indexOf('select 1'));
    expect(await verify(altered)).toMatchObject({ status: 'damaged', part: 'event', event: 2 });
    expect(await verify(restamped(altered))).toMatchObject({
      status: 'damaged',
      part: 'signature',
      event: 1,
      sealed: 1,
    });
  });

  test('is damaged, even if it is whole otherwise', async () => {
    expect(await verifyRecord(memorySource(bytes), [], session)).toMatchObject({
      status: 'damaged',
      part: 'signature',
      event: 0,
      sealed: 0,
    });
  });

  test('but one that claims its id is damaged', async () => {
    const strangers = stateDirectory();
    const recorder = await openRecord({
      state: strangers,
      header: testHeader({ session }),
      clock: testClock(),
      sync: 'process',
    });
    await recorder.close('client');
    const forged = readFileSync(recordPath(strangers, session));
    expect(await verify(forged)).toMatchObject({ status: 'damaged', part: 'signature' });
    const [own] = keys;
    const [theirs] = await verificationKeys(strangers);
    if (own === undefined || theirs === undefined) throw new Error('there are no keys');
    const disguised = [{ id: theirs.id, publicKey: own.publicKey }];
    expect(await verifyRecord(memorySource(forged), disguised, session)).toMatchObject({
      status: 'damaged',
      part: 'signature',
    });
  });
});

describe('bytes that are no record', () => {
  /** What is thrown on the way that is no error of ours, after reading in every way there is. */
  async function troubleWith(record: Buffer): Promise<unknown[]> {
    const source = memorySource(record);
    const found = await verify(record);
    const trouble: unknown[] = found.status === 'valid' ? ['it is valid'] : [];
    for (const attempt of [
      async () => {
        for await (const entry of readEvents(source)) if (entry.number < 0) trouble.push('an event without a number');
      },
      () => readEvents(source, { number: 3 }).next(),
      () => readOutline(source),
      () => tallyUnsealed(source),
    ]) {
      await attempt().catch((error: unknown) => (error instanceof HoopError ? 0 : trouble.push(error)));
    }
    return trouble;
  }

  test('are refused with an error of ours, whatever they are', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 512 }), async (random) => {
      expect(await troubleWith(Buffer.from(random))).toEqual([]);
    });
    await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
  });

  test('are refused after a whole preamble and after whole frames, too', async () => {
    const prefix = fc.constantFrom(PREAMBLE_SIZE, ...frames.map(({ end }) => end));
    const property = fc.asyncProperty(
      prefix,
      fc.uint8Array({ minLength: 1, maxLength: 256 }),
      async (length, random) => {
        const record = Buffer.concat([bytes.subarray(0, length), Buffer.from(random)]);
        expect(bytes.equals(record) ? [] : await troubleWith(record)).toEqual([]);
      },
    );
    await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
  });

  test('are not allocated for on their own word', async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const length of [0xffffffff, MAX_PAYLOAD + 1, MAX_PAYLOAD]) {
      const huge = Buffer.alloc(16);
      writeFrameHeader(huge, 0, { class: 0, type: 0x11, length, offsetMicros: 0 });
      const record = Buffer.concat([bytes.subarray(0, PREAMBLE_SIZE), huge, Buffer.alloc(100, 1)]);
      expect(await troubleWith(record)).toEqual([]);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});
