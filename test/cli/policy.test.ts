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
      stdout: `${join(place.directory, 'hoopctl.yaml')}: 1 targets and 1 policies are valid\n`,
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
