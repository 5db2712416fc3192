import type { Size } from '../../drawable.ts';
import type { ListMove } from '../list.ts';
import type { LiveDoor } from './feed.ts';
import { NOTHING, type Seen, type Snapshot } from './tally.ts';

/** All that the live view shows. */
export interface LiveState {
  readonly known: Snapshot;
  /** Wall clock, milliseconds. */
  readonly now: number;
  readonly size: Size;
  /** Which door's variables are shown. */
  readonly door: number;
  /** Until when secrets are shown, wall clock in milliseconds. */
  readonly secretUntil: number;
  readonly onlyRefused: boolean;
  /** The number of the statement under the cursor; null: the list follows what comes. */
  readonly cursor: number | null;
  /** The statement that fills the screen: it stays, whatever the list forgets. */
  readonly open: Seen | null;
  readonly scroll: number;
  readonly help: boolean;
  /** Whether to end it all has been asked. */
  readonly leaving: boolean;
  /** Requests that wait; null: nobody can be asked from here. */
  readonly waiting: number | null;
  /** The inbox stands in this view's place. */
  readonly inbox: boolean;
}

export type LiveIntent =
  | ListMove
  | 'open'
  | 'back'
  | 'refused'
  | 'secret'
  | 'door'
  | 'requests'
  | 'help'
  | 'leave'
  | 'yes';

export interface LiveStep {
  readonly state: LiveState;
  /** Whoever looks wants it all to end. */
  readonly leave: boolean;
}

/** Milliseconds for which a secret stays on the screen. */
const SECRET_SHOWN = 30_000;

export function initialLive(size: Size, now: number, asks: boolean): LiveState {
  return {
    known: NOTHING,
    now,
    size,
    door: 0,
    secretUntil: 0,
    onlyRefused: false,
    cursor: null,
    open: null,
    scroll: 0,
    help: false,
    leaving: false,
    waiting: asks ? 0 : null,
    inbox: false,
  };
}

export function currentDoor({ known, door }: LiveState): LiveDoor | null {
  return known.doors[door] ?? known.doors[0] ?? null;
}

/** The statements of the list, the oldest first. */
export function listed({ known, onlyRefused }: LiveState): readonly Seen[] {
  return onlyRefused ? known.refused : known.statements;
}

/** Where the cursor is in the list: on its statement, or the next one that is still there; the last when it follows. */
export function cursorAt(state: LiveState): number {
  const all = listed(state);
  const { cursor } = state;
  if (cursor === null) return all.length - 1;
  const at = all.findIndex(({ number }) => number >= cursor);
  return at === -1 ? all.length - 1 : at;
}

/** The state after a key. `page`: rows of the list, or of the statement that is open; `end`: how far that scrolls. */
export function livePressed(state: LiveState, intent: LiveIntent, page: number, end: number): LiveStep {
  const stay = (change: Partial<LiveState>): LiveStep => ({ state: { ...state, ...change }, leave: false });
  if (state.help) return stay({ help: false });
  if (state.leaving) return intent === 'yes' ? { state, leave: true } : stay({ leaving: false });
  switch (intent) {
    case 'help':
      return stay({ help: true });
    case 'leave':
      return stay({ leaving: true });
    case 'yes':
      return stay({});
    case 'requests':
      return stay({ inbox: state.waiting !== null });
    case 'secret':
      return stay({ secretUntil: state.secretUntil > state.now ? 0 : state.now + SECRET_SHOWN });
    case 'door':
      return stay({ door: (state.door + 1) % Math.max(1, state.known.doors.length) });
    case 'refused':
      return stay({ onlyRefused: !state.onlyRefused, cursor: null });
    case 'open':
      return stay({ open: listed(state)[cursorAt(state)] ?? null, scroll: 0 });
    case 'back':
      return stay(state.open === null ? { cursor: null } : { open: null });
    default:
      return stay(state.open === null ? moved(state, intent, page) : { scroll: scrolled(state, intent, page, end) });
  }
}

function scrolled({ scroll }: LiveState, move: ListMove, page: number, end: number): number {
  const far = Number.MAX_SAFE_INTEGER;
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -far, last: far }[move];
  return Math.max(0, Math.min(scroll + by, end));
}

/** At the last statement the list follows again. */
function moved(state: LiveState, move: ListMove, page: number): Partial<LiveState> {
  const all = listed(state);
  const far = all.length;
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -far, last: far }[move];
  const to = Math.max(0, Math.min(cursorAt(state) + by, all.length - 1));
  return { cursor: to >= all.length - 1 ? null : (all[to]?.number ?? null) };
}
