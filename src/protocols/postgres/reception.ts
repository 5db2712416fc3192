import type { SessionContext } from '../../core/protocol.ts';
import { answered } from './catalog/consult.ts';
import { Glances } from './catalog/glances.ts';
import { Entrance } from '../../wire/entrance.ts';
import { CancelKeys } from './keys.ts';
import { type ScramVerifier, scramVerifier } from './scram.ts';
import { Spares } from './spares.ts';
import { login } from './upstream.ts';

/** What all connections of one session share. */
export interface Reception {
  readonly session: SessionContext;
  readonly keys: CancelKeys;
  readonly verifier: Promise<ScramVerifier>;
  readonly entrance: Entrance;
  readonly spares: Spares;
  readonly glances: Glances;
  /** Tells the operator, unless the same was said before in this session. */
  readonly warnOnce: (message: string) => void;
}

export function openReception(session: SessionContext): Reception {
  const said = new Set<string>();
  const warnOnce = (message: string): void => {
    // The same thing is said with other numbers each time; nothing else of what a peer sends is in there.
    const kind = message.replaceAll(/\d+/g, '#');
    if (!said.has(kind)) session.warn(message);
    said.add(kind);
  };
  const { target, signal } = session;
  const { unauthenticated, connections } = target.limits;
  const crowded = (): void =>
    warnOnce(`more than ${unauthenticated} clients at once are logging in: those that came first are turned away`);
  const entrance = new Entrance(target.limits, crowded);
  const glances = new Glances();
  const spares = new Spares({
    limits: target.limits,
    clock: session.clock,
    login: (settings, gone) => login(target, settings, AbortSignal.any([signal, gone])),
    // What a server is asked for the first time takes it much longer than the second time.
    prepare: (upstream) => answered(upstream, [glances.question], target.limits),
    room: (spare) => entrance.inside + spare <= connections,
  });
  // Those that nobody had say good-bye before the signal destroys their sockets.
  signal.addEventListener('abort', () => spares.close(), { once: true });
  return {
    session,
    keys: new CancelKeys(),
    verifier: scramVerifier(session.door.secret),
    entrance,
    spares,
    glances,
    warnOnce,
  };
}
