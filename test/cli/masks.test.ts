import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../postgres/server.ts';
import { Place } from './command-line.ts';

let server: Server;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  await server.admin(
    'postgres',
    'create schema app',
    'create table app.people (id int primary key, email text, ssn text)',
    'create table app.audit (what text)',
    `create function app.keep() returns trigger language plpgsql as
      $$ begin insert into app.audit values (old.email); return new; end $$`,
    'create trigger keep after update on app.people for each row execute function app.keep()',
    "insert into app.people select i, 'canary@example.org', '123-45-6789' from generate_series(1, 2) i",
  );
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: [masks] }
policies:
  masks:
    default: allow
    mask:
      - { column: app.people.email, with: { partial: domain } }
      - { column: app.people.ssn, with: token }
`);
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

/** What psql prints inside of a session of its own. */
async function printed(...statements: string[]): Promise<string> {
  const commands = statements.flatMap((statement) => ['-c', statement]);
  const { code, stdout, stderr } = await place.run('connect', 'pg', '--', 'psql', '-XqAt', ...commands);
  expect({ code, stderr: stderr.includes('ERROR') }).toEqual({ code: 0, stderr: false });
  return stdout;
}

describe('a client of a target whose columns are masked', () => {
  it('sees what policy explain says of each column, and so does the record', async () => {
    const sql = 'SELECT id, email, lower(ssn) FROM app.people WHERE id = 1';
    const { stdout } = await place.run('policy', 'explain', sql, '--target', 'pg', '--json');
    const { statements } = JSON.parse(stdout) as { statements: { columns: { exposure: string }[] }[] };
    expect(statements[0]?.columns.map(({ exposure }) => exposure)).toEqual(['clear', 'masked', 'withheld']);
    expect(await printed(sql)).toBe('1|***@example.org|[redacted]\n');
    const [{ id = '' } = {}] = (
      JSON.parse((await place.run('sessions', 'list', '--json')).stdout) as { sessions: { id?: string }[] }
    ).sessions;
    const replayed = await place.run('replay', id);
    expect(replayed.stdout).toContain('***@example.org');
    expect(replayed.stdout).not.toMatch(/canary|123-45/);
  });

  it('sees one token for one value all through a session, and another in the next', async () => {
    const sql = 'SELECT ssn FROM app.people ORDER BY id';
    const [first = '', again, ...more] = (await printed(sql, sql)).trimEnd().split('\n');
    expect(first).toMatch(/^\d{3}-\d{2}-\d{4}$/);
    expect([again, ...more]).toEqual([first, first, first]);
    expect((await printed(sql)).split('\n')[0]).not.toBe(first);
  });

  it('sees what the owner’s triggers have copied elsewhere (docs/limits.md)', async () => {
    await printed("UPDATE app.people SET email = 'new@example.org' WHERE id = 2");
    expect(await printed('SELECT what FROM app.audit')).toBe('canary@example.org\n');
  });
});
