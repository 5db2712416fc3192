import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientBinaries, serverVersions } from '../postgres/binaries.ts';
import { withoutMasks } from './masking/legitimate/compare.ts';
import { honest } from './masking/legitimate/corpus.ts';
import { dumped, errorsIn, heard, typed } from './masking/legitimate/perform.ts';
import { commands, dumps } from './masking/legitimate/psql.ts';
import { Stage } from './masking/stage.ts';

/** What is meant to fail divides by zero. */
const meant = (title: string): string[] => (title.includes('1/0') ? ['22012'] : []);

describe.each(serverVersions())('honest clients without a door to PostgreSQL %i', (version) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.start(version);
    await stage.ready('one');
  }, 60_000);
  afterAll(() => stage?.stop());

  const chosen = honest.filter((_, index) => version === 18 || index % 6 === 0);
  it.for(chosen.map((errand) => ({ ...errand, errand })))(
    '$kind: $title gives the same twice',
    async ({ errand, title }) => {
      const [mode = 'simple'] = errand.modes;
      await stage.ready('one');
      const first = await heard(errand, mode, stage.server, stage.server.environment('one'));
      expect([...new Set(errorsIn(first).filter((code) => code !== '25P02'))]).toEqual(meant(title));
      await stage.ready('one');
      const second = await heard(errand, mode, stage.server, stage.server.environment('one'));
      expect(withoutMasks(second, errand.masked)).toEqual(withoutMasks(first, errand.masked));
    },
  );

  // The programs are of version 15: they know the catalogs of servers as old as they are.
  const binaries = version === 15 ? clientBinaries() : null;
  if (binaries === null) return;

  it.each(commands)('psql runs %s', async (command) => {
    await stage.ready('one');
    const result = await typed(binaries, command, stage.server.environment('one'));
    expect(result, result.errors).toMatchObject({ code: 0 });
  });

  it.each(dumps)('pg_dump runs with %s', async (...line) => {
    await stage.ready('one');
    const result = await dumped(binaries, line, stage.server.environment('one'));
    expect(result, result.errors).toMatchObject({ code: 0 });
    expect(result.output).toContain('PostgreSQL database dump complete');
  });
});
