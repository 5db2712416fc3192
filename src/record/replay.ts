import type { Column } from '../core/column.ts';
import type { SessionEvent } from '../core/recorder.ts';
import type { StoredEvent, StoredRows } from './event.ts';
import type { RecordEntry } from './reader.ts';
import { StatementTexts } from './statement-texts.ts';
import { tableLines } from './table.ts';
import { isRefused } from './tally.ts';
import { visible, visibleLines } from './visible.ts';

/**
 * Turns whole row messages of a protocol into values as text, null being NULL. It may throw on bytes
 * that it cannot read: the rows are then named instead of shown.
 */
export type RowDecoder = (columns: readonly Column[], frames: Buffer) => readonly (readonly (string | null)[])[];

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
  readonly kind: 'session' | 'connection' | 'statement' | 'refusal' | 'result' | 'outcome' | 'error' | 'notice' | 'end';
  readonly lines: readonly string[];
}

const MAX_ROWS = 50;
const MAX_CELL = 60;
/** Of one result, bytes that are decoded at once: what goes beyond is counted, not shown. */
const MAX_RESULT = 8 * 1024 * 1024;

/** What came of the rows of one connection since its columns were described. */
interface Result {
  readonly columns: readonly Column[];
  readonly chunks: Buffer[];
  size: number;
  dropped: boolean;
}

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Renders events one after the other; what they hold is made harmless. */
export class ReplayRenderer {
  readonly #decode: RowDecoder;
  readonly #maxRows: number;
  readonly #maxCell: number;
  readonly #texts = new StatementTexts();
  readonly #results = new Map<number, Result>();

  constructor(options: ReplayOptions) {
    this.#decode = options.decode;
    this.#maxRows = options.maxRows ?? MAX_ROWS;
    this.#maxCell = options.maxCell ?? MAX_CELL;
  }

  /** The pieces that an event adds; rows are held back until their result is over. */
  render({ number, offsetMicros, event }: RecordEntry): ReplayPiece[] {
    const piece = (kind: ReplayPiece['kind'], lines: readonly string[]): ReplayPiece => ({
      number,
      offsetMicros,
      kind,
      lines,
    });
    const results = this.#finished(event).map((lines) => piece('result', lines));
    switch (event.type) {
      case 'header':
        return [piece('session', headerLines(event))];
      case 'open':
        return [piece('connection', [openLine(event)])];
      case 'statement':
        return [...results, ...this.#statement(number, event).map(({ kind, lines }) => piece(kind, lines))];
      case 'columns':
        this.#results.set(event.connection, { columns: event.columns, chunks: [], size: 0, dropped: false });
        return results;
      case 'rows':
        this.#rows(event);
        return results;
      case 'complete':
        return [...results, piece('outcome', [`  ${visible(event.tag)}`])];
      case 'error':
        return [...results, piece('error', errorLines(event))];
      case 'notice':
        return [...results, piece('notice', indented(`notice ${event.code}: ${event.message}`))];
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
    const where = `[${event.connection}] ${event.phase === 'query' ? '' : `${event.phase} `}`;
    const shown = text === null ? [`(text of event ${event.prepared ?? number})`] : visibleLines(text).split('\n');
    const lines = shown.map((line, index) => (index === 0 ? `${where}> ${line}` : `${' '.repeat(where.length)}. ${line}`));
    const values = event.parameters?.map((value, index) => `  $${index + 1} = ${parameter(value, this.#maxCell)}`) ?? [];
    const statement = { kind: 'statement' as const, lines: [...lines, ...values] };
    if (!isRefused(event)) return [statement];
    return [statement, { kind: 'refusal', lines: refusalLines(event) }];
  }

  #rows(event: StoredRows): void {
    const result = this.#results.get(event.connection);
    if (result === undefined || event.direction === 'in') return;
    if (result.dropped || result.size + event.bytes.length > MAX_RESULT) {
      result.dropped = true;
      return;
    }
    result.chunks.push(event.bytes);
    result.size += event.bytes.length;
  }

  /** The lines of the result that `event` ends, if it ends one. */
  #finished(event: StoredEvent): string[][] {
    if (event.type === 'rows' || event.type === 'notice' || event.type === 'cancel' || event.type === 'open') return [];
    if (event.type === 'header') return [];
    const ended = event.type === 'end' ? [...this.#results.keys()] : [event.connection];
    const results = ended.flatMap((connection) => this.#results.get(connection) ?? []);
    for (const connection of ended) this.#results.delete(connection);
    return results.map((result) => this.#resultLines(result));
  }

  #resultLines(result: Result): string[] {
    const names = result.columns.map(({ name }) => name);
    const rows = this.#decoded(result);
    if (rows === null) return ['  (rows that cannot be decoded)'];
    const table = tableLines(names, rows.slice(0, this.#maxRows), { maxCell: this.#maxCell });
    const more = rows.length - this.#maxRows;
    const notes = [
      ...(more > 0 ? [`(${more} more rows${result.dropped ? ' and others' : ''} not shown)`] : []),
      ...(more <= 0 && result.dropped ? ['(more rows not shown)'] : []),
    ];
    return [...table, ...notes].map((line) => `  ${line}`);
  }

  #decoded(result: Result): readonly (readonly (string | null)[])[] | null {
    try {
      return this.#decode(result.columns, Buffer.concat(result.chunks));
    } catch {
      // Whatever the decoder throws, the record said these bytes were rows and they are not: shown as such.
      return null;
    }
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

function errorLines(event: Of<'error'>): string[] {
  return indented(`${event.severity} ${event.code}: ${event.message}`);
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
  return visible(`ended ${when} (${cause}): ${statements} statements, ${refused} refused, ${errors} errors, ${rows} rows`);
}

/** Renders events as they come. Holds one result in memory, up to a bound. */
export async function* renderReplay(
  entries: AsyncIterable<RecordEntry>,
  options: ReplayOptions,
): AsyncGenerator<ReplayPiece> {
  const renderer = new ReplayRenderer(options);
  for await (const entry of entries) yield* renderer.render(entry);
}
