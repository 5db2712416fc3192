import { describe, expect, it } from 'vitest';
import { casesPath, loadCases, parseCases } from '../../src/config/cases.ts';
import { parseConfig } from '../../src/config/load.ts';
import { minimal } from './examples.ts';

const config = { path: '/etc/hoopctl/hoopctl.yaml', ...parseConfig(minimal(), 'hoopctl.yaml') };

describe('policy cases', () => {
  it('are read with where they stand and who asks', () => {
    const text = `cases:
  - { target: pg, sql: "DROP TABLE t", expect: deny, rule: "p.deny[0]" }
  - target: pg
    as: { kind: agent, subject: bot, groups: [dba] }
    sql: |
      SELECT 1;
      \tSELECT 2
    expect: allow
`;
    expect(parseCases(text, 'hoopctl.test.yaml', ['pg'])).toEqual([
      {
        target: 'pg',
        sql: 'DROP TABLE t',
        as: null,
        expect: 'deny',
        rule: 'p.deny[0]',
        position: 'hoopctl.test.yaml:2:5',
      },
      {
        target: 'pg',
        sql: 'SELECT 1;\n\tSELECT 2\n',
        as: {
          kind: 'agent',
          subject: 'bot',
          issuer: 'case',
          display: 'bot',
          email: null,
          service: null,
          groups: ['dba'],
          verified: true,
          actsFor: null,
        },
        expect: 'allow',
        rule: null,
        position: 'hoopctl.test.yaml:3:5',
      },
    ]);
  });

  it.each([
    ['no cases', 'cases: []', 'f:1:8 cases is an empty list'],
    ['an empty file', '', 'f:1:1 is empty'],
    [
      'an unknown target',
      'cases: [{ target: gp, sql: x, expect: deny }]',
      'f:1:19 unknown target "gp": did you mean "pg"?',
    ],
    [
      'an unknown verdict',
      'cases: [{ target: pg, sql: x, expect: dney }]',
      'unknown word "dney": did you mean "deny"?',
    ],
    ['no statement', 'cases: [{ target: pg, sql: " ", expect: deny }]', 'cases[0].sql is empty'],
    ['no verdict', 'cases: [{ target: pg, sql: x }]', 'cases[0].expect is missing'],
    [
      'an unknown key',
      'cases: [{ target: pg, sql: x, expects: deny }]',
      'unknown key "expects" in cases[0]: did you mean "expect"?',
    ],
    [
      'an identity of nothing',
      'cases: [{ target: pg, sql: x, expect: deny, as: {} }]',
      'cases[0].as needs at least one of',
    ],
  ])('with %s are an error', (_what, text, expected) => {
    expect(() => parseCases(text, 'f', ['pg'])).toThrow(expected);
  });

  it('lie beside the configuration, and their absence is an error', async () => {
    expect(casesPath(config)).toBe('/etc/hoopctl/hoopctl.test.yaml');
    await expect(loadCases('/nowhere/hoopctl.test.yaml', config)).rejects.toMatchObject({ code: 'config.missing' });
  });
});
