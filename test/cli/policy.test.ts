import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../postgres/server.ts';
import { lastLine, Place } from './command-line.ts';

let server: Server;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'scram-sha-256', password: 'right' });
  await server.admin(
    'postgres',
    'create schema app',
    'create table app.customers (id int primary key)',
    'create view app.everyone as select * from app.customers',
  );
  place = new Place(
    `version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, password: { env: PW }, tls: disable, policy: [guarded] }
policies:
  guarded:
    default: allow
    deny:
      - { action: [delete, update], where: absent, message: say which rows }
    scope: { schemas: [app] }
`,
    { PW: 'right' },
  );
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

describe('policy explain', () => {
  it('says decision, rule, effects and tables, from the target’s own catalog', async () => {
    const { code, stdout } = await place.run(
      'policy',
      'explain',
      'DELETE FROM app.everyone',
      '--target',
      'pg',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      target: 'pg',
      verdict: 'deny',
      rule: { name: 'guarded.deny[0]' },
      refusal: { message: 'say which rows' },
      tables: expect.arrayContaining(['app.customers', 'app.everyone']) as unknown,
    });
    const text = await place.run('policy', 'explain', 'SELECT id FROM app.customers', '--target', 'pg');
    expect(text.stdout).toMatch(/^for +\S+ \(person, os, not verified\)$/m);
    expect(text.stdout).toMatch(/^decision +allow$/m);
    expect(text.stdout).toMatch(/^tables +app\.customers$/m);
  });

  it('executes nothing', async () => {
    await place.run('policy', 'explain', 'DELETE FROM app.customers WHERE id = 1', '--target', 'pg');
    await place.run('policy', 'explain', 'SELECT 4711', '--target', 'pg');
    const statements = server.log.statementsOf(server.user, 0);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter((text) => text.includes('4711') || text.startsWith('DELETE'))).toEqual([]);
  });

  it('says why it cannot be told', async () => {
    const { code, stdout } = await place.run('policy', 'explain', 'SELEC 1', '--target', 'pg');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^decision +deny$/m);
    const unreached = await place.run('policy', 'explain', 'SELECT 1', '--target', 'nowhere');
    expect(unreached.code).toBe(2);
  });
});

