import type { RecordEntry } from './reader.ts';

/**
 * An entry as one line of JSON, for programs: `{"version":1,"number":…,"offset":…,"type":…,…}` with
 * `offset` in seconds. Bytes are base64. JSON escapes every control character; others stand as recorded.
 */
export function entryJson({ number, offsetMicros, event }: RecordEntry): string {
  const place = { version: 1, number, offset: offsetMicros / 1e6 };
  if (event.type !== 'rows') return JSON.stringify({ ...place, ...event });
  const { type, connection, statement, direction, partial, bytes } = event;
  return JSON.stringify({ ...place, type, connection, statement, direction, partial, bytes: bytes.toString('base64') });
}
