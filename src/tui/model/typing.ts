import type { FieldMove } from './field.ts';
import { keyNames, type PressedKey } from './keys.ts';

/** What is done to a text that is being typed. */
export type Typing =
  /** Typed or pasted. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'move'; readonly move: FieldMove }
  | { readonly type: 'submit' }
  | { readonly type: 'leave' };

const MOVES: Readonly<Record<string, FieldMove>> = {
  left: 'left',
  right: 'right',
  home: 'home',
  end: 'end',
  'ctrl-a': 'home',
  'ctrl-e': 'end',
  'ctrl-b': 'left',
  'ctrl-f': 'right',
  backspace: 'backspace',
  'ctrl-h': 'backspace',
  delete: 'delete',
  'ctrl-d': 'delete',
  'ctrl-w': 'delete-word',
  'meta-backspace': 'delete-word',
  'ctrl-u': 'delete-before',
  'ctrl-k': 'delete-after',
};

/** What one piece of input does to a text; null: nothing. */
export function typingOf(input: string, key: PressedKey): Typing | null {
  if (key.return) return { type: 'submit' };
  if (key.escape) return { type: 'leave' };
  const move = MOVES[keyNames(input, key)[0] ?? ''];
  if (move !== undefined) return { type: 'move', move };
  return key.ctrl || key.meta || key.tab || input === '' ? null : { type: 'text', text: input };
}
