import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exposure, MaskMethod } from '../../../src/core/mask.ts';
import type { Masking } from '../../../src/policy/analysis.ts';
import type { Layer } from '../../../src/policy/applies.ts';
import { hidingBoth, layeredMasks } from '../../../src/policy/mask/layered.ts';
import type { MaskRule, Policy } from '../../../src/policy/rules.ts';
import { name, policy } from '../examples.ts';
import { analysisOf } from '../sql/database.ts';
import { SHOP } from '../sql/flow/shop.ts';

const METHODS: readonly MaskMethod[] = ['redact', 'null', 'hash', 'token', { partial: 'domain' }, { partial: 4 }];

const hide = (column: string, method: MaskMethod): MaskRule => ({
  column: [name(column)],
  field: null,
  detect: null,
  except: null,
  with: method,
});

const look = (detector: string): MaskRule => ({
  column: null,
  field: null,
  detect: [detector],
  except: null,
  with: 'redact',
});

let made = 0;
const hiding = (
  rules: Readonly<Record<string, MaskMethod>>,
  masking: Partial<Policy['masking']> = {},
): readonly Policy[] => {
  made += 1;
  const mask = Object.entries(rules).map(([column, method]) => hide(column, method));
  return [policy({ name: `p${made}`, mask, masking: { ...policy().masking, ...masking } })];
};

function maskingUnder(layers: readonly Layer[], sql: string): Masking | null {
  const { statements } = analysisOf(sql, { catalog: SHOP, masks: layeredMasks(layers, SHOP) });
  return statements.at(-1)?.masking ?? null;
}

function exposuresUnder(layers: readonly Layer[], sql: string): readonly Exposure[] | string {
  const masking = maskingUnder(layers, sql);
  if (masking === null) return 'clear';
  return masking.refusal?.act ?? masking.columns?.map(({ exposure }) => exposure) ?? 'clear';
}

const masked = (method: MaskMethod): Exposure => ({ kind: 'masked', with: method });

describe('what hides all that two masks hide', () => {
  it.each<[MaskMethod, MaskMethod, MaskMethod]>([
    ['redact', 'redact', 'redact'],
    ['redact', 'null', 'null'],
    ['hash', 'hash', 'hash'],
    ['hash', 'token', 'redact'],
    ['token', { partial: 2 }, 'redact'],
    [{ partial: 'domain' }, { partial: 'domain' }, { partial: 'domain' }],
    [{ partial: 'domain' }, { partial: 4 }, 'redact'],
    [{ partial: 4 }, { partial: 2 }, { partial: 2 }],
    [{ partial: 'domain' }, 'redact', 'redact'],
    ['hash', 'null', 'null'],
  ])('%j and %j is %j, in either order', (one, other, both) => {
    expect(hidingBoth(one, other)).toEqual(both);
    expect(hidingBoth(other, one)).toEqual(both);
  });
});

