import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SessionEvent } from '../../src/core/recorder.ts';
import { verificationKeys } from '../../src/record/key.ts';
import { recordPath } from '../../src/record/layout.ts';
import { readEvents } from '../../src/record/reader.ts';
import { tallyUnsealed } from '../../src/record/tally.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import { EventDecoder, VerdictsWritten } from '../../src/record/verdicts.ts';
import { FRAME_TYPE } from '../../src/record/format.ts';
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

type StatementEvent = Extract<SessionEvent, { type: 'statement' }>;

const allowed = statementEvent('select 1') as StatementEvent;
const refused = refusedEvent('drop table t') as StatementEvent;
/** The same verdict, the very object, on another text. */
const again = (event: StatementEvent, text: string): StatementEvent => ({ ...event, text });

test('a verdict that is given again is named, and read as if it stood there', async () => {
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const written: SessionEvent[] = [];
  const write = async (event: SessionEvent): Promise<void> => {
    written.push(event);
    await onRecord(recorder, event);
  };
  for (let round = 0; round < 3000; round += 1) {
    await write(again(round % 5 === 0 ? refused : allowed, `statement ${round}`));
    if (round % 400 === 0) await recorder.write(rowsEvent(Buffer.alloc(600_000, 1)));
  }
  const open = memorySource(readFileSync(recordPath(state, header.session)));
  expect(await tallyUnsealed(open)).toMatchObject({ statements: 3000, refused: 600 });
  await recorder.close('client');

  const bytes = readFileSync(recordPath(state, header.session));
  const source = memorySource(bytes);
  expect(await verifyRecord(source, await verificationKeys(state), header.session)).toMatchObject({ status: 'valid' });
  const read: unknown[] = [];
  for await (const { event } of readEvents(source)) if (event.type === 'statement') read.push(event);
  expect(read).toEqual(written);
  // Few of three thousand stand in full.
  expect(bytes.toString('latin1').split('"decision"').length).toBeLessThan(60);

  // Wherever reading begins, whole events come out.
  for (let number = 1; number < 3000; number += 97) {
    for await (const { event } of readEvents(source, { number })) {
      if (event.type !== 'statement') continue;
      expect(event.decision).toEqual(/statement \d*[05]$/.test(event.text ?? '') ? refused.decision : allowed.decision);
      break;
    }
  }
});

test('what is named is never far back, nor before a place where reading begins', () => {
  const verdicts = new VerdictsWritten();
  expect(verdicts.nameOf(allowed, 1, 0)).toBeNull();
  expect(verdicts.nameOf(allowed, 2, 0)).toBe(1);
  expect(verdicts.nameOf(allowed, 3, 3)).toBeNull();
  expect(verdicts.nameOf(allowed, 4, 3)).toBe(3);
  expect(verdicts.nameOf(allowed, 1027, 3)).toBe(3);
  expect(verdicts.nameOf(allowed, 1028, 3)).toBeNull();
  expect(verdicts.nameOf({ ...allowed, effects: [...allowed.effects] }, 1029, 3)).toBeNull();
});

test('a verdict that is not there makes the record unreadable, and no statement without one', () => {
  const payload = Buffer.from(
    '{"type":"statement","connection":1,"phase":"query","text":"x","prepared":null,"parameters":null,"as":7}',
  );
  expect(() => new EventDecoder().decode(FRAME_TYPE.event, payload, 9)).toThrow('a verdict which is not there');
});
