import { visibleJson } from '../core/visible.ts';

export type CastVersion = 2 | 3;

export interface CastAbout {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Seconds that players shorten pauses to; null: pauses are as long as they were. */
  readonly idleLimit: number | null;
}

/** Of a terminal, in cells: what players make room for. */
export interface CastSize {
  readonly columns: number;
  readonly rows: number;
}

/** Players make room for every cell: a recorded size is no reason to run out of memory. */
const MAX_CELLS = 1000;

export const USUAL_SIZE: CastSize = { columns: 120, rows: 40 };

/** `o` output, `i` input, `m` marker, `r` resize. */
type CastCode = 'o' | 'i' | 'm' | 'r';

/**
 * Writes the lines of an asciicast, `\n` included: v3 counts each time from the event before it, v2 from the start.
 * Lines hold neither control nor invisible characters. The header names no environment variable at all: a record
 * holds none, and that of whoever exports it is nobody's business.
 * https://docs.asciinema.org/manual/asciicast/v3/ https://docs.asciinema.org/manual/asciicast/v2/
 */
export class CastWriter {
  readonly #version: CastVersion;
  #before = 0;

  constructor(version: CastVersion) {
    this.#version = version;
  }

  header({ title, started, idleLimit }: CastAbout, size: CastSize): string {
    const { columns, rows } = bounded(size);
    const terminal =
      this.#version === 3
        ? { version: 3, term: { cols: columns, rows, type: 'xterm-256color' } }
        : { version: 2, width: columns, height: rows };
    const idle = idleLimit === null ? {} : { idle_time_limit: idleLimit };
    return line({ ...terminal, timestamp: Math.floor(started / 1000), ...idle, title });
  }

  /** `offsetMicros` since the start; one that is earlier than the event before counts as that one's. */
  event(offsetMicros: number, code: CastCode, data: string): string {
    const at = Math.max(offsetMicros, this.#before);
    const time = this.#version === 3 ? at - this.#before : at;
    this.#before = at;
    return `[${seconds(time)},"${code}",${visibleJson(JSON.stringify(data))}]\n`;
  }

  resize(offsetMicros: number, size: CastSize): string {
    const { columns, rows } = bounded(size);
    return this.event(offsetMicros, 'r', `${columns}x${rows}`);
  }
}

/** The size as players take it. */
export function bounded({ columns, rows }: CastSize): CastSize {
  const within = (cells: number): number => Math.min(Math.max(cells, 1), MAX_CELLS);
  return { columns: within(columns), rows: within(rows) };
}

function line(value: object): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}

/** Digits of whole microseconds: a sum of fractions would drift, and small ones would be written with an exponent. */
function seconds(micros: number): string {
  const fraction = String(micros % 1e6).padStart(6, '0');
  return `${Math.floor(micros / 1e6)}.${fraction}`;
}
