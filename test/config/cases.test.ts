import { describe, expect, it } from 'vitest';
import { casesPath, loadCases, parseCases } from '../../src/config/cases.ts';
import type { Identity } from '../../src/core/identity.ts';
import { parseConfig } from '../../src/config/load.ts';
import { minimal, minimalSsh } from './examples.ts';

const SERVICES = 'services: { nightly: { audience: x, subject: y, groups: [jobs] } }';
const IDENTITY = `identity: { issuer: https://idp.example, client_id: hoopctl, ${SERVICES} }`;
const config = {
  path: '/etc/hoopctl/hoopctl.yaml',
  ...parseConfig(minimal({ more: IDENTITY }), 'hoopctl.yaml'),
};

const identityOf = (as: string): Identity | null =>
  parseCases(`cases: [{ target: pg, sql: x, expect: deny, as: ${as} }]`, 'f', config)[0]?.as ?? null;

describe('policy cases', () => {
  it('are read with where they stand and who asks', () => {
    const text = `cases:
  - { target: pg, sql: "DROP TABLE t", expect: deny, rule: "p.deny[0]" }
  - target: pg
    as: { kind: agent, subject: bot, for: { subject: u-1, email: Ada@x.io, groups: [dba] } }
    sql: |
      SELECT 1;
      \tSELECT 2
    expect: allow
`;
    expect(parseCases(text, 'hoopctl.test.yaml', config)).toEqual([
      {
        target: 'pg',
        text: 'DROP TABLE t',
        channel: null,
        as: null,
        expect: 'deny',
        rule: 'p.deny[0]',
        position: 'hoopctl.test.yaml:2:5',
      },
      {
        target: 'pg',
        text: 'SELECT 1;\n\tSELECT 2\n',
        channel: null,
        as: {
          kind: 'agent',
          subject: 'bot',
          issuer: 'case',
          display: 'bot',
          email: null,
          service: null,
          groups: [],
          verified: true,
          actsFor: {
            kind: 'person',
            subject: 'u-1',
            issuer: 'case',
            display: 'u-1',
            email: 'ada@x.io',
            service: null,
            groups: ['dba'],
            verified: true,
            actsFor: null,
          },
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
    expect(() => parseCases(text, 'f', config)).toThrow(expected);
  });

  it.each<[string, string, Partial<Identity>]>([
    ['a person by what is said of them', '{ groups: [dba] }', { kind: 'person', subject: 'case', groups: ['dba'] }],
    ['a service in the groups of its entry', '{ service: nightly }', { kind: 'service', groups: ['jobs'] }],
    ['a service by name', '{ kind: service, service: nightly, subject: s }', { service: 'nightly', subject: 's' }],
    ['a service that is not declared', '{ kind: service, subject: s }', { kind: 'service', service: null, groups: [] }],
    [
      'an agent of a service',
      '{ kind: agent, subject: bot, for: { service: nightly } }',
      { kind: 'agent', actsFor: expect.objectContaining({ service: 'nightly' }) },
    ],
    [
      'an agent of an agent',
      '{ kind: agent, subject: a, for: { kind: agent, subject: b, for: { subject: c } } }',
      { actsFor: expect.objectContaining({ subject: 'b', actsFor: expect.objectContaining({ subject: 'c' }) }) },
    ],
  ])('have %s ask', (_who, as, expected) => {
    expect(identityOf(as)).toMatchObject(expected);
  });

  it.each([
    ['an agent of nobody', '{ kind: agent, subject: bot }', 'f:1:57 cases[0].as needs "for": say whom'],
    ['an agent of nothing', '{ kind: agent, for: {} }', 'cases[0].as.for needs at least one of'],
    [
      'an agent of an agent of nobody',
      '{ kind: agent, for: { kind: agent, subject: a } }',
      'cases[0].as.for needs "for"',
    ],
    ['an agent in groups', '{ kind: agent, groups: [a], for: { subject: b } }', 'groups of whom it acts for'],
    ['an agent with an address', '{ kind: agent, email: a@x.io, for: { subject: b } }', 'cases[0].as.email: policies'],
    ['an agent that is a service', '{ kind: agent, service: nightly, for: { subject: b } }', 'a service is no agent'],
    ['a person for another', '{ subject: a, for: { subject: b } }', 'cases[0].as.for: only an agent acts for somebody'],
    ['a person that is a service', '{ kind: person, service: nightly }', 'a service is no person'],
    ['a service with an address', '{ service: nightly, email: a@x.io }', 'people by it only'],
    ['a service in other groups', '{ service: nightly, groups: [dba] }', 'those of nightly stand in identity.services'],
    ['a service that is misspelt', '{ service: nigthly }', 'unknown service "nigthly": did you mean "nightly"?'],
    ['an address that is none', '{ email: ada }', 'cases[0].as.email: expected an e-mail address'],
    ['no groups of a list', '{ subject: a, groups: [] }', 'cases[0].as.groups is an empty list'],
  ])('with %s are an error', (_who, as, expected) => {
    expect(() => identityOf(as)).toThrow(expected);
  });

  it('lie beside the configuration, and their absence is an error', async () => {
    expect(casesPath(config)).toBe('/etc/hoopctl/hoopctl.test.yaml');
    await expect(loadCases('/nowhere/hoopctl.test.yaml', config)).rejects.toMatchObject({ code: 'config.missing' });
  });
});

describe('policy cases of SSH', () => {
  const servers = { path: '/etc/hoopctl/hoopctl.yaml', ...parseConfig(minimalSsh(), 'hoopctl.yaml') };
  const read = (one: string): ReturnType<typeof parseCases> =>
    parseCases(`cases: [{ target: web, ${one}, expect: deny }]`, 'f', servers);

  it.each([
    ['command: rm -rf /', 'exec', 'rm -rf /'],
    ['channel: exec, request: uptime', 'exec', 'uptime'],
    ['channel: shell', 'shell', ''],
    ['channel: sftp', 'sftp', ''],
    ['channel: sftp, request: write /etc/passwd', 'sftp', 'write /etc/passwd'],
    ['channel: forward, request: "local db:5432"', 'forward', 'local db:5432'],
  ])('say what is asked: %s', (one, channel, text) => {
    expect(read(one)).toEqual([
      { target: 'web', channel, text, as: null, expect: 'deny', rule: null, position: 'f:1:9' },
    ]);
  });

  it.each([
    ['sql: SELECT 1', 'f:1:29 "web" is reached by SSH: write command: "…" instead of sql'],
    ['command: ""', 'f:1:33 cases[0].command is empty'],
    ['command: ls, channel: shell', 'f:1:9 cases[0] needs exactly one of sql, command, channel'],
    ['rule: x', 'f:1:9 cases[0] needs exactly one of sql, command, channel'],
    ['command: ls, request: x', 'f:1:46 "request" says what is done on a channel: write channel: sftp'],
    ['channel: sfpt', 'f:1:33 cases[0].channel: unknown channel "sfpt": did you mean "sftp"?'],
    ['channel: exec', 'f:1:33 the request is empty: write a command line'],
    ['channel: sftp, request: delete /a', 'f:1:48 the request does something to a path: write one of read, list'],
    ['channel: shell, request: x', 'f:1:49 the request takes no words on the channel shell'],
  ])('%s is an error', (one, expected) => {
    expect(() => read(one)).toThrow(expected);
  });

  it('are none of databases', () => {
    for (const one of ['command: ls', 'channel: shell']) {
      expect(() => parseCases(`cases: [{ target: pg, ${one}, expect: deny }]`, 'f', config)).toThrow(
        '"pg" is a database: write sql: "…" instead',
      );
    }
  });
});
