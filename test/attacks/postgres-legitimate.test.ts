import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverVersions } from '../postgres/binaries.ts';
import type { Door } from '../postgres/door.ts';
import type { Server } from '../postgres/server.ts';
import { legitimate } from './postgres-legitimate.corpus.ts';
import { modes } from './postgres/attack.ts';
import { type Errand, everyPolicy } from './postgres/errand.ts';
import { reset } from './postgres/run.ts';
import { startStage } from './postgres/stage.ts';
import { transcript } from './postgres/transcript.ts';
import { doorTo } from './postgres/trial.ts';

/**
 * Every policy is tried, each in another mode, so that all modes have their turn. Writes need a new database each time:
 * they meet two policies each, unless HOOPCTL_TEST_MODES says all.
 */
function turns(errand: Errand, index: number) {
  const every = errand.policies.map((policy, turn) => ({
    policy,
    mode: errand.modes[(index + turn) % errand.modes.length] ?? 'simple',
  }));
  if (onlyReads(errand) || process.env['HOOPCTL_TEST_MODES'] === 'all') return every;
  return every.filter((_, turn) => (turn + index) % every.length < 2);
}

const onlyReads = (errand: Errand): boolean => errand.policies.includes('read-only');

describe.each(serverVersions())('on PostgreSQL %i', (version) => {
  let server: Server;
  let door: Door;
  beforeAll(async () => {
    server = await startStage(version);
    await reset(server);
    door = await doorTo(server, everyPolicy);
  });
  afterAll(async () => {
    await door?.close();
    await server?.stop();
  });

  const chosen = legitimate.filter((errand, index) => errand.since <= version && (version === 18 || index % 5 === 0));
  it.for(chosen.map((errand, index) => ({ name: errand.name, errand, index })))(
    '$name gives through the door what it gives directly',
    async ({ errand, index }) => {
      const direct = new Map<string, string[]>();
      for (const mode of modes.filter((each) => turns(errand, index).some((turn) => turn.mode === each))) {
        if (!onlyReads(errand)) await reset(server);
        direct.set(mode, await transcript(errand, mode, server, server.environment('app')));
      }
      for (const { policy, mode } of turns(errand, index)) {
        if (!onlyReads(errand)) await reset(server);
        const guarded = await transcript(errand, mode, server, door.env(policy));
        expect(guarded, `${policy}, ${mode}`).toEqual(direct.get(mode));
      }
    },
  );
});
