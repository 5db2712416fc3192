import type { StoredEvent } from './event.ts';
import type { RecordEntry, RecordStop } from './reader.ts';
import { StatementTexts } from './statement-texts.ts';
import { resultLines, Results } from './results.ts';
import type { RowDecoder } from './results.ts';
import { isRefused } from './tally.ts';
import { requestLines } from './replay-requests.ts';
import {
  closeLine,
  endLine,
  errorLines,
  headerLines,
  indented,
  openLine,
  parameterText,
  refusalLines,
  statementOf,
  resizeLine,
  transferLine,
} from './replay-lines.ts';
import { TerminalLines } from './terminal-lines.ts';
import { visible, visibleLines } from '../core/visible.ts';

export interface ReplayOptions {
  readonly decode: RowDecoder;
  /** Rows of one result that are shown; the rest is counted. */
  readonly maxRows?: number;
  /** Cells of one value that are shown. */
  readonly maxCell?: number;
}

/** A piece of a replay: lines that hold no control, bidirectional or invisible character, whatever was recorded. */
export interface ReplayPiece {
  readonly number: number;
  /** Microseconds since the record was opened. */
  readonly offsetMicros: number;
  readonly kind:
    | 'session'
    | 'connection'
    | 'statement'
    | 'refusal'
    | 'request'
    | 'result'
    | 'outcome'
    | 'error'
    | 'notice'
    | 'terminal'
    | 'end';
  readonly lines: readonly string[];
}

const MAX_ROWS = 50;
const MAX_CELL = 60;

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Renders events one after the other; what they hold is made harmless. */
export class ReplayRenderer {
  readonly #maxCell: number;
  readonly #texts = new StatementTexts();
  readonly #results: Results;
  readonly #terminals = new TerminalLines();

  constructor({ decode, maxRows = MAX_ROWS, maxCell = MAX_CELL }: ReplayOptions) {
    this.#maxCell = maxCell;
    this.#results = new Results({ decode, maxRows });
  }

  /** The pieces that an event adds; rows are held back until their result is over, a terminal's letters until their line is. */
  render(entry: RecordEntry): ReplayPiece[] {
    const { number, offsetMicros, event } = entry;
    const begun = event.type === 'terminal' ? [] : this.#terminals.rest();
    if (event.type === 'complete' && event.statement !== null) this.#terminals.forget(event.statement);
    const pieces = this.#render(entry);
    return begun.length === 0 ? pieces : [{ number, offsetMicros, kind: 'terminal', lines: begun }, ...pieces];
  }

  /** What is held back of a record that goes no further. */
  rest(number: number, offsetMicros: number): ReplayPiece[] {
    const lines = this.#terminals.rest();
    return lines.length === 0 ? [] : [{ number, offsetMicros, kind: 'terminal', lines }];
  }

  #render({ number, offsetMicros, event }: RecordEntry): ReplayPiece[] {
    const piece = (kind: ReplayPiece['kind'], lines: readonly string[]): ReplayPiece => ({
      number,
      offsetMicros,
      kind,
      lines,
    });
    const results = this.#results.endedBy(event).map((result) => {
      const lines = resultLines(result, this.#maxCell);
      return piece(
        'result',
        lines.map((line) => `  ${line}`),
      );
    });
    switch (event.type) {
      case 'header':
        return [piece('session', headerLines(event))];
      case 'open':
        return [piece('connection', [openLine(event)])];
      case 'statement':
        return [...results, ...this.#statement(number, event).map(({ kind, lines }) => piece(kind, lines))];
      case 'columns':
        this.#results.columns(event.connection, event.statement, event.columns);
        return results;
      case 'rows':
        this.#results.rows(event);
        return results;
      case 'complete':
        return [...results, piece('outcome', [visible(`  ${statementOf(event)}${event.tag}`)])];
      case 'error':
        return [...results, piece('error', errorLines(event))];
      case 'notice':
        return [...results, piece('notice', indented(`notice ${event.code}: ${event.message}`))];
      case 'request':
      case 'preview':
      case 'answer':
      case 'settled':
      case 'granted':
      case 'revoked':
        return [...results, piece('request', requestLines(event))];
      case 'terminal':
        return [...results, ...this.#terminal(event).map((lines) => piece('terminal', lines))];
      case 'transfer':
        return [...results, piece('outcome', [`  ${transferLine(event)}`])];
      case 'resize':
        return [...results, piece('terminal', [`  ${resizeLine(event)}`])];
      case 'cancel':
        return [piece('connection', [`connection ${event.connection}: asked to cancel`])];
      case 'close':
        return [...results, piece('connection', [closeLine(event)])];
      case 'end':
        return [...results, piece('end', [endLine(event)])];
    }
  }

  /** The lines of it; none where it only draws. */
  #terminal(event: Of<'terminal'>): string[][] {
    const lines = this.#terminals.add(event);
    return lines.length === 0 ? [] : [lines];
  }

  #statement(number: number, event: Of<'statement'>): { kind: 'statement' | 'refusal'; lines: string[] }[] {
    const text = this.#texts.of(number, event);
    const where = `#${number} [${event.connection}] ${event.phase === 'query' ? '' : `${event.phase} `}`;
    const shown = text === null ? [`(text of event ${event.prepared ?? number})`] : visibleLines(text).split('\n');
    const lines = shown.map((line, index) =>
      index === 0 ? `${where}> ${line}` : `${' '.repeat(where.length)}. ${line}`,
    );
    const values =
      event.parameters?.map((value, index) => `  $${index + 1} = ${parameterText(value, this.#maxCell)}`) ?? [];
    const statement = { kind: 'statement' as const, lines: [...lines, ...values] };
    if (!isRefused(event)) return [statement];
    return [statement, { kind: 'refusal', lines: refusalLines(event) }];
  }
}

/**
 * Renders events as they come; holds one result of each connection in memory, up to a bound. A record
 * that was not ended says so in its last piece. Throws what `entries` throws.
 */
export async function* renderReplay(
  entries: AsyncGenerator<RecordEntry, RecordStop>,
  options: ReplayOptions,
): AsyncGenerator<ReplayPiece> {
  const renderer = new ReplayRenderer(options);
  let offsetMicros = 0;
  for (;;) {
    const step = await entries.next();
    if (step.done === true) {
      const { state, events: number } = step.value;
      yield* renderer.rest(number, offsetMicros);
      if (state !== 'sealed') yield unendedPiece(number, offsetMicros);
      return;
    }
    offsetMicros = step.value.offsetMicros;
    yield* renderer.render(step.value);
  }
}

/** What stands at the end of a record that has none. */
export function unendedPiece(number: number, offsetMicros: number): ReplayPiece {
  const lines = ['(the record goes no further: the session is running, or was cut)'];
  return { number, offsetMicros, kind: 'end', lines };
}
