import type { RecordEntry, RecordStop } from './reader.ts';
import { visibleJson } from '../core/visible.ts';

/**
 * An entry as one line of JSON, for programs: `{"version":1,"number":…,"offset":…,"type":…,…}` with
 * `offset` in seconds. Bytes are base64. Control, format and invisible characters are escaped.
 */
export function entryJson({ number, offsetMicros, event }: RecordEntry): string {
  const place = { version: 1, number, offset: offsetMicros / 1e6 };
  if (event.type !== 'rows') return visibleJson(JSON.stringify({ ...place, ...event }));
  const { type, connection, statement, direction, partial, bytes } = event;
  return JSON.stringify({ ...place, type, connection, statement, direction, partial, bytes: bytes.toString('base64') });
}

/**
 * A record as NDJSON: its entries, and how it ends as the last line (`"type":"stop"`, whose `state` is
 * `sealed`, `open` or `cut`). Throws what `entries` throws.
 */
export async function* renderJson(entries: AsyncGenerator<RecordEntry, RecordStop>): AsyncGenerator<string> {
  for (;;) {
    const step = await entries.next();
    if (step.done === true) {
      const { state, events } = step.value;
      yield `${JSON.stringify({ version: 1, type: 'stop', state, events })}\n`;
      return;
    }
    yield `${entryJson(step.value)}\n`;
  }
}
