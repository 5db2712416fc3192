import { existsSync, readdirSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { Place } from './command-line.ts';

let server: Server;
let place: Place;

/** Stands in every value that may be looked at. */
const CANARY = 'canary4711';

const config = (port: number, masks: string): string => `version: 1
targets:
  bare: { protocol: postgres, address: "127.0.0.1:${port}", database: postgres, user: reader, tls: disable, policy: unguarded }
  half: { protocol: postgres, address: "127.0.0.1:${port}", database: postgres, user: reader, tls: disable, policy: [half] }
  all: { protocol: postgres, address: "127.0.0.1:${port}", database: postgres, user: reader, tls: disable, policy: [half, rest] }
policies:
  half:
    default: allow
    mask: [{ column: app.people.email, with: redact }]
  rest:
    default: allow
    mask:
${masks}
`;

const REST = `      - { column: ["*.people.*", "*.events.*", "*.secrets.*"], with: redact }`;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  await server.admin(
    'postgres',
    'create role reader login',
    'create schema app',
    'grant usage on schema app to reader',
    'create table app.people (id int primary key, email text, "dateOfBirth" date, contact text, town text)',
    `insert into app.people select i, '${CANARY}' || i || '@example.org', '1970-01-01', '${CANARY}' || i || '@example.com', '${CANARY}' from generate_series(1, 50) i`,
    'create table app.events (id int, at timestamptz, source_ip inet, place text) partition by range (id)',
    'create table app.events_1 partition of app.events for values from (0) to (100)',
    `insert into app.events select i, now(), '10.0.0.1', '10.0.0.' || i from generate_series(1, 20) i`,
    'create table app.secrets (id int, payload text)',
    `insert into app.secrets values (1, 'AKIAIOSFODNN7EXAMPLE')`,
    'alter table app.secrets enable row level security',
    'create function app.spy() returns boolean language plpgsql as $$ begin raise warning $m$spied$m$; return true; end $$',
    'create policy spying on app.secrets using (app.spy())',
    'create view app.view as select email from app.people',
    'grant select on all tables in schema app to reader',
  );
  place = new Place(config(server.port, REST));
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

const suggest = (target: string, ...more: string[]): ReturnType<Place['run']> =>
  place.run('policy', 'suggest', '--target', target, ...more);

interface Document {
  readonly version: number;
  readonly suggestions: readonly { readonly rule: { readonly column: string }; readonly because: unknown }[];
  readonly examined: { readonly tables: number; readonly columns: number; readonly masked: number };
  readonly sample: { readonly refused: readonly unknown[] } | null;
}

async function documentOf(target: string, ...more: string[]): Promise<Document> {
  const { code, stdout } = await suggest(target, '--json', ...more);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Document;
}

const columnsOf = ({ suggestions }: Document): readonly string[] => suggestions.map(({ rule }) => rule.column);

describe('policy suggest', () => {
  it('prints rules for columns that look sensitive by name or type, of tables and once for all partitions', async () => {
    const { code, stdout } = await suggest('bare');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      '      - { column: app.events.source_ip, with: redact } # a network address, by its name and its type',
      '      - { column: app.people.email, with: { partial: domain } } # an e-mail address, by its name',
      '      - { column: app.people.dateOfBirth, with: redact } # a date of birth, by its name',
      '',
    ]);
  });

  it('prints what can be pasted under mask:', async () => {
    const { stdout } = await suggest('bare', '--sample', '20');
    const { policies } = parseConfig(config(1, stdout), 'hoopctl.yaml');
    expect(policies.get('rest')?.mask.map(({ column }) => column?.[0]?.source)).toEqual([
      'app.events.source_ip',
      'app.events.place',
      'app.people.email',
      'app.people.dateOfBirth',
      'app.people.contact',
    ]);
  });

  it('looks at values when it is told to, and says how many of them spoke for it', async () => {
    const document = await documentOf('bare', '--sample', '20');
    const contact = document.suggestions.find(({ rule }) => rule.column === 'app.people.contact');
    expect(contact).toMatchObject({
      kind: 'email',
      rule: { with: { partial: 'domain' } },
      because: { name: false, type: false, values: { matching: 20, of: 20 } },
    });
    expect((await documentOf('bare')).sample).toBeNull();
  });

  it('leaves out what the target’s policies mask already, and says when that is all', async () => {
    expect(columnsOf(await documentOf('half'))).toEqual(['app.events.source_ip', 'app.people.dateOfBirth']);
    expect((await documentOf('half')).examined).toEqual({ tables: 3, columns: 11, masked: 1 });
    const { code, stdout } = await suggest('all');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '# all: no other column looks sensitive than those masked already\n',
    });
  });

  it('neither shows nor keeps values, and does not even look at those that are masked', async () => {
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await suggest('half', '--sample', '50', ...more);
      expect(`${stdout}${stderr}`).not.toMatch(/canary|AKIA|example\.(?:org|com)/);
    }
    expect(existsSync(place.state) ? readdirSync(place.state) : []).toEqual([]);
    const asked = server.log.statementsOf('reader', 0).filter((text) => text.includes('LIMIT 50'));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((text) => text.includes('"email"'))).toEqual([]);
  });

  it('runs nobody’s code: where row security would, it says that it could not look', async () => {
    const { code, stdout, stderr } = await suggest('bare', '--sample', '20');
    expect(code).toBe(0);
    expect(stdout).not.toContain('app.secrets');
    expect(stderr).toContain('the values of app.secrets could not be looked at (SQLSTATE 42501)');
    expect((await documentOf('bare', '--sample', '20')).sample?.refused).toEqual([
      { table: 'app.secrets', sqlstate: '42501' },
    ]);
    expect(server.log.statementsOf('reader', 0).filter((text) => text.includes('app"."view"'))).toEqual([]);
  });

  it('does not wait for a table that somebody holds', async () => {
    const holder = new pg.Client({ connectionString: `postgresql://${server.user}@127.0.0.1:${server.port}/postgres` });
    await holder.connect();
    try {
      await holder.query('begin; lock table app.people in access exclusive mode');
      const { sample } = await documentOf('bare', '--sample', '20');
      expect(sample?.refused).toContainEqual({ table: 'app.people', sqlstate: '55P03' });
    } finally {
      await holder.end();
    }
  });

  it('takes a number of rows that makes sense', async () => {
    for (const rows of ['0', 'many', '10001']) {
      expect(await suggest('bare', '--sample', rows)).toMatchObject({ code: 2, stdout: '' });
    }
  });
});
