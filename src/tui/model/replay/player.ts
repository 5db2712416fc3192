import { clockTime } from '../../../core/clock.ts';
import { detailOf, type Detail } from './detail.ts';
import { find, type Wanted } from './find.ts';
import type { RecordedEvent } from './recording.ts';
import type { Script } from './script.ts';
import type { Step } from './step.ts';
import type { StepRow } from './step-line.ts';

/** What a replay looks like at one moment. */
export interface PlayerState {
  /** The steps in sight, and which of them is chosen. */
  readonly rows: readonly StepRow[];
  readonly chosen: number;
  readonly detail: Detail | null;
  /** Microseconds since the record was opened. */
  readonly headMicros: number;
  /** True when all of the chosen step is shown, whatever comes after the head. */
  readonly whole: boolean;
  readonly playing: boolean;
  readonly speed: number;
  /** What is being done, with how much of it, from 0 to 1. */
  readonly busy: { readonly what: string; readonly done: number } | null;
  /** What came of the last thing that was asked for, when it was nothing. */
  readonly message: string | null;
  /** Counts what was learned of the record: its extent, and where what happened. */
  readonly learned: number;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 64] as const;
/** Pauses of a recording take no longer than this, in microseconds of whoever watches. */
const LONGEST_PAUSE = 2_000_000;

const KINDS: Readonly<Record<Wanted['kind'], string>> = {
  statement: 'statement',
  refusal: 'denial',
  request: 'request',
  error: 'error',
  text: 'match',
};