describe('masks of an agent and of its person', () => {
  const person = hiding({ 'app.customers.email': { partial: 'domain' }, 'app.notes.body': { partial: 4 } });

  it('hide what either hides, whichever stands first', () => {
    const agent = hiding({ 'app.customers.email': 'redact', 'app.customers.name': 'hash' });
    for (const layers of [
      [person, agent],
      [agent, person],
    ]) {
      expect(exposuresUnder(layers, 'select email, name, city from customers')).toEqual([
        masked('redact'),
        masked('hash'),
        { kind: 'clear' },
      ]);
      expect(exposuresUnder(layers, 'select body from notes')).toEqual([masked({ partial: 4 })]);
    }
  });

  it('hide nothing less for what an agent-only policy shows more of', () => {
    const agent = hiding({ 'app.customers.email': { partial: 64 }, 'app.notes.body': { partial: 64 } });
    expect(exposuresUnder([person, agent], 'select body from notes')).toEqual([masked({ partial: 4 })]);
    expect(exposuresUnder([person, agent], 'select email from customers')).toEqual([masked('redact')]);
  });

  it('let no agent write what its person may not, to where only the agent sees it masked', () => {
    const agent = hiding({ 'app.notes.email': 'redact' });
    const laundering = 'insert into notes (email) select email from customers';
    expect(exposuresUnder([person], laundering)).toBe('are written to the column email');
    expect(exposuresUnder([person, agent], laundering)).toBe('are written to the column email');
    // Judged as if all were one layer, it would pass.
    expect(exposuresUnder([[...person, ...agent]], laundering)).toBe('clear');
  });

  it('are withheld where either cannot be followed, and refused where either refuses', () => {
    const agent = hiding({ 'app.customers.name': 'hash' }, { inference: 'refuse' });
    expect(exposuresUnder([person, agent], 'select lower(email), name from customers')).toEqual([
      { kind: 'withheld' },
      masked('hash'),
    ]);
    expect(exposuresUnder([person], "select id from customers where name = 'Ada'")).toBe('clear');
    expect(exposuresUnder([person, agent], "select id from customers where name = 'Ada'")).toContain('are compared');
  });

  it('trust a function only where both trust it', () => {
    const trusting = { trustedFunctions: [name('app.twice')] };
    const rules = { 'app.customers.email': 'redact' as const };
    const sql = 'select app.twice(email), email from customers';
    const [yes, no] = [hiding(rules, trusting), hiding(rules)];
    expect(exposuresUnder([yes, hiding(rules, trusting)], sql)).toEqual([{ kind: 'clear' }, masked('redact')]);
    expect(exposuresUnder([yes, no], sql)).toBe('are passed to the function app.twice');
    expect(exposuresUnder([no, yes], sql)).toBe('are passed to the function app.twice');
  });

  it('hold for COPY, whose types are those of the columns as they are shown', () => {
    const agent = hiding({ 'app.customers.salary': 'redact' });
    const sql = 'copy customers (email, id, salary) to stdout';
    const [alone, both] = [maskingUnder([agent], sql), maskingUnder([person, agent], sql)];
    expect(both?.copy?.types).toHaveLength(3);
    expect(both?.copy?.types[2]).toBe(alone?.copy?.types[2]);
    expect(both?.copy?.types[0]).toBe(maskingUnder([person], sql)?.copy?.types[0]);
    expect(both?.copy?.format).toEqual(alone?.copy?.format);
    expect(exposuresUnder([person, agent], sql)).toEqual([
      masked({ partial: 'domain' }),
      { kind: 'clear' },
      masked('redact'),
    ]);
  });

  it('show no part of a column in which one of them looks for something that the other does not mask', () => {
    const methods = { 'app.customers.email': 'token', 'app.customers.name': 'null', 'app.notes.body': { partial: 4 } };
    const looking = policy({ name: 'looking', mask: [look('email')] });
    const sql = 'select c.email, name, city, body from customers c, notes';
    const hidden = [masked('redact'), masked('null'), { kind: 'clear' }, masked('redact')];
    for (const alone of [[looking], [looking, ...hiding({ 'app.customers.city': 'redact' })]]) {
      const agent = hiding(methods as Readonly<Record<string, MaskMethod>>);
      for (const layers of [
        [alone, agent],
        [agent, alone],
      ]) {
        const shown = exposuresUnder(layers, sql);
        expect(typeof shown === 'string' ? shown : shown.with(2, { kind: 'clear' })).toEqual(hidden);
        const { oid = 0, columns = [] } = SHOP.relations.find(({ name: one }) => one === 'notes') ?? {};
        const number = columns.find(({ name: one }) => one === 'body')?.number ?? 0;
        expect(layeredMasks(layers, SHOP)?.at(oid, number)).toBe('redact');
      }
    }
  });

  it('show the part that every layer shows which looks for something', () => {
    const agent = hiding({ 'app.notes.body': { partial: 2 } });
    const looking = policy({ name: 'looking', mask: [look('email')] });
    expect(exposuresUnder([[...person, looking], agent], 'select body from notes')).toEqual([masked({ partial: 2 })]);
    expect(exposuresUnder([[looking, ...person], person], 'select body from notes')).toEqual([masked({ partial: 4 })]);
    expect(exposuresUnder([[looking, ...person]], 'select body from notes')).toEqual([masked({ partial: 4 })]);
  });

  it('are judged once where both mask by the same policies', () => {
    const also = policy({ name: 'also', deny: [] });
    expect(layeredMasks([person, [...person, also]], SHOP)?.layers).toHaveLength(1);
    expect(layeredMasks([person, hiding({ 'app.notes.id': 'redact' })], SHOP)?.layers).toHaveLength(2);
    expect(layeredMasks([[also]], SHOP)).toBeNull();
  });
});

