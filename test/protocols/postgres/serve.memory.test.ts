import { expect, it } from 'vitest';
import { inUse } from '../../garbage.ts';
import { fakeServer, GREETING } from './fake-server.ts';
import { scriptedDoor, targetOf } from './scripted.ts';

const KIBIBYTE = 1024;

it('nothing is kept of a connection that is over', async () => {
  const server = await fakeServer(async (peer) => {
    await peer.startup();
    peer.send(...GREETING);
    await peer.rest();
  });
  const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'x' }));
  const come = async (times: number): Promise<void> => {
    for (let left = times; left > 0; left -= 1) await (await door.connect()).end();
    await Promise.all(door.ends);
    // The test's own guards know the connection that they judged.
    door.guards.splice(0);
  };
  await come(5);
  const before = inUse().buffers;
  await come(40);
  // What a connection read into is 256 KiB.
  await expect.poll(() => inUse().buffers - before).toBeLessThan(1024 * KIBIBYTE);
  await door.close();
  await server.close();
});
