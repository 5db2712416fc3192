import { bracketEnd } from './brackets.ts';

/** Functions that only compute. */
const PURE: ReadonlySet<string> = new Set(
  (
    'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper ' +
    'strftime systime mktime gensub strtonum and or xor lshift rshift compl patsplit'
  ).split(' '),
);
/** What may have a parenthesis behind it besides. */
const CONTROL: ReadonlySet<string> = new Set(['if', 'while', 'for', 'switch']);
const PRINTING: ReadonlySet<string> = new Set(['print', 'printf']);
const OTHER_WORDS: ReadonlySet<string> = new Set(
  'BEGIN END BEGINFILE ENDFILE else do in delete next nextfile exit break continue case default return'.split(' '),
);
/** Words that run programs, read or write files, or change which files are read. */
const DENIED: ReadonlySet<string> = new Set(
  'getline system close fflush function func ENVIRON ARGV ARGC PROCINFO SYMTAB FUNCTAB BINMODE TEXTDOMAIN'.split(' '),
);

const BLANK = /(?:[ \t\n]|#[^\n]*)/y;
const NUMBER = /0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const CALLED = /[ \t]*\(/y;
const SIGN = /\+\+|--|\*\*=?|&&|\|\||[<>=!]=|!~|[-+*/%^]=|[-+*/%^!~<>=?:$,;{}()[\]]/y;

/** What the last token was, as far as it matters for what a slash means behind it. */
type Last = 'operand' | 'open' | 'doubtful';

/** True for a script of awk that does nothing, in any awk, but compute and print to its output. Linear in its length. */
export function isPlainAwk(script: string): boolean {
  return new AwkReader(script).isPlain();
}

class AwkReader {
  readonly #text: string;
  #at = 0;
  #last: Last = 'open';
  /** Parentheses that are open: whether each is the condition of an `if` or a loop. */
  readonly #parentheses: boolean[] = [];
  /** How many parentheses were open where `print` stands that has not ended; null outside of one. */
  #printing: number | null = null;
  #isCondition = false;

  constructor(text: string) {
    this.#text = text;
  }

  isPlain(): boolean {
    while (this.#at < this.#text.length) {
      if (this.#take(BLANK) !== null) continue;
      if (!this.#token()) return false;
    }
    return this.#parentheses.length === 0;
  }

  #token(): boolean {
    if (this.#text[this.#at] === '/' && this.#last !== 'operand') return this.#expression();
    if ((this.#take(NUMBER) ?? this.#take(STRING)) !== null) return this.#operand();
    const word = this.#take(WORD);
    if (word !== null) return this.#word(word);
    const sign = this.#take(SIGN);
    return sign !== null && this.#sign(sign);
  }

  #operand(): boolean {
    this.#last = 'operand';
    return true;
  }

  #word(word: string): boolean {
    if (DENIED.has(word)) return false;
    if (PRINTING.has(word)) {
      this.#printing = this.#parentheses.length;
      this.#last = 'open';
      return true;
    }
    CALLED.lastIndex = this.#at;
    this.#isCondition = CONTROL.has(word);
    if (this.#isCondition || OTHER_WORDS.has(word)) return this.#keep('doubtful');
    if (CALLED.test(this.#text)) return PURE.has(word) && this.#keep('doubtful');
    // Without parentheses it stands for the length of the line, and a slash behind it for whatever an awk likes.
    return PURE.has(word) ? word === 'length' && this.#keep('doubtful') : this.#operand();
  }

  #keep(last: Last): boolean {
    this.#last = last;
    return true;
  }

  #sign(sign: string): boolean {
    switch (sign) {
      case '(':
        this.#parentheses.push(this.#isCondition);
        this.#isCondition = false;
        return this.#keep('open');
      case ')': {
        const wasCondition = this.#parentheses.pop();
        if (wasCondition === undefined) return false;
        return this.#keep(wasCondition ? 'doubtful' : 'operand');
      }
      case ']':
        return this.#operand();
      case '++':
      case '--':
        return this.#keep('doubtful');
      case '>':
      case '>=':
        // Within parentheses it compares; behind print it writes a file.
        return this.#printing !== this.#parentheses.length && this.#keep('open');
      case ';':
      case '}':
        if (this.#parentheses.length === 0) this.#printing = null;
        return this.#keep('open');
      default:
        return this.#keep('open');
    }
  }

  /** A regular expression, where it cannot be a division. */
  #expression(): boolean {
    if (this.#last !== 'open') return false;
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '\n') return false;
      if (char === '/') {
        this.#at = at + 1;
        return this.#operand();
      }
      if (char === '\\') at++;
      else if (char === '[') {
        const end = bracketEnd(this.#text, at, '/');
        if (end === null) return false;
        at = end - 1;
      }
    }
    return false;
  }

  #take(what: RegExp): string | null {
    what.lastIndex = this.#at;
    const match = what.exec(this.#text);
    if (match === null) return null;
    this.#at = what.lastIndex;
    return match[0];
  }
}
