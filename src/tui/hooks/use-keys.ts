import { type Binding, keyNames } from '../model/keys.ts';
import { useListening } from './use-listening.ts';

/**
 * Runs bindings when their keys are pressed, while `active`. What is pasted is never taken for keys; `hasty`: see
 * `keyNames`.
 */
export function useKeys(bindings: readonly Binding[], active = true, hasty = false): void {
  useListening(
    {
      onInput: (input, key) => {
        if (key.eventType === 'release') return;
        for (const name of keyNames(input, key, hasty)) bindings.find(({ keys }) => keys.includes(name))?.run(name);
      },
      onPaste: () => undefined,
    },
    active,
  );
}
