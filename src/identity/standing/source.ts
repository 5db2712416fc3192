import { isDeepStrictEqual } from 'node:util';
import { HoopError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';

/** What is known of somebody, and for how long. */
export interface Known {
  readonly identity: Identity;
  /** When it was confirmed last: milliseconds since the epoch. */
  readonly confirmed: number;
  /** When it ends by itself, whatever the provider says: milliseconds since the epoch; Infinity when it can be renewed. */
  readonly until: number;
}

/** What came of looking. */
export type Finding =
  | { readonly kind: 'known'; readonly known: Known }
  /** It was withdrawn, or is somebody else's: it does not come back. `why`: for people to read. */
  | { readonly kind: 'ended'; readonly why: string }
  /** It could not be found out. */
  | { readonly kind: 'unknown'; readonly error: HoopError };

/** Where it is known from who somebody is. Neither method rejects. */
export interface Source {
  /** What has become known on this machine meanwhile, without asking anybody else; null: nothing. Called often. */
  look(known: Known): Promise<Finding | null>;
  /** Finds out whether it still holds. `known`: null at first. */
  renew(known: Known | null): Promise<Finding>;
}

/** Whether the same is said of them: providers list groups in any order. */
export function areSameClaims(one: Identity, other: Identity): boolean {
  return isDeepStrictEqual(inOrder(one), inOrder(other));
}

function inOrder(identity: Identity): Identity {
  const actsFor = identity.actsFor === null ? null : inOrder(identity.actsFor);
  return { ...identity, groups: [...identity.groups].sort(), actsFor };
}

/** What an error means while somebody is confirmed: nothing is known, and it is tried again. */
export function unknown(error: unknown): Finding {
  if (error instanceof HoopError && error.code === 'cli.cancelled')
    return { kind: 'unknown', error: unanswered(error) };
  if (error instanceof HoopError) return { kind: 'unknown', error };
  const message = 'who asks could not be confirmed, for a reason that is a bug in hoopctl';
  return { kind: 'unknown', error: new HoopError('cli.bug', message, { cause: error }) };
}

/** Nobody cancels here: the time for a conversation was up. */
function unanswered(cause: HoopError): HoopError {
  return new HoopError('identity.unreachable', 'the identity provider did not answer in time', { cause });
}
