import type { Effect } from '../../../core/action.ts';
import type { Refusal } from '../../../core/decision.ts';
import type { Identity } from '../../../core/identity.ts';
import type { Phase } from '../../../core/statement.ts';

/** What a client reads to find a door. */
export interface DoorVariable {
  readonly name: string;
  readonly value: string;
  /** Not shown before somebody asks for it. */
  readonly secret: boolean;
}

/** A door that is open. */
export interface LiveDoor {
  readonly session: string;
  readonly target: string;
  readonly protocol: string;
  /** Where it is, for people to read. */
  readonly address: string;
  readonly variables: readonly DoorVariable[];
  readonly identity: Identity;
  readonly reason: string | null;
  /** Wall clock, milliseconds. */
  readonly expires: number;
}

/** A statement that was judged. */
export interface LiveStatement {
  readonly session: string;
  readonly target: string;
  readonly connection: number;
  readonly phase: Phase;
  readonly text: string;
  readonly effects: readonly Effect[];
  /** Which rule decided, for the operator. */
  readonly rule: string;
  /** Null when it was let through. */
  readonly refusal: Refusal | null;
  /** Columns of its results that are not shown as they are. */
  readonly masked: number;
}

export type LiveEvent =
  | { readonly type: 'door'; readonly door: LiveDoor }
  /** Other things are said of who asks, at all doors. */
  | { readonly type: 'identity'; readonly identity: Identity }
  | { readonly type: 'statement'; readonly statement: LiveStatement }
  /** So many more values were masked in what clients were shown. */
  | { readonly type: 'masked'; readonly values: number }
  | { readonly type: 'warning'; readonly message: string };

/** Takes what happens while doors are open. */
export interface LiveFeed {
  /** Returns at once, whatever comes of it: statements wait for this by the thousand. */
  push(event: LiveEvent): void;
}
