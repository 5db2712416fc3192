import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/** Milliseconds of a round. */
const ROUND = 15_000;

// The server and the door end with this process, if it ends by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? process.env['HOOPCTL_TEST_SEED'] ?? Date.now()) >>> 0;
const rounds = Math.max(2, Math.round((Number(values.minutes) * 60_000) / ROUND) - 1);
const tell = (text: string): void => void process.stdout.write(`${text}\n`);

tell(`seed ${seed}, ${rounds + 1} rounds of ${ROUND / 1000} s`);
const { findings } = await soak({ seed, round: ROUND, rounds, tell });
for (const finding of findings) tell(`FOUND: ${finding}`);
tell(findings.length === 0 ? 'all is well' : `again: npm run soak -- --minutes ${values.minutes} --seed ${seed}`);
process.exitCode = findings.length === 0 ? 0 : 1;
