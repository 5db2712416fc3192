import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, type Effect, OBJECT_KINDS } from '../../src/core/action.ts';
import type { Decision } from '../../src/core/decision.ts';
import { ruleName } from '../../src/policy/cases.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { settleAll } from '../../src/policy/settle.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { analysisOf, askRule, effect, name, opaqueCall, person, policy, rule, schemas, whom } from './examples.ts';
import { effects, policies, rules } from './random.ts';

function decideOn(effects: readonly Effect[], ...policies: readonly Policy[]): Decision {
  const analysis = analysisOf(effects);
  return decide({ analysis, identity: person, policies, database: 'app', temporarySchema: 'pg_temp_3' });
}

function outcome(effects: readonly Effect[], ...policies: readonly Policy[]): string {
  const decision = decideOn(effects, ...policies);
  return `${decision.verdict} by ${ruleName(decision.rule)}`;
}

const remove = effect({ action: 'delete', where: 'present' });

describe('which verdict wins', () => {
  it.each([
    ['allow by production.default', {}],
    ['deny by production.default', { default: 'deny' }],
    ['ask by production.default', { default: 'ask' }],
    ['deny by production.deny[0]', { deny: [rule({ action: ['delete'] })] }],
    ['ask by production.ask[0]', { ask: [askRule({ action: ['delete'] })] }],
    ['allow by production.allow[0]', { default: 'deny', allow: [rule({ action: ['delete'] })] }],
    [
      'ask by production.ask[0]',
      { default: 'deny', ask: [askRule({ action: ['delete'] })], allow: [rule({ action: ['delete'] })] },
    ],
    [
      'deny by production.deny[1]',
      {
        deny: [rule({ action: ['drop'] }), rule({ action: ['delete'] })],
        ask: [askRule({ action: ['delete'] })],
        allow: [rule({ action: ['delete'] })],
      },
    ],
  ] satisfies [string, Partial<Policy>][])('%s', (expected, with_) => {
    expect(outcome([remove], policy(with_))).toBe(expected);
  });

  it('is the most restrictive one over all effects of all statements', () => {
    const guard = policy({ deny: [rule({ action: ['drop'] })], ask: [askRule({ action: ['delete'] })] });
    const input = { identity: person, policies: [guard], database: 'app', temporarySchema: null };
    const drop = effect({ action: 'drop' });
    const verdict = (...statements: Effect[][]): string =>
      decide({ ...input, analysis: analysisOf(...statements) }).verdict;
    expect(verdict([effect()], [remove])).toBe('ask');
    expect(verdict([remove, effect()], [effect(), drop], [remove])).toBe('deny');
    expect(decide({ ...input, analysis: analysisOf([remove], [drop]) }).effect).toEqual(drop);
  });

  it('takes the rules of all policies that apply together', () => {
    const open = policy({ name: 'open', allow: [rule({ action: ['delete'] })] });
    const closed = policy({ name: 'closed', deny: [rule({ action: ['delete'] })] });
    expect(outcome([remove], open, closed)).toBe('deny by closed.deny[0]');
    expect(outcome([effect()], open, policy({ name: 'strict', default: 'ask' }))).toBe('ask by strict.default');
    expect(outcome([remove], open, policy({ name: 'strict', default: 'deny' }))).toBe('allow by open.allow[0]');
  });

  it('lifts nothing by what was added besides them', () => {
    const strict = policy({ name: 'strict', default: 'deny', allow: [rule({ action: ['select'] })] });
    const added = policy({ name: 'added', besides: true, allow: [rule({ action: ['delete'] })] });
    expect(outcome([remove], added, strict)).toBe('deny by strict.default');
    expect(outcome([effect()], added, strict)).toBe('allow by strict.allow[0]');
    expect(outcome([effect()], policy({ name: 'added', besides: true, default: 'ask' }), strict)).toBe(
      'ask by added.default',
    );
  });

  it('leaves out policies that do not apply', () => {
    const forAgents = policy({
      name: 'agents',
      deny: [rule({ action: ['delete'] })],
      appliesTo: whom({ agents: 'any' }),
    });
    expect(outcome([remove], forAgents, policy())).toBe('allow by production.default');
  });

  it('is deny when no policy applies, and when there is none', () => {
    const forOthers = policy({ appliesTo: whom({ groups: ['dba'] }) });
    expect(decideOn([effect()], forOthers).verdict).toBe('deny');
    expect(decideOn([], forOthers).verdict).toBe('deny');
    expect(decideOn([effect()]).verdict).toBe('deny');
  });

  it('is allow for a text that touches nothing, even where the default is deny', () => {
    expect(outcome([], policy({ default: 'deny' }))).toBe('allow by production.no-effect');
  });
});

