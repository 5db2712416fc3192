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
    'create table app.people (id int primary key, email text, ssn text, pin text, town text)',
  );
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: [masks] }
policies:
  masks:
    default: allow
    deny: [{ action: delete }]
    mask:
      - { column: app.people.email, with: { partial: domain } }
      - { column: [app.people.ssn, app.people.pin], with: token }
`);
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

interface Statement {
  readonly columns: readonly unknown[] | null;
  readonly errors: string;
  readonly refusal: { readonly columns: readonly string[]; readonly act: string; readonly instead: string } | null;
}

async function statementsOf(sql: string): Promise<readonly Statement[]> {
  const { code, stdout } = await place.run('policy', 'explain', sql, '--target', 'pg', '--json');
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { statements: Statement[] }).statements;
}

async function textOf(sql: string): Promise<string> {
  const { stdout } = await place.run('policy', 'explain', sql, '--target', 'pg');
  return stdout;
}

describe('policy explain, where columns are masked', () => {
  it('says of every column whether it is clear, masked or withheld, how, and because of which columns', async () => {
    const sql = 'SELECT town, email AS mail, ssn, lower(email) || ssn AS both FROM app.people';
    expect(await statementsOf(sql)).toEqual([
      {
        columns: [
          { name: 'town', exposure: 'clear', with: null, sources: [] },
          { name: 'mail', exposure: 'masked', with: { partial: 'domain' }, sources: ['app.people.email'] },
          { name: 'ssn', exposure: 'masked', with: 'token', sources: ['app.people.ssn'] },
          { name: 'both', exposure: 'withheld', with: null, sources: ['app.people.email', 'app.people.ssn'] },
        ],
        errors: 'withheld',
        refusal: null,
      },
    ]);
    const lines = (await textOf(sql)).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'columns    town  clear',
        '           mail  masked with partial: domain  of app.people.email',
        '           ssn   masked with token            of app.people.ssn',
        '           both  withheld                     of app.people.email, app.people.ssn',
      ]),
    );
  });

  it('says it of each of several statements', async () => {
    const sql = 'SELECT ssn FROM app.people; SELECT 1';
    expect(await statementsOf(sql)).toMatchObject([{ columns: [{ name: 'ssn' }] }, { columns: null, errors: 'clear' }]);
    const text = await textOf(sql);
    expect(text).toMatch(/^columns 1 {2}ssn {2}masked with token/m);
    expect(text).toMatch(/^columns 2 {2}nothing masked is in what it gives$/m);
  });

  it('says why a statement is refused: all of the columns, what would happen to them, and what to write', async () => {
    const sql = 'CREATE TABLE app.copy AS SELECT email, ssn, pin, email || pin AS x FROM app.people';
    const refusal = {
      columns: ['app.people.email', 'app.people.ssn', 'app.people.pin'],
      act: 'would be kept in a new table',
      instead: 'Leave the column out, or make a view instead.',
    };
    expect(await statementsOf(sql)).toEqual([{ columns: null, errors: 'withheld', refusal }]);
    const text = await textOf(sql);
    expect(text).toMatch(/^decision +deny$/m);
    expect(text).toMatch(
      /^refused +masked values would be kept in a new table:\n +app\.people\.email\n +app\.people\.ssn\n +app\.people\.pin$/m,
    );
    expect(text).toMatch(/^instead +Leave the column out, or make a view instead\.$/m);
  });

  it('says what masks make of a statement that another rule denies', async () => {
    const sql = 'DELETE FROM app.people WHERE id = 1 RETURNING ssn';
    expect(await statementsOf(sql)).toMatchObject([{ columns: [{ name: 'ssn', exposure: 'masked' }] }]);
    expect(await textOf(sql)).toMatch(/^rule +masks\.deny\[0\]$/m);
  });
});
