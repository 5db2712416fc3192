import type { Approver } from '../core/approver.ts';
import type { Column } from '../core/column.ts';
import type { Refusal } from '../core/decision.ts';
import type { Clearance, Cleared, Guard, Hold, Judged, Masked, Masker, Screen, ScreenSource } from '../core/guard.ts';
import { HoopError } from '../core/errors.ts';
import { type ResultMask, type Rewriter, UNMASKED } from '../core/mask.ts';
import type { Recorder, SessionEvent } from '../core/recorder.ts';
import type { ApprovalRequest } from '../core/request.ts';
import type { Standing } from '../core/standing.ts';
import { directoryOf, type Statement } from '../core/statement.ts';
import type { Database } from '../core/protocol.ts';
import { type Bench, Judge } from './judge.ts';
import { CommandJudge } from './command-judge.ts';
import type { Judgement, Judging } from './judgement.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';
import type { CellMasks, Masks, Origin } from './masks.ts';
import { Petitioner, ticketOf } from './petitioner.ts';
import { type KeepUndo, Previewer } from './preview/previewer.ts';
import { recordedValue } from './recorded-value.ts';
import type { RowSearch } from './row-search.ts';
import { RecordedScreen } from './screen.ts';
import { PipedInput, TypedScreen } from './typed.ts';
import { UNANSWERED } from './unapproved.ts';
import { tooLate, unconfirmed, unjudged } from './unconfirmed.ts';

/** What was decided of a statement, for whoever watches the session live. */
export interface Observed {
  readonly connection: number;
  readonly statement: Statement;
  readonly judgement: Judgement;
  readonly refusal: Refusal | null;
}

/** The only places where the brands are made. */
const judged = <T>(value: T): Judged<T> => value as Judged<T>;
const clear = <T>(value: T): Cleared<T> => value as Cleared<T>;
const mask = <T>(value: T): Masked<T> => value as Masked<T>;

/** How rows get rewritten, and who hears how many values were masked. */
interface Showing {
  readonly rewriter: Rewriter;
  readonly masked: (values: number) => void;
}

/** What those who are asked to approve are shown is not what the client is shown. */
const UNTOLD = (): void => undefined;

/** Nothing is masked: rows pass as they are. */
const TRANSPARENT: Masker = { transparent: true, mask };

export interface GuardOptions {
  readonly connection: number;
  readonly bench: Bench;
  /** Who asks: nothing is sent while that is in doubt. */
  readonly standing: Standing;
  /** The session's: equal values look equal on all its connections. */
  readonly masks: Masks;
  readonly recorder: Recorder;
  readonly approver: Approver;
  /** What SQL is judged and tried by; null where no SQL is spoken. */
  readonly database: Database | null;
  /** 32 secret bytes, of this session alone: what stands for effects is made with them. */
  readonly key: Uint8Array;
  /** Of what commands and terminals show a `summary` keeps how much it was, and its hash. */
  readonly results: 'full' | 'summary';
  /** Whether what is typed into terminals is kept, as far as they echo it. */
  readonly input: 'none' | 'full';
  /** Puts a script away that undoes what a request's statement does. */
  readonly keepUndo: KeepUndo | null;
  readonly observe: (observed: Observed) => void;
  /** So many values were masked in what the client is about to be shown. */
  readonly masked: (values: number) => void;
  /** A statement waits for people. */
  readonly held: (request: ApprovalRequest) => void;
  /** Called once when the record cannot be written: the session must end. */
  readonly lost: (error: unknown) => void;
}

class SessionGuard implements Guard {
  readonly #options: GuardOptions;
  readonly #judge: Judging;
  readonly #petitioner: Petitioner;
  /** Terminals' screens, by the statement that they belong to. */
  readonly #terminals = new Map<number, WeakRef<RecordedScreen>>();
  /** Something that was judged here may not be on record yet. */
  #unrecorded = false;
  /** Something that was cleared here may not be sent yet. */
  #unreleased = false;

