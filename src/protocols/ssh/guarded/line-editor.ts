import { History } from './history.ts';
import { type Key, KeyDecoder, type KeyName } from './keys.ts';
import { LineBuffer } from './line-buffer.ts';
import { Painter, type Window } from './painter.ts';

/** What became of a line. */
export type EditorEvent =
  | { readonly kind: 'submit'; readonly text: string }
  /** Ctrl-C: what was written is given up. */
  | { readonly kind: 'cancel' }
  /** Ctrl-D on an empty line. */
  | { readonly kind: 'end' }
  /** Tab: what could follow? The line goes on with `complete`. */
  | { readonly kind: 'complete'; readonly before: string };

export interface Edited {
  /** For the terminal. */
  readonly drawn: string;
  readonly event: EditorEvent | null;
}

/** Somebody looks for a line that was submitted before. */
interface Search {
  readonly words: string;
  /** Of the line that is shown; the number of all lines before the first is found. */
  readonly index: number;
  /** What was written before. */
  readonly draft: string;
}

const CANCELLED = { kind: 'cancel' } as const;
const BELL = '\u0007';
const CLEAR = '\u001b[H\u001b[2J';
const BRACKETS = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const;
const NOT_FOUND = { line: '', index: 0 } as const;

/** Edits one line after the other on a terminal: what it sends comes in, what it is to show comes out. No I/O. */
export class LineEditor {
  readonly history = new History();
  readonly #keys = new KeyDecoder();
  readonly #buffer = new LineBuffer();
  readonly #painter: Painter;
  /** Lines that were pasted behind the one that is written: each is shown before it can be submitted. */
  #waiting: string[] = [];
  #prompt = '';
  #search: Search | null = null;
  /** What was typed behind a question for what could follow. */
  #typed: readonly Key[] = [];

  constructor(window: Window) {
    this.#painter = new Painter(window);
  }

  get text(): string {
    return this.#buffer.text;
  }

  /** What stands in front of the cursor. */
  get before(): string {
    return this.#buffer.before;
  }

  /** Lines that were pasted and are still to be shown, but for the one that is next. */
  get pasted(): number {
    return Math.max(0, this.#waiting.length - 1);
  }

  /** Begins a line where the cursor is, at the beginning of a row. Whatever was sent in between is not of it. */
  begin(prompt: string): string {
    this.#keys.reset();
    this.#typed = [];
    this.#prompt = prompt;
    this.#search = null;
    this.#buffer.replace(this.#waiting.shift() ?? '');
    this.history.rest();
    this.#painter.begin();
    return BRACKETS.on + this.#paint();
  }

  push(bytes: Buffer): Edited {
    const keys = [...this.#typed, ...this.#keys.push(bytes)];
    this.#typed = [];
    if (this.#keys.isPasting && keys.some(isEnter)) {
      // What comes along with Enter waits to be seen, and so Enter waits for the rest of it.
      this.#typed = keys;
      return { drawn: '', event: null };
    }
    let drawn = '';
    for (const [index, key] of keys.entries()) {
      const done = this.#apply(key);
      if (typeof done === 'string') drawn += done;
      else {
        // Whoever sent more has not seen what comes of this: it is shown, and waits.
        const rest = keys.slice(index + 1);
        if (done.kind === 'submit') {
          // Enter and Ctrl-C at once: whoever wanted it does not any more.
          if (rest.some(isInterrupt)) return { drawn: drawn + this.#ending(CANCELLED), event: CANCELLED };
          this.#keep(rest);
        }
        if (done.kind === 'complete') this.#typed = rest;
        return { drawn: drawn + this.#ending(done), event: done };
      }
    }
    return { drawn: keys.length === 0 ? '' : drawn + this.#paint(), event: null };
  }

  /** Goes on behind a question for what could follow: with `inserted`, below `shown` where that is not empty. */
  complete(inserted: string, shown: string): string {
    const isFull = !this.#buffer.insert(inserted);
    const alert = isFull || (inserted === '' && shown === '') ? BELL : '';
    if (shown === '') return alert + this.#paint();
    const above = this.#painter.finish() + shown;
    this.#painter.begin();
    return above + this.#paint();
  }

  /** While a line is written. */
  resize(window: Window): string {
    return this.#painter.resize(window);
  }

  /** While none is. */
  setWindow(window: Window): void {
    this.#painter.resize(window);
  }

  /** Nothing more is written: the cursor goes below the line, and the terminal is as it was. */
  leave(): string {
    return this.#painter.finish() + BRACKETS.off;
  }

  /** Lines that were pasted are given up. */
  forget(): void {
    this.#waiting = [];
  }

  #ending(event: EditorEvent): string {
    switch (event.kind) {
      case 'complete':
        return '';
      case 'cancel':
        this.forget();
        this.#paint();
        return this.#painter.finish('^C') + BRACKETS.off;
      case 'submit':
      case 'end':
        return this.#paint() + this.#painter.finish() + BRACKETS.off;
    }
  }

  #keep(keys: readonly Key[]): void {
    const text = keys
      .map((key) => (key.kind === 'key' ? (key.name === 'enter' ? '\n' : '') : key.text))
      .join('')
      .replace(/\n$/, '');
    if (text !== '') this.#waiting.unshift(...text.split('\n'));
  }

  #paint(): string {
    const { before, after } = this.#buffer;
    const prompt = this.#search === null ? this.#prompt : `(search: ${this.#search.words}) `;
    return this.#painter.paint({ prompt, before, after });
  }

  /** What is to be drawn besides the line; or what became of it. */
  #apply(key: Key): string | EditorEvent {
    if (this.#search !== null) {
      const kept = this.#look(key, this.#search);
      if (kept !== null) return kept;
    }
    switch (key.kind) {
      case 'text':
        return this.#buffer.insert(key.text) ? '' : BELL;
      case 'paste':
        return this.#paste(key.text);
      case 'key':
        return this.#press(key.name);
    }
  }

  #paste(text: string): string {
    const [first = '', ...rest] = text.replace(/\n$/, '').split('\n');
    if (rest.length > 0) {
      const { after } = this.#buffer;
      this.#buffer.cutToEnd();
      this.#waiting.unshift(...rest.slice(0, -1), (rest.at(-1) ?? '') + after);
    }
    return this.#buffer.insert(first) ? '' : BELL;
  }

