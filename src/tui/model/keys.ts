/** What Ink says of a key, as far as it matters here. */
export interface PressedKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageDown: boolean;
  readonly pageUp: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly meta: boolean;
}

/** Keys that do something, in the words of the help. */
export interface Binding {
  /** Names as `keyNames` gives them. */
  readonly keys: readonly string[];
  /** What the help says they do. */
  readonly help: string;
  /** What the status bar says, in a word; absent: it is in the help alone. */
  readonly hint?: string;
  readonly run: (key: string) => void;
}

const NAMED: readonly (readonly [keyof PressedKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'page-down'],
  ['pageUp', 'page-up'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/**
 * The names of the keys in one piece of input: `a`, `A`, `?`, `space`, `up`, `shift-up`, `ctrl-c`, `meta-b`. A key held
 * down comes as the same character several times. Any other run of characters was pasted, and is no key at all, unless
 * `hasty` says that it can only have been typed, or does no harm.
 */
export function keyNames(input: string, key: PressedKey, hasty = false): readonly string[] {
  const named = NAMED.find(([flag]) => key[flag]);
  const modifiers = `${key.ctrl ? 'ctrl-' : ''}${key.meta && named?.[1] !== 'escape' ? 'meta-' : ''}`;
  if (named !== undefined) return [`${modifiers}${key.shift ? 'shift-' : ''}${named[1]}`];
  const characters = Array.from(input);
  const [first] = characters;
  if (first === undefined || (!hasty && characters.some((character) => character !== first))) return [];
  return characters.map((character) => `${modifiers}${NAMES[character] ?? character}`);
}

const NAMES: Readonly<Record<string, string>> = { ' ': 'space', '\r': 'enter', '\t': 'tab', '\u0003': 'ctrl-c' };

const SHOWN: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  backspace: '⌫',
  delete: 'Del',
};

/** A key's name as people read it: `shift-left` → `Shift ←`, `ctrl-c` → `Ctrl-C`. */
export function shownKey(name: string): string {
  if (name.startsWith('shift-')) return `Shift ${shownKey(name.slice('shift-'.length))}`;
  if (name.startsWith('ctrl-')) return `Ctrl-${shownKey(name.slice('ctrl-'.length)).toUpperCase()}`;
  return SHOWN[name] ?? name;
}
