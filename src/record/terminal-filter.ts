/*
 * Terminal output is words of whoever was at the other end. Played again, it must draw and do nothing else: not ask
 * the terminal questions (its answers are typed into the reader's shell), set titles or clipboards, leave links,
 * change what keys or the mouse send, or leave a state behind. So what may pass is listed, and all else goes.
 *
 * States are those of a VT500 (https://vt100.net/emu/dec_ansi_parser). C1 controls in their 8-bit form mean what
 * their 7-bit form means, and leave in that: text is characters here, so no part of one is ever taken for a control.
 */

const ESC = '\u001b';
/** Longer control sequences draw nothing that anybody would miss. */
const MAX_SEQUENCE = 256;
/** The largest number in a control sequence: no terminal is larger, and `REP` must not fill one for hours. */
const MAX_PARAMETER = 9999;

/** BS, HT, LF, VT, FF, CR and the shifts between character sets. No ENQ, which asks, and no BEL. */
const CONTROLS = new Set('\b\t\n\v\f\r\u000e\u000f');
/** Characters that reorder others, halves of characters, and noncharacters. */
const MISLEADING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\p{Cs}]/u;
/** DECSC, DECRC, IND, NEL, HTS, RI. */
const ESCAPES = new Set('78DEHM');
/** Into G0 and G1: ASCII, UK, and the lines of boxes. */
const CHARACTER_SETS = /^[()][AB0]$/;
/** Cursor movements, erasing, inserting, deleting, scrolling, tabs, repetition, colours, the scrolling region. */
const SEQUENCES = new Set('@ABCDEFGHIJKLMPSTXZ`abdefgmrsu');
/** Of these, those that mean something else, less harmless, with more than so many parameters. */
const FEW_PARAMETERS: ReadonlyMap<string, number> = new Map([
  ['T', 1],
  ['s', 0],
  ['u', 0],
]);
/** Insert mode. */
const MODES = new Set(['4']);
/** The screen beside the ordinary one. */
const OTHER_SCREEN = new Set(['47', '1047', '1049']);
/** Wrapping, the cursor and its blinking, the saved cursor, the other screen. */
const PRIVATE_MODES = new Set(['7', '12', '25', '1048', ...OTHER_SCREEN]);
/** What clears a screen as a full reset does, without touching anything else of the terminal. */
const CLEARED = `${ESC}[0m${ESC}(B\u000f${ESC}[r${ESC}[H${ESC}[2J`;
/** Insert mode, colours, character set, scrolling region and a hidden cursor, undone where the cursor is. */
const RESTORED = `${ESC}[4l${ESC}[0m${ESC}(B\u000f${ESC}7${ESC}[r${ESC}8${ESC}[?7h${ESC}[?25h`;

const HALF = /^[\ud800-\udbff]$/;
const PLAIN = /^[\x20-\x7e\t\r\n]*$/;

type State = 'ground' | 'escape' | 'sequence' | 'ignored' | 'string' | 'string-escape';

/** Lets through what draws. Takes text in pieces, cut anywhere: the pieces it gives make the same text together. */
export class TerminalFilter {
  #state: State = 'ground';
  /** What stands behind the ESC or CSI of a sequence that is not over. */
  #held = '';
  /** OSC ends at BEL, too. */
  #bellEnds = false;
  /** The first half of a character whose second half has not come. */
  #half = '';
  /** The mode by which the other screen was entered. */
  #otherScreen: string | null = null;

