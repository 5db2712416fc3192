/*
 * What a program tells its terminal beside text, taken apart as a VT500 does (https://vt100.net/emu/dec_ansi_parser), from
 * UTF-8 cut anywhere: C1 controls are characters of two bytes there.
 */

/** A control sequence, an escape sequence, or a string of it, when it has ended. */
export interface Escape {
  readonly kind: 'csi' | 'escape' | 'osc' | 'dcs' | 'shift';
  /** Of a control sequence its parameters and what stands before its last letter; of others what stands before that. */
  readonly held: string;
  /** The last letter; of a string, nothing. */
  readonly last: string;
}

type State = 'ground' | 'escape' | 'csi' | 'osc' | 'dcs' | 'other';

const ESC = 0x1b;
const BEL = 0x07;
/** Break off whatever was begun. */
const [CAN, SUB] = [0x18, 0x1a];
const [SHIFT_OUT, SHIFT_IN] = [0x0e, 0x0f];
/** The first byte of the characters U+0080 to U+00BF. */
const C1_LEAD = 0xc2;
/** ST as one character. */
const STRING_END = 0x9c;
/** Longer ones say nothing that is looked for. */
const LONGEST = 256;

const STRINGS: Readonly<Record<string, State>> = {
  '[': 'csi',
  ']': 'osc',
  P: 'dcs',
  X: 'other',
  '^': 'other',
  _: 'other',
};

/** Reads a stream of bytes, and tells of everything in it that is no text. */
export class Escapes {
  readonly #seen: (one: Escape) => void;
  #state: State = 'ground';
  #held = '';
  /** The last byte may begin a C1 control. */
  #lead = false;

  constructor(seen: (one: Escape) => void) {
    this.#seen = seen;
  }

  /** Whether something was begun and has not ended: what follows would be taken for a part of it. */
  get unfinished(): boolean {
    return this.#state !== 'ground';
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#state === 'ground' && byte >= 0x20 && byte < 0x80) this.#lead = false;
      else this.#next(byte);
    }
  }

  #next(byte: number): void {
    const lead = this.#lead;
    this.#lead = byte === C1_LEAD;
    if (lead && byte >= 0x80 && byte <= 0x9f) {
      if (byte === STRING_END) return this.#end();
      return this.#escape(byte - 0x40);
    }
    if (byte === CAN || byte === SUB) return this.#enter('ground');
    if (byte === ESC) return this.#end('escape');
    if (this.#state === 'osc' || this.#state === 'dcs' || this.#state === 'other') return this.#inString(byte);
    if (byte === SHIFT_OUT || byte === SHIFT_IN) {
      return this.#seen({ kind: 'shift', held: '', last: byte === SHIFT_OUT ? 'out' : 'in' });
    }
    if (byte < 0x20 || byte > 0x7e) return;
    if (this.#state === 'escape') this.#escape(byte);
    else if (this.#state === 'csi') this.#sequence(byte);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#held = '';
  }

  /** A string, where one was begun, is whole. */
  #end(next: State = 'ground'): void {
    const [kind, held] = [this.#state, this.#held];
    this.#enter(next);
    if (kind === 'osc' || kind === 'dcs') this.#seen({ kind, held, last: '' });
  }

  #inString(byte: number): void {
    if (byte === BEL && this.#state === 'osc') this.#end();
    else this.#hold(byte);
  }

  #escape(byte: number): void {
    const last = String.fromCharCode(byte);
    const begun = this.#held === '' || this.#state !== 'escape' ? STRINGS[last] : undefined;
    if (byte < 0x30 && this.#state === 'escape') return this.#hold(byte);
    if (begun !== undefined) return this.#enter(begun);
    const held = this.#state === 'escape' ? this.#held : '';
    this.#enter('ground');
    this.#seen({ kind: 'escape', held, last });
  }

  #sequence(byte: number): void {
    if (byte < 0x40) return this.#hold(byte);
    const held = this.#held;
    this.#enter('ground');
    this.#seen({ kind: 'csi', held, last: String.fromCharCode(byte) });
  }

  #hold(byte: number): void {
    if (this.#held.length < LONGEST) this.#held += String.fromCharCode(byte);
  }
}
