import type { LiveIntent, LiveState } from './state.ts';

export interface LiveKey {
  readonly keys: readonly string[];
  readonly intent: LiveIntent;
  readonly help: string;
  readonly hint?: string;
}

export const LIVE_KEYS: readonly LiveKey[] = [
  { keys: ['i'], intent: 'requests', help: 'answer requests for approval', hint: 'requests' },
  { keys: ['enter', 'right', 'l'], intent: 'open', help: 'read the statement', hint: 'read' },
  { keys: ['escape', 'left', 'h'], intent: 'back', help: 'back; follow what comes again', hint: 'back' },
  { keys: ['f'], intent: 'refused', help: 'only what was refused, or everything', hint: 'refused' },
  { keys: ['s'], intent: 'secret', help: 'show the secret for half a minute, or hide it', hint: 'secret' },
  { keys: ['tab'], intent: 'door', help: 'the next door', hint: 'next door' },
  { keys: ['up', 'k'], intent: 'up', help: 'up' },
  { keys: ['down', 'j'], intent: 'down', help: 'down' },
  { keys: ['page-up', 'ctrl-u', 'K'], intent: 'page-up', help: 'a page up' },
  { keys: ['page-down', 'ctrl-d', 'J', 'space'], intent: 'page-down', help: 'a page down' },
  { keys: ['home', 'g'], intent: 'first', help: 'to the oldest' },
  { keys: ['end', 'G'], intent: 'last', help: 'to the newest, and follow' },
  { keys: ['?'], intent: 'help', help: 'this help' },
  { keys: ['q'], intent: 'leave', help: 'close the doors: asks first', hint: 'close' },
];

/** The keys that mean something now. */
export function liveKeysFor({ waiting, open, cursor, known, leaving, help }: LiveState): readonly LiveKey[] {
  if (leaving)
    return [{ keys: ['y'], intent: 'yes', help: 'yes' }, ...LIVE_KEYS.filter(({ intent }) => intent === 'back')];
  return LIVE_KEYS.filter(({ intent }) => {
    if (intent === 'requests') return waiting !== null;
    if (intent === 'door') return known.doors.length > 1;
    if (intent === 'back') return open !== null || cursor !== null || help;
    return intent !== 'open' || open === null;
  });
}

/** What a key asks for now; null: nothing. Where a question is open, any other key is a no. */
export function liveIntentOf(state: LiveState, key: string): LiveIntent | null {
  const intent = liveKeysFor(state).find(({ keys }) => keys.includes(key))?.intent ?? null;
  return intent === null && (state.leaving || state.help) ? 'back' : intent;
}
