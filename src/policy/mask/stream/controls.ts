/*
 * What a terminal does with the bytes that are no letters, as far as it matters to what stands where in a line. States are
 * those of a VT500 (https://vt100.net/emu/dec_ansi_parser); C1 controls come in UTF-8.
 */

import { type Motion, motionOf, NONE } from './motion.ts';

const ESC = 0x1b;
const BEL = 0x07;
/** Bytes of a control sequence's parameters that are kept: those that move something are short. */
const LONGEST = 64;

type State = 'ground' | 'escape' | 'sequence' | 'string' | 'string-escape';

/** Final bytes of control sequences that change nothing about where letters go: colours, questions, cursors' shapes. */
const HARMLESS = new Set(Buffer.from('mncqtwxy', 'latin1'));
const AFTER_ESCAPE: Readonly<Record<string, Motion>> = {
  7: { kind: 'save' },
  8: { kind: 'restore' },
  c: { kind: 'reset' },
  D: { kind: 'feed' },
  E: { kind: 'next-line' },
  H: { kind: 'set-stop' },
  M: { kind: 'reverse-feed' },
};
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

  /** Takes a letter beyond ASCII within a sequence: that is over. */
  breakOff(): void {
    this.#enter('ground');
  }

  /** Takes a C1 control in its 8-bit form: 0x80 to 0x9f. */
  c1(code: number): Motion {
    if (code === 0x9c) return this.#enter('ground');
    return this.#escape(code - 0x40, '');
  }

  /** Takes a byte that is a control, or stands within a sequence. */
  take(byte: number): Motion {
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
    if (byte === ESC) this.#state = 'string-escape';
    else if (this.#state === 'string-escape') {
      this.#enter('escape');
      return byte === 0x5c ? this.#enter('ground') : this.take(byte);
    } else if (byte === BEL && this.#bellEnds) this.#enter('ground');
    return NONE;
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
    if (']PX^_k'.includes(letter)) {
      this.#bellEnds = letter === ']';
      return this.#enter('string');
    }
    if (letter === 'c') this.#useLetters();
    this.#set = SHIFTS[letter] ?? this.#set;
    return AFTER_ESCAPE[letter] ?? NONE;
  }

  #designate(intermediate: string, letter: string): Motion {
    const set = DESIGNATES[intermediate];
    if (set !== undefined) this.#lines[set] = letter === '0';
    if (intermediate === '%') this.#useLetters();
    return intermediate === '#' && letter === '8' ? { kind: 'align' } : NONE;
  }

  #useLetters(): void {
    this.#lines.fill(false);
    this.#set = 0;
  }

  #sequence(byte: number): Motion {
    if (byte >= 0x40 && byte <= 0x7e) {
      const held = this.#held;
      this.#enter('ground');
      if (HARMLESS.has(byte)) return NONE;
      const motion = motionOf(held, String.fromCharCode(byte));
      if (motion.kind === 'soft-reset') this.#useLetters();
      return motion;
    }
    // One that is longer than what is kept moves nowhere that is known.
    this.#held = byte > 0x7e || this.#held.length >= LONGEST ? '!' : this.#held + String.fromCharCode(byte);
    return NONE;
  }
}
