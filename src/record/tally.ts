import type { SessionEvent } from '../core/recorder.ts';
import { EventDecoder } from './verdicts.ts';
import type { SessionTotals, StoredEvent } from './event.ts';
import {
  FRAME_CLASS,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  FRAME_TYPE,
  PREAMBLE_SIZE,
  readFrameHeader,
} from './format.ts';
import type { RecordSource } from './source.ts';

const WINDOW = 256 * 1024;

/** True of a statement that policy refused. What became of one that is asked for, its request says. */
export function isRefused(event: Extract<SessionEvent, { type: 'statement' }>): boolean {
  return event.decision.verdict === 'deny';
}

/** Counts a session's events as its end does. */
export class Tally implements SessionTotals {
  connections = 0;
  statements = 0;
  refused = 0;
  errors = 0;
  rows = 0;

  add(event: StoredEvent | SessionEvent): void {
    if (event.type === 'open') this.connections += 1;
    if (event.type === 'error') this.errors += 1;
    if (event.type === 'complete') this.rows += event.rows;
    if (event.type === 'settled' && event.outcome !== 'approved') this.refused += 1;
    if (event.type !== 'statement') return;
    this.statements += 1;
    if (isRefused(event)) this.refused += 1;
  }
}

/**
 * Counts a record that has no end yet, stepping over its rows. A look, not a proof: checks are not
 * verified, and what cannot be read ends the count.
 * @throws HoopError `record.unreadable`
 */
export async function tallyUnsealed(source: RecordSource): Promise<SessionTotals> {
  const tally = new Tally();
  const size = await source.size();
  let bytes = Buffer.alloc(0);
  let base = 0;
  let number = 0;
  const decoder = new EventDecoder();
  for (let position = PREAMBLE_SIZE; position + FRAME_OVERHEAD <= size;) {
    if (position + FRAME_HEADER_SIZE > base + bytes.length) {
      base = position;
      bytes = await readAt(source, position, Math.min(WINDOW, size - position));
      if (bytes.length < FRAME_HEADER_SIZE) break;
    }
    const header = readFrameHeader(bytes, position - base);
    if (header === null || position + header.length + FRAME_OVERHEAD > size) break;
    const start = position + FRAME_HEADER_SIZE;
    if (header.class === FRAME_CLASS.event && header.type === FRAME_TYPE.event) {
      const inside = start + header.length <= base + bytes.length;
      const at = start - base;
      const payload = inside ? bytes.subarray(at, at + header.length) : await readAt(source, start, header.length);
      tally.add(decoder.decode(header.type, payload, number));
    }
    if (header.class === FRAME_CLASS.event) number += 1;
    position += header.length + FRAME_OVERHEAD;
  }
  return tally;
}

async function readAt(source: RecordSource, position: number, size: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, await source.read(bytes, position));
}
