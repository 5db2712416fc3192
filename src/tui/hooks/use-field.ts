import { useRef, useState } from 'react';
import { EMPTY_FIELD, type FieldState, fieldOf, moveField, type as typed } from '../model/field.ts';
import { typingOf } from '../model/typing.ts';
import { useListening } from './use-listening.ts';

export interface FieldOptions {
  /** Keys go to the field while true. */
  readonly active: boolean;
  /** True where submitting does no harm: Enter counts, too, when it comes in one piece with what was typed before it. */
  readonly hasty?: boolean;
  readonly onSubmit: (text: string) => void;
  readonly onCancel: () => void;
  /** After every change of the text. */
  readonly onChange?: (text: string) => void;
}

export interface Field {
  readonly state: FieldState;
  readonly set: (text: string) => void;
}

/** A line that is typed: Enter submits it, Esc gives it up. A pasted text is typed as it is, and submits nothing. */
export function useField({ active, hasty = false, onSubmit, onCancel, onChange }: FieldOptions): Field {
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
  useListening(
    {
      onInput: (input, key) => {
        const typing = typingOf(input, key);
        switch (typing?.type) {
          case 'submit':
            return onSubmit(latest.current.text);
          case 'leave':
            return onCancel();
          case 'move':
            return change((before) => moveField(before, typing.move));
          case 'text':
            change((before) => typed(before, typing.text.replace(/\r$/, '')));
            if (hasty && typing.text.endsWith('\r')) onSubmit(latest.current.text);
            return;
          case undefined:
        }
      },
      onPaste: (text) => change((before) => typed(before, text)),
    },
    active,
  );
  return { state, set: (text) => put(fieldOf(text)) };
}
