import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../chance.ts';
import { clientBinaries } from '../postgres/binaries.ts';
import { audit } from './audit.ts';
import type { Ledger } from './ledger.ts';
import { nodePostgres } from './players/node-postgres.ts';
import { play, type Player } from './players/player.ts';
import { postgresJs } from './players/postgres-js.ts';
import { programs } from './players/programs.ts';
import { raw } from './players/raw.ts';
import { strangers } from './players/strangers.ts';
import { growth, trends, type Vitals } from './vitals.ts';
import { openWorld, type World } from './world.ts';

const MEBIBYTE = 1024 * 1024;

export interface SoakOptions {
  readonly seed: number;
  /** Milliseconds that players play in a round. Between rounds all is quiet, and counted. */
  readonly round: number;
  /** Rounds behind the first one, in which the program takes what it needs for good. */
  readonly rounds: number;
  /** What must have been done before the last round ends, however slow the machine is. */
  readonly wanted?: readonly string[];
  /** Told of each round as it ends. */
  readonly tell: (text: string) => void;
}

export interface SoakReport {
  /** What must never be; empty when all is well. */
  readonly findings: readonly string[];
  readonly ledger: Ledger;
  /** At the end of each round, when all was quiet. */
  readonly vitals: readonly Vitals[];
}

const PLAYERS: readonly Player[] = [
  ...Array.from({ length: 5 }, () => raw),
  nodePostgres,
  nodePostgres,
  postgresJs,
  strangers,
  ...(clientBinaries() === null ? [] : [programs]),
];

/** Runs the real program in front of a real server, with clients of every kind and everything that befalls them. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const world = await openWorld();
  const chance = new Chance(options.seed);
  const seen: Vitals[] = [];
  const findings: string[] = [];
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      const wanted = round < options.rounds ? [] : options.wanted;
      await playRound(world, chance, { milliseconds: options.round, round, wanted });
      seen.push(await quiet(world, seen[0]));
      options.tell(`round ${round}: ${summary(world.ledger, seen.at(-1))}`);
      if (world.ledger.complaints.length > 0) break;
    }
    if (seen.length > 1) findings.push(...grown(seen));
    findings.push(...(await audit(world, options.tell)));
  } finally {
    await world.close();
  }
  return { findings: [...world.ledger.complaints, ...findings], ledger: world.ledger, vitals: seen };
}

interface Round {
  readonly milliseconds: number;
  readonly round: number;
  readonly wanted: readonly string[] | undefined;
}

async function playRound(world: World, chance: Chance, { milliseconds, round, wanted = [] }: Round): Promise<void> {
  const { complaints, done } = world.ledger;
  const until = Date.now() + milliseconds;
  const isEnough = (): boolean => complaints.length > 0 || wanted.every((what) => done.has(what));
  const over = (): boolean => Date.now() >= until && isEnough();
  const playing = PLAYERS.map((player) => play(player, world, chance.another(), over));
  // In the middle, so that there is a before and an after.
  await pause(milliseconds / 3);
  await world.outages.happen(round % 2 === 0 ? 'immediate' : 'fast', Math.min(500, milliseconds / 10));
  await Promise.all(playing);
}

/** Milliseconds in which everything that players took must have been given back. */
const SETTLING = 15_000;

/** The program's state when nobody is there. Waits until nothing is more than `before`, as far as that happens. */
async function quiet(world: World, before: Vitals | undefined): Promise<Vitals> {
  const deadline = Date.now() + SETTLING;
  for (;;) {
    const now = await world.vitals();
    const settled = now.backends === 0 && (before === undefined || growth(before, now).length === 0);
    if (settled || Date.now() > deadline) return now;
    await pause(250);
  }
}

function grown(seen: readonly Vitals[]): string[] {
  const [first, ...others] = seen;
  const last = others.at(-1);
  if (first === undefined || last === undefined) throw new Error('one round is nothing to compare');
  return [...growth(first, last), ...trends(others)];
}

function summary(ledger: Ledger, vitals: Vitals | undefined): string {
  const { least, most } = ledger.connections.range;
  const refused = ledger.refusals.range;
  const mebibytes = (bytes = 0): string => (bytes / MEBIBYTE).toFixed(2);
  const done = [...ledger.done].map(([what, times]) => `${what} ${times}`).join(', ');
  return (
    `${least}–${most} connections, ${refused.least}–${refused.most} refusals, ${ledger.acknowledged.size} writes ` +
    `(${ledger.doubtful.size} in doubt); heap ${mebibytes(vitals?.heap)} MiB, buffers ${mebibytes(vitals?.buffers)} MiB, ` +
    `resident ${mebibytes(vitals?.resident)} MiB, ${JSON.stringify(vitals?.files)}, ${vitals?.threads} threads; ${done}`
  );
}
