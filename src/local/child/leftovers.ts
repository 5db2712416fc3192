import { type Escape, Escapes } from './escapes.ts';

const CSI = '\u001b[';
/** Ends any string and any sequence, and shows nothing where there is none. */
const BROKEN_OFF = '\u0018\u001b\\';

/** Private modes that are on in a terminal that nobody has touched; the others are off. */
const USUALLY_ON: ReadonlySet<string> = new Set(['7', '25']);
/** The screen beside the ordinary one. */
const OTHER_SCREEN: readonly string[] = ['1049', '1047', '47'];
/** Of these, what saves the cursor when it is set, and restores it afterwards; and what does that alone. */
const CURSOR_SCREEN = '1049';
const CURSOR_MODE = '1048';
const ORIGIN = '6';
/** Private modes that change what is drawn, or what keys, the mouse and the window send. */
const MODES: ReadonlySet<string> = new Set([
  ...OTHER_SCREEN,
  ...'1 5 6 7 9 25 66 69 1000 1001 1002 1003 1004 1005 1006 1015 1016 2004 2026 2027 2031 2048'.split(' '),
]);
/** Colours that a program may set: of the palette, of text, of what is behind it, of the cursor, of what is marked. */
const COLOURS: ReadonlySet<string> = new Set(['4', '10', '11', '12', '17', '19']);

/** What asks the terminal something, by its last letter: what it answers would be typed into whatever reads next. */
const ASKING: readonly ((one: Escape) => boolean)[] = [
  ({ kind, held, last }) =>
    kind === 'csi' && ((last === 'c' && !held.startsWith('?')) || (last === 'n' && !held.startsWith('>'))),
  ({ kind, held, last }) =>
    kind === 'csi' && ((last === 'p' && held.endsWith('$')) || (last === 'x' && /^[01]?$/.test(held))),
  ({ kind, held, last }) =>
    kind === 'csi' && ((last === 'q' && held.startsWith('>')) || (last === 'u' && held === '?')),
  ({ kind, held, last }) => kind === 'csi' && last === 't' && /^(?:1[1-9]|2[01])(?:;|$)/.test(held),
  ({ kind, held }) => kind === 'osc' && /;\?(?:;|$)/.test(held),
  ({ kind, held }) => kind === 'dcs' && /^[+$]q/.test(held),
  ({ kind, held, last }) => kind === 'escape' && held === '' && last === 'Z',
];

/** What is kept with the cursor when it is saved, and comes back with it. */
interface Saved {
  readonly drawn: boolean;
  readonly charset: boolean;
}

const UNTOUCHED: Saved = { drawn: false, charset: false };
const CHARSET = '\u001b(B';

/** What a program has left of its terminal, told by what it has printed. */
export class Leftovers {
  readonly #escapes = new Escapes((one) => this.#see(one));
  readonly #modes = new Set<string>();
  readonly #colours = new Set<string>();
  /** What undoes the rest, by what it undoes. */
  readonly #others = new Map<string, string>();
  /** Whether colours, weight or concealment may be on. */
  #drawn = false;
  /** With the cursor of the ordinary screen, and of the other one. */
  readonly #saved = { ordinary: UNTOUCHED, other: UNTOUCHED };
  /** What keys send was stacked so many times. */
  #keys = 0;
  #asked: number | null = null;

  /** What is printed, in order. */
  push(bytes: Uint8Array): void {
    this.#escapes.push(bytes);
  }

  /** When the terminal was last asked something, as `performance.now()` says; null: never. */
  get asked(): number | null {
    return this.#asked;
  }

