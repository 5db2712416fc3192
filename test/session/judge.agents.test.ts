import { beforeEach, expect, it } from 'vitest';
import { declaredAgent, type Identity } from '../../src/core/identity.ts';
import type { MaskMethod } from '../../src/core/mask.ts';
import type { MaskRule, Policy } from '../../src/policy/rules.ts';
import { Judge, openBench } from '../../src/session/judge.ts';
import type { Judgement } from '../../src/session/judgement.ts';
import { askRule, name, person, policy, rule, whom } from '../policy/examples.ts';
import { catalog, relation } from '../policy/sql/database.ts';
import { asked, CountingGrammar, HandClock, ScriptedSource } from './bench.ts';

const hide = (column: string, method: MaskMethod): MaskRule => ({
  column: [name(column)],
  field: null,
  detect: null,
  except: null,
  with: method,
});

const people = policy({
  name: 'people',
  default: 'ask',
  allow: [rule({ action: ['select'] })],
  mask: [hide('users.name', { partial: 2 })],
  appliesTo: whom({ groups: ['engineering'] }),
});
const agents = policy({
  name: 'agents',
  default: 'deny',
  ask: [askRule({ action: ['delete'], approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 } })],
  allow: [rule({ action: ['select', 'delete', 'insert', 'update'] })],
  mask: [hide('users.name', { partial: 4 }), hide('users.id', 'redact')],
  appliesTo: whom({ agents: 'any' }),
});

let source: ScriptedSource;
beforeEach(() => {
  source = new ScriptedSource();
  source.catalog = catalog({ relations: [relation('users', ['id', 'name']), relation('orders')] });
});

function judging(identity: Identity, policies: readonly Policy[]): (text: string) => Promise<Judgement> {
  const judge = new Judge(
    openBench({ identity, policies, grammar: new CountingGrammar(), clock: new HandClock() }),
    source,
  );
  return async (text) => judge.judge(asked(text));
}

const bot = declaredAgent('bot', person);

it('holds an agent to what its person may and to what agents may, whichever policy stands first', async () => {
  for (const policies of [
    [people, agents],
    [agents, people],
  ]) {
    const [own, agent] = [judging(person, policies), judging(bot, policies)];
    const verdicts = async (text: string): Promise<readonly string[]> => [
      (await own(text)).decision.verdict,
      (await agent(text)).decision.verdict,
    ];
    expect(await verdicts('select name from app.users')).toEqual(['allow', 'allow']);
    // The rule that lets agents insert lifts nothing of their person's default.
    expect(await verdicts("insert into app.users (id) values ('1')")).toEqual(['ask', 'ask']);
    expect(await verdicts('drop table app.users')).toEqual(['ask', 'deny']);
  }
});

it('asks for an agent whom its person is asked by, and whom agents are', async () => {
  const policies = [
    { ...people, mask: [] },
    { ...agents, mask: [] },
  ];
  const { decision, terms } = await judging(bot, policies)("delete from app.orders where id = '1'");
  expect(decision.verdict).toBe('ask');
  expect(terms.map(({ policy: by, index }) => [by, index])).toEqual([
    ['people', null],
    ['agents', 0],
  ]);
});

it('shows an agent no more of a value than its person sees, and less where agents do', async () => {
  for (const policies of [
    [people, agents],
    [agents, people],
  ]) {
    const text = 'select id, name from app.users';
    const shown = async (who: Identity): Promise<unknown> =>
      (await judging(who, policies)(text)).results[0]?.disclosure?.exposures;
    expect(await shown(person)).toEqual([{ kind: 'clear' }, { kind: 'masked', with: { partial: 2 } }]);
    expect(await shown(bot)).toEqual([
      { kind: 'masked', with: 'redact' },
      { kind: 'masked', with: { partial: 2 } },
    ]);
  }
});

it('lets an agent do nothing where nothing holds for its person', async () => {
  const { decision } = await judging(bot, [agents])('select 1 from app.users');
  expect([decision.verdict, decision.rule.clause]).toEqual(['deny', 'nobody']);
});
