import type { Column } from '../../../core/column.ts';
import type { Guard, Masked, Masker } from '../../../core/guard.ts';
import type { Limits } from '../../../core/limits.ts';
import { type ResultMask, UNMASKED } from '../../../core/mask.ts';
import { BACKEND, frame, HEADER } from '../frames.ts';
import { confused, type Running } from '../running.ts';
import { type CopyRows, openCopy } from './copy.ts';
import { Rows } from './rows.ts';
import { Slate } from './slate.ts';

/** COPY data on its way to the client. */
interface Copy {
  /** Null when all of it may be shown: nobody looks at its rows. */
  readonly rewriter: CopyRows | null;
  readonly masker: Masker;
}

/** Masks what the server gives, rows and COPY data, by what was found out when its statement was judged. */
export class RowMasking {
  readonly #guard: Guard;
  readonly #slate = new Slate();
  readonly #rows = new Rows(this.#slate);
  /** Bytes of a row that may be held until the rest of it has arrived. */
  readonly #held: number;
  #copy: Copy | null = null;
  #last: { readonly columns: readonly Column[]; readonly result: ResultMask; readonly masker: Masker } | null = null;
  /** The COPY data that comes is binary. */
  #binary = false;

  constructor(guard: Guard, limits: Limits) {
    this.#guard = guard;
    this.#held = limits.serverMessage;
  }

  /** What was masked before has left this process, and is on record. */
  begin(): void {
    this.#slate.wipe();
  }

  /**
   * What may be shown of these messages, which may be overwritten: all DataRow or all CopyData. `columns`: null where
   * nobody has described them.
   * @throws HoopError `postgres.protocol` when they are not what was judged
   */
  mask(columns: readonly Column[] | null, result: ResultMask, frames: Buffer): Masked<Buffer> {
    if (this.#copy !== null) return this.#copy.masker.mask(frames);
    const ofCopy = frames[0] === BACKEND.copyData;
    if (result.disclosure !== null && (ofCopy || result.disclosure.copy !== null)) throw confused(OTHER_KIND);
    const masker = this.#maskerOf(columns ?? UNDESCRIBED, result);
    return ofCopy && this.#guard.searches ? this.#searched(frames) : masker.mask(frames);
  }

  /** One for all rows of a result: what names mean was settled before the first of them. */
  #maskerOf(columns: readonly Column[], result: ResultMask): Masker {
    const last = this.#last;
    // What holds for any result whatever is no result of its own.
    if (last?.columns === columns && last.result === result && result !== UNMASKED) return last.masker;
    const masker = this.#guard.masker(columns, result, this.#rows);
    this.#last = { columns, result, masker };
    return masker;
  }

  /** COPY data of which all columns may be shown: a line is a text. Nothing can be masked within binary data. */
  #searched(frames: Buffer): Masked<Buffer> {
    const parts: Buffer[] = [];
    let masked = 0;
    for (let at = 0; at < frames.length;) {
      const end = at + frames.readInt32BE(at + 1) + 1;
      const line = frames.subarray(at + HEADER, end);
      const shown = this.#guard.text(line);
      if (shown !== line && this.#binary) throw confused(WITHIN_BINARY);
      if (shown !== line) masked += 1;
      parts.push(shown === line ? frames.subarray(at, end) : frame(BACKEND.copyData, shown));
      at = end;
    }
    if (masked > 0) this.#guard.countMasked(masked);
    return this.#guard.shown(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts));
  }

  /**
   * Takes note of a message that begins or ends COPY data. `running`: what ran when it came.
   * @throws HoopError `postgres.protocol` when the data is not what was judged, or ends within a row
   */
  passed(type: number, message: Buffer, running: Running | null): void {
    if (type === BACKEND.copyOutResponse) {
      this.#binary = message[HEADER] === 1;
      this.#copy = this.#begun(message, running?.result ?? UNMASKED);
    } else if (type === BACKEND.copyDone) {
      this.#copy?.rewriter?.end();
      this.#copy = null;
    } else if (type === BACKEND.errorResponse) this.#copy = null;
  }

  /** CopyOutResponse: Int8 format, Int16 n, n × Int16 format. */
  #begun(message: Buffer, result: ResultMask): Copy | null {
    if (result.disclosure === null) return null;
    const { copy } = result.disclosure;
    if (copy === null) throw confused(OTHER_KIND);
    const binary = copy.format.kind === 'binary';
    if (message[HEADER] !== (binary ? 1 : 0) || message.readUInt16BE(HEADER + 1) !== copy.types.length) {
      throw confused(OTHER_KIND);
    }
    const rewriter = openCopy(copy.format, this.#slate, this.#held);
    const format = binary ? 'binary' : 'text';
    const columns = copy.types.map((of): Column => ({ name: '', table: 0, attribute: 0, type: of, format }));
    const masker = this.#guard.masker(columns, result, rewriter);
    return { rewriter: masker.transparent ? null : rewriter, masker };
  }
}

const UNDESCRIBED: readonly Column[] = [];

const OTHER_KIND = 'the server gave something else than the statement was judged to give';

const WITHIN_BINARY = 'binary COPY data holds what policies look for, and cannot be masked: copy it as text';