  constructor(options: GuardOptions) {
    this.#options = options;
    const { bench, database } = options;
    this.#judge = database === null ? new CommandJudge(bench) : new Judge(bench, database.catalog);
    this.#petitioner = new Petitioner({
      ...options,
      clock: bench.clock,
      judge: this.#judge,
      previewer: database === null ? null : this.#previewer(database),
      lay: (statement, judgement) => this.#lay(statement, judgement),
    });
  }

  #previewer({ trials }: Database): Previewer {
    const { bench, key, masks, keepUndo } = this.#options;
    return new Previewer({
      grammar: bench.grammar,
      trials,
      key,
      keepUndo,
      judge: async (statement) => this.#judge.judge(statement),
      masking: (judgement) => {
        const [result = UNMASKED] = this.#dated(judgement);
        return (columns, rewriter) => this.#maskerOf(columns, result, { rewriter, masked: UNTOLD });
      },
      hides: (relation) => masks.detection !== null || (this.#judge.masks?.of(relation) ?? null) !== null,
    });
  }

  begin(): void {
    this.#judge.begin();
  }

  clear(statement: Statement, hold: Hold): Clearance | Promise<Clearance> {
    const doubt = this.#doubt();
    // The target is not even asked what its names mean.
    if (doubt !== null) return this.#doubted(statement, doubt);
    const judgement = this.#judge.judge(statement);
    if (judgement instanceof Promise) return judgement.then((late) => this.#settleLate(statement, late, hold));
    return this.#settle(statement, judgement, hold);
  }

  #doubt(): string | null {
    return this.#options.standing.doubt();
  }

  #doubted(statement: Statement, doubt: string): Clearance {
    return this.#laidDown(statement, unjudged(doubt), unconfirmed(doubt));
  }

  #settleLate(statement: Statement, judgement: Judgement, hold: Hold): Clearance | Promise<Clearance> {
    const doubt = this.#doubt();
    return doubt === null ? this.#settle(statement, judgement, hold) : this.#doubted(statement, doubt);
  }

  #settle(statement: Statement, judgement: Judgement, hold: Hold): Clearance | Promise<Clearance> {
    const { decision } = judgement;
    switch (decision.verdict) {
      case 'allow':
        return this.#laidDown(statement, judgement, null);
      case 'deny':
        return this.#laidDown(statement, judgement, decision.refusal ?? UNEXPLAINED);
      case 'ask':
        if (this.#petitioner.isHarmless(statement, judgement)) return this.#laidDown(statement, judgement, null);
        return this.#asked(statement, judgement, hold);
    }
  }

  async #asked(statement: Statement, judgement: Judgement, hold: Hold): Promise<Clearance> {
    try {
      const asking = await this.#petitioner.ask(statement, judgement, hold);
      if (asking === null) return this.clear(statement, hold);
      // What people said must be on record, too, before it is acted upon.
      this.#unrecorded = true;
      const doubt = this.#doubt();
      const result = doubt === null || 'cause' in asking.result ? asking.result : unconfirmed(doubt);
      const refusal = 'cause' in result ? result : null;
      if (asking.number !== null) this.#tell(statement, asking.judgement, refusal);
      if ('cause' in result) return { outcome: 'refused', refusal: result, number: asking.number };
      return this.#cleared(statement, asking.judgement, { number: asking.number ?? 0, approval: ticketOf(result) });
    } catch (error) {
      if (error instanceof HoopError && error.code === 'record.append') return this.#failed(error);
      // It should not have failed; whatever it was, nobody said yes.
      return { outcome: 'refused', refusal: UNANSWERED, number: null };
    }
  }

  #laidDown(statement: Statement, judgement: Judgement, refusal: Refusal | null): Clearance {
    let number: number;
    try {
      number = this.#lay(statement, judgement);
    } catch (error) {
      return this.#failed(error);
    }
    this.#tell(statement, judgement, refusal);
    if (refusal !== null) return { outcome: 'refused', refusal, number };
    return this.#cleared(statement, judgement, { number, approval: null });
  }

  /** @throws HoopError `record.append` */
  #lay(statement: Statement, judgement: Judgement): number {
    const number = this.#options.recorder.append(this.#event(statement, judgement));
    this.#unrecorded = true;
    return number;
  }

  #failed(error: unknown): Clearance {
    this.#options.lost(error);
    return { outcome: 'refused', refusal: UNRECORDED, number: null };
  }

  #tell(statement: Statement, judgement: Judgement, refusal: Refusal | null): void {
    this.#options.observe({ connection: this.#options.connection, statement, judgement, refusal });
  }

  #cleared(
    statement: Statement,
    judgement: Judgement,
    { number, approval }: { readonly number: number; readonly approval: string | null },
  ): Clearance {
    this.#unreleased = true;
    return {
      outcome: 'cleared',
      bytes: judged(statement.bytes),
      number,
      changes: judgement.changes,
      results: this.#dated(judgement),
      approval,
    };
  }

  /** Names may have changed between the look at the catalog and now: then it is judged by what they meant then. */
  #dated({ results, restsOnCatalog, restsOnCode }: Judgement): readonly ResultMask[] {
    if (this.#judge.masks === null) return results;
    const asOf = restsOnCatalog || restsOnCode ? this.#judge.asOf : this.#judge.changes;
    return results.map((result) => ({ ...result, asOf }));
  }

  housekeeping<T extends Buffer>(frame: T): Judged<T> {
    return judged(frame);
  }

  release(batch: readonly Judged<Buffer>[]): Cleared<Buffer> | Promise<Cleared<Buffer>> {
    const [first] = batch;
    const bytes = batch.length === 1 && first !== undefined ? first : Buffer.concat(batch);
    const written = this.#unrecorded ? this.#options.recorder.flush() : null;
    const isAsked = this.#unreleased;
    this.#unrecorded = false;
    this.#unreleased = false;
    return written === null ? this.#released(bytes, isAsked) : this.#afterwards(written, bytes, isAsked);
  }

  async #afterwards(written: Promise<void>, bytes: Buffer, isAsked: boolean): Promise<Cleared<Buffer>> {
    try {
      await written;
    } catch (error) {
      this.#options.lost(error);
      throw error;
    }
    return this.#released(bytes, isAsked);
  }

  /** What was cleared may have waited: for its record, for what was pipelined with it. */
  #released(bytes: Buffer, isAsked: boolean): Cleared<Buffer> | Promise<never> {
    const doubt = isAsked ? this.#doubt() : null;
    return doubt === null ? clear(bytes) : Promise.reject(tooLate(doubt));
  }

  masker(columns: readonly Column[], result: ResultMask, rewriter: Rewriter): Masker {
    return this.#maskerOf(columns, result, { rewriter, masked: this.#options.masked });
  }

  #maskerOf(columns: readonly Column[], result: ResultMask, showing: Showing): Masker {
    const { masks: all } = this.#options;
    const masked = this.#judge.masks;
    if (masked !== null && result.asOf !== this.#judge.changes) throw renamed();
    const masks = all.of(columns, result.disclosure, masked);
    const { detection } = all;
    if (detection !== null) return this.#searching(columns, masks, detection, showing);
    if (masks === null) return TRANSPARENT;
    return { transparent: false, mask: (frames) => this.#rewritten(frames, masks, showing) };
  }

  #searching(columns: readonly Column[], masks: CellMasks | null, detection: Detection, showing: Showing): Masker {
    const origin: Origin = (table, attribute) => this.#judge.columnAt(table, attribute);
    let search: RowSearch | null = null;
    return {
      transparent: false,
      mask: (frames) => {
        detection.sweep(frames);
        if (masks === null && detection.next() < 0) return mask(frames);
        search ??= this.#options.masks.search(columns, masks, { detection, origin });
        if (search.width === 0) throw undescribed();
        const all = search.masksFor(frames, showing.rewriter);
        return all === null ? mask(frames) : this.#rewritten(frames, all, showing);
      },
    };
  }

  #rewritten(frames: Buffer, masks: CellMasks, { rewriter, masked }: Showing): Masked<Buffer> {
    const shown = mask(rewriter.rewrite(frames, masks));
    const values = this.#options.masks.count.take();
    if (values > 0) masked(values);
    return shown;
  }

  countMasked(values: number): void {
    this.#options.masked(values);
  }

  get searches(): boolean {
    return this.#options.masks.detection !== null;
  }

  text(bytes: Buffer): Buffer {
    return this.#options.masks.detection?.masked(bytes, 0, bytes.length) ?? bytes;
  }

  words(text: string): string {
    return this.searches ? this.text(Buffer.from(text, 'utf8')).toString('utf8') : text;
  }

  shown(frame: Buffer): Masked<Buffer> {
    return mask(frame);
  }

  screen(source: ScreenSource): Screen {
    const { connection, masks, results, masked } = this.#options;
    const { statement, stream, isTerminal } = source;
    const record = (event: SessionEvent): Promise<void> | null => this.stream(event);
    if (stream === 'input') return this.#input(statement, isTerminal, record);
    const screen = new RecordedScreen({ ...source, connection, detection: masks.detection, record, results, masked });
    // By weak reference: a screen that nobody writes to any more has no echo to wait for.
    if (isTerminal && stream === 'output') this.#terminals.set(statement, new WeakRef(screen));
    return screen;
  }

  #input(statement: number, isTerminal: boolean, stream: (event: SessionEvent) => Promise<void> | null): Screen {
    const { connection, masks, input, bench } = this.#options;
    const record = input === 'full' ? stream : null;
    if (!isTerminal) return new PipedInput({ connection, statement, record });
    const output = (): RecordedScreen | null => this.#terminals.get(statement)?.deref() ?? null;
    const { clock } = bench;
    return new TypedScreen({ connection, statement, output, detection: masks.detection, clock, record });
  }

  async note(event: SessionEvent): Promise<void> {
    try {
      this.#options.recorder.append(event);
      await this.#options.recorder.flush();
    } catch (error) {
      this.#options.lost(error);
      throw error;
    }
  }

  stream(event: SessionEvent): Promise<void> | null {
    const room = this.#options.recorder.write(event);
    room?.catch(this.#options.lost);
    return room;
  }

  #event(statement: Statement, { decision, effects }: Judgement): SessionEvent {
    const directory = directoryOf(statement);
    return {
      type: 'statement',
      connection: this.#options.connection,
      phase: statement.phase,
      text: statement.prepared === null ? statement.text : null,
      ...(directory === null ? {} : { directory }),
      prepared: statement.prepared,
      parameters: statement.parameters?.map(recordedValue) ?? null,
      decision,
      effects,
    };
  }
}

/** The server may have resolved names anew after the statement was judged, while it waited for a lock. */
const renamed = (): HoopError =>
  new HoopError('session.columns', 'names have changed while this statement ran: what it gives cannot be shown', {
    hint: 'Connect again, and try again.',
  });

/** In a row of columns that are not known nothing can be masked. */
const undescribed = (): HoopError =>
  new HoopError('session.columns', 'a result that nobody has described holds what is looked for', {
    hint: 'Describe the statement before it is executed.',
  });

/** What a client is told when the record could not be written: the session is over. */
const UNRECORDED: Refusal = {
  message: 'the session record cannot be written, so nothing more is let through',
  detail: 'hoopctl forwards a statement only after it is on record.',
  hint: 'Free space or repair the file system under the state directory, then connect again.',
  cause: 'unrecorded',
};

const UNEXPLAINED: Refusal = {
  message: 'refused by policy',
  detail: 'The policy does not let this statement through.',
  hint: 'This is policy, not a fault: do not retry variants.',
  cause: 'denied',
};

/** The one pipeline: decide, ask, record, and only then clear. */
export function openGuard(options: GuardOptions): Guard {
  return new SessionGuard(options);
}
