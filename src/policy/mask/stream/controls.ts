/*
 * What a terminal does with the bytes that are no letters, as far as it matters to what stands where in a line. States are
 * those of a VT500 (https://vt100.net/emu/dec_ansi_parser); C1 controls come in UTF-8.
 */

/** What a control does to the line that is being written. */
export type Motion =
  /** Nothing: colours, modes, titles, questions. */
  | { readonly kind: 'none' }
  | { readonly kind: 'back' | 'forward'; readonly by: number }
  /** To a column of the line, from 0. */
  | { readonly kind: 'column'; readonly at: number }
  | { readonly kind: 'return' }
  /** What stands from the cursor on goes. */
  | { readonly kind: 'erase' }
  /** Somewhere else: what comes next does not go on with what is there. */
  | { readonly kind: 'away' };

const NONE: Motion = { kind: 'none' };
const AWAY: Motion = { kind: 'away' };
const RETURN: Motion = { kind: 'return' };
const ERASE: Motion = { kind: 'erase' };

const ESC = 0x1b;
const BEL = 0x07;
/** Bytes of a control sequence's parameters that are kept: those that move within a line are short. */
const LONGEST = 32;
/** Farther than any line is long. */
const FARTHEST = 65_535;

type State = 'ground' | 'escape' | 'sequence' | 'string' | 'string-escape';

/** Final bytes of control sequences that change nothing about where letters go. */
const HARMLESS = new Set(Buffer.from('mncqtwxyzspg', 'latin1'));
/** Modes that show another screen. */
const OTHER_SCREEN = /^\?(?:.*;)?(?:47|1047|1049)(?:;|$)/;

/** Follows the control sequences of a stream, byte by byte. */
export class Controls {
  #state: State = 'ground';
  #held = '';
  #bellEnds = false;

  /** True when the next byte is a letter unless it is a control. */
  get isGround(): boolean {
    return this.#state === 'ground';
  }

  /** True within what a terminal takes as a whole and does not draw: titles, links, clipboards. */
  get isString(): boolean {
    return this.#state === 'string' || this.#state === 'string-escape';
  }

  /** Takes a C1 control in its 8-bit form: 0x80 to 0x9f. */
  c1(code: number): Motion {
    if (code === 0x9c) return this.#enter('ground');
    return this.#escape(code - 0x40, false);
  }

  /** Takes a byte that is a control, or stands within a sequence. */
  take(byte: number): Motion {
    // CAN and SUB break off whatever was begun.
    if (byte === 0x18 || byte === 0x1a) return this.#enter('ground');
    if (this.isString) return this.#inString(byte);
    if (byte === ESC) return this.#enter('escape');
    if (byte < 0x20) return control(byte);
    if (byte === 0x7f) return NONE;
    if (this.#state === 'escape') return this.#escape(byte, this.#held !== '');
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

  #escape(byte: number, intermediate: boolean): Motion {
    if (byte >= 0x20 && byte <= 0x2f) {
      this.#held = '+';
      return NONE;
    }
    this.#enter('ground');
    if (intermediate) return NONE;
    const letter = String.fromCharCode(byte);
    if (letter === '[') return this.#enter('sequence');
    if (']PX^_k'.includes(letter)) {
      this.#bellEnds = letter === ']';
      return this.#enter('string');
    }
    // DECSC leaves the cursor where it is; RIS, DECRC, IND, NEL and RI do not.
    return 'c8DEM'.includes(letter) ? AWAY : NONE;
  }

  #sequence(byte: number): Motion {
    if (byte >= 0x40 && byte <= 0x7e) {
      const held = this.#held;
      this.#enter('ground');
      return moved(held, byte);
    }
    // One that is longer than what is kept moves nowhere that is known.
    this.#held = byte > 0x7e || this.#held.length >= LONGEST ? '!' : this.#held + String.fromCharCode(byte);
    return NONE;
  }
}

function control(byte: number): Motion {
  if (byte === 0x08) return { kind: 'back', by: 1 };
  if (byte === 0x0d) return RETURN;
  return byte === 0x0b || byte === 0x0c ? AWAY : NONE;
}

function moved(held: string, final: number): Motion {
  const letter = String.fromCharCode(final);
  const first = /^\d{0,5}$/.test(held) ? Number(held) : null;
  const by = Math.min(FARTHEST, Math.max(1, first ?? 1));
  if (letter === 'C' && first !== null) return { kind: 'forward', by };
  if (letter === 'D' && first !== null) return { kind: 'back', by };
  if ((letter === 'G' || letter === '`') && first !== null) return { kind: 'column', at: by - 1 };
  if (letter === 'K') return first === 0 ? ERASE : AWAY;
  if (letter === 'h' || letter === 'l') return OTHER_SCREEN.test(held) ? AWAY : NONE;
  return HARMLESS.has(final) ? NONE : AWAY;
}
