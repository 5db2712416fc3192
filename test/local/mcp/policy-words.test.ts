import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import { policyWords } from '../../../src/local/mcp/policy-words.ts';
import { columnsOrder, relationsOf } from '../../../src/local/mcp/relations.ts';

const policies = (...texts: readonly string[]) => {
  const target = 'pg: { protocol: postgres, address: "localhost:5432", database: a, user: a, policy: [p0] }';
  const all = texts.map((text, index) => `  p${index}: ${text}\n`).join('');
  return [...parseConfig(`version: 1\ntargets: { ${target} }\npolicies:\n${all}`, 'hoopctl.yaml').policies.values()];
};

describe('policies in words', () => {
  it('say what holds, of all of them together', () => {
    const words = policyWords(
      policies(
        '{ default: ask, access: read-only, scope: { schemas: [app, "tmp_*"] } }',
        '{ default: deny, allow: [{ action: select }], deny: [{ action: drop }, { relation: app.secrets }], scope: { schemas: [app] } }',
        '{ default: allow, ask: [{ action: [drop, insert] }], mask: [{ detect: [jwt], with: redact }] }',
      ),
    );
    expect(words).toEqual([
      'Only reading is allowed.',
      'What no rule allows is denied.',
      'What no rule allows is held until a person approves it.',
      'Denied, at least in some cases: drop, whatever concerns certain objects.',
      'Held until a person approves, at least in some cases: drop, insert.',
      'Only these schemas: app, tmp_*.',
      'Only these schemas: app.',
      'What looks like personal data or a secret is masked wherever it is found.',
    ]);
  });

  it('say no more of rules than what they are about', () => {
    const words = policyWords(
      policies(
        '{ default: allow, deny: [{ relation: app.payroll, message: hush }], mask: [{ column: app.p.ssn, with: redact }] }',
      ),
    );
    expect(words.join(' ')).not.toMatch(/payroll|hush|ssn/);
  });
});

describe('relations', () => {
  const rows = [
    ['app', 'a', 'r', 'id', 'integer', 't'],
    ['app', 'a', 'r', 'name', 'text', 'f'],
    ['hr', 'a', 'v', 'id', 'integer', 'f'],
    ['tmp_1', 'b', 'p', 'id', 'integer', 'f'],
  ];

  it('are made of their columns', () => {
    expect(relationsOf({ rows }, [])).toEqual([
      {
        schema: 'app',
        name: 'a',
        kind: 'table',
        columns: [
          { name: 'id', type: 'integer', nullable: false },
          { name: 'name', type: 'text', nullable: true },
        ],
      },
      { schema: 'hr', name: 'a', kind: 'view', columns: [{ name: 'id', type: 'integer', nullable: true }] },
      {
        schema: 'tmp_1',
        name: 'b',
        kind: 'partitioned table',
        columns: [{ name: 'id', type: 'integer', nullable: true }],
      },
    ]);
  });

  it('are asked for within the scope of every policy', () => {
    const scoped = policies(
      '{ default: allow, scope: { schemas: [app, "x_*"] } }',
      `{ default: allow, scope: { schemas: ['"say ""hi"""'] } }`,
    );
    const names = { schema: null, relation: 'a' };
    const { text, parameters } = columnsOrder(names, scoped);
    expect(parameters).toEqual([null, 'a', String.raw`{"app","x\\_%"}`, String.raw`{"say \"hi\""}`]);
    expect(text).toMatch(/LIKE ANY \(\$3::text\[\]\)\s+AND n\.nspname LIKE ANY \(\$4::text\[\]\)/);
    expect(columnsOrder(names, policies('{ default: allow }')).parameters).toEqual([null, 'a']);
  });

  it('are those within the scope of every policy', () => {
    const scoped = policies(
      '{ default: allow, scope: { schemas: [app, hr] } }',
      '{ default: allow, scope: { schemas: ["tmp_*", hr] } }',
      '{ default: allow }',
    );
    expect(relationsOf({ rows }, scoped).map(({ schema }) => schema)).toEqual(['hr']);
  });
});