describe('any two layers', () => {
  const columns = ['app.customers.email', 'app.customers.name', 'app.customers.salary', 'app.notes.body', '*.*.email'];
  const layers = fc
    .record({
      rules: fc.dictionary(fc.constantFrom(...columns), fc.constantFrom(...METHODS), { minKeys: 1, maxKeys: 3 }),
      mode: fc.constantFrom('strict' as const, 'lenient' as const),
      inference: fc.constantFrom('refuse' as const, 'equality' as const, 'allow' as const),
    })
    .map(({ rules, ...masking }) => hiding(rules, masking));
  const statements = fc.constantFrom(
    'select * from customers',
    'select email, n.body from customers c, notes n',
    'select lower(email), name || city from customers',
    'select coalesce(email, name) from customers',
    'select email from customers union all select body from notes',
    'insert into notes (body) select email from customers returning *',
    'update customers set name = email',
    "select id from customers where email = 'a'",
    'copy customers to stdout',
    'select mail from contacts',
    'select mail, label from reach',
    'explain select email from customers',
  );
  const rank = { clear: 0, masked: 1, withheld: 2 };

  it('show nothing of a column that one of them hides, and refuse what one of them refuses', () => {
    let hidden = 0;
    fc.assert(
      fc.property(layers, layers, statements, (one, other, sql) => {
        const both = maskingUnder([one, other], sql);
        for (const layer of [one, other]) {
          const alone = maskingUnder([layer], sql);
          if (alone?.refusal) expect(both?.refusal).toBeTruthy();
          if (alone?.delicate === true) expect(both?.delicate).toBe(true);
          if (both?.refusal) continue;
          for (const [index, { exposure, name: shown }] of (alone?.columns ?? []).entries()) {
            const joined = both?.columns?.[index];
            expect(joined?.name).toBe(shown);
            expect(rank[joined?.exposure.kind ?? 'clear']).toBeGreaterThanOrEqual(rank[exposure.kind]);
            if (exposure.kind !== 'masked' || joined?.exposure.kind !== 'masked') continue;
            expect(hidingBoth(exposure.with, joined.exposure.with)).toEqual(joined.exposure.with);
            hidden += 1;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(hidden).toBeGreaterThan(50);
  });

  it('mask every column of every table that one of them masks', () => {
    fc.assert(
      fc.property(layers, layers, (one, other) => {
        const both = layeredMasks([one, other], SHOP);
        for (const relation of SHOP.relations) {
          for (const layer of [one, other]) {
            for (const [column, { with: method }] of layeredMasks([layer], SHOP)?.of(relation) ?? []) {
              const found = both?.of(relation)?.get(column)?.with ?? { partial: 64 };
              expect(hidingBoth(found, method)).toEqual(found);
              const number = relation.columns.find((one_) => one_.name === column)?.number ?? 0;
              expect(both?.at(relation.oid, number)).toEqual(found);
            }
          }
        }
      }),
    );
  });
});