  /** What may be shown of this piece, and of what was held back before it. */
  push(text: string): string {
    if (this.#state === 'ground' && this.#half === '' && PLAIN.test(text)) return text;
    const whole = this.#half + text;
    this.#half = '';
    let shown = '';
    for (const character of whole) {
      if (this.#half !== '') shown += this.#next('\ufffd');
      this.#half = HALF.test(character) ? character : '';
      if (this.#half === '') shown += this.#next(character);
    }
    return shown;
  }

  /** What undoes all that was let through so far: whatever is drawn behind it is drawn as usual. */
  restore(): string {
    const left = this.#otherScreen === null ? '' : `${ESC}[?${this.#otherScreen}l`;
    this.#otherScreen = null;
    return left + RESTORED;
  }

  #next(character: string): string {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x80 && code <= 0x9f) return code === 0x9c ? this.#enter('ground') : this.#escape(code - 0x40, '');
    // CAN and SUB break off whatever was begun.
    if (code === 0x18 || code === 0x1a) return this.#enter('ground');
    if (this.#state === 'string' || this.#state === 'string-escape') return this.#inString(character);
    if (code === 0x1b) return this.#enter('escape');
    // A control within a sequence acts at once, as in a terminal.
    if (code < 0x20) return CONTROLS.has(character) ? character : '';
    if (code === 0x7f) return '';
    if (this.#state === 'escape') return this.#escape(code, this.#held);
    if (this.#state === 'sequence') return this.#sequence(code);
    if (this.#state === 'ignored') return isFinal(code) ? this.#enter('ground') : '';
    return MISLEADING.test(character) ? '\ufffd' : character;
  }

  #enter(state: State): string {
    this.#state = state;
    this.#held = '';
    return '';
  }

  #inString(character: string): string {
    if (character === ESC) {
      this.#state = 'string-escape';
      return '';
    }
    if (this.#state === 'string-escape') {
      this.#enter('escape');
      return character === '\\' ? this.#enter('ground') : this.#next(character);
    }
    return character === '\u0007' && this.#bellEnds ? this.#enter('ground') : '';
  }

  /** A character behind ESC and `held`. */
  #escape(code: number, held: string): string {
    const character = String.fromCodePoint(code);
    if (code >= 0x20 && code <= 0x2f) {
      this.#held = (held + character).slice(0, 2);
      return '';
    }
    this.#enter('ground');
    if (held !== '') return CHARACTER_SETS.test(held + character) ? ESC + held + character : '';
    if (character === '[') return this.#enter('sequence');
    // OSC, DCS, SOS, PM, APC, and the titles of screen.
    if (']PX^_k'.includes(character)) {
      this.#bellEnds = character === ']';
      return this.#enter('string');
    }
    if (character === 'c') return CLEARED;
    return ESCAPES.has(character) ? ESC + character : '';
  }

  /** A character behind CSI and what is held. */
  #sequence(code: number): string {
    const character = String.fromCodePoint(code);
    if (isFinal(code)) {
      const held = this.#held;
      this.#enter('ground');
      return this.#allowed(held, character);
    }
    if (code > 0x3f || this.#held.length >= MAX_SEQUENCE) return this.#enter('ignored');
    this.#held += character;
    return '';
  }

  #allowed(held: string, final: string): string {
    const [, prefix, list] = /^(\??)([\d;:]*)$/.exec(held) ?? [];
    if (prefix === undefined || list === undefined) return '';
    const parameters = list === '' ? [] : list.split(/[;:]/);
    if (parameters.some((parameter) => Number(parameter) > MAX_PARAMETER)) return '';
    if (final === 'h' || final === 'l') return this.#modes(prefix, parameters.map(Number).map(String), final);
    if (prefix !== '' || !SEQUENCES.has(final)) return '';
    return parameters.length > (FEW_PARAMETERS.get(final) ?? Infinity) ? '' : `${ESC}[${list}${final}`;
  }

  #modes(prefix: string, modes: readonly string[], final: 'h' | 'l'): string {
    const known = modes.filter((mode) => (prefix === '?' ? PRIVATE_MODES : MODES).has(mode));
    if (known.length === 0) return '';
    const screen = prefix === '?' ? known.findLast((mode) => OTHER_SCREEN.has(mode)) : undefined;
    if (screen !== undefined) this.#otherScreen = final === 'h' ? screen : null;
    return `${ESC}[${prefix}${known.join(';')}${final}`;
  }
}

function isFinal(code: number): boolean {
  return code >= 0x40 && code <= 0x7e;
}
