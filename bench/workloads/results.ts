import { BenchClient } from '../client.ts';
import { copyBlock, ROWS, WIDE_QUERY } from '../data.ts';
import { metered } from './metered.ts';
import type { Bench, Sample, Workload } from './workload.ts';

/** One result after the other, over one connection that is there already. Resolves with the bytes of one. */
type Transfer = (client: BenchClient) => Promise<number>;

interface Bulk extends Pick<Workload, 'name' | 'title' | 'source'> {
  readonly transfer: Transfer;
  /** Runs on the server before each run, unmeasured. */
  readonly before?: (bench: Bench) => Promise<unknown>;
}

function bulk({ transfer, before, ...rest }: Bulk): Workload {
  return {
    ...rest,
    unit: 'byte',
    async run(subject, bench, pace): Promise<Sample> {
      await before?.(bench);
      await using client = await BenchClient.open(subject.endpoint);
      const { result, cost } = await metered(subject, async () => {
        const started = performance.now();
        let bytes = 0;
        for (let count = 0; count < pace.results; count += 1) bytes += await transfer(client);
        return { bytes, seconds: (performance.now() - started) / 1000 };
      });
      const { nanoseconds, peak, resident } = cost;
      return {
        rate: result.bytes / 1e6 / result.seconds,
        p50: null,
        p99: null,
        // Nanoseconds a byte are seconds a gigabyte.
        cpu: nanoseconds === null ? null : nanoseconds / result.bytes,
        peak,
        resident,
      };
    },
  };
}

const selected = `SELECT ${ROWS}`;
const block = copyBlock();
/** About 100 MB. */
const BLOCKS = 96;

export const results: readonly Workload[] = [
  bulk({
    name: 'rows-text',
    title: 'A million rows (128 MB), simple query, text',
    source: 'server',
    transfer: (client) => client.query(WIDE_QUERY, selected),
  }),
  bulk({
    name: 'rows-binary',
    title: 'A million rows (128 MB), extended query, binary',
    source: 'server',
    transfer: (client) => client.binary(WIDE_QUERY, selected),
  }),
  bulk({
    name: 'replay-text',
    title: 'The same million rows replayed from memory, simple query, text',
    source: 'replay',
    transfer: (client) => client.query(WIDE_QUERY, selected),
  }),
  bulk({
    name: 'replay-binary',
    title: 'The same million rows replayed from memory, extended query, binary',
    source: 'replay',
    transfer: (client) => client.binary(WIDE_QUERY, selected),
  }),
  bulk({
    name: 'copy-out',
    title: 'COPY of the million rows to the client',
    source: 'server',
    transfer: (client) => client.query('COPY wide TO STDOUT', `COPY ${ROWS}`),
  }),
  bulk({
    name: 'copy-in',
    title: 'COPY of 100 MB from the client',
    source: 'server',
    before: (bench) => bench.server.admin('TRUNCATE sink'),
    transfer: (client) => client.copyIn('COPY sink FROM STDIN', block, BLOCKS),
  }),
];
