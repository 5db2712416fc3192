/*
 * What a terminal does with the bytes that are no letters, as far as it matters to what stands where in a line. States are
 * those of a VT500 (https://vt100.net/emu/dec_ansi_parser); C1 controls come in UTF-8.
 */

import { meaningOf, NOTHING, UNKNOWN } from './meaning.ts';
import { type Motion, NONE } from './motion.ts';

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
const SMALL_M = 0x6d;
/** Bytes of a control sequence's parameters that are kept: those that move something are short. */
const LONGEST = 64;

/** What tmux passes on to the terminal around it. */
const PASSTHROUGH = 'tmux;';

type State = 'ground' | 'escape' | 'sequence' | 'string' | 'string-escape';

const AFTER_ESCAPE: Readonly<Record<string, Motion>> = {
  7: { kind: 'save' },
  8: { kind: 'restore' },
  c: { kind: 'reset' },
  D: { kind: 'feed' },
  E: { kind: 'next-line' },
  H: { kind: 'set-stop' },
  M: { kind: 'reverse-feed' },
};
/** Of keys, questions, single shifts, and what ends a string: nothing about where letters go. */
const HARMLESS_ESCAPES: ReadonlySet<string> = new Set('=>NOZ\\<~');
/** Two letters that do so: whether the terminal answers in 8 bits, and lines of the usual width. */
const HARMLESS_PAIRS: ReadonlySet<string> = new Set([' F', ' G', '#5', '%G']);
/** What is said instead of the last letter of others; `''` is for those of one letter. It means nothing, or what is so anyway. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['', '\\'],
  ['#', '5'],
  ['%', 'G'],
]);
const C0: ReadonlyMap<number, Motion> = new Map<number, Motion>([
  [0x08, { kind: 'back', by: 1 }],
  [0x09, { kind: 'tab', by: 1 }],
  [0x0a, { kind: 'line-feed' }],
  [0x0b, { kind: 'line-feed' }],
  [0x0c, { kind: 'line-feed' }],
  [0x0d, { kind: 'return' }],
]);
const [SHIFT_OUT, SHIFT_IN] = [0x0e, 0x0f];
/** What chooses among four sets of letters, and what says which they are. */
const SHIFTS: Readonly<Record<string, number>> = { n: 2, o: 3, '}': 2, '|': 3 };
const DESIGNATES: Readonly<Record<string, number>> = { '(': 0, ')': 1, '*': 2, '+': 3, '-': 1, '.': 2 };

/** Follows the control sequences of a stream, byte by byte. */
export class Controls {
  #state: State = 'ground';
  #held = '';
  #bellEnds = false;
  /** What is to be said to terminals in place of the byte that was taken last: they differ over what it means. Null: that. */
  instead: string | null = null;
  /** Whether the sets of letters G0 to G3 are lines and corners, and which of them is used. */
  #lines = [false, false, false, false];
  #set = 0;

  /** True when the next byte is a letter unless it is a control. */
  get isGround(): boolean {
    return this.#state === 'ground';
  }

  /** True where letters are drawn as lines and corners. */
  get drawsLines(): boolean {
    return this.#lines[this.#set] ?? false;
  }

  /** True within what a terminal takes as a whole and does not draw: titles, links, clipboards. */
  get isString(): boolean {
    return this.#state === 'string' || this.#state === 'string-escape';
  }

  /** Takes a letter beyond ASCII within a sequence: that is over. What makes it mean nothing. */
  breakOff(): string {
    const instead = this.#state === 'escape' ? this.#insteadOf(this.#held) : NOTHING;
    this.#enter('ground');
    return instead;
  }

  /** Takes a C1 control in its 8-bit form: 0x80 to 0x9f. */
  c1(code: number): Motion {
    if (code === 0x9c) return this.#enter('ground');
    return this.#escape(code - 0x40, '');
  }

