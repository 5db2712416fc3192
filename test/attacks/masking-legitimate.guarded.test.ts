import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientBinaries, serverVersions } from '../postgres/binaries.ts';
import type { Message } from '../postgres/frames.ts';
import { Doors } from './masking/doors.ts';
import { leaksIn } from './masking/leaks.ts';
import { withoutMasks } from './masking/legitimate/compare.ts';
import { honest } from './masking/legitimate/corpus.ts';
import type { HonestErrand } from './masking/legitimate/errand.ts';
import { dumped, heard, typed } from './masking/legitimate/perform.ts';
import { commands, dumps } from './masking/legitimate/psql.ts';
import { code } from './masking/legitimate/sessions.ts';
import type { MaskingPolicy } from './masking/policies.ts';
import { Stage } from './masking/stage.ts';

const textOf = (messages: readonly Message[]): string => messages.map(({ body }) => body.toString('latin1')).join('\n');

describe.each(serverVersions())('honest clients behind masks of PostgreSQL %i', (version) => {
  let stage: Stage;
  let doors: Doors;
  beforeAll(async () => {
    stage = await Stage.start(version);
    await stage.ready('one');
    await stage.ready('two');
    doors = await Doors.open(stage.server, ['typed', 'defining']);
  });
  afterAll(async () => {
    await doors?.close();
    await stage?.stop();
  });

  async function both(errand: HonestErrand, mode: HonestErrand['modes'][number], policy: MaskingPolicy = 'typed') {
    await stage.ready('one');
    const direct = await heard(errand, mode, stage.server, stage.server.environment('one'));
    await stage.ready('one');
    const guarded = await heard(errand, mode, stage.server, doors.env('one', policy));
    return { direct, guarded };
  }

  const chosen = honest.filter((_, index) => version === 18 || index % 6 === 0);
  it.for(chosen.map((errand, index) => ({ ...errand, errand, index })))(
    '$kind: $title gives what it gives directly, but for masks',
    async ({ errand, index }) => {
      const all = process.env['HOOPCTL_TEST_MODES'] === 'all';
      const turns = all ? errand.modes : errand.modes.filter((_, at) => at === index % errand.modes.length);
      for (const mode of turns) {
        const { direct, guarded } = await both(errand, mode);
        expect(withoutMasks(guarded, errand.masked), mode).toEqual(withoutMasks(direct, errand.masked));
        expect(leaksIn(textOf(guarded), 'one'), mode).toEqual([]);
      }
    },
  );

  it.for(code)('code is defined where an allow rule names it, and nowhere else: $title', async (errand) => {
    for (const mode of errand.modes) {
      const { direct, guarded } = await both(errand, mode, 'defining');
      expect(guarded, mode).toEqual(direct);
      const { guarded: refused } = await both(errand, mode);
      expect(textOf(refused), mode).toContain('this could carry masked values around their masks');
    }
  });

  // The programs are of version 15: they know the catalogs of servers as old as they are.
  const binaries = version === 15 ? clientBinaries() : null;
  if (binaries === null) return;

  it.each(commands)('psql shows the same for %s', async (command) => {
    await stage.ready('one');
    const direct = await typed(binaries, command, stage.server.environment('one'));
    expect(await typed(binaries, command, doors.env('one', 'typed'))).toEqual(direct);
  });

  it.each(dumps)('pg_dump writes the same with %s', async (...line) => {
    await stage.ready('one');
    const direct = await dumped(binaries, line, stage.server.environment('one'));
    expect(await dumped(binaries, line, doors.env('one', 'typed'))).toEqual(direct);
  });
});
