import { expect, test } from 'vitest';
import { diskStorage, type RecordStorage } from '../../src/record/storage.ts';
import { openRecord } from '../../src/record/writer.ts';
import { onRecord, stateDirectory, statementEvent, testClock, testHeader } from './fixtures.ts';

/** The real file system, and how many files of a record are open, now and at most. */
function counting(fails: () => boolean = () => false): { storage: RecordStorage; files: () => [number, number] } {
  let made = 0;
  let open = 0;
  const storage: RecordStorage = {
    ...diskStorage,
    create: (path) => {
      const file = diskStorage.create(path);
      made += 1;
      open += 1;
      return {
        ...file,
        close: async () => {
          await file.close();
          open -= 1;
          if (fails()) throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
        },
      };
    },
  };
  return { storage, files: () => [made, open] };
}

test.each(['process', 'disk'] as const)('of a record in many parts (%s) the full ones are closed', async (sync) => {
  const { storage, files } = counting();
  const record = { state: stateDirectory(), header: testHeader(), clock: testClock(), storage, maxPartBytes: 2000 };
  const recorder = await openRecord({ ...record, sync });
  for (let count = 0; count < 50; count += 1) await onRecord(recorder, statementEvent(`select ${count}`));
  expect(files()[0]).toBeGreaterThan(5);
  await expect.poll(() => files()[1]).toBeLessThanOrEqual(2);
  await recorder.close('client');
  expect(files()[1]).toBe(0);
});

test('a full part that cannot be closed is told of when the record is', async () => {
  let closed = 0;
  const { storage } = counting(() => (closed += 1) === 1);
  const record = { state: stateDirectory(), header: testHeader(), clock: testClock(), storage, maxPartBytes: 2000 };
  const recorder = await openRecord({ ...record, sync: 'process' });
  for (let count = 0; count < 20; count += 1) await onRecord(recorder, statementEvent(`select ${count}`));
  await expect(recorder.close('client')).rejects.toMatchObject({ name: 'HoopError', code: 'record.append' });
});
