import { placeName } from '../core/shown-place.ts';
import { type CastSize, USUAL_SIZE } from './asciicast.ts';
import type { StoredEvent } from './event.ts';
import { Screen } from './page/model/screen.ts';
import { TerminalFilter } from './terminal-filter.ts';

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Microseconds that the terminal which is seen says nothing before another one is seen instead. */
const QUIET = 1_000_000;
const ESC = '\u001b';

interface CastTerminal {
  readonly name: string;
  readonly statement: number | null;
  readonly shown: TerminalFilter;
  readonly typed: TerminalFilter;
  /** As it looks, so that it can be drawn when it comes to be seen. */
  readonly screen: Screen;
  size: CastSize;
  /** Of the last output, microseconds. */
  last: number;
  /** It has shown something. */
  isBegun: boolean;
}

/** What is to be written of a terminal. */
export interface Seen {
  /** Null: as it was. */
  readonly size: CastSize | null;
  readonly text: string;
}

/**
 * The terminals of a session, of which a cast shows one at a time: another one is drawn, whole, when that one is over or
 * has been quiet. None is ever drawn into another's screen.
 */
export class CastTerminals {
  readonly #terminals = new Map<string, CastTerminal>();
  #seen: CastTerminal | null = null;
  /** Undoes what the one did that was seen and is over. */
  #undo = '';

  get isSeen(): boolean {
    return this.#seen !== null;
  }

  /** True when it is the size of what is seen, or is about to be. */
  resize(event: Of<'resize'>): boolean {
    const terminal = this.#of(event);
    terminal.size = { columns: event.columns, rows: event.rows };
    terminal.screen.resize(event.columns, event.rows);
    return this.#seen === null || this.#seen === terminal;
  }

  output(event: Of<'terminal'>, micros: number): Seen | null {
    const terminal = this.#of(event);
    const text = terminal.shown.push(event.text);
    if (text === '') return null;
    const isFirst = !terminal.isBegun;
    terminal.isBegun = true;
    terminal.screen.write(text);
    terminal.last = micros;
    const seen = this.#seen;
    if (seen === terminal) return { size: null, text };
    if (seen !== null && micros - seen.last < QUIET) return null;
    const undo = seen === null ? this.leave() : seen.shown.restore();
    this.#seen = terminal;
    // What is drawn goes on below what is there; what comes back to be seen is drawn as it looks by now.
    return { size: terminal.size, text: undo + (seen === null && isFirst ? text : redrawn(terminal.screen)) };
  }

  /** What was typed into the terminal that is seen; empty when it is another one. */
  input(event: Of<'terminal'>): string {
    const terminal = this.#of(event);
    const text = terminal.typed.push(event.text);
    return this.#seen === null || this.#seen === terminal ? text : '';
  }

  /** Nothing more comes of what runs under that number. */
  over(statement: number): void {
    for (const [name, terminal] of this.#terminals) {
      if (terminal.statement !== statement) continue;
      this.#terminals.delete(name);
      if (this.#seen !== terminal) continue;
      this.#undo = `${terminal.shown.restore()}\r\n`;
      this.#seen = null;
    }
  }

  /** What leaves the terminal that is or was seen as if it had not been used. */
  leave(): string {
    const undo = this.#seen === null ? this.#undo : `${this.#seen.shown.restore()}\r\n`;
    this.#undo = '';
    return undo;
  }

  #of(event: Of<'terminal'> | Of<'resize'>): CastTerminal {
    const name = placeName(event);
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const { columns, rows } = USUAL_SIZE;
    const made: CastTerminal = {
      name,
      statement: event.statement ?? null,
      shown: new TerminalFilter(),
      typed: new TerminalFilter(),
      screen: new Screen(columns, rows),
      size: USUAL_SIZE,
      last: 0,
      isBegun: false,
    };
    this.#terminals.set(name, made);
    return made;
  }
}

/** What draws a screen onto one that may show anything. Its colours come back with what is drawn next. */
function redrawn(screen: Screen): string {
  const lines = screen.lines().map((line, row) => (line === '' ? '' : `${ESC}[${row + 1};1H${line}`));
  const { row, column } = screen.cursor;
  return `${ESC}[0m${ESC}[H${ESC}[2J${lines.join('')}${ESC}[${row + 1};${column + 1}H`;
}
