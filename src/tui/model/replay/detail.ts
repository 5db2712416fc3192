import type { Column } from '../../../core/column.ts';
import type { Screen } from '../../terminal/screens.ts';
import { placeName } from '../../../core/shown-place.ts';
import { Output } from './output.ts';
import { isOfTerminal, type RecordedEntry, type RecordedEvent } from './recording.ts';
import type { Script } from './script.ts';
import type { Step } from './step.ts';

/** Rows of one result that can be looked at, and the bytes they may take; the rest is counted. */
const MAX_ROWS = 5000;
const MAX_BYTES = 2 * 1024 * 1024;
/** Chapters in which what belongs to a statement is looked for. */
const MAX_CHAPTERS = 24;

/** One thing that a step has to show. */
export type Part =
  | {
      readonly kind: 'event';
      readonly offsetMicros: number;
      readonly event: RecordedEvent;
      readonly lines: readonly string[];
    }
  /** What a terminal showed. */
  | { readonly kind: 'screen'; readonly offsetMicros: number; readonly screen: Screen }
  | { readonly kind: 'result'; readonly offsetMicros: number; readonly result: Result }
  | { readonly kind: 'output'; readonly offsetMicros: number; readonly output: Output };

export interface Result {
  /** Null: values without columns, as COPY sends them. */
  readonly columns: readonly string[] | null;
  readonly direction: 'in' | 'out';
  /** Null when they cannot be decoded. */
  readonly rows: readonly (readonly (string | null)[])[] | null;
  /** True when there were more than can be looked at here. */
  readonly more: boolean;
}

export interface Detail {
  readonly step: Step;
  /** Of a statement; null for what is none, and when its text is not at hand. */
  readonly text: string | null;
  readonly parts: readonly Part[];
  readonly damage: string | null;
}

/** Everything that belongs to a step, as far as it is bounded. */
export async function detailOf(script: Script, step: Step): Promise<Detail> {
  if (step.kind === 'terminal') return { step, text: null, parts: await screenOf(script, step), damage: null };
  const gathering = new Gathering(script, step);
  let damage: string | null = null;
  for (let chapter = step.chapter; chapter < Math.min(script.chapters, step.chapter + MAX_CHAPTERS); chapter += 1) {
    const scene = await script.scene(chapter);
    damage = scene.damage;
    for (const entry of scene.entries) if (entry.number >= step.number) gathering.add(entry);
    if (gathering.over) break;
  }
  return { step, text: await script.textOf(step), parts: gathering.parts(), damage };
}

async function screenOf(script: Script, { event, last }: Step): Promise<readonly Part[]> {
  if (!isOfTerminal(event)) return [];
  const screen = await (await script.screens()).at(placeName(event), last.number);
  return [{ kind: 'screen', offsetMicros: 0, screen }];
}

interface Rows {
  readonly offsetMicros: number;
  readonly columns: readonly Column[] | null;
  readonly direction: 'in' | 'out';
  readonly chunks: Buffer[];
  size: number;
  more: boolean;
}

class Gathering {
  readonly #script: Script;
  readonly #step: Step;
  readonly #connection: number | null;
  readonly #parts: Part[] = [];
  #rows: Rows | null = null;
  #output: Output | null = null;
  #request: string | null = null;
  #ended = false;
  /** True while the connection's events that name no statement belong to this one. */
  #current = true;
  over = false;

  constructor(script: Script, step: Step) {
    this.#script = script;
    this.#step = step;
    this.#connection = 'connection' in step.event ? step.event.connection : null;
  }

  add(entry: RecordedEntry): void {
    const { number, event } = entry;
    if (this.over) return;
    if (number === this.#step.number) {
      if (this.#step.kind !== 'statement') {
        this.#event(entry);
        this.over = true;
      }
      return;
    }
    if (event.type === 'end') this.over = true;
    if (!('connection' in event) || event.connection !== this.#connection) return;
    if (event.type === 'close') this.over = true;
    else if (event.type === 'statement') this.#next();
    else if (this.#owns(event)) this.#take(entry);
  }

  /** Another statement of the connection: with pipelining, this one's results may still come. */
  #next(): void {
    this.#current = false;
    if (this.#ended) this.over = true;
  }

  #owns(event: RecordedEvent): boolean {
    if (isOfTerminal(event)) return false;
    if ('request' in event && event.request === this.#request) return true;
    if (event.type === 'answer') return event.answer.request === this.#request;
    if ('statement' in event && event.statement !== null) return event.statement === this.#step.number;
    return this.#current;
  }

  #take(entry: RecordedEntry): void {
    const { event, offsetMicros } = entry;
    switch (event.type) {
      case 'columns':
        this.#flush();
        this.#rows = { offsetMicros, columns: event.columns, direction: 'out', chunks: [], size: 0, more: false };
        return;
      case 'rows':
        this.#rows ??= { offsetMicros, columns: null, direction: event.direction, chunks: [], size: 0, more: false };
        this.#keep(this.#rows, event.bytes);
        return;
      case 'terminal':
        if (this.#output === null) {
          this.#output = new Output((text) => this.#script.recording.letters(text));
          this.#parts.push({ kind: 'output', offsetMicros, output: this.#output });
        }
        this.#output.add(offsetMicros, event);
        return;
      default:
        if (event.type === 'complete' || event.type === 'error') this.#ended = true;
        if (event.type === 'settled' && event.outcome !== 'approved') this.#ended = true;
        if (event.type === 'request' || event.type === 'granted') this.#request = event.request;
        this.#flush();
        this.#event(entry);
    }
  }

  #keep(rows: Rows, bytes: Buffer): void {
    const kept = rows.more ? 0 : Math.min(bytes.length, MAX_BYTES - rows.size);
    if (kept < bytes.length) rows.more = true;
    if (kept > 0) rows.chunks.push(bytes.subarray(0, kept));
    rows.size += kept;
  }

  #event({ offsetMicros, event }: RecordedEntry): void {
    this.#parts.push({ kind: 'event', offsetMicros, event, lines: this.#script.recording.describe(event) });
  }

  #flush(): void {
    const rows = this.#rows;
    this.#rows = null;
    if (rows === null) return;
    this.#parts.push({ kind: 'result', offsetMicros: rows.offsetMicros, result: this.#result(rows) });
  }

  #result({ columns, direction, chunks, more }: Rows): Result {
    const names = columns?.map(({ name }) => name) ?? null;
    const rows = this.#decoded(columns ?? [], Buffer.concat(chunks));
    const some = rows?.slice(0, MAX_ROWS) ?? null;
    return { columns: names, direction, rows: some, more: more || (rows?.length ?? 0) > MAX_ROWS };
  }

  #decoded(columns: readonly Column[], frames: Buffer): readonly (readonly (string | null)[])[] | null {
    try {
      return this.#script.recording.decode(columns, frames);
    } catch {
      // Whatever the decoder throws: the record says these bytes are rows, and they are not. They are named as such.
      return null;
    }
  }

  parts(): readonly Part[] {
    this.#flush();
    return this.#parts;
  }
}
