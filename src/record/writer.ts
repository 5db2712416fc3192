import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { RecordHeader, Recorder, SessionEvent } from '../core/recorder.ts';
import { appendAnchor } from './anchors.ts';
import { encodeEvent } from './event.ts';
import { Tally } from './tally.ts';
import { appendFailure } from './failure.ts';
import { FRAME_TYPE, SEED_SIZE } from './format.ts';
import { Framer } from './framer.ts';
import { encodeHead } from './head.ts';
import { openKey } from './key.ts';
import type { SigningKey } from './key.ts';
import { recordPath, sessionsDirectory } from './layout.ts';
import { Parts } from './parts.ts';
import { thisProcess } from './process.ts';
import { VerdictsWritten } from './verdicts.ts';
import { Pump, patient } from './pump.ts';
import { diskStorage } from './storage.ts';
import type { RecordStorage } from './storage.ts';

/** A head is signed after this many events, and after this long, whichever comes first. */
const HEAD_EVENTS = 1024;
const HEAD_INTERVAL = 1000;
/** How long rows wait for company before they are written, so that a running session can be watched. */
const ROWS_INTERVAL = 100;
/** Small enough for every file system and for tools that read a file whole. */
const MAX_PART = 1024 * 1024 * 1024;

export interface OpenRecordOptions {
  /** The state directory: records live in `sessions/` under it, the signing key in `keys/`. */
  readonly state: string;
  /** `header.session` comes from `newSessionId`. Under `results: summary`, rows and the description of their columns are
   * left out, and all else is kept. */
  readonly header: RecordHeader;
  readonly clock: Clock;
  /** `process`: an event that was appended survives the end of this process. `disk`: of this machine. */
  readonly sync: 'process' | 'disk';
  /** The file system; the real one when absent. */
  readonly storage?: RecordStorage;
  /** Where a record is cut into the next file, bytes. */
  readonly maxPartBytes?: number;
}

/**
 * Starts the record of a session: `sessions/<id>.record`, 0600, which must not be there yet. When it
 * resolves, header and opening head are written and anchored.
 * @throws HoopError `record.append` when any of that fails, `record.missing` when the session's id is
 *   none, `record.unreadable` when the signing key cannot be used
 */
export async function openRecord(options: OpenRecordOptions): Promise<Recorder> {
  const { state, header, sync } = options;
  const storage = options.storage ?? diskStorage;
  recordPath(state, header.session);
  const key = await openKey(state, 'record');
  const framer = new Framer(randomBytes(SEED_SIZE));
  let parts: Parts | null = null;
  try {
    await storage.directory(sessionsDirectory(state));
    const durable = sync === 'disk';
    parts = new Parts(storage, state, header.session, options.maxPartBytes ?? MAX_PART, durable);
    const recorder = new RecordWriter(options, key, framer, parts, new Pump(framer, parts, durable));
    await recorder.open();
    return recorder;
  } catch (error) {
    await parts?.close().catch((closing: unknown) => {
      throw appendFailure(new AggregateError([error, closing], 'opening and closing a record both failed'));
    });
    throw appendFailure(error);
  }
}

class RecordWriter implements Recorder {
  readonly #options: OpenRecordOptions;
  readonly #key: SigningKey;
  readonly #framer: Framer;
  readonly #parts: Parts;
  readonly #pump: Pump;
  readonly #start: number;
  #sealed = 0;
  #timer: NodeJS.Timeout | null = null;
  #rowsTimer: NodeJS.Timeout | null = null;
  #closing: Promise<void> | null = null;
  readonly #totals = new Tally();
  readonly #verdicts = new VerdictsWritten();

  constructor(options: OpenRecordOptions, key: SigningKey, framer: Framer, parts: Parts, pump: Pump) {
    this.#options = options;
    this.#key = key;
    this.#framer = framer;
    this.#parts = parts;
    this.#pump = pump;
    this.#start = options.clock.monotonic();
  }

