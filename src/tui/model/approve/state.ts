import type { Receipt, Reply } from '../../../core/inbox.ts';
import type { Size } from '../../drawable.ts';
import { type Board, EMPTY_BOARD, type Entry, usableGrants } from './board.ts';
import type { FieldState } from '../field.ts';
import type { Draft } from './draft.ts';

export type Tab = 'requests' | 'grants';

/** What a text that is being typed is for. */
export type Purpose = 'filter' | 'deny' | 'bound' | 'reason' | 'revoke';

/** A text that is being typed. */
export interface Prompt {
  readonly purpose: Purpose;
  /** Of the request or grant it is about; null for the filter. */
  readonly about: string | null;
  readonly field: FieldState;
  /** What is wrong with it; null: nothing. */
  readonly problem: string | null;
}

/** An approval that was asked for and has not been confirmed. */
export interface Confirmation {
  readonly request: string;
  readonly draft: Draft;
  /** What would happen, as it was known when the question was put: see `basisOf`. */
  readonly basis: string;
  /** True once whoever approves has said that they do so without having seen all of the text. */
  readonly unseen: boolean;
  /** What would happen has changed since: it has to be looked at again. */
  readonly changed: boolean;
}

export interface Notice {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  /** Milliseconds, wall clock: shown until then. */
  readonly until: number;
}

/** All that is shown, and nothing that is drawn. */
export interface State {
  readonly board: Board;
  /** Wall clock, milliseconds. */
  readonly now: number;
  readonly size: Size;
  /** The login that was named to answer by; null: whichever fits. */
  readonly profile: string | null;
  readonly tab: Tab;
  readonly filter: string;
  readonly showsSettled: boolean;
  /** The request and the grant under the cursor: by id, so that nothing slips under it. */
  readonly cursor: Readonly<Record<Tab, string | null>>;
  /** The first row of the list that is on the screen. */
  readonly top: Readonly<Record<Tab, number>>;
  /** A request that was settled under the cursor: it keeps its place until the cursor leaves. */
  readonly lingering: string | null;
  /** The detail fills the screen: where both have room they stand side by side. */
  readonly open: boolean;
  /** The first line of the detail that is on the screen. */
  readonly scroll: number;
  /** How many characters of each request's text have been on the screen, from its beginning without a gap. */
  readonly seen: ReadonlyMap<string, number>;
  readonly confirmation: Confirmation | null;
  readonly prompt: Prompt | null;
  readonly help: boolean;
  readonly notice: Notice | null;
  /** Requests whose reply is on its way. */
  readonly busy: ReadonlySet<string>;
  /** Until then no key answers anything: what is under the cursor has just changed by itself. */
  readonly steadyFrom: number;
  /** Why nothing more will come; null: it may. */
  readonly lost: string | null;
}

/** What the screen wants done outside of it. */
export type Command =
  | { readonly type: 'reply'; readonly reply: Reply }
  | { readonly type: 'revoke'; readonly grant: string; readonly reason: string | null }
  | { readonly type: 'quit' };

export interface Step {
  readonly state: State;
  readonly commands: readonly Command[];
}

/** What came back for a reply. */
export interface Answered {
  readonly reply: Reply;
  readonly receipt: Receipt;
}

/** Milliseconds in which a person has not yet seen what changed by itself. */
export const STEADY = 300;

export function initialState(size: Size, now: number, profile: string | null): State {
  return {
    board: EMPTY_BOARD,
    now,
    size,
    profile,
    tab: 'requests',
    filter: '',
    showsSettled: true,
    cursor: { requests: null, grants: null },
    top: { requests: 0, grants: 0 },
    lingering: null,
    open: false,
    scroll: 0,
    seen: new Map(),
    confirmation: null,
    prompt: null,
    help: false,
    notice: null,
    busy: new Set(),
    steadyFrom: 0,
    lost: null,
  };
}

/** The request under the cursor. */
export function currentEntry({ board, cursor }: State): Entry | null {
  return cursor.requests === null ? null : (board.entries.get(cursor.requests) ?? null);
}

/** Ids of the rows of a list, in order. */
export function rowsOf(state: State, tab: Tab = state.tab): readonly string[] {
  return tab === 'grants' ? grantRows(state) : requestRows(state);
}

function grantRows({ board, now, filter }: State): readonly string[] {
  const grants = usableGrants(board, now);
  const wanted = filter.toLowerCase();
  return grants
    .filter(({ id, target, shape }) => wanted === '' || `${id} ${target} ${shape}`.toLowerCase().includes(wanted))
    .map(({ id }) => id);
}

function requestRows(state: State): readonly string[] {
  const { board, lingering, showsSettled } = state;
  const waiting = lingering === null ? board.waiting : inPlace(board, lingering);
  const settled = showsSettled ? board.settled.filter((id) => id !== lingering) : [];
  const rows = [...waiting, ...settled];
  return state.filter === '' ? rows : rows.filter((id) => id === lingering || matches(state, id));
}

/** Those that wait with the one that lingers where it was. */
function inPlace(board: Board, lingering: string): readonly string[] {
  const asked = board.entries.get(lingering)?.request.asked ?? '';
  const at = board.waiting.findIndex((id) => (board.entries.get(id)?.request.asked ?? '') > asked);
  return at === -1 ? [...board.waiting, lingering] : board.waiting.toSpliced(at, 0, lingering);
}

function matches({ board, filter }: State, id: string): boolean {
  const request = board.entries.get(id)?.request;
  if (request === undefined) return false;
  const { identity, target, reason, effects } = request;
  const names = effects.map(({ action, schema, name }) => `${action} ${schema ?? ''}.${name ?? ''}`);
  const text = [id, identity.display, identity.actsFor?.display ?? '', target.name, reason ?? '', ...names].join(' ');
  return text.toLowerCase().includes(filter.toLowerCase());
}

/** Everything about a request that says what would happen: when it differs, an approval has to be thought over. */
export function basisOf({ request }: Entry): string {
  const { digest, effects, masked, terms, preview } = request;
  return JSON.stringify([digest, effects, masked, terms, preview]);
}

/** True while what the keys would answer has only just come to be: nobody has seen it yet. */
export function isUnsteady({ steadyFrom }: State, now: number): boolean {
  // A clock that was set back must not lock the keys.
  return now < steadyFrom && steadyFrom - now <= STEADY;
}