describe('settings that are pinned', () => {
  it('are denied even where nothing is guarded', () => {
    const change = effect({ action: 'set', object: 'setting', schema: null, name: 'client_encoding', via: ['pinned'] });
    expect(outcome([change], UNGUARDED)).toBe('deny by unguarded.pinned');
    expect(outcome([change], policy({ allow: [rule({ action: ['set'] })] }))).toBe('deny by production.pinned');
  });
});

describe('code that cannot be followed', () => {
  const call = opaqueCall();
  const block = effect({ action: 'do', object: null, schema: null, name: null, opaque: true });

  it.each([
    ['a deny rule', { deny: [rule({ action: ['drop'] })] }],
    ['a deny rule about something else', { deny: [rule({ relation: [name('hr.*')] })] }],
    ['an ask rule', { ask: [askRule({ action: ['drop'] })] }],
    ['a mask', { mask: [{ column: [name('*.*.ssn')], field: null, detect: null, except: null, with: 'redact' }] }],
    ['a default other than allow', { default: 'ask' }],
  ] satisfies [string, Partial<Policy>][])('is refused by a policy with %s', (_what, with_) => {
    expect(outcome([call], policy(with_))).toBe('deny by production.opaque');
    expect(outcome([block], policy(with_))).toBe('deny by production.opaque');
  });

  it('is refused when any policy that applies restricts anything', () => {
    expect(outcome([call], policy({ name: 'open' }), policy({ deny: [rule({ action: ['drop'] })] }))).toBe(
      'deny by production.opaque',
    );
  });

  it('is let through by a policy that restricts nothing', () => {
    expect(outcome([call, block], policy())).toBe('allow by production.default');
    expect(outcome([call], policy({ allow: [rule({ action: ['drop'] })] }))).toBe('allow by production.default');
  });

  it.each([
    ['deny', 'deny by production.deny[0]', { deny: [rule({ action: ['call', 'do'] })] }],
    ['deny, by the function alone', 'deny by production.deny[0]', { deny: [rule({ function: [name('app.*')] })] }],
    ['ask', 'ask by production.ask[0]', { ask: [askRule({ action: ['call', 'do'] })] }],
    [
      'allow',
      'allow by production.allow[0]',
      {
        deny: [rule({ action: ['drop'] })],
        allow: [rule({ action: ['call'], function: [name('app.purge')] })],
      },
    ],
  ] satisfies [string, string, Partial<Policy>][])('obeys a rule that names it: %s', (_what, expected, with_) => {
    expect(outcome([call], policy(with_))).toBe(expected);
  });

  it('is not let through by an allow rule that names neither action nor function', () => {
    const guard = policy({ default: 'deny', allow: [rule({ object: ['function'] }), rule({ relation: [name('*')] })] });
    expect(outcome([call], guard)).toBe('deny by production.opaque');
  });

  it('is not let through by a rule for a function that it only might be', () => {
    const guard = policy({ default: 'deny', allow: [rule({ action: ['call', 'do'], function: [name('app.purge')] })] });
    expect(outcome([opaqueCall('app', null)], guard)).toBe('deny by production.opaque');
    expect(outcome([{ ...call, certain: false }], guard)).toBe('deny by production.opaque');
    expect(outcome([block], guard)).toBe('deny by production.opaque');
  });

  it('counts an unknown action as such even when it is not marked', () => {
    const what = effect({ action: 'unknown', object: null, schema: null, name: null, opaque: false });
    expect(outcome([what], policy({ deny: [rule({ action: ['drop'] })] }))).toBe('deny by production.opaque');
  });
});

describe('read-only access', () => {
  const guard = policy({ access: 'read-only', allow: [rule(), rule({ action: ['call'], function: [name('*')] })] });

  it.each([
    ['select', 'table', 'customers'],
    ['copy-out', null, null],
    ['set', 'setting', 'search_path'],
  ] as const)('lets %s through', (action, object, named) => {
    expect(decideOn([effect({ action, object, name: named })], guard).verdict).toBe('allow');
  });

  it.each(ACTIONS.filter((action) => !['select', 'copy-out', 'set', 'unknown'].includes(action)))(
    'refuses %s, whatever is allowed',
    (action) => {
      expect(outcome([effect({ action })], guard)).toBe('deny by production.access');
    },
  );

  it.each(['transaction_read_only', 'default_transaction_read_only', 'Transaction_Read_Only', null])(
    'refuses to set %s',
    (named) => {
      const set = effect({ action: 'set', object: 'setting', schema: null, name: named });
      expect(outcome([set], guard)).toBe('deny by production.access');
    },
  );

  it('refuses temporary tables and code that cannot be followed', () => {
    expect(decideOn([effect({ action: 'create', schema: 'pg_temp_3' })], guard).verdict).toBe('deny');
    expect(decideOn([opaqueCall()], guard).verdict).toBe('deny');
  });
});

