import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { confused } from '../running.ts';
import type { CopyLayout } from './copy-layout.ts';
import type { Sheet } from './sheet.ts';

/*
 * PostgreSQL documentation, COPY, "Binary Format":
 *
 *   header    11 bytes of signature, Int32 flags, Int32 length of an extension, the extension
 *   row       Int16 n, n × (Int32 length or −1, bytes)
 *   trailer   Int16 −1
 */

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const FLAGS = SIGNATURE.length;
const EXTENSION = FLAGS + 4;
const HEADER_LENGTH = EXTENSION + 4;
const COUNT = 2;
const LENGTH = 4;
const TRAILER = 0xffff;

export class BinaryCopy implements CopyLayout {
  #begun = false;
  #ended = false;

  get complete(): boolean {
    return this.#ended;
  }

  rowEnd(bytes: Buffer, start: number, end: number): number {
    if (this.#ended) throw confused('the server sent COPY data behind its end');
    if (!this.#begun) return headerEnd(bytes, start, end);
    if (end - start < COUNT) return -1;
    const count = bytes.readUInt16BE(start);
    let at = start + COUNT;
    if (count === TRAILER) return at;
    for (let index = 0; index < count; index += 1) {
      if (end - at < LENGTH) return -1;
      const size = bytes.readInt32BE(at);
      if (size < NULL_LENGTH) throw confused(MALFORMED);
      at += LENGTH + Math.max(size, 0);
      if (at > end) return -1;
    }
    return at;
  }

  write(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[], sheet: Sheet): void {
    if (!this.#begun) {
      this.#begun = true;
      sheet.bytes(bytes, start, end);
      return;
    }
    const count = bytes.readUInt16BE(start);
    this.#ended = count === TRAILER;
    if (!this.#ended && count !== masks.length) throw confused(MALFORMED);
    let from = start;
    let at = start + COUNT;
    for (let index = 0; at < end; index += 1) {
      const size = bytes.readInt32BE(at);
      const next = at + LENGTH + Math.max(size, 0);
      const mask = masks[index] ?? null;
      if (mask !== null) {
        sheet.bytes(bytes, from, at);
        writeCell(mask, { bytes, start: at + LENGTH, size }, sheet);
        from = next;
      }
      at = next;
    }
    sheet.bytes(bytes, from, end);
  }
}

function headerEnd(bytes: Buffer, start: number, end: number): number {
  const arrived = Math.min(end - start, SIGNATURE.length);
  if (SIGNATURE.compare(bytes, start, start + arrived, 0, arrived) !== 0) throw confused(MALFORMED);
  if (end - start < HEADER_LENGTH) return -1;
  const extension = bytes.readInt32BE(start + EXTENSION);
  // No flag is known here; what one means might change where values stand.
  if (bytes.readInt32BE(start + FLAGS) !== 0 || extension < 0) throw confused(MALFORMED);
  const next = start + HEADER_LENGTH + extension;
  return next > end ? -1 : next;
}

function writeCell(mask: CellMask, cell: { bytes: Buffer; start: number; size: number }, sheet: Sheet): void {
  const target = sheet.ensure(LENGTH + mask.bound(cell.size));
  const at = sheet.length;
  const shown = mask.write(cell.bytes, cell.start, cell.size, target, at + LENGTH);
  target.writeInt32BE(shown, at);
  sheet.wrote(LENGTH + Math.max(shown, 0));
}

const MALFORMED = 'the server sent malformed binary COPY data';
