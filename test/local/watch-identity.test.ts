import { beforeEach, describe, expect, it } from 'vitest';
import { declaredAgent, type Identity } from '../../src/core/identity.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { watchIdentity } from '../../src/local/watch-identity.ts';
import { person, policy } from '../policy/examples.ts';
import { TestStanding } from '../session/bench.ts';

const TO_NOBODY = { subjects: null, emails: null, groups: null, services: null, agents: null };
const all: Policy = policy({ name: 'all' });
const dba: Policy = policy({ name: 'dba', appliesTo: { ...TO_NOBODY, groups: ['dba'] } });
const bots: Policy = policy({ name: 'bots', appliesTo: { ...TO_NOBODY, agents: 'any', groups: ['dba'] } });

const inGroups = (...groups: readonly string[]): Identity => ({ ...person, groups });

let standing: TestStanding;
let ends: string[];

beforeEach(() => {
  standing = new TestStanding(inGroups('engineering'));
  ends = [];
});

function watch(opened = standing.identity, policies = [all, dba]): () => void {
  return watchIdentity({ standing, policies, opened, end: (why) => void ends.push(why) });
}

describe('a session', () => {
  it('goes on when other things are said of who asks than policies speak of', () => {
    watch();
    standing.tell({ ...inGroups('engineering', 'chess'), display: 'Ada L.', email: 'ada@example.com' });
    expect(ends).toEqual([]);
  });

  it.each([
    ['more', ['engineering'], ['engineering', 'dba']],
    ['less', ['dba'], []],
  ])('ends when %s policies hold (R7)', (_, before, after) => {
    standing = new TestStanding(inGroups(...before));
    watch();
    standing.tell(inGroups(...after));
    expect(ends).toEqual([expect.stringContaining('other policies hold for you now')]);
  });

  it('ends when the same policies hold in another way', () => {
    // What admits the agent becomes its person's, too.
    const agent = (who: Identity): Identity => declaredAgent('bot', who);
    standing = new TestStanding(agent(inGroups('engineering')));
    watch(standing.identity, [all, bots]);
    standing.tell(agent(inGroups('engineering', 'dba')));
    expect(ends).toHaveLength(1);
  });

  it('ends with its identity, once, and says why', () => {
    watch();
    standing.tell(null);
    standing.tell(null);
    expect(ends).toEqual(['the login has ended']);
  });

  it('ends when other policies have come to hold while it was being opened', async () => {
    const opened = standing.identity;
    standing.tell(inGroups('dba'));
    watch(opened);
    await Promise.resolve();
    expect(ends).toHaveLength(1);
  });

  it('is left alone once nobody watches', async () => {
    const opened = standing.identity;
    standing.tell(inGroups('dba'));
    watch(opened)();
    await Promise.resolve();
    standing.tell(null);
    expect(ends).toEqual([]);
  });
});
