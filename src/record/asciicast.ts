import type { ReplayPiece } from './replay.ts';

/** What players shorten pauses to, seconds. */
const IDLE_LIMIT = 2;
const COLUMNS = 120;
const ROWS = 40;
const RESET = '\u001b[0m';

/** Colours of a replay: the only escape sequences in it are these. */
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

export interface CastOptions {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

/**
 * A replay as an asciicast v3 file, line by line: plays in asciinema. Its header names no environment
 * variable at all. https://docs.asciinema.org/manual/asciicast/v3/
 */
export async function* renderCast(pieces: AsyncIterable<ReplayPiece>, options: CastOptions): AsyncGenerator<string> {
  const term = { cols: COLUMNS, rows: ROWS, type: 'xterm-256color' };
  const timestamp = Math.floor(options.started / 1000);
  yield `${JSON.stringify({ version: 3, term, timestamp, idle_time_limit: IDLE_LIMIT, title: options.title })}\n`;
  let before = 0;
  for await (const { offsetMicros, kind, lines } of pieces) {
    const style = STYLES[kind];
    const text = lines.map((line) => (style === '' ? `${line}\r\n` : `${style}${line}${RESET}\r\n`)).join('');
    // Each interval counts from the event before it, so they are cut from the sum: rounding must not add up.
    const at = Math.round(offsetMicros / 1000);
    yield `${JSON.stringify([(at - before) / 1000, 'o', text])}\n`;
    before = at;
  }
}
