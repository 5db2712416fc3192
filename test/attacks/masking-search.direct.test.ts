import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../chance.ts';
import { Asker } from './masking/search/asking.ts';
import { drawn, type Pair, search } from './masking/search/campaign.ts';
import { patience, queries, report } from './masking/search/settings.ts';
import { holdsSecret, shrink, textOf } from './masking/search/tree.ts';
import { Stage } from './masking/stage.ts';

describe('random statements where nothing guards', () => {
  let stage: Stage;
  let pair: Pair;
  let again: Asker;
  beforeAll(async () => {
    stage = await Stage.start(18);
    await stage.ready('one');
    await stage.ready('two');
    const [one, two] = [stage.server.environment('one'), stage.server.environment('two')];
    pair = { one: await Asker.connect(one), two: await Asker.connect(two) };
    again = await Asker.connect(one);
  });
  afterAll(async () => {
    await Promise.all([pair?.one.end(), pair?.two.end(), again?.end()]);
    await stage?.stop();
  });

  it('mostly run, and often tell the worlds apart', { timeout: patience }, async () => {
    const tally = await search(pair, drawn(SEED, queries), false);
    report(tally);
    expect(tally.asked).toBe(queries);
    expect(tally.failed / tally.asked).toBeLessThan(0.25);
    expect(tally.different / tally.asked).toBeGreaterThan(0.2);
  });

  it('are answered the same when they are asked again', { timeout: patience }, async () => {
    const tally = await search({ one: pair.one, two: again }, drawn(SEED, queries), true);
    expect(tally.found.join('\n\n')).toBe('');
  });

  it('are answered the same in both worlds when no masked column is named', { timeout: patience }, async () => {
    // What fails to write says which row it was, masked columns and all.
    const reads = [...drawn(SEED, queries)].filter(({ tree }) => /^(?:select|with)/.test(textOf(tree)));
    const clean = reads.filter(({ tree }) => !holdsSecret(tree));
    expect(clean.length / queries).toBeGreaterThan(0.2);
    const tally = await search(pair, clean, true);
    expect(tally.found.join('\n\n')).toBe('');
  });

  it('become simple when they tell the worlds apart', { timeout: patience }, async () => {
    const differs = async (tree: Parameters<typeof textOf>[0]): Promise<boolean> => {
      const [one, two] = [await pair.one.ask(tree), await pair.two.ask(tree)];
      return one.lines.join('\n') !== two.lines.join('\n');
    };
    for (const { tree } of drawn(SEED, 60)) {
      if (!(await differs(tree))) continue;
      const shrunk = await shrink(tree, differs);
      expect(await differs(shrunk)).toBe(true);
      expect(textOf(shrunk).length).toBeLessThan(260);
    }
  });
});
