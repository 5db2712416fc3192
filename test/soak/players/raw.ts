import type { Chance } from '../../chance.ts';
import { frames } from '../../postgres/frames.ts';
import { asking, LARGE } from '../facts.ts';
import type { Player } from './player.ts';
import { SCENARIOS } from './scenarios.ts';
import { Talk } from './talk.ts';

const DECK = Object.entries(SCENARIOS).flatMap(([name, { scenario, weight }]) =>
  Array.from({ length: weight }, () => ({ name, scenario })),
);

/** Ends a connection in one of the ways in which clients do. */
async function leave(talk: Talk, chance: Chance): Promise<void> {
  const { socket } = talk.client;
  const how = chance.below(6);
  if (how < 2) return talk.client.end();
  // In the middle of something.
  if (how >= 4) talk.say(3, ...asking(LARGE, chance.among(['simple', 'text'] as const)));
  if (how === 5) talk.say(3, frames.parse('select 1'), frames.bind().subarray(0, 7));
  talk.abandon();
  if (how === 3) socket.resetAndDestroy();
  else socket.destroy();
}

/** A client that sends exactly what it is told to, and breaks off now and then. */
export const raw: Player = {
  name: 'raw',
  turn: async (world, chance) => {
    const talk = await Talk.begin(world);
    try {
      for (let left = chance.between(1, 12); left > 0; left -= 1) {
        const { name, scenario } = chance.among(DECK);
        await scenario(talk, chance);
        world.ledger.did(name);
      }
      await leave(talk, chance);
    } finally {
      talk.abandon();
      talk.client.destroy();
    }
  },
};
