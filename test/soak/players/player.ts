import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../chance.ts';
import { isClean } from '../outage.ts';
import type { World } from '../world.ts';

/** A client of some kind that goes on until it is told to stop. */
export interface Player {
  readonly name: string;
  /** One turn: from a connection to its end. It throws when something was not as it should be. */
  turn(world: World, chance: Chance): Promise<void>;
}

/** Plays until `over`; whatever goes wrong while the server was always there is complained of. */
export async function play(player: Player, world: World, chance: Chance, over: () => boolean): Promise<void> {
  while (!over()) {
    const moment = world.outages.moment;
    try {
      await player.turn(world, chance);
    } catch (error) {
      if (!world.outages.since(moment) || !isClean(error)) {
        world.ledger.complain(player.name, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      }
      // As clients do before they try again.
      await pause(100);
    }
  }
}
