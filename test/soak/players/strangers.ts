import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../chance.ts';
import { startupPacket } from '../../postgres/frames.ts';
import { dial, WireError, wireClient } from '../../postgres/wire-client.ts';
import type { World } from '../world.ts';
import type { Player } from './player.ts';
import { Unexpected } from './talk.ts';

async function wrongPassword({ options }: World): Promise<void> {
  const answer = await wireClient({ ...options, password: 'not this one' }).catch((error: unknown) => error);
  if (answer instanceof WireError && answer.fields['C'] === '28P01') return;
  throw new Unexpected(`a wrong password was answered with ${String(answer)}`);
}

/** Begins to say something, and goes away. */
async function halfOpen({ options }: World, chance: Chance): Promise<void> {
  const client = await dial(options.host, options.port);
  const start = startupPacket({ user: options.user, database: options.database });
  const begun = [
    Buffer.alloc(0),
    start.subarray(0, chance.below(start.length)),
    start,
    Buffer.from('0000000804d2162f', 'hex'),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ];
  client.send(chance.among(begun));
  await pause(chance.below(200));
  if (chance.happens(0.3)) client.socket.resetAndDestroy();
  else client.destroy();
}

/** Those who do not get in. */
export const strangers: Player = {
  name: 'strangers',
  turn: async (world, chance) => {
    await (chance.happens(0.5) ? wrongPassword(world) : halfOpen(world, chance));
    world.ledger.did('a stranger');
    await pause(50);
  },
};
