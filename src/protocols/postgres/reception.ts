import type { SessionContext } from '../../core/protocol.ts';
import { Glances } from './catalog/glances.ts';
import { Entrance } from './entrance.ts';
import { CancelKeys } from './keys.ts';
import { type ScramVerifier, scramVerifier } from './scram.ts';

/** What all connections of one session share. */
export interface Reception {
  readonly session: SessionContext;
  readonly keys: CancelKeys;
  readonly verifier: Promise<ScramVerifier>;
  readonly entrance: Entrance;
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
  const { unauthenticated } = session.target.limits;
  const crowded = (): void =>
    warnOnce(`more than ${unauthenticated} clients at once are logging in: those that came first are turned away`);
  return {
    session,
    keys: new CancelKeys(),
    verifier: scramVerifier(session.door.secret),
    entrance: new Entrance(session.target.limits, crowded),
    glances: new Glances(),
    warnOnce,
  };
}
