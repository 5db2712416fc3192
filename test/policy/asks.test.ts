import { describe, expect, it } from 'vitest';
import { ruleLabel } from '../../src/core/decision.ts';
import { askingRule } from '../../src/core/request.ts';
import { UNKNOWN_COMMAND } from '../commands.ts';
import { askTerms } from '../../src/policy/asks.ts';
import type { Policy } from '../../src/policy/rules.ts';
import type { DecideInput } from '../../src/policy/settle.ts';
import { analysisOf, askRule, effect, opaqueCall, person, policy, rule, whom } from './examples.ts';

const dba = { groups: ['dba'], subjects: [], emails: [], count: 2 };

function of(policies: readonly Policy[], ...effects: readonly ReturnType<typeof effect>[]): DecideInput {
  return { analysis: analysisOf(effects), identity: person, policies, database: 'db', temporarySchema: null };
}

describe('the terms of what is asked for', () => {
  it('are those of every rule that any effect falls under, over all policies, each once', () => {
    const one = policy({
      name: 'one',
      ask: [askRule({ action: ['delete'], message: 'mind the cascade' }), askRule({ action: ['update'] })],
    });
    const other = policy({ name: 'other', ask: [askRule({ action: ['delete', 'update'], approvers: dba })] });
    const terms = askTerms(of([one, other], effect({ action: 'delete' }), effect({ action: 'update' }), effect()));
    expect(terms.map(({ policy: name, index }) => [name, index])).toEqual([
      ['one', 0],
      ['other', 0],
      ['one', 1],
    ]);
    expect(terms[0]).toMatchObject({ approvers: 'self', within: 600_000, message: 'mind the cascade' });
    expect(terms[1]).toMatchObject({ approvers: dba });
  });

  it('are those of whoever opened the session where a default asks', () => {
    const terms = askTerms(of([policy({ default: 'ask' })], effect()));
    expect(terms).toMatchObject([{ policy: 'production', index: null, approvers: 'self', breakGlass: null }]);
  });

  it('say whether a default asks, or nobody can know what it does', () => {
    const asking = policy({ default: 'ask', opaque: 'ask' });
    const asks = (one: ReturnType<typeof effect>): string[] =>
      askTerms(of([asking], one)).map((terms) => ruleLabel(askingRule(terms)));
    expect(asks(UNKNOWN_COMMAND)).toEqual(['production, opaque']);
    expect(asks(effect())).toEqual(['production, default']);
  });

  it('leave out what an allow rule settles, and rules that only allow would reach', () => {
    const allowing = policy({ default: 'ask', allow: [rule({ action: ['select'] })] });
    expect(askTerms(of([allowing], effect()))).toEqual([]);
  });

  it('leave out policies that do not apply to whoever asks', () => {
    const foreign = policy({
      name: 'foreign',
      ask: [askRule({ action: ['delete'], approvers: dba })],
      appliesTo: whom({ groups: ['others'] }),
    });
    const own = policy({ name: 'own', ask: [askRule({ action: ['delete'] })] });
    const terms = askTerms(of([foreign, own], effect({ action: 'delete' })));
    expect(terms.map(({ policy: name }) => name)).toEqual(['own']);
  });

  it('take an opaque call only from rules that name it', () => {
    const asks = policy({
      ask: [askRule({ relation: null, where: null, action: ['call'] }), askRule({ where: 'absent' })],
    });
    expect(askTerms(of([asks], opaqueCall())).map(({ index }) => index)).toEqual([0]);
  });
});

it('adds to the terms what policies besides ask for, and takes nothing from them', () => {
  const own = policy({ name: 'own', ask: [askRule({ action: ['delete'], approvers: dba, stepUp: true })] });
  const easy = { action: ['delete'] as const, approvers: 'self' as const, within: 1, stepUp: false, breakGlass: dba };
  const added = policy({ name: 'added', besides: true, ask: [askRule(easy)], allow: [rule({ action: ['delete'] })] });
  const terms = askTerms(of([own, added], effect({ action: 'delete' })));
  expect(terms).toMatchObject([
    { policy: 'own', approvers: dba, stepUp: true, breakGlass: null, within: 600_000 },
    { policy: 'added', approvers: 'self' },
  ]);
});
