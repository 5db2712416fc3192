import { useInput, usePaste } from 'ink';
import { useRef, useState } from 'react';
import { EMPTY_FIELD, type FieldMove, type FieldState, fieldOf, moveField, type as typed } from '../model/field.ts';
import { keyNames } from '../model/keys.ts';

export interface FieldOptions {
  /** Keys go to the field while true. */
  readonly active: boolean;
  readonly onSubmit: (text: string) => void;
  readonly onCancel: () => void;
  /** After every change of the text. */
  readonly onChange?: (text: string) => void;
}

export interface Field {
  readonly state: FieldState;
  readonly set: (text: string) => void;
}

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

/** A line that is typed: Enter submits it, Esc gives it up. A pasted text is typed as it is, and submits nothing. */
export function useField({ active, onSubmit, onCancel, onChange }: FieldOptions): Field {
  const [state, setState] = useState(EMPTY_FIELD);
  // Keys come faster than frames: each is put to what the one before left, drawn or not.
  const latest = useRef(state);
  const put = (next: FieldState): void => {
    latest.current = next;
    setState(next);
  };
  const change = (edit: (before: FieldState) => FieldState): void => {
    const before = latest.current;
    put(edit(before));
    if (latest.current.text !== before.text) onChange?.(latest.current.text);
  };
  useInput(
    (input, key) => {
      const move = MOVES[keyNames(input, key)[0] ?? ''];
      if (key.return) onSubmit(latest.current.text);
      else if (key.escape) onCancel();
      else if (move !== undefined) change((before) => moveField(before, move));
      else if (!key.ctrl && !key.meta && !key.tab) change((before) => typed(before, input));
    },
    { isActive: active },
  );
  usePaste((text) => change((before) => typed(before, text)), { isActive: active });
  return { state, set: (text) => put(fieldOf(text)) };
}
