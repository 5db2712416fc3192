import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Door, openDoor } from '../postgres/door.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { wireClient, type WireOptions, wireOptions } from '../postgres/wire-client.ts';
import { Answers, SCHEMA } from './facts.ts';
import { GAUGE } from './gauge.ts';
import { Ledger } from './ledger.ts';
import { Outages } from './outage.ts';
import { type Vitals, vitals } from './vitals.ts';

/** All that players share. */
export interface World {
  readonly server: Server;
  readonly door: Door;
  /** What libpq reads to get through the door. */
  readonly environment: Readonly<Record<string, string>>;
  readonly options: WireOptions;
  readonly answers: Answers;
  readonly ledger: Ledger;
  readonly outages: Outages;
  vitals(): Promise<Vitals>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

const policy = {
  default: 'allow',
  deny: [
    { action: ['drop', 'truncate', 'grant', 'copy-program', 'server-file'], message: 'not here' },
    { action: ['delete', 'update'], where: 'absent' },
  ],
  scope: { schemas: ['app'] },
  session: { ttl: '48h' },
  record: { results: 'full' },
};

const database = 'soak';

/** A server with its tables, and hoopctl in front of it. */
export async function openWorld(): Promise<World> {
  const server = await startServer({
    // What was committed must survive an immediate shutdown.
    settings: { synchronous_commit: 'on', log_statement: 'none', log_min_messages: 'fatal', max_connections: '80' },
  });
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-soak-'));
  try {
    await server.admin('postgres', `create database ${database}`);
    await server.admin(database, ...SCHEMA);
    const direct = await wireClient(wireOptions(server.environment(database)));
    const answers = await Answers.of(direct);
    await direct.end();
    const gauge = join(directory, 'gauge');
    const address = `127.0.0.1:${server.port}`;
    const door = await openDoor({
      targets: { soak: { address, database, user: server.user, tls: 'disable', policy: ['soak'] } },
      policies: { soak: policy },
      node: ['--import', fileURLToPath(new URL('gauge.ts', import.meta.url))],
      environment: { [GAUGE]: gauge },
    });
    const environment = door.env('soak');
    const options = wireOptions(environment);
    return {
      server,
      door,
      environment,
      options,
      answers,
      ledger: new Ledger(),
      outages: new Outages(server, options),
      vitals: () => vitals(door.pid, gauge, server),
      close: async () => {
        await door.close();
        await server.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