  /** Takes a byte that is a control, or stands within a sequence. */
  take(byte: number): Motion {
    this.instead = null;
    // CAN and SUB break off whatever was begun.
    if (byte === 0x18 || byte === 0x1a) return this.#enter('ground');
    if (this.isString) return this.#inString(byte);
    if (byte === ESC) return this.#enter('escape');
    if (byte < 0x20) return this.#control(byte);
    if (byte === 0x7f) return NONE;
    if (this.#state === 'escape') return this.#escape(byte, this.#held);
    return this.#sequence(byte);
  }

  #enter(state: State): Motion {
    this.#state = state;
    this.#held = '';
    return NONE;
  }

  #inString(byte: number): Motion {
    if (byte === ESC && this.#state === 'string') this.#state = 'string-escape';
    else if (this.#state === 'string-escape') return this.#behindString(byte);
    else if (byte === BEL && this.#bellEnds) this.#enter('ground');
    else if (this.#held.length < PASSTHROUGH.length) this.#held += String.fromCharCode(byte);
    return NONE;
  }

  /** Behind an ESC in a string: for some terminals it goes on, when nothing says that it does not. */
  #behindString(byte: number): Motion {
    const goesOn = this.#held === PASSTHROUGH;
    this.#enter('escape');
    if (byte === BACKSLASH) return this.#enter('ground');
    const motion = this.take(byte);
    if (!goesOn) this.instead = `\\\u001b${this.instead ?? String.fromCharCode(byte)}`;
    return motion;
  }

  #control(byte: number): Motion {
    if (byte === SHIFT_OUT) this.#set = 1;
    if (byte === SHIFT_IN) this.#set = 0;
    return C0.get(byte) ?? NONE;
  }

  #escape(byte: number, intermediate: string): Motion {
    const letter = String.fromCharCode(byte);
    if (byte >= 0x20 && byte <= 0x2f) {
      this.#held = letter;
      return NONE;
    }
    this.#enter('ground');
    if (intermediate !== '') return this.#designate(intermediate, letter);
    if (letter === '[') return this.#enter('sequence');
    if (']PX^_k'.includes(letter)) return this.#string(letter);
    if (letter === 'c') this.#useLetters();
    this.#set = SHIFTS[letter] ?? this.#set;
    const motion = AFTER_ESCAPE[letter];
    if (motion === undefined && SHIFTS[letter] === undefined && !HARMLESS_ESCAPES.has(letter))
      this.instead = this.#insteadOf('');
    return motion ?? NONE;
  }

  #insteadOf(intermediate: string): string {
    return INSTEAD.get(intermediate) ?? '~';
  }

  #string(letter: string): Motion {
    this.#bellEnds = letter === ']' || letter === 'k';
    // What is a title to screen and tmux is text to others: it becomes a title to all.
    if (letter === 'k') this.instead = ']2;';
    return this.#enter('string');
  }

  #designate(intermediate: string, letter: string): Motion {
    const set = DESIGNATES[intermediate];
    if (set !== undefined) this.#lines[set] = letter === '0';
    if (intermediate === '%') this.#useLetters();
    if (intermediate === '#' && letter === '8') return { kind: 'align' };
    if (set === undefined && !HARMLESS_PAIRS.has(intermediate + letter)) this.instead = this.#insteadOf(intermediate);
    return NONE;
  }

  #useLetters(): void {
    this.#lines.fill(false);
    this.#set = 0;
  }

  #sequence(byte: number): Motion {
    if (byte >= 0x40 && byte <= 0x7e) {
      const held = this.#held;
      this.#enter('ground');
      if (byte === SMALL_M) return NONE;
      // One that is longer than what is kept is none that is known.
      const { motion, instead } = held.length > LONGEST ? UNKNOWN : meaningOf(held, String.fromCharCode(byte));
      this.instead = instead;
      if (motion.kind === 'soft-reset') this.#useLetters();
      return motion;
    }
    if (this.#held.length <= LONGEST) this.#held += String.fromCharCode(byte);
    return NONE;
  }
}
