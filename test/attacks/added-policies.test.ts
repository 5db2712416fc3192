import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, Place } from '../cli/command-line.ts';
import { type Server, startServer } from '../postgres/server.ts';

/*
 * Whoever writes a script may add policies to those of its targets: each of these tries to lift something by one.
 */

const CANARY = 'canary-4f81';

/** What the target's own policies decide; each ends with what was shown, or what was said. */
const STATEMENTS = [
  'select email from app.people order by id',
  'select phone from app.people order by id',
  'select tag from app.people order by id',
  'select upper(email) from app.people order by id',
  'select app.shout(email) from app.people order by id',
  "select count(*) from app.people where email like 'canary%'",
  'select id from app.people order by email',
  'select note from app.people order by id',
  'copy app.people to stdout',
  'select * from other.secrets',
  'update app.people set note = note',
  'drop table app.people',
  'create table app.mine (id int)',
  "do 'begin end'",
  "select query_to_xml('select email from app.people', true, true, '')",
  'set statement_timeout = 0',
  'lock table app.people',
];

const OWN = `
    default: deny
    allow:
      - { action: [select, set, copy-out] }
    deny:
      - { action: drop }
    mask:
      - { column: app.people.email, with: redact }
      - { column: app.people.phone, with: { partial: 4 } }
      - { column: app.people.tag, with: hash }
      - { detect: [credit-card], with: redact }
    masking: { mode: strict, inference: refuse }
    scope: { schemas: [app] }
    access: read-only
    session: { ttl: 2m, reason: required }
    record: { results: full }`;

const RULES = `{ action: [select, update, drop, create, do, set, lock, copy-out] }`;
const EMAIL = '{ column: app.people.email, with: ';

/** What each of them says besides `default: allow`. */
const ADDED: readonly (readonly [name: string, clauses: string])[] = [
  ['says nothing', 'access: read-write'],
  [
    'masks less of the same column',
    `mask: [${EMAIL}{ partial: 20 } }, { column: app.people.phone, with: { partial: 12 } }]`,
  ],
  [
    'masks the same column in a way that tells',
    `mask: [${EMAIL}{ partial: domain } }, { column: app.people.tag, with: hash }]`,
  ],
  [
    'masks another column leniently',
    'mask: [{ column: app.people.id, with: { partial: 9 } }]\n    masking: { mode: lenient }',
  ],
  ['lets masked columns be compared', `mask: [${EMAIL}redact }]\n    masking: { mode: lenient, inference: allow }`],
  [
    'trusts functions',
    `mask: [${EMAIL}redact }]\n    masking: { trusted_functions: [app.shout, shout, query_to_xml] }`,
  ],
  [
    'excepts columns from what is looked for',
    'mask: [{ detect: [credit-card], with: { partial: 15 }, except: [app.people.note] }]',
  ],
  ['looks for something else in what is masked', 'mask: [{ detect: [email], with: { partial: 15 } }]'],
  ['allows everything by rules', `allow: [${RULES}]`],
  ['is wider in scope', 'scope: { schemas: [app, other, pg_catalog] }'],
  ['lets what cannot be known run', 'opaque: allow'],
  ['lasts longer, and needs no reason', 'session: { ttl: 10h, reason: optional, sandbox: optional }'],
  ['records less', 'record: { results: summary }'],
];

let server: Server;
let place: Place;
beforeAll(async () => {
  server = await startServer();
  await server.admin(
    'postgres',
    'create schema app',
    'create schema other',
    'create table app.people (id int primary key, email text, phone text, tag text, note text)',
    `insert into app.people values (1, '${CANARY}@example.com', '${CANARY}-555-0199', '${CANARY}', 'card 4111111111111111')`,
    `create table other.secrets as select '${CANARY}'::text as word`,
    "create function app.shout(text) returns text language plpgsql as 'begin return upper($1); end'",
  );
  const indented = (clauses: string): string => `\n    default: allow\n    ${clauses}`;
  place = new Place(`version: 1
targets:
  pg:
    protocol: postgres
    address: 127.0.0.1:${server.port}
    database: postgres
    user: ${server.user}
    tls: disable
    policy: [own]
policies:
  own:${OWN}
${ADDED.map(([, clauses], at) => `  added-${at}:${indented(clauses)}`).join('\n')}
scripts:
  alone: { command: [psql, -XAtf, statements.sql], targets: [pg], sandbox: none }
${ADDED.map((_, at) => `  with-${at}: { command: [psql, -XAtf, statements.sql], targets: [pg], policy: [added-${at}], sandbox: none }`).join('\n')}
`);
  writeFileSync(
    join(place.directory, 'statements.sql'),
    STATEMENTS.map((one, at) => `\\echo ${at}\n${one};\n`).join(''),
  );
});
afterAll(async () => {
  place.remove();
  await server.stop();
});

const run = (script: string, ...options: readonly string[]): Promise<Outcome> =>
  place.run('exec', script, '--reason', 'a test', ...options);

/** What was shown; what a hash is differs from session to session. */
function values({ stdout }: Outcome): readonly string[] {
  // A hash may hold any digits.
  return stdout.replaceAll(/\b[0-9a-f]{32}\b/g, 'hash').split(/[\n\t]/);
}

const refusals = ({ stderr }: Outcome): number => stderr.match(/ERROR:/g)?.length ?? 0;

describe('a policy that a script adds', () => {
  let alone: Outcome;
  beforeAll(async () => {
    alone = await run('alone');
  });

  it('stands beside those that hide and refuse something', () => {
    expect(alone.code).toBe(0);
    expect(alone.stdout).not.toContain('canary-4f81');
    expect(alone.stdout).not.toContain('4111111111111111');
    expect(refusals(alone)).toBeGreaterThan(8);
  });

  it.each(ADDED.map(([what], at) => [what, at] as const))('lifts nothing when it %s', async (_, at) => {
    const outcome = await run(`with-${at}`);
    expect(outcome.code).toBe(0);
    expect(values(outcome).join('\n')).not.toMatch(/canary|4111/i);
    expect(refusals(outcome)).toBeGreaterThanOrEqual(refusals(alone));
    // What is shown is what was shown without it, or less.
    const before = new Set([...values(alone), '[redacted]']);
    expect(values(outcome).filter((value) => !before.has(value))).toEqual([]);
  });

  it('neither prolongs a session nor does away with its reason', async () => {
    const at = ADDED.findIndex(([what]) => what.startsWith('lasts longer'));
    expect((await place.run('exec', `with-${at}`)).stderr).toContain('only opened with a reason');
    expect((await run(`with-${at}`, '--ttl', '5m')).stderr).toContain('allow 2m at most');
  });

  it('records no less', async () => {
    const at = ADDED.findIndex(([what]) => what.startsWith('records less'));
    const { stderr } = await run(`with-${at}`);
    const { stdout } = await place.run('replay', '--json', /hoopctl replay (\S+)/.exec(stderr)?.[1] ?? '');
    expect(stdout).toContain('0199');
  });
});
