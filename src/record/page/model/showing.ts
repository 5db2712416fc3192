import { FLAG } from '../card.ts';
import type { Archive } from './archive.ts';
import { Screen } from './screen.ts';

const COLUMNS = 120;
const ROWS = 40;
/** Lines of a terminal's output that a card shows: its last ones. */
const MAX_LINES = 200;

/** What the terminals of a record showed, at any moment of it. */
export class Showing {
  readonly #archive: Archive;
  /** Positions of cards with terminal output. */
  readonly #cards: readonly number[];
  #screens = new Map<string, Screen>();
  /** How far it was drawn: a card among `#cards`, and a piece of it. */
  #next = 0;
  #piece = 0;
  #at = 0;
  #latest: string | null = null;

  constructor(archive: Archive) {
    this.#archive = archive;
    this.#cards = archive.flags.flatMap((flags, position) => ((flags & FLAG.terminal) === 0 ? [] : [position]));
  }

  get any(): boolean {
    return this.#cards.length > 0;
  }

  /** The lines of the terminal that was used last before this moment; none before there was one. */
  linesAt(at: number): string[] {
    if (at < this.#at) this.#rewind();
    this.#at = at;
    while (this.#advance(at));
    return this.#latest === null ? [] : (this.#screens.get(this.#latest)?.lines() ?? []);
  }

  #rewind(): void {
    this.#screens = new Map();
    this.#next = 0;
    this.#piece = 0;
    this.#latest = null;
  }

  /** Draws one card's pieces up to a moment. False when what comes next comes later. */
  #advance(at: number): boolean {
    const position = this.#cards[this.#next];
    if (position === undefined || (this.#archive.at[position] ?? 0) > at) return false;
    const card = this.#archive.card(position);
    const part = card?.parts.find(({ kind }) => kind === 'terminal');
    const pieces = part?.kind === 'terminal' && part.stream === 'output' ? part.pieces : [];
    const name = `${card?.connection ?? -1}/${part?.kind === 'terminal' ? part.statement : ''}`;
    for (; this.#piece < pieces.length; this.#piece += 1) {
      const piece = pieces[this.#piece];
      if (piece === undefined || piece[0] > at) return false;
      this.#draw(name, piece);
    }
    this.#next += 1;
    this.#piece = 0;
    return true;
  }

  #draw(name: string, piece: TerminalPiece): void {
    const screen = this.#screens.get(name) ?? new Screen(COLUMNS, ROWS);
    this.#screens.set(name, screen);
    this.#latest = name;
    if (typeof piece[1] === 'string') screen.write(piece[1]);
    else screen.resize(piece[1], piece[2] ?? ROWS);
  }
}

type TerminalPiece = readonly [number, string] | readonly [number, number, number];

/** What a part's output looks like by itself: the last lines of it. `cut`: there were others above. */
export function outputLines(pieces: readonly TerminalPiece[]): { readonly lines: string[]; readonly cut: boolean } {
  const screen = new Screen(COLUMNS, MAX_LINES);
  let feeds = 0;
  for (const [, text] of pieces) {
    if (typeof text !== 'string') continue;
    screen.write(text);
    feeds += text.split('\n').length - 1;
  }
  const lines = screen.lines();
  return { lines: lines.slice(0, lines.findLastIndex((line) => line !== '') + 1), cut: feeds >= MAX_LINES };
}
