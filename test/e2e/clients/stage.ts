import { type Door, openDoor } from '../../postgres/door.ts';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { type Server, startServer } from '../../postgres/server.ts';

/** Rules that no ordinary client meets, so that every statement is judged and none is refused. */
const deny = [
  { action: ['copy-program', 'server-file'] },
  { action: ['drop'], relation: 'nothere.*' },
  { action: ['delete', 'update'], where: 'absent', relation: 'nothere.*' },
];

const policies = {
  unmatched: { default: 'allow', deny },
  scoped: { default: 'allow', deny, scope: { schemas: ['public', 'app', 'other'] } },
  reading: { default: 'allow', deny, access: 'read-only' },
  'scoped-reading': { default: 'allow', deny, access: 'read-only', scope: { schemas: ['public', 'app', 'other'] } },
};

export type PolicyName = keyof typeof policies;

/** A server, and the doors to it: what clients do is compared between the two. */
export interface Stage {
  readonly server: Server;
  readonly door: Door;
  /** What libpq reads to reach a database past the guard. */
  direct(database: string): Record<string, string>;
  /** What libpq reads to go through the guard: `target` is a key of what the stage was started with. */
  guarded(target: string): Record<string, string>;
  stop(): Promise<void>;
}

/** `targets`: by name, the database and the policy of each. Databases that are not there are made. */
export async function startStage(
  version: ServerVersion,
  targets: Readonly<Record<string, readonly [database: string, policy: PolicyName]>>,
  prepare: (server: Server) => Promise<void> = () => Promise.resolve(),
): Promise<Stage> {
  const server = await startServer({ version });
  try {
    const databases = new Set(Object.values(targets).map(([database]) => database));
    databases.delete('postgres');
    for (const database of databases) {
      await server.admin('postgres', `create database ${database}`);
      // Plans, and so the order of rows, must not hang on which client came first.
      await server.admin('postgres', `alter database ${database} set bytea_output = 'hex'`);
    }
    await prepare(server);
    const door = await openDoor({
      targets: Object.fromEntries(
        Object.entries(targets).map(([name, [database, policy]]) => [
          name,
          {
            address: `127.0.0.1:${server.port}`,
            database,
            user: server.user,
            tls: 'disable',
            policy: [policy],
          },
        ]),
      ),
      policies,
    });
    return {
      server,
      door,
      direct: (database) => server.environment(database),
      guarded: (target) => ({ ...door.env(target) }),
      stop: async () => {
        await door.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