  async open(): Promise<void> {
    const header = encodeEvent({ type: 'header', header: this.#options.header, writer: thisProcess() });
    this.#framer.event(FRAME_TYPE.header, header, 0);
    this.#head(null);
    await this.#pump.flush();
    await this.#anchor('opened');
  }

  append(event: SessionEvent): number {
    this.#refuseWhenOver();
    const number = this.#frame(event);
    this.#sealSoon();
    return number;
  }

  flush(): Promise<void> | null {
    return this.#pump.flush();
  }

  write(event: SessionEvent): Promise<void> | null {
    try {
      this.#refuseWhenOver();
      this.#frame(event);
    } catch (error) {
      return patient(Promise.reject(appendFailure(error)));
    }
    this.#rowsTimer ??= setTimeout(() => this.#flushRows(), ROWS_INTERVAL).unref();
    this.#sealSoon();
    return this.#pump.push();
  }

  close(cause: string): Promise<void> {
    this.#closing ??= this.#close(cause);
    return this.#closing;
  }

  #refuseWhenOver(): void {
    if (this.#pump.failure !== null) throw this.#pump.failure;
    if (this.#closing === null) return;
    throw new HoopError('record.append', 'the record is closed, so nothing more is let through', {
      hint: 'open a new session',
    });
  }

  /** Lays the event out; returns its number (of rows, the number they will have). */
  #frame(event: SessionEvent): number {
    const offset = this.#offset();
    // A summary keeps what was asked and how much came back: `complete` counts rows and bytes.
    const summary = this.#options.header.results === 'summary';
    if (event.type === 'rows' || (summary && event.type === 'columns')) {
      if (event.type === 'rows' && !summary) this.#framer.rows(event, offset);
      return this.#framer.size;
    }
    this.#framer.closeRows();
    const as = this.#verdicts.nameOf(event, this.#framer.size, this.#framer.begin);
    const number = this.#framer.event(FRAME_TYPE.event, encodeEvent(event, as), offset);
    this.#totals.add(event);
    return number;
  }

  #offset(): number {
    return Math.max(0, Math.round(this.#options.clock.monotonic() - this.#start));
  }

  #flushRows(): void {
    this.#rowsTimer = null;
    this.#framer.closeRows();
    this.#flushQuietly();
  }

  /** For timers, which nobody waits on: a failure stays in the pump and meets the next append. */
  #flushQuietly(): void {
    if (this.#pump.failure === null && this.#closing === null) this.#pump.flush()?.catch(() => undefined);
  }

  #sealSoon(): void {
    if (this.#framer.size - this.#sealed >= HEAD_EVENTS) this.#head(null);
    this.#timer ??= setTimeout(() => this.#sealNow(), HEAD_INTERVAL).unref();
  }

  #sealNow(): void {
    this.#timer = null;
    this.#framer.closeRows();
    if (this.#closing !== null || this.#framer.size === this.#sealed) return;
    this.#head(null);
    this.#flushQuietly();
  }

  #head(final: { readonly endPosition: number; readonly indexPosition: number } | null): void {
    const framer = this.#framer;
    framer.closeRows();
    const offsetMicros = framer.offsetFor(this.#offset());
    const head = {
      final: final !== null,
      size: framer.size,
      root: framer.root(),
      time: this.#options.clock.now(),
      endPosition: final?.endPosition ?? 0,
      indexPosition: final?.indexPosition ?? 0,
      keyId: this.#key.id,
    };
    const context = { session: this.#options.header.session, check: framer.check, offsetMicros };
    framer.seal(FRAME_TYPE.head, encodeHead(head, context, this.#key.privateKey), offsetMicros);
    this.#sealed = framer.size;
  }

  async #close(cause: string): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#rowsTimer !== null) clearTimeout(this.#rowsTimer);
    try {
      try {
        if (this.#pump.failure !== null) throw this.#pump.failure;
        this.#end(cause);
        await this.#pump.flush();
      } finally {
        await this.#pump.idle();
        await this.#parts.close();
      }
    } catch (error) {
      throw appendFailure(error);
    }
    await this.#anchor('sealed');
  }

  #end(cause: string): void {
    const framer = this.#framer;
    framer.closeRows();
    const offset = this.#offset();
    const endPosition = framer.position;
    const ended = this.#options.clock.now();
    framer.event(FRAME_TYPE.end, encodeEvent({ type: 'end', cause, ended, totals: this.#totals }), offset);
    const indexPosition = framer.position;
    framer.seal(FRAME_TYPE.index, framer.index(), offset);
    this.#head({ endPosition, indexPosition });
  }

  #anchor(kind: 'opened' | 'sealed'): Promise<void> {
    const { state, header, clock, sync } = this.#options;
    const root = this.#framer.root().toString('hex');
    const fact = { kind, session: header.session, size: this.#framer.size, root, time: clock.now() };
    return appendAnchor(state, fact, this.#key, sync === 'disk');
  }
}
