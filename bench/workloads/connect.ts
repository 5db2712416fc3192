import { BenchClient } from '../client.ts';
import { median, percentile } from '../statistics.ts';
import { metered } from './metered.ts';
import type { Workload } from './workload.ts';

export const connect: Workload = {
  name: 'connect',
  title: 'Connect, log in and get the first answer, one after the other',
  unit: 'connection',
  source: 'server',
  async run(subject, _bench, pace) {
    const { result: times, cost } = await metered(subject, async () => {
      const measured: number[] = [];
      for (let count = 0; count < pace.connections; count += 1) {
        const started = performance.now();
        await using client = await BenchClient.open(subject.endpoint);
        await client.query('SELECT 1', 'SELECT 1');
        measured.push((performance.now() - started) * 1000);
      }
      return measured;
    });
    const middle = median(times) ?? Number.NaN;
    const { nanoseconds, peak, resident } = cost;
    return {
      rate: 1e6 / middle,
      p50: middle,
      p99: percentile(times, 0.99),
      cpu: nanoseconds === null ? null : nanoseconds / 1000 / times.length,
      peak,
      resident,
    };
  },
};
