import type { RecordEntry, RecordStop } from './reader.ts';
import { bounded, CastWriter, USUAL_SIZE } from './asciicast.ts';
import type { CastAbout, CastSize, CastVersion } from './asciicast.ts';
import { ReplayRenderer, unendedPiece } from './replay.ts';
import type { ReplayOptions, ReplayPiece } from './replay.ts';
import { CastTerminals } from './cast-terminals.ts';
import type { StoredEvent } from './event.ts';
import { programEnd } from '../core/program-end.ts';
import { visible } from '../core/visible.ts';
import { rowsOf } from '../core/rows.ts';
import { cutToWidth } from '../core/width.ts';

export interface CastOptions extends CastAbout, ReplayOptions {
  readonly version: CastVersion;
  /** What was typed into terminals is in it, as `i` events. */
  readonly input: boolean;
}

const RESET = '\u001b[0m';
/** Colours of a replay. */
const STYLES: Readonly<Record<ReplayPiece['kind'], string>> = {
  session: '\u001b[2m',
  connection: '\u001b[2m',
  statement: '\u001b[1m',
  refusal: '\u001b[31m',
  request: '\u001b[35m',
  result: '',
  outcome: '\u001b[2m',
  error: '\u001b[31m',
  notice: '\u001b[33m',
  terminal: '',
  end: '\u001b[2m',
};

/** Cells of a marker's label: players list them. */
const LABEL = 160;
/** What is shown before the first line that has a place in time waits for a terminal's size, and no longer. */
const OPENING: ReadonlySet<ReplayPiece['kind']> = new Set(['session', 'connection']);
const MOST_WAITING = 16;

/**
 * A record as an asciicast, in lines. Statements, what came of them and who answered are drawn as text until a
 * terminal is in use; until that is over its output is what is seen, as far as it only draws, and the others are markers.
 * A record that was not ended says so at its end. Throws what `entries` throws.
 */
export async function* renderCast(
  entries: AsyncGenerator<RecordEntry, RecordStop>,
  options: CastOptions,
): AsyncGenerator<string> {
  const scene = new CastScene(options);
  let offsetMicros = 0;
  for (;;) {
    const step = await entries.next();
    if (step.done === true) {
      const { state, events } = step.value;
      yield* scene.rest(events, offsetMicros);
      yield* state === 'sealed' ? scene.opened() : scene.draw(unendedPiece(events, offsetMicros));
      return;
    }
    offsetMicros = step.value.offsetMicros;
    yield* scene.play(step.value);
  }
}

class CastScene {
  readonly #options: CastOptions;
  readonly #writer: CastWriter;
  readonly #renderer: ReplayRenderer;
  readonly #terminals = new CastTerminals();
  /** Commands without a terminal whose output a marker has told of. */
  readonly #told = new Set<number>();
  /** Pieces that wait for the header; null when it is written. */
  #waiting: ReplayPiece[] | null = [];
  /** Of the screen: what is longer is broken here, not by the player. */
  #size: CastSize = USUAL_SIZE;

  constructor(options: CastOptions) {
    this.#options = options;
    this.#writer = new CastWriter(options.version);
    this.#renderer = new ReplayRenderer(options);
  }

  *play(entry: RecordEntry): Generator<string> {
    const { event, offsetMicros } = entry;
    if (event.type === 'resize') {
      if (!this.#terminals.resize(event)) return;
      if (this.#waiting !== null) yield* this.opened(event);
      else yield* this.#sized(offsetMicros, event);
      return;
    }
    if (event.type === 'terminal' && event.piped !== true) {
      yield* this.opened();
      if (event.stream === 'output') yield* this.#output(event, offsetMicros);
      else if (this.#options.input) yield* this.#input(event, offsetMicros);
      return;
    }
    const undrawn = this.#terminals.isSeen;
    if (event.type === 'complete' && event.statement !== null) this.#terminals.over(event.statement);
    const pieces = this.#renderer.render(entry);
    for (const piece of pieces) yield* this.draw(piece);
    const gist = event.type === 'terminal' ? this.#outputGist(event, undrawn) : gistOf(entry, pieces, undrawn);
    if (gist !== null) yield this.#writer.event(offsetMicros, 'm', cutToWidth(visible(gist), LABEL));
  }

  /** What is held back of a record that goes no further. */
  *rest(number: number, offsetMicros: number): Generator<string> {
    for (const piece of this.#renderer.rest(number, offsetMicros)) yield* this.draw(piece);
  }

  /** The header, and what waited for it, unless they are written. */
  *opened(size: CastSize = USUAL_SIZE): Generator<string> {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    this.#size = bounded(size);
    yield this.#writer.header(this.#options, size);
    for (const piece of waiting) yield* this.draw(piece);
  }

  *draw(piece: ReplayPiece): Generator<string> {
    const { kind, offsetMicros, lines } = piece;
    if (this.#waiting !== null && OPENING.has(kind) && this.#waiting.length < MOST_WAITING) {
      this.#waiting.push(piece);
      return;
    }
    yield* this.opened();
    if (this.#terminals.isSeen && kind !== 'end') return;
    const style = STYLES[kind];
    const rows = rowsOf(lines, this.#size.columns);
    const text = rows.map((row) => (style === '' ? `${row}\r\n` : `${style}${row}${RESET}\r\n`)).join('');
    yield this.#writer.event(offsetMicros, 'o', this.#terminals.leave() + text);
  }

  *#output(event: Extract<StoredEvent, { type: 'terminal' }>, offsetMicros: number): Generator<string> {
    const seen = this.#terminals.output(event, offsetMicros);
    if (seen === null) return;
    if (seen.size !== null) yield* this.#sized(offsetMicros, seen.size);
    yield this.#writer.event(offsetMicros, 'o', seen.text);
  }

  *#sized(offsetMicros: number, size: CastSize): Generator<string> {
    const { columns, rows } = bounded(size);
    if (columns === this.#size.columns && rows === this.#size.rows) return;
    this.#size = { columns, rows };
    yield this.#writer.resize(offsetMicros, size);
  }

  *#input(event: Extract<StoredEvent, { type: 'terminal' }>, offsetMicros: number): Generator<string> {
    const typed = this.#terminals.input(event);
    if (typed !== '') yield this.#writer.event(offsetMicros, 'i', typed);
  }

  /** Says once of a command that it writes while a terminal is seen. */
  #outputGist({ statement }: Extract<StoredEvent, { type: 'terminal' }>, undrawn: boolean): string | null {
    if (!undrawn || statement === undefined || this.#told.has(statement)) return null;
    this.#told.add(statement);
    return `#${statement} writes`;
  }
}

function outcomeOf(pieces: readonly ReplayPiece[]): string | null {
  return pieces.find(({ kind }) => kind === 'outcome')?.lines[0]?.trimStart() ?? null;
}

/** What a marker says of an event: of what people look for, and of what is not drawn. Null where there is none. */
function gistOf({ event }: RecordEntry, pieces: readonly ReplayPiece[], undrawn: boolean): string | null {
  const [first] = pieces.find(({ kind }) => kind === 'statement' || kind === 'request')?.lines ?? [];
  if (event.type === 'statement') {
    const refused = pieces.some(({ kind }) => kind === 'refusal');
    if (refused) return `refused ${first ?? ''}`;
    return undrawn && first !== undefined ? first : null;
  }
  if (event.type === 'complete') return undrawn && programEnd(event.tag)?.failed === true ? outcomeOf(pieces) : null;
  if (event.type === 'error') return undrawn ? `error ${event.code}` : null;
  if (event.type === 'preview' || first === undefined) return null;
  return first.trimStart();
}
