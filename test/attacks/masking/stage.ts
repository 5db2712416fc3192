import type { ServerVersion } from '../../postgres/binaries.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { filled } from '../postgres/run.ts';
import { type World, worlds } from './canaries.ts';
import { code } from './schema/code.ts';
import { rows } from './schema/rows.ts';
import { tables } from './schema/tables.ts';

const roles = ['create role low', 'alter role guarded set search_path = app, public'];

const settings = {
  shared_preload_libraries: 'pg_stat_statements',
  // What a statement is answered must not depend on what ran before it.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
};

async function fill(server: Server, world: World): Promise<void> {
  await server.admin('postgres', `create database template_${world}`);
  await server.admin(`template_${world}`, ...tables, ...code, ...rows(world));
}

/** A server with a database for each world, which becomes new again after it was written to. */
export class Stage {
  readonly server: Server;
  /** Worlds as they were in the beginning. */
  readonly #fresh = new Set<World>();
  /** Worlds that may have been written to since `#seen`. */
  readonly #used = new Set<World>();
  #seen = '';

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(version: ServerVersion): Promise<Stage> {
    const server = await startServer({ version, settings });
    await server.admin('postgres', ...roles);
    for (const world of worlds) await fill(server, world);
    return new Stage(server);
  }

  /** Looks whether anything was written: every transaction that writes takes a number. */
  async #look(): Promise<void> {
    const [row] = await this.server.admin('postgres', 'select pg_snapshot_xmax(pg_current_snapshot())::text as next');
    const next = String(row?.['next']);
    if (next !== this.#seen) for (const world of this.#used) this.#fresh.delete(world);
    this.#used.clear();
    this.#seen = next;
  }

  /** Whether a world is what it was in the beginning. */
  async isFresh(world: World): Promise<boolean> {
    await this.#look();
    return this.#fresh.has(world);
  }

  /** Makes a world what it was in the beginning, and runs what an attack needs besides. */
  async ready(world: World, setup: readonly string[] = []): Promise<void> {
    if (!(await this.isFresh(world))) {
      await this.server.admin(
        'postgres',
        ...clusterCleaning,
        `drop database if exists ${world} with (force)`,
        `create database ${world} template template_${world} strategy file_copy`,
      );
      await this.#look();
      this.#fresh.add(world);
    }
    this.#used.add(world);
    if (setup.length > 0) await this.server.admin(world, ...setup.map((sql) => filled(sql, this.server)));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

const clusterCleaning = [
  'drop role if exists intruder',
  'alter system reset all',
  'alter role guarded reset all',
  'alter role guarded set search_path = app, public',
];
