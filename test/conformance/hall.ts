import { type Door, openDoor } from '../postgres/door.ts';
import type { ServerVersion } from '../postgres/binaries.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { Place } from './place.ts';
import { policy } from './policy.ts';
import { Trial } from './trial.ts';

/** As many as keep two cores busy. */
const NAMES = ['one', 'two', 'three'] as const;

/** A server, a door to it, and places in which conversations are played at the same time. */
export interface Hall {
  readonly trials: readonly Trial[];
  close(): Promise<void>;
}

export async function openHall(version: ServerVersion): Promise<Hall> {
  const server = await startServer({ version, settings: { log_statement: 'none' } });
  const places: Place[] = [];
  let door: Door | null = null;
  const close = async (): Promise<void> => {
    await door?.close();
    await Promise.all(places.map((place) => place.close()));
    await server.stop();
  };
  try {
    for (const name of NAMES) places.push(await Place.open(server, name));
    const opened = await doorTo(server, places);
    door = opened;
    return { trials: places.map((place) => new Trial(place, server, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function doorTo(server: Server, places: readonly Place[]): Promise<Door> {
  const target = { address: `127.0.0.1:${server.port}`, user: server.user, tls: 'disable', policy: ['conversations'] };
  return openDoor({
    targets: Object.fromEntries(places.map(({ database }) => [database, { ...target, database }])),
    policies: { conversations: policy },
  });
}
