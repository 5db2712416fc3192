import { StringDecoder } from 'node:string_decoder';

/** Keys that write nothing. `ctrl-x`: with its letter. */
export type KeyName =
  | `ctrl-${string}`
  | 'enter'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'kill-word'
  | 'kill-word-back';

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly name: KeyName }
  /** What was pasted, between the terminal's brackets. Lines end in `\n`. */
  | { readonly kind: 'paste'; readonly text: string };

/** Of what a terminal sends that is not typed: the sequences of keys (ECMA-48 5.4, xterm's control sequences). */
const CSI_KEYS: Readonly<Record<string, KeyName | undefined>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
  '1;3C': 'word-right',
  '1;5C': 'word-right',
  '1;3D': 'word-left',
  '1;5D': 'word-left',
  '3;5~': 'kill-word',
};

const ALT_KEYS: Readonly<Record<string, KeyName | undefined>> = {
  b: 'word-left',
  f: 'word-right',
  d: 'kill-word',
  '\u007f': 'kill-word-back',
  '\b': 'kill-word-back',
};

/** What the next character belongs to. */
type State = 'plain' | 'escape' | 'single' | 'control' | 'mouse' | 'string' | 'string-end' | 'paste';

/** UTF-16 units of a paste: what is more is left out. */
const LONGEST_PASTE = 64 * 1024;
/** What a sequence is told by; the rest of a longer one is passed over. */
const LONGEST_SEQUENCE = 64;
/** Bytes behind `ESC [ M` in the oldest reports of a mouse. */
const MOUSE = 3;
const PASTE_END = '\u001b[201~';

/**
 * Takes what a terminal sends apart into keys. What it answers to questions of programs (positions, colours, its name)
 * is passed over whole: nothing of it is ever taken for something typed. In whatever slices it comes, and total.
 */
export class KeyDecoder {
  readonly #decoder = new StringDecoder('utf8');
  #state: State = 'plain';
  #isAfterReturn = false;
  /** What was read in this state; of a paste what surely is of it. */
  #sequence = '';
  /** The end of a paste, as far as it may have been read. */
  #tail = '';

  push(bytes: Buffer): readonly Key[] {
    const keys: Key[] = [];
    for (const character of this.#decoder.write(bytes)) {
      const isSecond = character === '\n' && this.#isAfterReturn;
      this.#isAfterReturn = character === '\r';
      // Both ends of a line are one.
      if (isSecond) continue;
      const key = this.#read(character);
      const last = keys.at(-1);
      if (key?.kind === 'text' && last?.kind === 'text') keys[keys.length - 1] = textKey(last.text + key.text);
      else if (key !== null) keys.push(key);
    }
    return keys;
  }

  /** Whether more of a paste is to come. */
  get isPasting(): boolean {
    return this.#state === 'paste';
  }

  /** Forgets what was begun: something else has read in between. */
  reset(): void {
    this.#decoder.end();
    this.#isAfterReturn = false;
    this.#become('plain');
  }

  #become(state: State): null {
    this.#sequence = '';
    this.#tail = '';
    this.#state = state;
    return null;
  }

  #read(character: string): Key | null {
    switch (this.#state) {
      case 'plain':
        return this.#plain(character);
      case 'escape':
        return this.#escape(character);
      case 'single':
        return this.#single(character);
      case 'control':
        return this.#control(character);
      case 'mouse':
        return this.#mouse(character);
      case 'string':
        return this.#string(character);
      case 'string-end':
        return this.#stringEnd(character);
      case 'paste':
        return this.#paste(character);
    }
  }

  #plain(character: string): Key | null {
    if (character === '\u001b') return this.#become('escape');
    if (character >= ' ' && !isControl(character)) return textKey(character);
    return controlKey(character);
  }

  #escape(character: string): Key | null {
    this.#become('plain');
    switch (character) {
      case '[':
        return this.#become('control');
      case 'O':
        return this.#become('single');
      case ']':
      case 'P':
      case '_':
      case '^':
      case 'X':
        return this.#become('string');
      case '\u001b':
        return this.#become('escape');
      case '\r':
      case '\n':
        return null;
      default: {
        const name = ALT_KEYS[character];
        if (name !== undefined) return { kind: 'key', name };
        return isControl(character) ? controlKey(character) : null;
      }
    }
  }

  /** `ESC O`, as arrows are sent where programs have asked for it. */
  #single(character: string): Key | null {
    this.#become('plain');
    const name = /^[ABCDHF]$/.test(character) ? CSI_KEYS[character] : undefined;
    return name === undefined ? interrupt(character) : { kind: 'key', name };
  }

  /** `ESC [`, parameters and one final character. */
  #control(character: string): Key | null {
    if (character === '\u001b') return this.#become('escape');
    if (isControl(character)) {
      this.#become('plain');
      return interrupt(character);
    }
    if (/^[ -?]$/.test(character)) {
      if (this.#sequence.length < LONGEST_SEQUENCE) this.#sequence += character;
      return null;
    }
    const sequence = this.#sequence + character;
    this.#become('plain');
    if (sequence === '200~') return this.#become('paste');
    if (sequence === 'M') return this.#become('mouse');
    const name = CSI_KEYS[sequence];
    return name === undefined ? null : { kind: 'key', name };
  }

  #mouse(character: string): null {
    this.#sequence += character;
    return this.#sequence.length < MOUSE ? null : this.#become('plain');
  }

  /** An answer in words (OSC, DCS, …) up to its end. What no answer has in it breaks it off. */
  #string(character: string): Key | null {
    if (character === '\u001b') return this.#become('string-end');
    if (!isControl(character)) return null;
    this.#become('plain');
    return interrupt(character);
  }

  #stringEnd(character: string): Key | null {
    this.#become('plain');
    return character === '\\' ? null : this.#escape(character);
  }

  #paste(character: string): Key | null {
    this.#tail += character;
    if (this.#tail === PASTE_END) {
      const text = pastedText(this.#sequence);
      this.#become('plain');
      return { kind: 'paste', text };
    }
    while (!PASTE_END.startsWith(this.#tail)) {
      // The end has to be found, whatever is left out.
      if (this.#sequence.length < LONGEST_PASTE) this.#sequence += this.#tail[0] ?? '';
      this.#tail = this.#tail.slice(1);
    }
    return null;
  }
}

function textKey(text: string): Key & { readonly kind: 'text' } {
  return { kind: 'text', text };
}

/** Text with nothing in it that only a terminal would obey. Tabs and ends of lines stay. */
function pastedText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** Of what breaks a sequence off only Ctrl-C means anything. */
function interrupt(character: string): Key | null {
  return character === '\u0003' ? { kind: 'key', name: 'ctrl-c' } : null;
}

function isControl(character: string): boolean {
  return character < ' ' || (character >= '\u007f' && character <= '\u009f');
}

function controlKey(character: string): Key | null {
  switch (character) {
    case '\r':
    case '\n':
      return { kind: 'key', name: 'enter' };
    case '\t':
      return { kind: 'key', name: 'tab' };
    case '\b':
    case '\u007f':
      return { kind: 'key', name: 'backspace' };
    default: {
      const code = character.charCodeAt(0);
      return code >= 1 && code <= 26 ? { kind: 'key', name: `ctrl-${String.fromCharCode(code + 96)}` } : null;
    }
  }
}
