import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Chance } from '../../chance.ts';
import type { World } from '../world.ts';
import type { Player } from './player.ts';
import type { TurnOrder, TurnReport } from './postgres-js-turn.ts';

/** The driver's own failure: it writes to a connection that has just been closed under it. */
const DRIVER = /Cannot read properties of null \(reading 'write'\)/;

/**
 * postgres.js, which sends what is asked at the same time as one pipeline. On a thread of its own: when its connection
 * breaks at the wrong moment, it throws where nobody can catch it.
 */
export const postgresJs: Player = {
  name: 'postgres.js',
  turn: async ({ options, answers, ledger }: World, chance: Chance) => {
    const prefix = ledger.prefix();
    const order: TurnOrder = { options, answers: answers.entries(), seed: chance.below(2 ** 32), prefix };
    const worker = new Worker(new URL('postgres-js-turn.ts', import.meta.url), { workerData: order });
    try {
      const [report] = (await once(worker, 'message').catch((error: unknown) => {
        ledger.lose(prefix);
        throw error instanceof Error && DRIVER.test(error.message) ? away(error) : error;
      })) as [TurnReport];
      ledger.add(report.accounts);
      if (report.failure !== null)
        throw Object.assign(new Error(report.failure.message), { code: report.failure.code });
    } finally {
      // It may have connected again after it was told to end, and keep that for ever.
      await worker.terminate();
    }
  },
};

const away = (cause: Error): Error => Object.assign(new Error('postgres.js fell over', { cause }), { code: 'EPIPE' });
