import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../chance.ts';
import { Doors } from './masking/doors.ts';
import { Asker } from './masking/search/asking.ts';
import { compareClean, drawn, search } from './masking/search/campaign.ts';
import { patience, queries, report } from './masking/search/settings.ts';
import { Stage } from './masking/stage.ts';

describe('random statements behind the door', () => {
  let stage: Stage;
  let doors: Doors;
  const askers: Asker[] = [];
  const connected = async (environment: Readonly<Record<string, string>>): Promise<Asker> => {
    const asker = await Asker.connect(environment);
    askers.push(asker);
    return asker;
  };
  beforeAll(async () => {
    stage = await Stage.start(18);
    await stage.ready('one');
    await stage.ready('two');
    doors = await Doors.open(stage.server, ['refuse', 'equality']);
  });
  afterAll(async () => {
    await Promise.all(askers.map((asker) => asker.end()));
    await doors?.close();
    await stage?.stop();
  });

  it.each([
    ['equality', 1 / 3],
    ['refuse', 1 / 4],
  ] as const)('never tell two worlds apart under %s', { timeout: patience }, async (policy, least) => {
    const pair = { one: await connected(doors.env('one', policy)), two: await connected(doors.env('two', policy)) };
    const tally = await search(pair, drawn(SEED, queries), true);
    report(tally);
    expect(tally.found.join('\n\n')).toBe('');
    expect((tally.asked - tally.refused) / tally.asked, 'let pass').toBeGreaterThan(least);
  });

  it('show what is not masked as it is', { timeout: patience }, async () => {
    const one = await connected(doors.env('one', 'equality'));
    const two = await connected(stage.server.environment('one'));
    const { ran, found } = await compareClean({ one, two }, drawn(SEED, queries));
    expect(found.slice(0, 3).join('\n\n')).toBe('');
    expect(ran / queries).toBeGreaterThan(1 / 3);
  });
});
