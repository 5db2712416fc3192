import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../chance.ts';
import { client } from '../../e2e/clients/program.ts';
import { digestRows, QUESTIONS } from '../facts.ts';
import { WireError } from '../../postgres/wire-client.ts';
import type { World } from '../world.ts';
import type { Player } from './player.ts';
import { Unexpected } from './talk.ts';

const FIELD = '\x1f';
const NULL = '\x1e';

/** What programs of libpq say of a server that goes away, or is not there. */
const AWAY =
  /cannot reach target|57P0\d|terminating connection|closed the connection|connection (?:to server was )?lost/;

function failure(what: string, words: string): Error {
  return AWAY.test(words) ? new WireError({ C: '08006', M: words }) : new Error(`${what}: ${words}`);
}

async function psql(world: World, chance: Chance): Promise<void> {
  const question = chance.among(QUESTIONS);
  const form = ['-X', '-A', '-t', '-F', FIELD, '-P', `null=${NULL}`];
  const { code, stdout, stderr } = await client('psql', [...form, '-c', question.simple], world.environment);
  if (code !== 0) throw failure(`psql ended with ${code}`, stderr);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => line.split(FIELD).map((value) => (value === NULL ? null : value)));
  if (world.answers.matches(question, 'rows', digestRows(rows))) return;
  throw new Unexpected(`a wrong answer to ${JSON.stringify(question.simple)}`);
}

const SCRIPT = String.raw`
\set id random(1, 4000)
select word from app.facts where id = :id;
begin;
select id from app.facts where id = :id for update;
end;
`;
const CLIENTS = 3;

async function pgbench(world: World, chance: Chance): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-soak-'));
  try {
    const script = join(directory, 'script.sql');
    writeFileSync(script, SCRIPT);
    const mode = chance.among(['simple', 'extended', 'prepared']);
    const work = ['-n', '-c', String(CLIENTS), '-t', '20', '-M', mode, '-f', script];
    const { code, stderr } = await client('pgbench', work, world.environment);
    if (code !== 0) throw failure(`pgbench ended with ${code}`, stderr);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** PostgreSQL's own programs, now and then: each is a process. */
export const programs: Player = {
  name: 'programs',
  turn: async (world, chance) => {
    const [program, connections] = chance.happens(0.7) ? ([psql, 1] as const) : ([pgbench, CLIENTS + 1] as const);
    world.ledger.connections.perhaps(connections);
    world.ledger.refusals.perhaps(50);
    await program(world, chance);
    world.ledger.connections.confirm(connections);
    world.ledger.refusals.settle(50);
    world.ledger.did(program.name);
    await pause(300);
  },
};
