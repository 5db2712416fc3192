import { afterAll, beforeAll, expect, it } from 'vitest';
import { playUntil, TIMEOUT } from './playing.ts';
import { POLITE, type Play, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

const usual: Play = { ...POLITE, refuses: 0.1, masks: 0.5, rude: 0.1 };

const plays: readonly (readonly [string, Play, number, 'client' | 'server'])[] = [
  ['a client’s requests', { ...usual, requests: { mutated: 0.25, beyond: 0.02 } }, 20_000, 'client'],
  ['a server’s replies', { ...usual, replies: { mutated: 0.2, beyond: 0.1 } }, 10_000, 'server'],
  ['a client’s login', { ...usual, login: { mutated: 0.6, beyond: 0.3 } }, 1500, 'client'],
  ['a server’s greeting', { ...usual, greeting: { mutated: 0.2, beyond: 0.2 } }, 1000, 'server'],
];

it.each(plays)(
  'mutated messages of %s let nothing pass unjudged or unseen, and end the connection at worst',
  async (_whose, play, few, side) => {
    const { connections, growth, ends } = await playUntil(stage, play, few, (trial) => trial.mutated[side]);
    // Else all went well, or nothing got anywhere.
    if (connections > 300) expect([...ends.keys()]).toEqual(expect.arrayContaining(['client', 'protocol', 'target']));
    // What has ended a moment ago may still be on its way out.
    if (connections > 300) await expect.poll(growth).toBeLessThan(0);
  },
  TIMEOUT,
);
