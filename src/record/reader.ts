import { DamagedRecord } from './damage.ts';
import { decodeEvent } from './event.ts';
import { EventDecoder } from './verdicts.ts';
import type { StoredEnd, StoredEvent, StoredHeader } from './event.ts';
import { FRAME_HEADER_SIZE, FRAME_OVERHEAD, FRAME_TYPE, MAX_PAYLOAD, readFrameHeader } from './format.ts';
import { readFrames, readPreamble } from './frame-reader.ts';
import type { Frame, FrameStart } from './frame-reader.ts';
import { HEAD_FRAME_SIZE, decodeHead } from './head.ts';
import type { Head } from './head.ts';
import { decodeIndex, type IndexEntry } from './index-frame.ts';
import { HoopError } from '../core/errors.ts';
import type { RecordSource } from './source.ts';

/** One event as it stands in a record. */
export interface RecordEntry {
  /** Counts from 0, the header. */
  readonly number: number;
  /** Microseconds since the record was opened. */
  readonly offsetMicros: number;
  readonly event: StoredEvent;
}

/** How reading ended. `sealed`: with the final head. `open`: where the file does, between two frames. `cut`: within one. */
export interface RecordStop {
  readonly state: 'sealed' | 'open' | 'cut';
  /** Events in the record. */
  readonly events: number;
}

/**
 * Where to start: at the first event, at the one with this number, at the first not before this moment, or at a place
 * that an index names.
 */
export type RecordFrom =
  | { readonly number: number }
  | { readonly offsetMicros: number }
  | { readonly place: IndexEntry };

/** The event in a frame. @throws DamagedRecord when the frame is whole but holds nothing known */
export function eventOf(frame: Frame, decoder: EventDecoder): StoredEvent {
  try {
    return decoder.decode(frame.type, frame.payload, frame.number);
  } catch (error) {
    if (error instanceof HoopError) throw new DamagedRecord('event', frame.number, frame.position, error.message);
    throw error;
  }
}

/**
 * The events of a record in their order, one in memory at a time, each checked against the one before
 * it (signatures are for `verifyRecord`). A sealed record is entered near `from` by its index; another is
 * read from its start. The source stays open. Rows share memory with what was read: copy what you keep.
 * @returns through the generator, how the record ends
 * @throws DamagedRecord at the first event that is not as it was written, `record.unreadable`
 */
export async function* readEvents(
  source: RecordSource,
  from: RecordFrom = { number: 0 },
): AsyncGenerator<RecordEntry, RecordStop> {
  const preamble = await readPreamble(source);
  if (preamble === null) return { state: 'cut', events: 0 };
  const start = (await findStart(source, from)) ?? preamble.start;
  const frames = readFrames(source, preamble.seed, start);
  const decoder = new EventDecoder();
  let sealed = false;
  for (;;) {
    const step = await frames.next();
    if (step.done === true) {
      const { cut, number, position } = step.value;
      if (sealed && cut) throw new DamagedRecord('tail', number, position, 'something follows its final head');
      return { state: sealed ? 'sealed' : cut ? 'cut' : 'open', events: number };
    }
    const frame = step.value;
    if (sealed) throw new DamagedRecord('tail', frame.number, frame.position, 'something follows its final head');
    if (!frame.isEvent) {
      sealed = frame.type === FRAME_TYPE.head && decodeHead(frame.payload)?.final === true;
      continue;
    }
    const { number, offsetMicros } = frame;
    const event = eventOf(frame, decoder);
    if (isBefore(frame, from)) continue;
    yield { number, offsetMicros, event };
  }
}

function isBefore({ number, offsetMicros }: Frame, from: RecordFrom): boolean {
  if ('place' in from) return false;
  return 'number' in from ? number < from.number : offsetMicros < from.offsetMicros;
}

/** The payload of the frame at `position` if there is one of this type; its check is not looked at. */
async function payloadAt(source: RecordSource, position: number, type: number): Promise<Buffer | null> {
  const header = Buffer.alloc(FRAME_HEADER_SIZE);
  if ((await source.read(header, position)) < FRAME_HEADER_SIZE) return null;
  const frame = readFrameHeader(header, 0);
  if (frame === null || frame.type !== type || frame.length > MAX_PAYLOAD) return null;
  if (frame.length + FRAME_OVERHEAD > (await source.size()) - position) return null;
  const payload = Buffer.alloc(frame.length);
  return (await source.read(payload, position + FRAME_HEADER_SIZE)) === payload.length ? payload : null;
}

/** The head that a sealed record ends with; null when it does not. */
export async function finalHead(source: RecordSource): Promise<Head | null> {
  const position = (await source.size()) - HEAD_FRAME_SIZE;
  if (position < 0) return null;
  const payload = await payloadAt(source, position, FRAME_TYPE.head);
  const head = payload === null ? null : decodeHead(payload);
  return head?.final === true ? head : null;
}

async function findStart(source: RecordSource, from: RecordFrom): Promise<FrameStart | null> {
  if ('place' in from) return from.place;
  if ('number' in from ? from.number === 0 : from.offsetMicros === 0) return null;
  const head = await finalHead(source);
  const entries = head === null ? null : await readIndex(source, head);
  const entry = entries?.findLast((candidate) =>
    'number' in from ? candidate.number <= from.number : candidate.offsetMicros < from.offsetMicros,
  );
  return entry ?? null;
}

/** The index of a sealed record; null when it is not where the head says. */
export async function readIndex(source: RecordSource, head: Head): Promise<readonly IndexEntry[] | null> {
  const payload = await payloadAt(source, head.indexPosition, FRAME_TYPE.index);
  return payload === null ? null : decodeIndex(payload);
}

/** Microseconds at which a sealed record ended; null when there is no end where the head says. */
export async function endOffset(source: RecordSource, head: Head): Promise<number | null> {
  const header = Buffer.alloc(FRAME_HEADER_SIZE);
  if ((await source.read(header, head.endPosition)) < FRAME_HEADER_SIZE) return null;
  const frame = readFrameHeader(header, 0);
  return frame?.type === FRAME_TYPE.end ? frame.offsetMicros : null;
}

/** What can be told of a record without reading all of it. */
export interface RecordOutline {
  readonly header: StoredHeader;
  /** Of a record that was sealed. */
  readonly end: StoredEnd | null;
  /** Bytes. */
  readonly size: number;
}

/**
 * Header and end of a record. Null when the record was cut before its header was whole.
 * @throws DamagedRecord when either is damaged, `record.unreadable`
 */
export async function readOutline(source: RecordSource): Promise<RecordOutline | null> {
  const first = await readEvents(source).next();
  if (first.done === true) return null;
  const header = first.value.event;
  if (header.type !== 'header') throw new DamagedRecord('event', 0, 0, 'it does not begin with a header');
  const head = await finalHead(source);
  const payload = head === null ? null : await payloadAt(source, head.endPosition, FRAME_TYPE.end);
  const end = payload === null ? null : decodeEvent(FRAME_TYPE.end, payload);
  return { header, end: end?.type === 'end' ? end : null, size: await source.size() };
}
