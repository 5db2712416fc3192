import postgres from 'postgres';
import type { Chance } from '../../chance.ts';
import { digestRows, QUESTIONS } from '../facts.ts';
import type { World } from '../world.ts';
import type { Player } from './player.ts';
import { INCREMENT } from './scenarios.ts';
import { Unexpected } from './talk.ts';

type Sql = postgres.Sql;

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

/** postgres.js, which sends what is asked at the same time as one pipeline. */
export const postgresJs: Player = {
  name: 'postgres.js',
  turn: async (world, chance) => {
    const { host, port, user, password, database } = world.options;
    world.ledger.connections.perhaps();
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
      world.ledger.connections.confirm();
      for (let left = chance.between(1, 8); left > 0; left -= 1) {
        const together = chance.between(1, 5);
        world.ledger.refusals.perhaps(4 * together);
        await Promise.all(Array.from({ length: together }, () => chance.among(DECK)(sql, world, chance)));
        world.ledger.refusals.settle(4 * together);
        world.ledger.did('postgres.js');
      }
    } catch (error) {
      // It connects again by itself for what it has not sent yet.
      world.ledger.connections.perhaps(8);
      throw error;
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
};