describe('policy check', () => {
  it('accepts what is right', async () => {
    const { code, stdout } = await place.run('policy', 'check');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${join(place.directory, 'hoopctl.yaml')}: 1 target and 1 policy are valid\n`,
    });
  });
});

describe('policy test', () => {
  it('runs the cases beside the policy, and fails with the first that does not hold', async () => {
    const right = '{ target: pg, sql: "DELETE FROM app.customers", expect: deny, rule: "deny[0]" }';
    const file = join(place.directory, 'hoopctl.test.yaml');
    writeFileSync(file, `cases:\n  - ${right}\n`);
    expect(await place.run('policy', 'test')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/1 passed, 0 failed\n$/) as string,
    });
    writeFileSync(file, `cases:\n  - ${right}\n  - { target: pg, sql: "SELECT * FROM app.customers", expect: deny }\n`);
    const failed = await place.run('policy', 'test');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^FAILED .*hoopctl\.test\.yaml:3/m);
    expect(failed.stdout).toMatch(/1 passed, 1 failed\n$/);
    expect(lastLine(failed.stderr)).toMatch(/^Try: /);
  });
});

describe('policies for some', () => {
  let some: Place;
  beforeAll(() => {
    some = new Place(
      `version: 1
identity:
  issuer: https://idp.example.com
  client_id: hoopctl
  services: { nightly: { audience: jobs, subject: "job:*", groups: [jobs] } }
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, password: { env: PW }, tls: disable, policy: [people, agents, jobs] }
policies:
  people:
    default: deny
    allow: [{ action: select }]
    applies_to: { groups: [dba], emails: [ada@example.com], agents: none }
  agents:
    default: allow
    deny: [{ action: select, column: customers.id }]
    applies_to: { agents: [bot] }
  jobs:
    default: deny
    applies_to: { services: [nightly] }
`,
      { PW: 'right' },
    );
  });
  afterAll(() => some.remove());

  it('are tested as whom a case says, agents, services and those without any policy included', async () => {
    const cases = [
      '{ sql: SELECT id FROM app.customers, as: { groups: [dba] }, expect: allow, rule: "people.allow[0]" }',
      '{ sql: SELECT id FROM app.customers, as: { email: Ada@Example.com }, expect: allow }',
      '{ sql: SELECT id FROM app.customers, as: { subject: eve }, expect: deny, rule: nobody }',
      '{ sql: SELECT id FROM app.customers, as: { kind: agent, subject: bot, for: { groups: [dba] } }, expect: deny, rule: "agents.deny[0]" }',
      '{ sql: SELECT 1 FROM app.customers, as: { kind: agent, subject: bot, for: { groups: [dba] } }, expect: allow }',
      '{ sql: DROP TABLE app.customers, as: { kind: agent, subject: bot, for: { groups: [dba] } }, expect: deny, rule: people.default }',
      '{ sql: SELECT 1 FROM app.customers, as: { kind: agent, subject: other, for: { groups: [dba] } }, expect: deny, rule: nobody }',
      '{ sql: SELECT 1 FROM app.customers, as: { kind: agent, subject: bot, for: { subject: eve } }, expect: deny, rule: nobody }',
      '{ sql: SELECT 1 FROM app.customers, as: { service: nightly }, expect: deny, rule: jobs.default }',
    ];
    const lines = cases.map((one) => `  - ${one.replace('{', '{ target: pg,')}\n`);
    writeFileSync(join(some.directory, 'hoopctl.test.yaml'), `cases:\n${lines.join('')}`);
    const { stdout, stderr } = await some.run('policy', 'test');
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/^9 passed, 0 failed$/m) as string });
  });
});

describe('targets', () => {
  it('are listed and shown with where their password is kept, and never with the password', async () => {
    for (const args of [['list'], ['list', '--json'], ['show', 'pg'], ['show', 'pg', '--json']]) {
      const { code, stdout } = await place.run('targets', ...args);
      expect(code).toBe(0);
      expect(stdout).toContain(`127.0.0.1:${server.port}`);
      expect(stdout).not.toContain('right');
    }
    expect((await place.run('targets', 'show', 'pg')).stdout).toMatch(/^password +env: PW$/m);
  });

  it('are tested by a login', async () => {
    const { code, stdout } = await place.run('targets', 'test', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      targets: [{ target: 'pg', error: null, report: { authentication: 'scram-sha-256', tls: null } }],
    });
  });
});

describe('doctor', () => {
  it('finds nothing wrong where nothing is, and says what is not enforced', async () => {
    const { code, stdout } = await place.run('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +grammar: /m);
    expect(stdout).toMatch(/^ok +sandbox: /m);
    expect(stdout).toMatch(/^ok +target pg: server 1\d/m);
    expect(stdout).toMatch(/^ +not enforced +values in results/m);
  });

  it('finds what is wrong, says it and ends with 1', async () => {
    const open = join(place.directory, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const wrong = new Place(null, { HOOPCTL_STATE_DIR: open });
    try {
      const { code, stdout, stderr } = await wrong.run('doctor', '--offline');
      expect(code).toBe(1);
      expect(stdout).toMatch(/^failed +state directory: .* is open to other users$/m);
      expect(stdout).toMatch(/^warning +configuration: there is no hoopctl\.yaml/m);
      expect(lastLine(stderr)).toBe(`Try: chmod 700 ${open}`);
    } finally {
      wrong.remove();
    }
  });

  it('ends with 1 when a target cannot be reached, and says so as JSON too', async () => {
    const unset = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }
`);
    try {
      const { code, stdout } = await unset.run('doctor', '--json');
      expect(code).toBe(1);
      const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { what: string; status: string }[] };
      expect(ok).toBe(false);
      expect(findings.find(({ what }) => what === 'target pg')?.status).toBe('failed');
      expect((await unset.run('doctor', '--offline')).code).toBe(0);
    } finally {
      unset.remove();
    }
  });
});
