import { expect, it } from 'vitest';
import { seedFrom } from '../chance.ts';
import { SCENARIOS } from './players/scenarios.ts';
import { soak } from './soak.ts';

it('clients of every kind, an outage and all that befalls them leave nothing wrong and nothing behind', async () => {
  const seed = seedFrom(process.env);
  const told: string[] = [];
  const { findings, ledger } = await soak({ seed, round: 3500, rounds: 2, tell: (text) => void told.push(text) });
  const where = `HOOPCTL_TEST_SEED=${seed}\n${told.join('\n')}`;
  expect(findings, where).toEqual([]);
  // Else there was nothing to go wrong.
  const players = ['node-postgres', 'postgres.js', 'a stranger'];
  for (const what of [...Object.keys(SCENARIOS), ...players]) expect(ledger.done.get(what), what).toBeGreaterThan(0);
}, 90_000);
