/** A line that somebody types. `cursor` counts characters, not code units. */
export interface FieldState {
  readonly text: string;
  readonly cursor: number;
}

export type FieldMove =
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete'
  | 'delete-word'
  | 'delete-before'
  | 'delete-after';

export const EMPTY_FIELD: FieldState = { text: '', cursor: 0 };

/** Something to look for; beyond it, what is pasted is no such thing. */
const MOST = 2000;
/** Nothing that a person typed, and nothing that would be read as something else later. */
const UNTYPABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export function fieldOf(text: string): FieldState {
  return type(EMPTY_FIELD, text);
}

/** With what was typed or pasted: line feeds and tabs become spaces, other controls and what cannot be seen are left out. */
export function type({ text, cursor }: FieldState, typed: string, most: number = MOST): FieldState {
  const characters = Array.from(text);
  const clean = typed.slice(0, 4 * most).replace(/[\r\n\t]+/g, ' ');
  const added = Array.from(clean.replace(UNTYPABLE, '')).slice(0, Math.max(0, most - characters.length));
  return { text: characters.toSpliced(cursor, 0, ...added).join(''), cursor: cursor + added.length };
}

export function moveField({ text, cursor }: FieldState, move: FieldMove): FieldState {
  const characters = Array.from(text);
  const cut = (from: number, to: number): FieldState => ({
    text: characters.toSpliced(from, to - from).join(''),
    cursor: from,
  });
  switch (move) {
    case 'left':
      return { text, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { text, cursor: Math.min(characters.length, cursor + 1) };
    case 'home':
      return { text, cursor: 0 };
    case 'end':
      return { text, cursor: characters.length };
    case 'backspace':
      return cursor === 0 ? { text, cursor } : cut(cursor - 1, cursor);
    case 'delete':
      return cut(cursor, Math.min(characters.length, cursor + 1));
    case 'delete-word':
      return cut(wordStart(characters, cursor), cursor);
    case 'delete-before':
      return cut(0, cursor);
    case 'delete-after':
      return cut(cursor, characters.length);
  }
}

function wordStart(characters: readonly string[], cursor: number): number {
  let start = cursor;
  while (start > 0 && characters[start - 1] === ' ') start -= 1;
  while (start > 0 && characters[start - 1] !== ' ') start -= 1;
  return start;
}
