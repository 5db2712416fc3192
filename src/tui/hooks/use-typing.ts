import { keyNames } from '../model/keys.ts';
import { type Typing, typingOf } from '../model/typing.ts';
import { useListening } from './use-listening.ts';

export interface TypingOptions {
  /** True while what is typed makes a text, false while keys are keys. */
  readonly typing: () => boolean;
  /** `held`: it came several times at once, as a key does that is held down. */
  readonly onKey: (name: string, held: boolean) => void;
  readonly onTyping: (typing: Typing) => void;
  /** Several characters came at once where keys are keys: nobody typed them. */
  readonly onPaste: () => void;
}

/** All input of a screen whose state is kept elsewhere. `typing` is asked for each piece: keys may change what it says. */
export function useTyping({ typing, onKey, onTyping, onPaste }: TypingOptions): void {
  useListening(
    {
      onInput: (input, key) => {
        if (key.eventType === 'release') return;
        if (typing()) {
          const made = typingOf(input, key);
          if (made !== null) onTyping(made);
          return;
        }
        const names = keyNames(input, key);
        if (names.length === 0 && input.length > 1) onPaste();
        for (const name of names) onKey(name, names.length > 1);
      },
      onPaste: (text) => (typing() ? onTyping({ type: 'text', text }) : onPaste()),
    },
    true,
  );
}
