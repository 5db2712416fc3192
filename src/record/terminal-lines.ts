import { placeName } from '../core/shown-place.ts';
import type { StoredEvent } from './event.ts';
import { lettersOf } from './letters.ts';
import { terminalLines } from './replay-lines.ts';
import { TerminalFilter } from './terminal-filter.ts';

type TerminalEvent = Extract<StoredEvent, { type: 'terminal' }>;

interface Stream {
  readonly name: string;
  readonly stream: TerminalEvent['stream'];
  readonly statement: number | undefined;
  readonly filter: TerminalFilter;
  /** Behind the last end of a line. */
  begun: string;
}

/** A line that does not end is given out when it is as long. */
const LONGEST = 4096;

/** What terminals and commands showed, in whole lines: somebody types them letter by letter. */
export class TerminalLines {
  readonly #streams = new Map<string, Stream>();
  /** The one whose line is begun. */
  #open: Stream | null = null;

  /** The lines that end with this, behind those of another stream that do not go on now. */
  add(event: TerminalEvent): string[] {
    const stream = this.#streamOf(event);
    const before = this.#open === stream ? [] : this.rest();
    this.#open = stream;
    const text = stream.begun + stream.filter.push(event.text);
    const end = text.lastIndexOf('\n') + 1;
    stream.begun = text.slice(end);
    const whole = linesOf(stream, text.slice(0, end));
    return [...before, ...whole, ...(stream.begun.length > LONGEST ? this.rest() : [])];
  }

  /** The line that was begun, as far as it has come. */
  rest(): string[] {
    const stream = this.#open;
    this.#open = null;
    if (stream === null) return [];
    const text = stream.begun;
    stream.begun = '';
    return linesOf(stream, text);
  }

  #streamOf(event: TerminalEvent): Stream {
    const name = `${event.stream} ${placeName(event)}`;
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const { stream, statement } = event;
    const made: Stream = { name, stream, statement, filter: new TerminalFilter(), begun: '' };
    this.#streams.set(name, made);
    return made;
  }

  /** Nothing more comes of a command. */
  forget(statement: number): void {
    for (const [name, stream] of this.#streams) if (stream.statement === statement) this.#streams.delete(name);
  }
}

function linesOf({ stream, statement }: Stream, text: string): string[] {
  const letters = lettersOf(text);
  return letters === '' ? [] : terminalLines(stream, letters, statement);
}
