/** Run by crash.test.ts, to be killed: appends without end and prints each number that it was promised. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import type { Masked } from '../../src/core/guard.ts';
import type { RecordHeader } from '../../src/core/recorder.ts';
import { openRecord } from '../../src/record/writer.ts';
import { onRecord } from './fixtures.ts';

const [state = '', header = '', sync = ''] = process.argv.slice(2);
const recorder = await openRecord({
  state,
  header: JSON.parse(header) as RecordHeader,
  clock: systemClock,
  sync: sync === 'disk' ? 'disk' : 'process',
});
const rows = Buffer.alloc(50_000, 0x61) as Buffer as Masked<Buffer>;
for (;;) {
  await recorder.write({ type: 'rows', connection: 1, statement: 1, direction: 'out', bytes: rows });
  const number = await onRecord(recorder, { type: 'notice', connection: 1, code: '00000', message: 'still here' });
  writeSync(1, `${number}\n`);
}