describe('a scope of schemas', () => {
  const guard = policy({ scope: schemas('app', 'report_*'), allow: [rule(), rule({ action: ['do', 'call'] })] });

  it.each([
    ['a table in it', effect()],
    ['a table that a pattern names', effect({ schema: 'report_2026' })],
    ['its own temporary table', effect({ action: 'create', schema: 'pg_temp_3', name: 't' })],
    ['a temporary table that is yet to be', effect({ action: 'create', schema: 'pg_temp', name: 't' })],
    ['reading the system catalog', effect({ schema: 'pg_catalog', name: 'pg_class' })],
    ['reading the information schema', effect({ schema: 'information_schema', name: 'columns' })],
    ['an ordinary setting', effect({ action: 'set', object: 'setting', schema: null, name: 'search_path' })],
    ['COPY of a query', effect({ action: 'copy-out', object: null, schema: null, name: null })],
    ['COPY of nothing but values', effect({ action: 'copy-out', object: 'system', schema: null, name: null })],
    ['COPY of the system catalog', effect({ action: 'copy-out', schema: 'pg_catalog', name: 'pg_class' })],
    ['the schema itself', effect({ action: 'alter', object: 'schema', schema: null, name: 'app' })],
    ['an opaque function in it that is named', opaqueCall('app', 'purge')],
  ])('holds %s', (_what, one) => {
    expect(decideOn([one], guard).verdict).toBe('allow');
  });

  it.each([
    ['a table elsewhere', effect({ schema: 'hr' })],
    ["another session's temporary table", effect({ schema: 'pg_temp_4' })],
    ['a table of unknown schema', effect({ schema: null })],
    ['a table of unknown name', effect({ name: null })],
    ['something unknown', effect({ object: null, schema: null, name: null })],
    ['a candidate elsewhere', effect({ schema: 'public', certain: false })],
    ['writing the system catalog', effect({ action: 'update', schema: 'pg_catalog', name: 'pg_class' })],
    ['a followed function elsewhere', effect({ action: 'call', object: 'function', schema: 'hr', name: 'f' })],
    ['a function of the system', effect({ action: 'call', object: 'function', schema: 'pg_catalog', name: 'f' })],
    ['an opaque function elsewhere that is allowed', opaqueCall('hr', 'f')],
    ['a DO block that is allowed', effect({ action: 'do', object: null, schema: null, name: null, opaque: true })],
    ['another schema', effect({ action: 'drop', object: 'schema', schema: null, name: 'hr' })],
    ['a schema of unknown name', effect({ action: 'drop', object: 'schema', schema: null, name: null })],
    ['a role', effect({ action: 'role', object: 'role', schema: null, name: 'app' })],
    ['a database', effect({ action: 'drop', object: 'database', schema: null, name: 'app' })],
    ['an extension', effect({ action: 'extension', object: 'extension', schema: null, name: 'dblink' })],
    ['the server', effect({ action: 'server-file', object: 'system', schema: null, name: null })],
    ['reading a large object', effect({ object: 'large-object', schema: null, name: null })],
    ['COPY of a table elsewhere', effect({ action: 'copy-out', schema: 'hr' })],
    ['COPY of what may be anything', effect({ action: 'copy-out', schema: null, name: null })],
    ['COPY of a large object', effect({ action: 'copy-out', object: 'large-object', schema: null, name: null })],
    ['changing roles', effect({ action: 'set-role', object: 'role', schema: null, name: 'dba' })],
  ])('refuses %s', (_what, one) => {
    expect(outcome([one], guard)).toBe('deny by production.scope');
  });

  it.each([
    'pg_authid',
    'pg_shadow',
    'pg_statistic',
    'pg_stats',
    'pg_stats_ext',
    'pg_stats_ext_exprs',
    'pg_statistic_ext_data',
    'pg_largeobject',
    'pg_stat_activity',
    'pg_stat_replication',
    'pg_stat_statements',
    'pg_stat_statements_info',
    'pg_user_mapping',
    'pg_user_mappings',
    'pg_subscription',
    'pg_file_settings',
    'pg_hba_file_rules',
    'pg_sequences',
  ])('refuses to read %s, which tells of what lies elsewhere', (relation) => {
    expect(outcome([effect({ schema: 'pg_catalog', name: relation })], guard)).toBe('deny by production.scope');
  });

  it('holds for every policy that has one', () => {
    const narrower = policy({ name: 'narrow', scope: schemas('report_*') });
    expect(outcome([effect()], guard, narrower)).toBe('deny by narrow.scope');
  });
});

