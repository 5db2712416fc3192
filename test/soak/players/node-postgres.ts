import pg from 'pg';
import type { Chance } from '../../chance.ts';
import { digestRows, type Question, QUESTIONS } from '../facts.ts';
import type { World } from '../world.ts';
import type { Player } from './player.ts';
import { INCREMENT } from './scenarios.ts';
import { Unexpected } from './talk.ts';

/** Values as the server writes them. */
const asTexts = { getTypeParser: () => (value: string | Buffer) => String(value) };

async function fact(client: pg.Client, world: World, chance: Chance): Promise<void> {
  const question = chance.among(QUESTIONS);
  const { rows } = await client.query<(string | null)[]>(queryOf(question, chance));
  if (world.answers.matches(question, 'rows', digestRows(rows))) return;
  throw new Unexpected(`a wrong answer to ${JSON.stringify(question.simple)}`);
}

function queryOf({ shape, simple, prepared, value }: Question, chance: Chance): pg.QueryArrayConfig {
  const form = { rowMode: 'array', types: asTexts } as const;
  if (chance.happens(0.3)) return { ...form, text: simple };
  const named = chance.happens(0.5) ? { name: shape } : {};
  return { ...form, ...named, text: prepared, values: [value] };
}

async function counting(client: pg.Client, { ledger }: World, chance: Chance): Promise<void> {
  const token = ledger.token();
  ledger.doubtful.add(token);
  await client.query(INCREMENT, [chance.between(1, 8), token]);
  ledger.doubtful.delete(token);
  ledger.acknowledged.add(token);
}

async function denied(client: pg.Client, { ledger }: World, chance: Chance): Promise<void> {
  const text = chance.among(['drop table app.facts', 'delete from app.ledger', 'select * from other.secret']);
  const answer: unknown = await client
    .query(text, chance.happens(0.5) ? [] : undefined)
    .catch((error: unknown) => error);
  if (!(answer instanceof pg.DatabaseError) || answer.code !== '42501') throw asError(answer);
  ledger.refusals.certainly();
}

function asError(answer: unknown): Error {
  return answer instanceof Error ? answer : new Unexpected('a denied statement was answered');
}

const DECK = [fact, fact, fact, fact, counting, counting, denied];

/** node-postgres, one statement after the other. */
export const nodePostgres: Player = {
  name: 'node-postgres',
  turn: async (world, chance) => {
    const { host, port, user, password, database } = world.options;
    const client = new pg.Client({ host, port, user, password, database });
    // It rejects what was asked as well.
    client.on('error', () => undefined);
    world.ledger.connections.perhaps();
    await client.connect();
    world.ledger.connections.confirm();
    try {
      for (let left = chance.between(1, 30); left > 0; left -= 1) {
        world.ledger.refusals.perhaps(3);
        await chance.among(DECK)(client, world, chance);
        world.ledger.refusals.settle(3);
        world.ledger.did('node-postgres');
      }
    } finally {
      await client.end();
    }
  },
};
