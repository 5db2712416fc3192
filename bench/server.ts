import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../test/postgres/server.ts';
import type { Target } from './endpoint.ts';
import { listening, type Workspace } from './workspace.ts';

export interface BenchServer {
  /** Where clients reach it, as the ordinary user that owns the database. */
  readonly endpoint: Target;
  /** Directory of its Unix socket, where everybody is trusted. */
  readonly socket: string;
  /** Runs statements as the administrator. Resolves with the rows of the last. */
  admin(...statements: string[]): Promise<Rows>;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

export const DATABASE = 'bench';
export const USER = 'bench';
const ADMINISTRATOR = 'administrator';

/** All data fit in memory, and nothing runs by itself: what is measured is the way to the server and back. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  shared_buffers: '768MB',
  max_connections: '150',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
  autovacuum: 'off',
  // Scans begin at the first row, so that every run reads the same bytes.
  synchronize_seqscans: 'off',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  log_checkpoints: 'off',
};

/** A fresh PostgreSQL cluster on loopback that asks for passwords with SCRAM-SHA-256. */
export async function startServer(workspace: Workspace, binaries: string): Promise<BenchServer> {
  const directory = workspace.place('server', true);
  const password = randomBytes(12).toString('hex');
  const data = join(directory, 'data');
  execFileSync(
    join(binaries, 'initdb'),
    [
      '-D',
      data,
      '-U',
      ADMINISTRATOR,
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...workspace.account, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  const settings = { ...SETTINGS, port: String(port), unix_socket_directories: directory };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  writeFileSync(join(data, 'postgresql.auto.conf'), lines.join(''));
  const server = workspace.spawn(join(binaries, 'postgres'), ['-D', data], {
    cwd: directory,
    unprivileged: true,
    // At once: its data are thrown away, and it is not to wait for clients.
    signal: 'SIGQUIT',
  });
  await listening(port, server, 'PostgreSQL');
  const admin = administration(directory, port);
  await ready(() => admin('postgres', 'SELECT 1'));
  await admin(
    'postgres',
    `CREATE ROLE ${USER} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${DATABASE} OWNER ${USER}`,
  );
  const [role] = await admin('postgres', `SELECT rolpassword FROM pg_authid WHERE rolname = '${USER}'`);
  const verifier = String(role?.['rolpassword']);
  const endpoint = { host: '127.0.0.1', port, user: USER, password, verifier, database: DATABASE };
  return { endpoint, socket: directory, admin: (...statements) => admin(DATABASE, ...statements) };
}

/** cannot_connect_now: it listens before it lets anybody in. */
const STARTING = '57P03';
/** Milliseconds it gets for that. */
const PATIENCE = 20_000;

async function ready(attempt: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code !== STARTING || Date.now() > deadline) throw error;
      await pause(20);
    }
  }
}

function administration(host: string, port: number) {
  return async (database: string, ...statements: readonly string[]): Promise<Rows> => {
    const client = new pg.Client({ host, port, user: ADMINISTRATOR, database });
    await client.connect();
    try {
      let rows: Rows = [];
      for (const statement of statements) ({ rows } = await client.query<Rows[number]>(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
}