/** Moves through a recording. What is asked for is done in turn; `subscribe` tells of every change. */
export class Player {
  readonly script: Script;
  #state: PlayerState;
  #height = 24;
  #turn: Promise<void> = Promise.resolve();
  #search = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(script: Script, speed = 1) {
    this.script = script;
    this.#state = {
      rows: [],
      chosen: 0,
      detail: null,
      headMicros: 0,
      whole: true,
      playing: false,
      speed,
      busy: null,
      message: null,
      learned: 0,
    };
  }

  readonly state = (): PlayerState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Does one thing after those before it. Whatever it throws, the next one is done all the same. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  get #step(): Step | null {
    return this.#state.rows[this.#state.chosen]?.step ?? null;
  }

  /** Shows the first step. @throws HoopError when the record cannot be read, as all that follow do */
  open(): Promise<void> {
    return this.#inTurn(async () => this.#choose(await this.script.first()));
  }

  /** How many steps are in sight. */
  setHeight(height: number): Promise<void> {
    return this.#inTurn(async () => {
      if (height === this.#height) return;
      this.#height = Math.max(1, height);
      await this.#show(this.#step, this.#state.chosen, {});
    });
  }

  /** By so many steps, back when it is below 0. */
  move(by: number): Promise<void> {
    return this.#inTurn(async () => {
      const from = this.#step;
      if (from === null || by === 0) return;
      const passed = await this.script.beside(from, by > 0 ? 1 : -1, Math.abs(by));
      const to = by > 0 ? passed.at(-1) : passed[0];
      if (to !== undefined) await this.#choose(to, this.#state.chosen + (by > 0 ? passed.length : -passed.length));
    });
  }

  toFirst(): Promise<void> {
    return this.#inTurn(async () => this.#choose(await this.script.first(), 0));
  }

  toLast(): Promise<void> {
    return this.#inTurn(async () => this.#choose(await this.script.last(), this.#height - 1));
  }

  /** To a moment: what comes after it is not shown. */
  seek(micros: number): Promise<void> {
    return this.#inTurn(() => this.#seek(micros));
  }

  /** By so many microseconds from where it is by then. */
  seekBy(micros: number): Promise<void> {
    return this.#inTurn(() => this.#seek(this.#state.headMicros + micros));
  }

  async #seek(micros: number): Promise<void> {
    const headMicros = Math.max(0, Math.min(micros, this.script.recording.extent.offsetMicros));
    const step = await this.script.stepAt(headMicros);
    const moved = step === null || step.number === this.#step?.number ? 0 : await this.#rowOf(step);
    await this.#show(step, this.#state.chosen + moved, { headMicros, whole: false, message: null });
  }

  /** How far below the chosen row a step is, when it is in sight. */
  async #rowOf(step: Step): Promise<number> {
    const row = this.#state.rows.findIndex((one) => one.step.number === step.number);
    if (row !== -1) return row - this.#state.chosen;
    const last = this.#state.rows.at(-1)?.step;
    const next = last === undefined ? [] : await this.script.beside(last, 1, 1);
    return next[0]?.number === step.number ? this.#height - this.#state.chosen : 0;
  }

  /** To the step of an event, or the one before it. */
  toEvent(number: number): Promise<void> {
    return this.#inTurn(async () => this.#choose(await this.script.stepOf(number)));
  }

  /** To the next step of a kind. Another call gives this one up. */
  find(wanted: Wanted, direction: 1 | -1): Promise<void> {
    this.#search.abort();
    const search = new AbortController();
    this.#search = search;
    return this.#inTurn(async () => {
      const from = this.#step;
      if (from === null || search.signal.aborted) return;
      const what = `looking for the ${direction === 1 ? 'next' : 'previous'} ${KINDS[wanted.kind]}`;
      const onProgress = (done: number): void => this.#set({ busy: { what, done } });
      const step = await find(this.script, from, wanted, { direction, signal: search.signal, onProgress });
      const none = `no ${KINDS[wanted.kind]} ${direction === 1 ? 'after' : 'before'} this one`;
      if (step !== null) await this.#choose(step, this.#state.chosen + (await this.#rowOf(step)));
      this.#set({ busy: null, message: step === null && !search.signal.aborted ? none : null });
    });
  }

  /** Gives up what is being looked for. */
  giveUp(): void {
    this.#search.abort();
    this.#set({ message: null });
  }

  /** Plays from where it is, from the start when that is the end; or holds. */
  async toggle(): Promise<void> {
    const { playing, headMicros } = this.#state;
    const { extent } = this.script.recording;
    if (!playing && extent.sealed && headMicros >= extent.offsetMicros) await this.toFirst();
    this.#set({ playing: !playing, message: null });
  }

  /** Faster by a notch, or slower. */
  hurry(by: 1 | -1): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.#state.speed);
    this.#set({ speed: SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))] ?? 1 });
  }

  /** So many microseconds went by for whoever watches. */
  tick(micros: number): Promise<void> {
    return this.#inTurn(async () => {
      const { playing, speed, headMicros } = this.#state;
      if (!playing) return;
      const { extent } = this.script.recording;
      const next = await this.#nextMoment(headMicros);
      const played = headMicros + micros * speed;
      const skipped = next === null ? played : Math.max(played, next - LONGEST_PAUSE * speed);
      await this.#seek(skipped);
      if (skipped >= extent.offsetMicros && !this.script.recording.live) this.#set({ playing: false, whole: true });
    });
  }

  /** When the next event after a moment is; null when none is known. */
  async #nextMoment(micros: number): Promise<number | null> {
    for (let chapter = this.script.chapterOf({ offsetMicros: micros }); chapter < this.script.chapters; chapter += 1) {
      const entry = (await this.script.scene(chapter)).entries.find(({ offsetMicros }) => offsetMicros > micros);
      if (entry !== undefined) return entry.offsetMicros;
    }
    return null;
  }

  /** Learns where what happened, chapter after chapter, and follows a session that goes on, until the signal aborts. */
  async learn(signal: AbortSignal, wait: () => Promise<void>): Promise<void> {
    const { recording } = this.script;
    let surveyed = 0;
    for (;;) {
      for (; surveyed < this.script.chapters; surveyed += 1) {
        if (signal.aborted) return;
        await this.script.survey(surveyed);
        if (surveyed % 8 === 0) this.#set({ learned: this.#state.learned + 1 });
        await wait();
      }
      this.#set({ learned: this.#state.learned + 1 });
      if (recording.extent.sealed || signal.aborted) return;
      if (await this.#grow()) surveyed = Math.max(0, surveyed - 1);
      else if (!recording.live) return;
      await wait();
    }
  }

  /** True when the record has more in it; who stands at its end goes on with it. */
  async #grow(): Promise<boolean> {
    const last = (await this.script.last())?.number;
    if (!(await this.script.recording.grow())) return false;
    await this.#inTurn(async () => {
      if (last !== undefined && this.#step?.number === last && this.script.recording.live) {
        await this.#choose(await this.script.last(), this.#height - 1);
      } else await this.#show(this.#step, this.#state.chosen, {});
    });
    return true;
  }

  async #choose(step: Step | null, row = Math.floor(this.#height / 3)): Promise<void> {
    await this.#show(step, row, { headMicros: step?.last.offsetMicros ?? 0, whole: true, message: null });
  }

  async #show(step: Step | null, row: number, change: Partial<PlayerState>): Promise<void> {
    if (step === null) {
      this.#set({ ...change, rows: [], chosen: 0, detail: null });
      return;
    }
    const above = Math.max(0, Math.min(row, this.#height - 1));
    let before = await this.script.beside(step, -1, above);
    const after = await this.script.beside(step, 1, this.#height - 1 - before.length);
    const missing = this.#height - 1 - before.length - after.length;
    if (missing > 0) before = await this.script.beside(step, -1, before.length + missing);
    const rows = await Promise.all([...before, step, ...after].map((one) => this.#row(one)));
    this.#set({ ...change, rows, chosen: before.length, detail: await detailOf(this.script, step) });
  }

  async #row(step: Step): Promise<StepRow> {
    if (step.kind === 'statement') return { step, text: (await this.script.textOf(step)) ?? '(text not at hand)' };
    if (step.event.type === 'terminal') return { step, text: terminalText(step.event) };
    return { step, text: this.script.recording.describe(step.event)[0] ?? '' };
  }
}

/** On one row: lines behind each other, without what only draws. */
function terminalText({ stream, text, statement }: Extract<RecordedEvent, { type: 'terminal' }>): string {
  const row = text
    .slice(0, 400)
    .replaceAll(/\u001b\[[0-?]*[ -/]*[@-~]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const of = statement === undefined ? '' : `#${statement} `;
  return `${of}${stream === 'input' ? 'typed' : 'shown'} ${row.slice(0, 200)}`;
}

/** `1:02.345 / 5:00.000`. */
export function clockOf(headMicros: number, totalMicros: number): string {
  return `${clockTime(headMicros)} / ${clockTime(totalMicros)}`;
}
