export type Command =
  | 'play'
  | 'back'
  | 'on'
  | 'previous'
  | 'next'
  | 'previous-mark'
  | 'next-mark'
  | 'slower'
  | 'faster'
  | 'start'
  | 'end'
  | 'search'
  | 'keys';

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [' ', 'play'],
  ['ArrowLeft', 'back'],
  ['ArrowRight', 'on'],
  [',', 'previous'],
  ['.', 'next'],
  ['p', 'previous-mark'],
  ['n', 'next-mark'],
  ['-', 'slower'],
  ['+', 'faster'],
  ['=', 'faster'],
  ['Home', 'start'],
  ['End', 'end'],
  ['/', 'search'],
  ['?', 'keys'],
]);

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** What a key means; null where it means what it always does. `within`: the name of the element that has the focus. */
export function commandOf({ key, ctrlKey, altKey, metaKey }: Key, within: string): Command | null {
  if (ctrlKey || altKey || metaKey) return null;
  if (within === 'INPUT' || within === 'SELECT' || within === 'TEXTAREA') return null;
  if (within === 'BUTTON' && key === ' ') return null;
  return COMMANDS.get(key) ?? null;
}
