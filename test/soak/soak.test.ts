import { expect, it } from 'vitest';
import { SEED } from '../chance.ts';
import { SCENARIOS } from './players/scenarios.ts';
import { soak } from './soak.ts';

it('clients of every kind, an outage and all that befalls them leave nothing wrong and nothing behind', async () => {
  const told: string[] = [];
  const players = ['node-postgres', 'postgres.js', 'a stranger'];
  const wanted = [...Object.keys(SCENARIOS), ...players];
  const tell = (text: string): void => void told.push(text);
  const { findings, ledger } = await soak({ seed: SEED, round: 3500, rounds: 2, wanted, tell });
  const where = `HOOPCTL_TEST_SEED=${SEED}\n${told.join('\n')}`;
  expect(findings, where).toEqual([]);
  // Else there was nothing to go wrong.
  for (const what of wanted) expect(ledger.done.get(what), what).toBeGreaterThan(0);
}, 240_000);
