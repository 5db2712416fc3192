import { type Key, useInput, usePaste } from 'ink';
import { createContext, type RefObject, use, useLayoutEffect, useRef, useState } from 'react';

/** What is done with what somebody types, and what they paste. */
export interface Listener {
  readonly onInput: (input: string, key: Key) => void;
  readonly onPaste: (text: string) => void;
}

/** Who listens to the terminal. */
export type Listeners = Set<RefObject<Listener>>;

export const ListenersContext = createContext<Listeners>(new Set());

/** The listeners of a screen, told of all that comes from its terminal. Called once, at its root. */
export function useListeners(): Listeners {
  const [listeners] = useState<Listeners>(() => new Set());
  // Of a copy: who begins to listen because of a key is not told of that key.
  useInput((input, key) => {
    const told = Array.from(listeners);
    for (const { current } of told) current.onInput(input, key);
  });
  usePaste((text) => {
    const told = Array.from(listeners);
    for (const { current } of told) current.onPaste(text);
  });
  return listeners;
}

/**
 * Listens while `active`, from the frame on with which it became so: what is typed once a frame can be seen is for
 * those who drew it.
 */
export function useListening(listener: Listener, active: boolean): void {
  const listeners = use(ListenersContext);
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useLayoutEffect(() => {
    if (!active) return;
    listeners.add(latest);
    return () => {
      listeners.delete(latest);
    };
  }, [listeners, active]);
}