  #press(name: KeyName): string | EditorEvent {
    const buffer = this.#buffer;
    switch (name) {
      case 'enter':
        return this.#submit();
      case 'ctrl-c':
        return { kind: 'cancel' };
      case 'ctrl-d':
        if (buffer.text === '') return { kind: 'end' };
        return ring(buffer.delete());
      case 'tab':
        return { kind: 'complete', before: buffer.before };
      case 'ctrl-l':
        this.#painter.begin();
        return CLEAR;
      case 'ctrl-r':
        this.#search = { words: '', index: this.history.lines.length, draft: buffer.text };
        return '';
      case 'up':
      case 'ctrl-p':
        return this.#recall(this.history.older(buffer.text));
      case 'down':
      case 'ctrl-n':
        return this.#recall(this.history.newer());
      default: {
        const edit = EDITS[name];
        return edit === undefined ? BELL : ring(edit(buffer));
      }
    }
  }

  #submit(): EditorEvent {
    const { text } = this.#buffer;
    this.#buffer.end();
    return { kind: 'submit', text };
  }

  #recall(line: string | null): string {
    if (line === null) return BELL;
    this.#buffer.replace(line);
    return '';
  }

  /** A key while somebody searches: null when it ends the search, and is to be pressed after that. */
  #look(key: Key, { words, index, draft }: Search): string | null {
    if (key.kind === 'text') return this.#find(words + key.text, index + 1, draft);
    if (key.kind === 'key') {
      switch (key.name) {
        case 'ctrl-r':
          return this.#find(words, index, draft);
        case 'backspace':
          return this.#find(words.replace(/.$/su, ''), this.history.lines.length, draft);
        case 'ctrl-g':
          this.#search = null;
          this.#buffer.replace(draft);
          return '';
        default:
      }
    }
    this.#search = null;
    return null;
  }

  #find(words: string, before: number, draft: string): string {
    const found = words === '' ? NOT_FOUND : this.history.find(words, before);
    if (found === null) return BELL;
    this.#search = { words, index: words === '' ? this.history.lines.length : found.index, draft };
    this.#buffer.replace(words === '' ? draft : found.line);
    return '';
  }
}

function isEnter(key: Key): boolean {
  return key.kind === 'key' && key.name === 'enter';
}

function isInterrupt(key: Key): boolean {
  return key.kind === 'key' && key.name === 'ctrl-c';
}

function ring(done: boolean | void): string {
  return done === false ? BELL : '';
}

const EDITS: Readonly<Record<string, ((buffer: LineBuffer) => boolean | void) | undefined>> = {
  backspace: (buffer) => buffer.backspace(),
  'ctrl-h': (buffer) => buffer.backspace(),
  delete: (buffer) => buffer.delete(),
  left: (buffer) => buffer.left(),
  'ctrl-b': (buffer) => buffer.left(),
  right: (buffer) => buffer.right(),
  'ctrl-f': (buffer) => buffer.right(),
  home: (buffer) => buffer.home(),
  'ctrl-a': (buffer) => buffer.home(),
  end: (buffer) => buffer.end(),
  'ctrl-e': (buffer) => buffer.end(),
  'word-left': (buffer) => buffer.wordLeft(),
  'word-right': (buffer) => buffer.wordRight(),
  'kill-word': (buffer) => buffer.cutWord(),
  'kill-word-back': (buffer) => buffer.cutWordBack(),
  'ctrl-k': (buffer) => buffer.cutToEnd(),
  'ctrl-u': (buffer) => buffer.cutToStart(),
  'ctrl-w': (buffer) => buffer.cutBlankWord(),
  'ctrl-y': (buffer) => buffer.paste(),
  'ctrl-t': (buffer) => buffer.transpose(),
};