  /** What gives the terminal back as it was; nothing where it is. The cursor stays where it is, if it can. */
  undo(): string {
    const modes = [...this.#modes].filter((mode) => mode !== ORIGIN && !OTHER_SCREEN.includes(mode));
    const other = OTHER_SCREEN.find((mode) => this.#modes.has(mode));
    if (other === CURSOR_SCREEN) {
      this.#modes.delete(CURSOR_SCREEN);
      this.#restore(this.#saved.ordinary);
    }
    const undone = [
      this.#escapes.unfinished ? BROKEN_OFF : '',
      this.#keys > 0 ? `${CSI}<${this.#keys}u` : '',
      ...modes.map((mode) => `${CSI}?${mode}${USUALLY_ON.has(mode) ? 'h' : 'l'}`),
      ...[...this.#colours].map((colour) => `\u001b]1${colour.padStart(2, '0')}\u001b\\`),
      this.#region(),
      other === undefined ? '' : `${CSI}?${other}l`,
      ...[...this.#others].flatMap(([what, by]) => (what === 'region' ? [] : [by])),
      this.#drawn ? `${CSI}m` : '',
    ].join('');
    this.#forget();
    return undone;
  }

  /** Either way of setting it moves the cursor: back to where it was, or below everything. */
  #region(): string {
    if (this.#modes.has(ORIGIN)) return `${CSI}?6l${CSI}r${CSI}999;1H`;
    return this.#others.has('region') ? `\u001b7${CSI}r\u001b8` : '';
  }

  #see(one: Escape): void {
    if (ASKING.some((asks) => asks(one))) this.#asked = performance.now();
    const { kind, held, last } = one;
    if (kind === 'csi') this.#sequence(held, last);
    else if (kind === 'shift') this.#set('shift', '\u000f', last === 'out');
    else if (kind === 'osc') this.#string(held);
    else if (kind === 'escape') this.#escape(held, last);
  }

  /** xterm keeps one for each screen. */
  get #screen(): 'ordinary' | 'other' {
    return OTHER_SCREEN.some((mode) => this.#modes.has(mode)) ? 'other' : 'ordinary';
  }

  #save(): void {
    this.#saved[this.#screen] = { drawn: this.#drawn, charset: this.#others.has('charset') };
  }

  #restore({ drawn, charset }: Saved): void {
    this.#drawn = drawn;
    this.#set('charset', CHARSET, charset);
  }

  #escape(held: string, last: string): void {
    if (held === '' && last === '7') this.#save();
    else if (held === '' && last === '8') this.#restore(this.#saved[this.#screen]);
    else if (held === '' && last === 'c') this.#forget();
    else if (held === '' && (last === '=' || last === '>')) this.#set('keypad', '\u001b>', last === '=');
    else if (held === '' && (last === 'n' || last === 'o')) this.#set('shift', '\u000f', true);
    else if (held === '(') this.#set('charset', CHARSET, last !== 'B');
    else if (held === '%') this.#set('utf8', '\u001b%G', last === '@');
  }

  #sequence(held: string, last: string): void {
    if (last === 'h' || last === 'l') this.#switch(held, last === 'h');
    else if (last === 'm' && /^[\d;:]*$/.test(held)) this.#drawn = !/^[0;]*$/.test(held);
    else if (last === 'm' && held.startsWith('>4')) this.#set('modified', `${CSI}>4m`, /^>4;[1-9]/.test(held));
    else if (last === 'r' && /^[\d;]*$/.test(held)) this.#set('region', '', held !== '');
    else if (last === 'q' && held.endsWith(' ')) this.#set('cursor', `${CSI}0 q`, !/^0? $/.test(held));
    else if (last === 'u' && held.startsWith('>')) this.#keys += 1;
    else if (last === 'u' && held.startsWith('<')) this.#keys = Math.max(0, this.#keys - Number(held.slice(1) || 1));
    else if (last === 'u' && held.startsWith('=')) this.#set('keys', `${CSI}=0u`, !/^=0?(?:;|$)/.test(held));
    else if (last === 's' && held === '') this.#save();
    else if (last === 'u' && held === '') this.#restore(this.#saved[this.#screen]);
    else if (last === 'p' && held === '!') this.#soften();
  }

  #switch(held: string, on: boolean): void {
    if (!held.startsWith('?')) {
      if (held.split(';').includes('4')) this.#set('insert', `${CSI}4l`, on);
      return;
    }
    for (const mode of held.slice(1).split(';')) {
      if (mode === CURSOR_MODE || (mode === CURSOR_SCREEN && on)) this.#keep(on);
      if (!MODES.has(mode)) continue;
      const left = OTHER_SCREEN.includes(mode) ? OTHER_SCREEN : [mode];
      if (on === USUALLY_ON.has(mode)) for (const one of left) this.#modes.delete(one);
      else this.#modes.add(mode);
      if (mode === CURSOR_SCREEN && !on) this.#keep(false);
    }
  }

  #keep(saves: boolean): void {
    if (saves) this.#save();
    else this.#restore(this.#saved[this.#screen]);
  }

  #string(held: string): void {
    const [number = '', ...rest] = held.split(';');
    if (number === '8') this.#set('link', '\u001b]8;;\u001b\\', rest.slice(1).join(';') !== '');
    else if (COLOURS.has(number) && rest.at(-1) !== '?') this.#colours.add(number);
    else if (number.startsWith('1')) this.#colours.delete(String(Number(number.slice(1))));
  }

  #set(what: string, by: string, on: boolean): void {
    if (on) this.#others.set(what, by);
    else this.#others.delete(what);
  }

  /** What DECSTR sets right. */
  #soften(): void {
    for (const mode of ['1', ORIGIN, '7', '25', '66', '69']) this.#modes.delete(mode);
    for (const what of ['shift', 'keypad', 'charset', 'region', 'insert']) this.#others.delete(what);
    this.#drawn = false;
  }

  #forget(): void {
    this.#modes.clear();
    this.#colours.clear();
    this.#others.clear();
    this.#saved.ordinary = UNTOUCHED;
    this.#saved.other = UNTOUCHED;
    this.#drawn = false;
    this.#keys = 0;
    this.#escapes.push(Uint8Array.of(0x18));
  }
}