describe('columns that are masked', () => {
  const mask = [
    { column: [name('app.customers.email')], field: null, detect: null, except: null, with: 'redact' as const },
  ];
  const strict = policy({ mask });
  const code = OBJECT_KINDS.filter((object) =>
    [
      'function',
      'procedure',
      'aggregate',
      'trigger',
      'event-trigger',
      'rule',
      'policy',
      'domain',
      'cast',
      'operator',
    ].includes(object),
  );

  it.each(code)('let no %s be defined that is handed them', (object) => {
    for (const action of ['create', 'alter', 'drop'] as const) {
      const defines = effect({ action, object });
      expect(outcome([defines], strict)).toBe('deny by production.masking');
      expect(outcome([defines], policy({ mask, masking: { ...strict.masking, mode: 'lenient' } }))).toMatch(/^allow/u);
      expect(outcome([defines], policy({ mask, allow: [rule({ action: [action] })] }))).toMatch(/^allow/u);
    }
  });

  it('let tables be made, changed and dropped, and detectors let code be defined', () => {
    for (const action of ['create', 'alter', 'drop'] as const) {
      expect(outcome([effect({ action, object: 'table' })], strict)).toMatch(/^allow/u);
      const detects = policy({ mask: mask.map((one) => ({ ...one, column: null, detect: ['email'] })) });
      expect(outcome([effect({ action, object: 'function' })], detects)).toMatch(/^allow/u);
    }
  });
});

describe('any decision', () => {
  const severity = { allow: 0, ask: 1, deny: 2 };

  it('is never softened by another effect, another deny or ask rule, a bound, or another policy that asks or denies', () => {
    const all = fc.tuple(fc.array(effects, { maxLength: 3 }), effects, policies, rules);
    fc.assert(
      fc.property(all, ([some, more, guard, extra]) => {
        const before = severity[decideOn(some, guard).verdict];
        expect(severity[decideOn([...some, more], guard).verdict]).toBeGreaterThanOrEqual(before);
        for (const stricter of [
          { ...guard, deny: [...guard.deny, extra] },
          { ...guard, access: 'read-only' as const },
          { ...guard, scope: schemas('nowhere') },
        ]) {
          expect(severity[decideOn(some, stricter).verdict]).toBeGreaterThanOrEqual(before);
        }
        if (before < 2) return;
        expect(decideOn(some, { ...guard, ask: [...guard.ask, askRule(extra)] }).verdict).not.toBe('allow');
      }),
      { numRuns: 500 },
    );
  });

  it('lets an effect through only when it is less than certain in ways that no deny rule could mean', () => {
    fc.assert(
      fc.property(effects, rules, (one, deny) => {
        const guard = policy({ deny: [deny] });
        if (decideOn([one], guard).verdict !== 'allow') return;
        // Making the unknown known must not turn what was allowed into something the rule matches.
        const schemas_ = one.schema === null ? ['app', 'hr'] : [one.schema];
        const names = one.name === null ? ['customers', 'purge'] : [one.name];
        for (const schema of schemas_) {
          for (const named of names) {
            expect(decideOn([{ ...one, schema, name: named, certain: true }], guard).verdict).toBe('allow');
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says the same of the same input, with a refusal exactly where it does not allow', () => {
    fc.assert(
      fc.property(fc.array(effects, { maxLength: 4 }), fc.array(policies, { maxLength: 3 }), (some, guards) => {
        const decision = decideOn(some, ...guards);
        expect(decideOn(some, ...guards)).toEqual(decision);
        expect(decision.refusal === null).toBe(decision.verdict === 'allow');
        const input = { analysis: analysisOf(some), temporarySchema: 'pg_temp_3' };
        const each = [...settleAll(input, [guards])];
        expect(each).toHaveLength(some.length);
        if (guards.length === 0 || some.length === 0) return;
        const worst = Math.max(...each.map((one) => severity[one.decision.verdict]));
        expect(severity[decision.verdict]).toBe(worst);
      }),
    );
  });
});
