import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverVersions, type ServerVersion } from '../../postgres/binaries.ts';
import { type Door, openDoor } from '../../postgres/door.ts';
import type { Server } from '../../postgres/server.ts';
import { wireOptions } from '../../postgres/wire-client.ts';
import type { Attack, Mode } from './attack.ts';
import { policies, type PolicyName } from './policies.ts';
import { attempt, clean, type Happened, judge, reset } from './run.ts';
import { removeStolen, startStage } from './stage.ts';

/** What is held against `read-only` is held against rules alone too, which no server backs. */
function policiesOf(attack: Attack): readonly PolicyName[] {
  return attack.policy === 'read-only' ? ['read-only', 'select-only'] : [attack.policy];
}

export function doorTo(server: Server, names: readonly PolicyName[]): Promise<Door> {
  const target = { address: `127.0.0.1:${server.port}`, database: 'app', user: server.user, tls: 'disable' };
  return openDoor({
    targets: Object.fromEntries(names.map((name) => [name, { ...target, policy: [name] }])),
    policies: Object.fromEntries(names.map((name) => [name, policies[name]])),
  });
}

/** The way it is known to work, and one of the others in turn; all of them when HOOPCTL_TEST_MODES says so. */
function modesFor(attack: Attack, index: number): readonly Mode[] {
  const [first, ...others] = attack.modes;
  if (first === undefined || process.env['HOOPCTL_TEST_MODES'] === 'all') return attack.modes;
  const other = others[index % Math.max(1, others.length)];
  return other === undefined ? [first] : [first, other];
}

/**
 * All against the oldest server; of the newest what only it knows and every third of the rest, or all when
 * HOOPCTL_TEST_MODES says so: what differs between servers is the grammar and the catalog, not the guard.
 */
function isChosen(version: ServerVersion, attack: Attack, index: number): boolean {
  const [oldest] = serverVersions();
  if (version === oldest || process.env['HOOPCTL_TEST_MODES'] === 'all') return true;
  return attack.since > (oldest ?? version) || index % 3 === 0;
}

interface Meeting {
  readonly happened: Happened;
  readonly failure: string | null;
}

async function meet(
  attack: Attack,
  mode: Mode,
  server: Server,
  environment: Readonly<Record<string, string>>,
): Promise<Meeting> {
  const mark = server.log.mark();
  const encounter = await attempt(attack, mode, server, wireOptions(environment));
  return { happened: await judge(attack, server, mark, encounter), failure: encounter.failure };
}

/** Each attack has its effect on a direct connection, and none through the door. */
export function tryAttacks(version: ServerVersion, attacks: readonly Attack[]): void {
  describe(`on PostgreSQL ${version}`, () => {
    let server: Server;
    let door: Door;
    beforeAll(async () => {
      server = await startStage(version);
      await server.admin('postgres', 'create database app template app_template');
      door = await doorTo(server, [...new Set(attacks.flatMap(policiesOf))]);
    });
    afterAll(async () => {
      await door?.close();
      await server?.stop();
    });

    const possible = attacks.filter((attack) => attack.since <= version && attack.until >= version);
    const chosen = possible.filter((attack, index) => isChosen(version, attack, index));
    it.for(chosen.map((attack, index) => ({ ...attack, attack, index })))(
      'nothing comes of $policy: $name ($lesson)',
      async ({ attack, index }) => {
        await reset(server, attack.setup);
        const [first] = attack.modes;
        const direct = await meet(attack, first ?? 'simple', server, server.environment('app'));
        expect(works(direct), `on a direct connection: ${JSON.stringify(direct)}`).toBe(true);
        await clean(server);
        removeStolen(server);

        await reset(server, attack.setup);
        for (const policy of policiesOf(attack)) {
          for (const mode of modesFor(attack, index)) {
            const guarded = await meet(attack, mode, server, door.env(policy));
            expect(Object.values(guarded.happened), `${policy}, ${mode}: ${JSON.stringify(guarded)}`).not.toContain(
              true,
            );
            expect(guarded.failure ?? '', `${policy}, ${mode}`).not.toMatch(/^silence/);
          }
        }
        await clean(server);
        removeStolen(server);
      },
    );
  });
}

function works(meeting: Meeting): boolean {
  return meeting.failure === null && !Object.values(meeting.happened).includes(false);
}
