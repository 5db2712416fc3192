import type { RecordEntry, RecordStop } from './reader.ts';
import { bounded, CastWriter, USUAL_SIZE } from './asciicast.ts';
import type { CastAbout, CastSize, CastVersion } from './asciicast.ts';
import { ReplayRenderer, unendedPiece } from './replay.ts';
import type { ReplayOptions, ReplayPiece } from './replay.ts';
import { TerminalFilter } from './terminal-filter.ts';
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
 * terminal is in use; from then on its output is what is seen, as far as it only draws, and the others are markers.
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
  readonly #shown = new Map<number, TerminalFilter>();
  readonly #typed = new Map<number, TerminalFilter>();
  /** Pieces that wait for the header; null when it is written. */
  #waiting: ReplayPiece[] | null = [];
  /** Of the screen: what is longer is broken here, not by the player. */
  #columns = USUAL_SIZE.columns;
  /** The connection whose terminal is seen; null until there is one. */
  #seen: number | null = null;

  constructor(options: CastOptions) {
    this.#options = options;
    this.#writer = new CastWriter(options.version);
    this.#renderer = new ReplayRenderer(options);
  }

  *play(entry: RecordEntry): Generator<string> {
    const { event, offsetMicros } = entry;
    if (event.type === 'resize') {
      this.#columns = bounded(event).columns;
      if (this.#waiting !== null) yield* this.opened(event);
      else yield this.#writer.resize(offsetMicros, event);
      return;
    }
    if (event.type === 'terminal') {
      yield* this.opened();
      if (event.stream === 'output') yield* this.#output(event.connection, offsetMicros, event.text);
      else if (this.#options.input) yield* this.#input(event.connection, offsetMicros, event.text);
      return;
    }
    const pieces = this.#renderer.render(entry);
    for (const piece of pieces) yield* this.draw(piece);
    const gist = gistOf(entry, pieces, this.#seen !== null);
    if (gist !== null) yield this.#writer.event(offsetMicros, 'm', cutToWidth(visible(gist), LABEL));
  }

  /** The header, and what waited for it, unless they are written. */
  *opened(size: CastSize = USUAL_SIZE): Generator<string> {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
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
    if (this.#seen !== null && kind !== 'end') return;
    const style = STYLES[kind];
    const rows = rowsOf(lines, this.#columns);
    const text = rows.map((row) => (style === '' ? `${row}\r\n` : `${style}${row}${RESET}\r\n`)).join('');
    yield this.#writer.event(offsetMicros, 'o', this.#leave() + text);
  }

  *#output(connection: number, offsetMicros: number, text: string): Generator<string> {
    const shown = filterOf(this.#shown, connection).push(text);
    if (shown === '') return;
    const before =
      this.#seen === connection || this.#seen === null ? '' : `${this.#leave()}${connectionLine(connection)}`;
    this.#seen = connection;
    yield this.#writer.event(offsetMicros, 'o', before + shown);
  }

  *#input(connection: number, offsetMicros: number, text: string): Generator<string> {
    const typed = filterOf(this.#typed, connection).push(text);
    if (typed !== '') yield this.#writer.event(offsetMicros, 'i', typed);
  }

  /** What leaves the terminal that is seen as if it had not been used. */
  #leave(): string {
    const filter = this.#seen === null ? undefined : this.#shown.get(this.#seen);
    return filter === undefined ? '' : `${filter.restore()}\r\n`;
  }
}

function filterOf(filters: Map<number, TerminalFilter>, connection: number): TerminalFilter {
  const filter = filters.get(connection) ?? new TerminalFilter();
  filters.set(connection, filter);
  return filter;
}

function connectionLine(connection: number): string {
  return `${STYLES.connection}connection ${connection}${RESET}\r\n`;
}

/** What a marker says of an event: of what people look for, and of what is not drawn. Null where there is none. */
function gistOf({ event }: RecordEntry, pieces: readonly ReplayPiece[], undrawn: boolean): string | null {
  const [first] = pieces.find(({ kind }) => kind === 'statement' || kind === 'request')?.lines ?? [];
  if (event.type === 'statement') {
    const refused = pieces.some(({ kind }) => kind === 'refusal');
    if (refused) return `refused ${first ?? ''}`;
    return undrawn && first !== undefined ? first : null;
  }
  if (event.type === 'error') return undrawn ? `error ${event.code}` : null;
  if (event.type === 'preview' || first === undefined) return null;
  return first.trimStart();
}
