import { offersEffect, offersBreakGlass } from './draft.ts';
import type { Intent } from './press.ts';
import { currentEntry, type State } from './state.ts';

/** A key, and what it asks for. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly intent: Intent;
  readonly help: string;
  /** What the last line of the screen says, where the key means something. */
  readonly hint?: string;
  readonly where?: 'list' | 'request' | 'grant' | 'question';
}

/** Every key of the screen. One that means something only in some place means nothing anywhere else. */
export const KEYS: readonly KeyBinding[] = [
  {
    keys: ['enter', 'right', 'l'],
    intent: 'open',
    help: 'read the request: all of it',
    hint: 'read',
    where: 'request',
  },
  { keys: ['a'], intent: 'approve', help: 'approve it: asks first', hint: 'approve', where: 'request' },
  { keys: ['d'], intent: 'deny', help: 'deny it, with a reason', hint: 'deny', where: 'request' },
  { keys: ['x'], intent: 'revoke', help: 'take a grant back', hint: 'revoke', where: 'grant' },
  { keys: ['y'], intent: 'yes', help: 'yes, to the question that is open', hint: 'yes', where: 'question' },
  {
    keys: ['u'],
    intent: 'bound',
    help: 'approve for several times: how often and how long',
    hint: 'times',
    where: 'question',
  },
  { keys: ['e'], intent: 'bind', help: 'approve only exactly what the trial did', hint: 'exactly', where: 'question' },
  {
    keys: ['b'],
    intent: 'break-glass',
    help: 'override in an emergency: needs a reason',
    hint: 'emergency',
    where: 'question',
  },
  { keys: ['r'], intent: 'reason', help: 'say why', hint: 'reason', where: 'question' },
  { keys: ['escape', 'left', 'h', 'n'], intent: 'back', help: 'back; no, to a question', hint: 'back' },
  { keys: ['up', 'k'], intent: 'up', help: 'up' },
  { keys: ['down', 'j'], intent: 'down', help: 'down' },
  { keys: ['page-up', 'ctrl-u', 'K'], intent: 'page-up', help: 'a page up' },
  { keys: ['page-down', 'ctrl-d', 'J', 'space'], intent: 'page-down', help: 'a page down', hint: 'page' },
  { keys: ['home', 'g'], intent: 'first', help: 'to the beginning' },
  { keys: ['end', 'G'], intent: 'last', help: 'to the end' },
  { keys: ['tab', 'shift-tab'], intent: 'other-tab', help: 'requests, grants', hint: 'other list', where: 'list' },
  { keys: ['/'], intent: 'filter', help: 'show only what matches', hint: 'filter', where: 'list' },
  { keys: ['o'], intent: 'settled', help: 'hide or show what is settled', hint: 'hide settled', where: 'list' },
  { keys: ['?'], intent: 'help', help: 'this help' },
  { keys: ['q'], intent: 'quit', help: 'leave', hint: 'leave' },
];

/** The keys that mean something now. */
export function keysFor(state: State): readonly KeyBinding[] {
  const { tab, open, confirmation } = state;
  const request = tab === 'requests' && currentEntry(state) !== null;
  return KEYS.filter(({ where, intent }) => {
    if (confirmation !== null) return isChoice(state, intent) || intent === 'back' || intent === 'help';
    if (intent === 'back') return open || state.filter !== '';
    if (where === 'question') return false;
    if (where === 'list') return !open;
    if (where === 'request') return request && !(open && intent === 'open');
    return where === undefined || tab === 'grants';
  });
}

/** Keys of the question that is open, as far as it offers what they choose. */
function isChoice({ confirmation, board }: State, intent: Intent): boolean {
  const entry = confirmation === null ? undefined : board.entries.get(confirmation.request);
  if (entry === undefined || entry.settled !== null) return false;
  if (intent === 'bind') return offersEffect(entry.request);
  if (intent === 'break-glass') return offersBreakGlass(entry.request);
  return intent === 'yes' || intent === 'bound' || intent === 'reason';
}

/** What a key asks for now; null: nothing. */
export function intentOf(state: State, key: string): Intent | null {
  return keysFor(state).find(({ keys }) => keys.includes(key))?.intent ?? null;
}
