import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { exercise as drizzle } from './drivers/drizzle.ts';
import { exercise as nodePostgres } from './drivers/node-postgres.ts';
import { exercise as postgresJs } from './drivers/postgres-js.ts';
import { prepared } from './drivers/transcript.ts';
import { runPython } from './program.ts';
import { type Stage, startStage } from './stage.ts';

describe.each(serverVersions())('drivers see the same through the door to PostgreSQL %i', (version) => {
  let stage: Stage;

  beforeAll(async () => {
    const targets = { unmatched: ['shop', 'unmatched'], scoped: ['shop', 'scoped'] } as const;
    stage = await startStage(version, targets, async (server) => void (await server.admin('shop', prepared)));
  });
  afterAll(() => stage.stop(), 60_000);

  const scripts = { pg: nodePostgres, postgres: postgresJs, 'drizzle-orm': drizzle };

  // Notifications belong to no schema: within a scope there are none.
  test.each([
    ['pg', 'unmatched'],
    ['pg', 'scoped'],
    ['postgres', 'unmatched'],
    ['drizzle-orm', 'unmatched'],
    ['drizzle-orm', 'scoped'],
  ] as const)('%s under the policy %s', async (driver, target) => {
    const direct = await scripts[driver](stage.direct('shop'), target === 'unmatched');
    const guarded = await scripts[driver](stage.guarded(target), target === 'unmatched');
    expect(guarded.entries).toEqual(direct.entries);
    expect(direct.entries.length).toBeGreaterThan(10);
  });

  test.each([
    ['with-psycopg2.py', 'unmatched'],
    ['with-psycopg3.py', 'unmatched'],
    ['with-psycopg3.py', 'scoped'],
  ])('drivers/%s under the policy %s', async (script, target) => {
    const listening = target === 'unmatched' ? 'yes' : 'no';
    const direct = await runPython(`drivers/${script}`, { ...stage.direct('shop'), LISTENING: listening });
    expect({ code: direct.code, stderr: direct.stderr }).toEqual({ code: 0, stderr: '' });
    const guarded = await runPython(`drivers/${script}`, { ...stage.guarded(target), LISTENING: listening });
    expect(guarded.stdout.split('\n')).toEqual(direct.stdout.split('\n'));
    expect({ code: guarded.code, stderr: guarded.stderr }).toEqual({ code: 0, stderr: '' });
  });
});
