import { parentPort, workerData } from 'node:worker_threads';
import postgres from 'postgres';
import { Chance } from '../../chance.ts';
import type { WireOptions } from '../../postgres/wire-client.ts';
import { Answers, digestRows, QUESTIONS } from '../facts.ts';
import { type Accounts, Ledger } from '../ledger.ts';
import { INCREMENT } from './scenarios.ts';
import { Unexpected } from './talk.ts';

type Sql = postgres.Sql;

/** What a turn needs to know. */
export interface TurnOrder {
  readonly options: WireOptions;
  readonly answers: readonly (readonly [string, string])[];
  readonly seed: number;
  /** Of its tokens. */
  readonly prefix: string;
}

/** What came of it. */
export interface TurnReport {
  readonly accounts: Accounts;
  /** Null when all went well; else what it failed with, as far as it can be told across threads. */
  readonly failure: { readonly message: string; readonly code: string } | null;
}

interface World {
  readonly options: WireOptions;
  readonly answers: Answers;
  readonly ledger: Ledger;
}

async function fact(sql: Sql, world: World, chance: Chance): Promise<void> {
  const question = chance.among(QUESTIONS);
  const asked = chance.happens(0.3)
    ? sql.unsafe(question.simple)
    : sql.unsafe(question.prepared, [question.value], { prepare: chance.happens(0.5) });
  const rows = (await asked.raw()) as unknown as (Buffer | null)[][];
  const texts = rows.map((row) => row.map((value) => value?.toString('utf8') ?? null));
  if (world.answers.matches(question, 'rows', digestRows(texts))) return;
  throw new Unexpected(`a wrong answer to ${JSON.stringify(question.simple)}`);
}

async function counting(sql: Sql, { ledger }: World, chance: Chance): Promise<void> {
  const token = ledger.token();
  ledger.doubtful.add(token);
  await sql.begin((transaction) => transaction.unsafe(INCREMENT, [chance.between(1, 8), token]));
  ledger.doubtful.delete(token);
  ledger.acknowledged.add(token);
}

async function denied(sql: Sql, { ledger }: World, chance: Chance): Promise<void> {
  const text = chance.among(['drop table app.facts', 'truncate app.inbox', 'select * from other.secret']);
  const answer: unknown = await sql.unsafe(text).then(
    () => new Unexpected('a denied statement was answered'),
    (error: unknown) => error,
  );
  if (!(answer instanceof postgres.PostgresError) || answer.code !== '42501') throw answer;
  ledger.refusals.certainly();
}

const DECK = [fact, fact, fact, fact, counting, denied];

async function turn(world: World, chance: Chance): Promise<void> {
  const { host, port, user, password, database } = world.options;
  const { connections, refusals } = world.ledger;
  connections.perhaps();
  const sql = postgres({
    host,
    port,
    user,
    password,
    database,
    max: 1,
    fetch_types: false,
    connect_timeout: 20,
    onnotice: () => undefined,
  });
  try {
    await sql`select 1`;
    connections.confirm();
    for (let left = chance.between(4, 24); left > 0; left -= 1) {
      const together = chance.between(1, 5);
      refusals.perhaps(4 * together);
      await Promise.all(Array.from({ length: together }, () => chance.among(DECK)(sql, world, chance)));
      refusals.settle(4 * together);
      world.ledger.did('postgres.js');
    }
  } catch (error) {
    // It connects again by itself for what it has not sent yet.
    connections.perhaps(8);
    throw error;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function failureOf(error: unknown): TurnReport['failure'] {
  if (!(error instanceof Error)) return { message: String(error), code: '' };
  return { message: error.message, code: 'code' in error ? String(error.code) : '' };
}

const { options, answers, seed, prefix } = workerData as TurnOrder;
const world = { options, answers: new Answers(answers), ledger: new Ledger(prefix) };
const failure = await turn(world, new Chance(seed)).then(() => null, failureOf);
parentPort?.postMessage({ accounts: world.ledger.accounts(), failure } satisfies TurnReport);
