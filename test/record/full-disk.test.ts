import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import type { Recorder } from '../../src/core/recorder.ts';
import { verificationKeys } from '../../src/record/key.ts';
import { recordPath } from '../../src/record/layout.ts';
import { diskStorage } from '../../src/record/storage.ts';
import type { RecordFile, RecordStorage } from '../../src/record/storage.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import { openRecord } from '../../src/record/writer.ts';
import {
  onRecord,
  memorySource,
  rowsEvent,
  stateDirectory,
  statementEvent,
  testClock,
  testHeader,
} from './fixtures.ts';

interface Trouble {
  /** Counts writes and syncs from 1; the one with this number fails, and all after it. */
  readonly at: number;
  readonly errno: string;
  /** What a failing write still takes, of its bytes. */
  readonly share: number;
  readonly fails: 'write' | 'sync';
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The real file system until trouble strikes. */
function troubled({ at, errno, share, fails }: Trouble): RecordStorage & { readonly count: () => number } {
  let writes = 0;
  const strikes = (kind: 'write' | 'sync'): boolean => kind === fails && (writes += 1) >= at;
  return {
    ...diskStorage,
    count: () => writes,
    create(path) {
      const file = diskStorage.create(path);
      return {
        ...file,
        writeSync(bytes) {
          if (!strikes('write')) return file.writeSync(bytes);
          const taken = Math.floor(bytes.length * share);
          if (taken > 0 && writes === at) return file.writeSync(bytes.subarray(0, taken));
          throw systemError(errno);
        },
        async write(bytes) {
          if (!strikes('write')) return file.write(bytes);
          const taken = Math.floor(bytes.length * share);
          if (taken > 0 && writes === at) return file.write(bytes.subarray(0, taken));
          throw systemError(errno);
        },
        async sync() {
          if (strikes('sync')) throw systemError(errno);
          await file.sync();
        },
      };
    },
  };
}

/** A session with small events and bulk; returns the numbers that were promised to be on record. */
async function work(recorder: Recorder): Promise<number[]> {
  const kept: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    kept.push(await onRecord(recorder, statementEvent(`select ${round}`)));
    for (let block = 0; block < 3; block += 1) await recorder.write(rowsEvent(Buffer.alloc(700_000, round)));
    kept.push(
      await onRecord(recorder, { type: 'complete', connection: 1, statement: 1, tag: 'SELECT', rows: 1, bytes: 1 }),
    );
  }
  await recorder.close('client');
  return kept;
}

describe.each([
  { errno: 'ENOSPC', share: 0, fails: 'write', sync: 'process' },
  { errno: 'ENOSPC', share: 0.5, fails: 'write', sync: 'process' },
  { errno: 'EIO', share: 0, fails: 'write', sync: 'disk' },
  { errno: 'EROFS', share: 0.9, fails: 'write', sync: 'disk' },
  { errno: 'EIO', share: 0, fails: 'sync', sync: 'disk' },
] as const)(
  'when a $fails fails with $errno after taking $share of it (sync: $sync)',
  ({ errno, share, fails, sync }) => {
    test('every append from there on fails, and what was promised is on record (R43)', async () => {
      const calm = troubled({ at: Infinity, errno, share, fails });
      const easy = await openRecord({
        state: stateDirectory(),
        header: testHeader(),
        clock: testClock(),
        sync,
        storage: calm,
      });
      await work(easy);
      expect(calm.count()).toBeGreaterThan(5);

      for (let at = 1; at <= calm.count(); at += 1) {
        const state = stateDirectory();
        const header = testHeader();
        const storage = troubled({ at, errno, share, fails });
        const kept: number[] = [];
        let appended = -1;
        const opened: Recorder[] = [];
        const run = async (): Promise<void> => {
          const recorder = await openRecord({ state, header, clock: testClock(), sync, storage });
          opened.push(recorder);
          await work({
            append: (event) => {
              appended = recorder.append(event);
              return appended;
            },
            flush: async () => {
              await recorder.flush();
              kept.push(appended);
            },
            write: (event) => recorder.write(event),
            close: (cause) => recorder.close(cause),
          });
        };
        const error = await run().then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(HoopError);
        expect(error).toMatchObject({
          code: 'record.append',
          message: expect.stringContaining(errno),
          hint: expect.any(String),
        });

        for (const recorder of opened) {
          await expect(onRecord(recorder, statementEvent('select 4'))).rejects.toBe(error);
          await expect(recorder.write(rowsEvent(Buffer.alloc(8)))).rejects.toBe(error);
          await expect(recorder.close('client')).rejects.toBe(error);
        }

        const bytes = readFileSync(recordPath(state, header.session));
        const found = await verifyRecord(memorySource(bytes), await verificationKeys(state), header.session);
        // When only the last sync fails, all of it was written: it is whole, though nobody was promised that.
        expect(fails === 'sync' ? ['incomplete', 'valid'] : ['incomplete']).toContain(found.status);
        expect(found.events).toBeGreaterThan(Math.max(-1, ...kept));
      }
    });
  },
);

/** Linux's device that is always full. */
function deviceFull(): RecordFile {
  const fd = openSync('/dev/full', 'w');
  return {
    writeSync: (bytes) => writeSync(fd, bytes),
    write: (bytes) => Promise.resolve(writeSync(fd, bytes)),
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(closeSync(fd)),
  };
}

test.runIf(process.platform === 'linux')('a full device refuses the first statement, by its own error', async () => {
  const full: RecordStorage = { ...diskStorage, create: () => deviceFull() };
  const opening = openRecord({
    state: stateDirectory(),
    header: testHeader(),
    clock: testClock(),
    sync: 'process',
    storage: full,
  });
  await expect(opening).rejects.toMatchObject({ code: 'record.append', message: expect.stringContaining('ENOSPC') });
});

test('several appends of one turn fail together', async () => {
  const storage = troubled({ at: 2, errno: 'ENOSPC', share: 0.5, fails: 'write' });
  const recorder = await openRecord({
    state: stateDirectory(),
    header: testHeader(),
    clock: testClock(),
    sync: 'process',
    storage,
  });
  const appends = [1, 2, 3].map((value) => onRecord(recorder, statementEvent(`select ${value}`)));
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('a failure that is looked at late, or never, does not end the process', async () => {
  const storage = troubled({ at: 2, errno: 'ENOSPC', share: 0, fails: 'write' });
  const options = {
    state: stateDirectory(),
    header: testHeader(),
    clock: testClock(),
    sync: 'process',
    storage,
  } as const;
  const recorder = await openRecord(options);
  await expect(onRecord(recorder, statementEvent('select 1'))).rejects.toMatchObject({ code: 'record.append' });
  const waits = [recorder.write(rowsEvent(Buffer.alloc(10))), recorder.write(rowsEvent(Buffer.alloc(10)))];
  await setTimeout(20);
  await expect(waits[0]).rejects.toMatchObject({ code: 'record.append' });
});
