import type { Identity } from '../core/identity.ts';
import type { Standing } from '../core/standing.ts';
import { holdAlike } from '../policy/applies.ts';
import type { Policy } from '../policy/rules.ts';

export interface WatchOptions {
  readonly standing: Standing;
  /** All of the target's. */
  readonly policies: readonly Policy[];
  /** Whom the session was opened for, as they were then. */
  readonly opened: Identity;
  /** Called once at most. `why`: for people to read. */
  readonly end: (why: string) => void;
}

const CHANGED =
  'what the identity provider says of you (groups, e-mail) has changed, and other policies hold for you now';

/**
 * Ends a session when its identity has ended, or has changed so that policies hold for it in another way: a session is
 * judged, masked and recorded under one set of policies. Until the returned function is called.
 */
export function watchIdentity({ standing, policies, opened, end }: WatchOptions): () => void {
  let watching = true;
  const look = (now: Identity | null): void => {
    if (!watching || (now !== null && holdAlike(policies, opened, now))) return;
    stop();
    end(now === null ? (standing.doubt() ?? 'the login has ended') : CHANGED);
  };
  const ignore = standing.listen(look);
  const stop = (): void => {
    watching = false;
    ignore();
  };
  // It may have changed while the session was being opened.
  if (standing.identity !== opened) queueMicrotask(() => look(standing.identity));
  return stop;
}
