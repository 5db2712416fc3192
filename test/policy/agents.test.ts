import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Effect } from '../../src/core/action.ts';
import type { Identity } from '../../src/core/identity.ts';
import { holdAlike, layersFor, policiesFor } from '../../src/policy/applies.ts';
import { askTerms } from '../../src/policy/asks.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { type DecideInput, SEVERITY } from '../../src/policy/settle.ts';
import { analysisOf, askRule, effect, opaqueCall, policy, rule } from './examples.ts';
import { agents, audiences, effects, policies, principals } from './random.ts';

/** Policies whose rules meet `deeds` often, and deny them seldom. */
const clauses = fc.array(
  fc.constantFrom('select' as const, 'delete' as const, 'call' as const).map((action) => rule({ action: [action] })),
  { maxLength: 2 },
);
const plain = fc
  .record({
    default: fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
    deny: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, clauses),
    ask: clauses.map((all) => all.map((one) => askRule(one))),
    allow: clauses,
  })
  .map((keys) => policy(keys));
const deeds = fc.constantFrom(effect(), effect({ action: 'delete' }), opaqueCall());

const guarding = (one: fc.Arbitrary<Policy>): fc.Arbitrary<readonly Policy[]> =>
  fc
    .array(fc.tuple(one, audiences), { minLength: 1, maxLength: 4 })
    .map((all) => all.map(([made, appliesTo], index) => ({ ...made, name: `p${index}`, appliesTo })));
const guards = guarding(policies);

const asked = fc.oneof(
  fc.tuple(guarding(plain), agents, fc.array(deeds, { minLength: 1, maxLength: 2 })),
  fc.tuple(guards, agents, fc.array(effects, { minLength: 1, maxLength: 2 })),
);

const under = (all: readonly Policy[], identity: Identity, some: readonly Effect[]): DecideInput => ({
  analysis: analysisOf(some),
  identity,
  policies: all,
  database: 'app',
  temporarySchema: 'pg_temp_3',
});

const chainOf = (identity: Identity): readonly Identity[] =>
  identity.actsFor === null ? [identity] : [identity, ...chainOf(identity.actsFor)];

it('lets an agent do nothing that anybody it acts for may not do', () => {
  let sharper = 0;
  fc.assert(
    fc.property(asked, ([all, agent, some]) => {
      const severity = (who: Identity): number => SEVERITY[decide(under(all, who, some)).verdict];
      const [own, ...others] = chainOf(agent).map(severity);
      for (const other of others) expect(own).toBeGreaterThanOrEqual(other);
      if (own !== others.at(-1)) sharper += 1;
    }),
    { numRuns: 3000 },
  );
  // Otherwise nothing was compared.
  expect(sharper).toBeGreaterThan(100);
});

it('asks for an agent on every term on which its person is asked for', () => {
  let seen = 0;
  fc.assert(
    fc.property(asked, ([all, agent, some]) => {
      const input = under(all, agent, some);
      if (decide(input).verdict !== 'ask') return;
      const terms = askTerms(input);
      expect(terms.length).toBeGreaterThan(0);
      const [, person = agent] = chainOf(agent);
      for (const term of askTerms(under(all, person, some))) expect(terms).toContainEqual(term);
      seen += 1;
    }),
    { numRuns: 3000 },
  );
  expect(seen).toBeGreaterThan(50);
});

it('holds an agent to every policy that holds for whom it acts for, or lets it do nothing', () => {
  fc.assert(
    fc.property(guards, agents, (all, agent) => {
      const own = policiesFor(all, agent);
      if (own.length === 0) return;
      for (const who of chainOf(agent)) expect(own).toEqual(expect.arrayContaining([...policiesFor(all, who)]));
    }),
    { numRuns: 2000 },
  );
});

it('says the same of all policies and of those that hold', () => {
  fc.assert(
    fc.property(guards, fc.oneof(agents, principals), (all, who) => {
      const own = policiesFor(all, who);
      expect(policiesFor(own, who)).toEqual(own);
      expect(layersFor(own, who)).toEqual(layersFor(all, who));
      expect(own).toEqual(all.filter((one) => own.includes(one)));
      expect(layersFor(all, who).every((layer) => layer.length > 0)).toBe(true);
      expect(holdAlike(all, who, { ...who })).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it('gives people and services one layer of what they match by themselves', () => {
  fc.assert(
    fc.property(guards, principals, (all, who) => {
      const each = all.filter((one) => policiesFor([one], who).length > 0);
      expect(layersFor(all, who)).toEqual(each.length === 0 ? [] : [each]);
    }),
  );
});
