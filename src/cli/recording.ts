import { HoopError } from '../core/errors.ts';
import { decodeRows } from '../protocols/postgres/index.ts';
import { Chapters } from '../record/chapters.ts';
import type { StoredEvent } from '../record/event.ts';
import { isRunning } from '../record/process.ts';
import { readOutline } from '../record/reader.ts';
import { eventLines } from '../record/event-lines.ts';
import { lettersOf } from '../record/letters.ts';
import { TerminalFilter } from '../record/terminal-filter.ts';
import type { RecordSource } from '../record/source.ts';
import type { Recording } from '../tui/replay.tsx';

/**
 * A record, for the screen that replays it. The source stays open for as long as it is replayed.
 * @throws HoopError `record.unreadable` when there is nothing in it, DamagedRecord when it does not begin as one
 */
export async function recordingOf(source: RecordSource): Promise<Recording> {
  const [outline, chapters] = [await readOutline(source), await Chapters.open(source)];
  if (outline === null || chapters === null) {
    throw new HoopError(
      'record.unreadable',
      'the record was cut before its header was written: there is nothing in it',
    );
  }
  const { header, writer } = outline.header;
  return {
    header,
    get places() {
      return chapters.places;
    },
    get extent() {
      return chapters.extent;
    },
    get live() {
      return !chapters.extent.sealed && isRunning(writer);
    },
    read: async (index) => {
      const { entries, damage } = await chapters.read(index);
      return { entries, damage: damage?.message ?? null };
    },
    grow: () => chapters.grow(),
    decode: decodeRows,
    describe: (event) => eventLines(event as StoredEvent),
    letters: (text) => lettersOf(new TerminalFilter().push(text)),
  };
}
