import type { SessionEvent } from '../core/recorder.ts';
import type { StoredEvent } from './event.ts';
import type { RecordEntry, RecordStop } from './reader.ts';
import { StatementTexts } from './statement-texts.ts';
import { Results } from './results.ts';
import type { RowDecoder } from './results.ts';
import { isRefused } from './tally.ts';
import { requestLines } from './replay-requests.ts';
import { visible, visibleLines } from './visible.ts';

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

  constructor({ decode, maxRows = MAX_ROWS, maxCell = MAX_CELL }: ReplayOptions) {
    this.#maxCell = maxCell;
    this.#results = new Results({ decode, maxRows, maxCell });
  }

  /** The pieces that an event adds; rows are held back until their result is over. */
  render({ number, offsetMicros, event }: RecordEntry): ReplayPiece[] {
    const piece = (kind: ReplayPiece['kind'], lines: readonly string[]): ReplayPiece => ({
      number,
      offsetMicros,
      kind,
      lines,
    });
    const results = this.#results.endedBy(event).map((lines) =>
      piece(
        'result',
        lines.map((line) => `  ${line}`),
      ),
    );
    switch (event.type) {
      case 'header':
        return [piece('session', headerLines(event))];
      case 'open':
        return [piece('connection', [openLine(event)])];
      case 'statement':
        return [...results, ...this.#statement(number, event).map(({ kind, lines }) => piece(kind, lines))];
      case 'columns':
        this.#results.columns(event.connection, event.columns);
        return results;
      case 'rows':
        this.#results.rows(event);
        return results;
      case 'complete':
        return [...results, piece('outcome', [visible(`  ${of(event)}${event.tag}`)])];
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
        return [...results, piece('terminal', terminalLines(event))];
      case 'resize':
        return [...results, piece('terminal', [`terminal of ${event.columns} by ${event.rows}`])];
      case 'cancel':
        return [piece('connection', [`connection ${event.connection}: asked to cancel`])];
      case 'close':
        return [...results, piece('connection', [`connection ${event.connection} closed: ${visible(event.cause)}`])];
      case 'end':
        return [...results, piece('end', [endLine(event)])];
    }
  }

  #statement(number: number, event: Of<'statement'>): { kind: 'statement' | 'refusal'; lines: string[] }[] {
    const text = this.#texts.of(number, event);
    const where = `#${number} [${event.connection}] ${event.phase === 'query' ? '' : `${event.phase} `}`;
    const shown = text === null ? [`(text of event ${event.prepared ?? number})`] : visibleLines(text).split('\n');
    const lines = shown.map((line, index) =>
      index === 0 ? `${where}> ${line}` : `${' '.repeat(where.length)}. ${line}`,
    );
    const values =
      event.parameters?.map((value, index) => `  $${index + 1} = ${parameter(value, this.#maxCell)}`) ?? [];
    const statement = { kind: 'statement' as const, lines: [...lines, ...values] };
    if (!isRefused(event)) return [statement];
    return [statement, { kind: 'refusal', lines: refusalLines(event) }];
  }
}

function headerLines({ header }: Of<'header'>): string[] {
  const { identity, target } = header;
  const acting = identity.actsFor === null ? '' : ` for ${identity.actsFor.display}`;
  const lines = [
    `session ${header.session}`,
    `started ${header.started}`,
    `by      ${identity.display}${acting} (${identity.kind}, ${identity.issuer}${identity.verified ? '' : ', not verified'})`,
    `target  ${target.name}: ${target.protocol} ${target.address} ${target.database} as ${target.user}`,
    `policy  ${header.policies.join(', ')}`,
    ...(header.reason === null ? [] : [`reason  ${header.reason}`]),
  ];
  return lines.map(visible);
}

function openLine(event: Extract<SessionEvent, { type: 'open' }>): string {
  const application = event.application === null ? '' : ` (${event.application})`;
  return visible(`connection ${event.connection} from ${event.peer}${application}`);
}

function refusalLines(event: Of<'statement'>): string[] {
  const { refusal, rule } = event.decision;
  const index = rule.index === null ? '' : ` ${rule.index + 1}`;
  const reason = refusal === null ? [] : [refusal.message, refusal.detail].flatMap((text) => indented(text));
  return [visible(`  refused by ${rule.policy}, ${rule.clause}${index}`), ...reason];
}

/** Which statement an outcome belongs to: with pipelining, not always the last one shown. */
function of({ statement }: { readonly statement: number | null }): string {
  return statement === null ? '' : `#${statement} `;
}

function errorLines(event: Of<'error'>): string[] {
  return indented(`${of(event)}${event.severity} ${event.code}: ${event.message}`);
}

function terminalLines({ stream, text }: Of<'terminal'>): string[] {
  const mark = stream === 'input' ? '<' : '|';
  return visibleLines(text)
    .split('\n')
    .map((line) => `${mark} ${line}`);
}

function indented(text: string): string[] {
  return visibleLines(text)
    .split('\n')
    .map((line) => `  ${line}`);
}

function parameter(value: string | null | { readonly base64: string }, maxCell: number): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${visible(value)}'`;
  const bytes = Buffer.from(value.base64, 'base64');
  const cut = Math.max(1, Math.floor((maxCell - 2) / 2));
  return `\\x${bytes.toString('hex', 0, cut)}${bytes.length > cut ? `… (${bytes.length} bytes)` : ''}`;
}

function endLine({ cause, ended, totals }: Of<'end'>): string {
  const { statements, refused, errors, rows } = totals;
  const when = new Date(ended).toISOString();
  return visible(
    `ended ${when} (${cause}): ${statements} statements, ${refused} refused, ${errors} errors, ${rows} rows`,
  );
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
