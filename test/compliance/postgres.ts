import pg from 'pg';
import postgresJs from 'postgres';
import { LIMITS } from '../../src/core/limits.ts';
import { Secret } from '../../src/core/secret.ts';
import { postgres } from '../../src/protocols/postgres/index.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { serverVersions, type ServerVersion } from '../postgres/binaries.ts';
import { startServer } from '../postgres/server.ts';
import type { Client, Outcome, Place, Subject } from './subject.ts';

const PASSWORD = 'the credential of the target: n0t for clients';

const outcomeOf = async (run: () => Promise<string>): Promise<Outcome> => {
  try {
    return { outcome: 'done', answer: await run() };
  } catch (error) {
    const { code, severity, message } = error as { code?: string; severity?: string; message: string };
    return code === '42501' && severity === 'ERROR' ? { outcome: 'refused', message } : { outcome: 'ended' };
  }
};

async function pgClient(config: pg.ClientConfig): Promise<Client> {
  const client = new pg.Client(config);
  const ended = Promise.withResolvers<undefined>();
  client.on('end', () => ended.resolve(undefined));
  client.on('error', () => ended.resolve(undefined));
  await client.connect();
  const run = async (text: string): Promise<string> => {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return String(Object.values(rows[0] ?? {})[0]);
  };
  return {
    run: (statement) => outcomeOf(() => run(statement)),
    ended: ended.promise,
    close: () => client.end(),
  };
}

async function urlClient(url: string): Promise<Client> {
  const ended = Promise.withResolvers<undefined>();
  const sql = postgresJs(url, { max: 1, onclose: () => ended.resolve(undefined), fetch_types: false });
  const run = async (text: string): Promise<string> => {
    const [row] = await sql.unsafe<Record<string, unknown>[]>(text);
    return String(Object.values(row ?? {})[0]);
  };
  await run('select 1');
  return { run: (statement) => outcomeOf(() => run(statement)), ended: ended.promise, close: () => sql.end() };
}

async function start(version: ServerVersion): Promise<Place> {
  const server = await startServer({ version, authentication: 'scram-sha-256', password: PASSWORD });
  await server.admin('postgres', 'create table precious (n int)');
  let mark = server.log.mark();
  const target = {
    name: `postgres-${version}`,
    protocol: 'postgres',
    host: server.host,
    port: server.port,
    database: 'postgres',
    user: server.user,
    password: new Secret(PASSWORD),
    tls: { mode: 'disable', ca: null, certificate: null },
    limits: LIMITS,
  } as const;
  return {
    protocol: () => postgres(),
    target,
    locked: { ...target, password: new Secret(`${PASSWORD}?`) },
    secrets: [PASSWORD, Buffer.from(PASSWORD).toString('base64').slice(0, -2), Buffer.from(PASSWORD).toString('hex')],
    policy: { ...UNGUARDED, name: 'compliance', access: 'read-only' },
    harmless: (number) => ({ statement: `select ${number} * 2 as double`, answer: String(number * 2) }),
    denied: 'drop table precious',
    hello: null,
    connect: (address, door) => {
      if (address.kind === 'unix') throw new Error('this suite opens TCP doors');
      const { host, port } = address;
      return pgClient({ host, port, user: door.user, password: door.secret.reveal(), database: 'postgres' });
    },
    connectByEnvironment: (environment) =>
      pgClient({
        host: environment['PGHOST'],
        port: Number(environment['PGPORT']),
        user: environment['PGUSER'],
        password: environment['PGPASSWORD'],
        database: environment['PGDATABASE'],
      }),
    connectByUrl: urlClient,
    reached: async () => {
      const from = mark;
      mark = server.log.mark();
      // What hoopctl asks for itself is about the catalog alone.
      return server.log.statementsOf(server.user, from).filter((text) => !text.includes('pg_catalog.'));
    },
    connections: async () => {
      const where = `usename = '${server.user}'`;
      const [row] = await server.admin('postgres', `select count(*)::int as n from pg_stat_activity where ${where}`);
      return Number(row?.['n']);
    },
    close: () => server.stop(),
  };
}

export const POSTGRES: readonly Subject[] = serverVersions().map((version) => ({
  name: `postgres (${version})`,
  start: () => start(version),
}));
