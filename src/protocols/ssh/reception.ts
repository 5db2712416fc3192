import type { SessionContext } from '../../core/protocol.ts';
import { Entrance } from '../../wire/entrance.ts';
import { type DoorKeys, doorKeys } from './door-keys.ts';
import { hasNativeCiphers } from './library.ts';
import { Turns } from './sftp/turns.ts';

/** What all connections of one session share. */
export interface Reception {
  readonly session: SessionContext;
  readonly keys: DoorKeys;
  readonly entrance: Entrance;
  /** Of those who copy files. */
  readonly turns: Turns;
  /** Tells the operator, unless the same was said before in this session. */
  readonly warnOnce: (message: string) => void;
}

export function openReception(session: SessionContext): Reception {
  const said = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!said.has(message)) session.warn(message);
    said.add(message);
  };
  const { unauthenticated } = session.target.limits;
  const crowded = (): void =>
    warnOnce(`more than ${unauthenticated} clients at once are logging in: those that came first are turned away`);
  if (!hasNativeCiphers) warnOnce('ssh2 has no native ciphers here: what is copied takes almost three times the CPU');
  const entrance = new Entrance(session.target.limits, crowded);
  return { session, keys: doorKeys(session.door), entrance, turns: new Turns(), warnOnce };
}
