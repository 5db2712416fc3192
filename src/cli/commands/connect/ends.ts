import type { GuardedSession } from '../../../local/guarded-session.ts';
import { EXIT } from '../../failure.ts';
import type { Announcer } from './announcer.ts';

export interface End {
  /** Aborts when no session is left that is worth waiting for. */
  readonly signal: AbortSignal;
  /** The exit code that the end of a session stands for; null where none has ended by itself. */
  code(): number | null;
}

/** One session that ends by itself ends them all: a client that lost one of its doors must not go on with the rest. */
export function firstEnd(sessions: readonly GuardedSession[], announcer: Pick<Announcer, 'end'>): End {
  const controller = new AbortController();
  let code: number | null = null;
  for (const session of sessions) {
    void session.ended.then((cause) => {
      announcer.end(session, cause);
      if (cause === 'expired' || cause === 'idle') code ??= EXIT.cancelled;
      if (cause === 'record') code ??= EXIT.failure;
      if (cause === 'identity') code ??= EXIT.login;
      controller.abort(cause);
    });
  }
  return { signal: controller.signal, code: () => code };
}

/** @throws what the first of them that cannot be ended throws, when all are */
export async function endAll(sessions: readonly GuardedSession[], cause: string): Promise<void> {
  const outcomes = await Promise.allSettled(sessions.map((session) => session.end(cause)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
