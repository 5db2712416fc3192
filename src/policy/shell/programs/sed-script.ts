import { bracketEnd } from './brackets.ts';

const BLANK = /[ \t]+/y;
const SEPARATOR = /(?:[ \t\n;]+|#[^\n]*(?:\n|$))+/y;
const LINE = /\d+(?:~\d+)?|\$/y;
const SECOND = /[ \t]*,[ \t]*/y;
const DISTANCE = /[+~]\d+/y;
const NEGATION = /[ \t]*!?[ \t]*/y;
const FLAGS = /[IM]*/y;
const SUBSTITUTION_FLAGS = /[gpiImM0-9]*/y;
/** Behind a command that takes nothing, or a number at most. */
const END = /[ \t]*(?=[;}\n#]|$)/y;
const NUMBER = /[ \t]*\d*/y;
const LABEL = /[ \t]*[A-Za-z0-9_]*/y;
/** On one line, and without a backslash: it would take in the next one. */
const TEXT = /[^\\\n]*(?=\n|$)/y;

/** True for a script of sed that only changes what comes out, whatever sed reads it. Linear in its length. */
export function isPlainSed(script: string): boolean {
  return new SedReader(script).isPlain();
}

class SedReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isPlain(): boolean {
    this.#take(SEPARATOR);
    while (this.#at < this.#text.length) {
      if (!this.#addresses() || !this.#command()) return false;
      this.#take(SEPARATOR);
    }
    return true;
  }

  #addresses(): boolean {
    const first = this.#address();
    if (first === 'wrong') return false;
    if (first === 'none') return true;
    if (this.#take(SECOND) && !this.#take(DISTANCE) && this.#address() !== 'read') return false;
    this.#take(NEGATION);
    return true;
  }

  #address(): 'read' | 'none' | 'wrong' {
    if (this.#take(LINE)) return 'read';
    const char = this.#text[this.#at];
    if (char !== '/' && char !== '\\') return 'none';
    if (char === '\\') this.#at++;
    const mark = this.#text[this.#at++] ?? '';
    if (!isMark(mark) || !this.#upTo(mark, true)) return 'wrong';
    this.#take(FLAGS);
    return 'read';
  }

  #command(): boolean {
    const name = this.#text[this.#at++] ?? '';
    switch (name) {
      case '{':
        return true;
      case '}':
        return this.#take(END);
      case 's':
      case 'y':
        return this.#substitution(name === 's');
      case 'q':
      case 'Q':
      case 'l':
        return this.#take(NUMBER) && this.#take(END);
      case ':':
      case 'b':
      case 't':
      case 'T':
        return this.#take(LABEL) && this.#take(END);
      case 'a':
      case 'i':
      case 'c':
        return this.#take(BLANK) && this.#take(TEXT);
      default:
        return 'pdPDnNxgGhHzF='.includes(name) && name !== '' && this.#take(END);
    }
  }

  #substitution(hasFlags: boolean): boolean {
    const mark = this.#text[this.#at++] ?? '';
    if (!isMark(mark) || !this.#upTo(mark, hasFlags) || !this.#upTo(mark, false)) return false;
    if (hasFlags) this.#take(SUBSTITUTION_FLAGS);
    return this.#take(END);
  }

  /** Reads on behind the next mark. `isExpression`: brackets may hold it, which seds differ over. */
  #upTo(mark: string, isExpression: boolean): boolean {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? '';
      if (char === mark) {
        this.#at++;
        return true;
      }
      if (char === '\n') return false;
      if (char === '\\') this.#at++;
      else if (isExpression && char === '[') {
        const end = bracketEnd(this.#text, this.#at, mark);
        if (end === null) return false;
        this.#at = end - 1;
      }
    }
    return false;
  }

  #take(what: RegExp): boolean {
    what.lastIndex = this.#at;
    if (!what.test(this.#text)) return false;
    this.#at = what.lastIndex;
    return true;
  }
}

/** What may stand around the parts of a substitution, for any sed. */
function isMark(char: string): boolean {
  return /^[!-/:-@^_`{-~]$/u.test(char) && char !== '\\' && char !== ';' && char !== '}';
}
