import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { type Door, hoopctl, openDoor, type RunResult } from '../postgres/door.ts';
import { frames } from '../postgres/frames.ts';
import { startServer } from '../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../postgres/wire-client.ts';

const CARD = '4111111111111111';

const simple =
  (sql: string) =>
  async (client: WireClient): Promise<void> =>
    void (await client.query(sql));

const binary =
  (sql: string) =>
  async (client: WireClient): Promise<void> => {
    client.send(
      frames.parse(sql),
      frames.describe('S'),
      frames.bind({ binary: true }),
      frames.execute(),
      frames.sync(),
    );
    await client.until('Z');
  };

/** Of three people two have names, one a card in their note. */
const CASES: readonly (readonly [what: string, values: number, ask: (client: WireClient) => Promise<void>])[] = [
  ['nothing where nothing is masked', 0, simple('select id, plain from app.people')],
  ['the cells of a column, without those that are NULL', 2, simple('select id, name from app.people')],
  ['the same in the binary format', 2, binary('select id, name from app.people')],
  ['NULLs that are hidden as well', 3, simple('select upper(name) from app.people')],
  ['cells in which a detector found something, and no others', 1, simple('select id, note from app.people')],
  ['the same in the binary format', 1, binary('select id, note from app.people')],
  ['what columns and what detectors mask', 3, simple('select name, note from app.people')],
  [
    'all results of a session',
    7,
    simple('select name from app.people; select name, note, name from app.people limit 2'),
  ],
  ['the cells of COPY', 3, simple('copy (select id, name, note from app.people) to stdout')],
  ['those of COPY as CSV', 3, simple('copy (select name, note from app.people) to stdout (format csv, header)')],
  ['those of COPY in the binary format', 2, simple('copy (select id, name from app.people) to stdout (format binary)')],
  ['lines of COPY of which no column is masked', 1, simple('copy (select id, note from app.people) to stdout')],
  ['an error as one', 1, simple(`select '${CARD} and ${CARD}'::int`)],
  ['a notice as one', 1, simple(`do $$ begin raise notice '% %', '41111111' || '11111111', 1; end $$`)],
  ['no rows that are refused', 0, simple('select name from app.people where name like $$A%$$')],
];

describe('of the values that were masked', () => {
  const counted = new Map<unknown, unknown>();
  const targetOf = (index: number): string => `case-${index}`;
  let shownToPeople = '';
  let stop: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    const server = await startServer();
    stop = () => server.stop();
    await server.admin(
      'postgres',
      'create schema app',
      'create table app.people (id int primary key, plain text, name text, note text)',
      `insert into app.people values (1, 'a', 'Ada', 'nothing'), (2, 'b', 'Grace', 'card ${CARD}, ${CARD}'), (3, 'c', null, null)`,
    );
    const address = `127.0.0.1:${server.port}`;
    const target = { address, database: 'postgres', user: server.user, tls: 'disable', policy: ['p'] };
    const mask = [
      { column: 'app.people.name', with: 'redact' },
      { detect: ['credit-card'], with: 'redact' },
    ];
    const door = await openDoor({
      targets: {
        ...Object.fromEntries(CASES.map((_, index) => [targetOf(index), target])),
        held: { ...target, policy: ['asks'] },
      },
      policies: {
        p: { default: 'allow', mask },
        asks: { default: 'allow', ask: [{ action: 'update', approvers: 'self' }], mask },
      },
    });
    for (const [index, [, , ask]] of CASES.entries()) {
      const client = await wireClient(wireOptions(door.env(targetOf(index))));
      await ask(client);
      client.destroy();
    }
    shownToPeople = await previewOf(door);
    await door.close();
    for (const event of door.events) if (event['event'] === 'end') counted.set(event['target'], event['masked']);
  }, 120_000);
  afterAll(() => stop());

  it.each(CASES.map(([what, values], index) => [what, values, targetOf(index)] as const))(
    'counts %s: %i',
    (_, values, target) => expect(counted.get(target)).toBe(values),
  );

  it('counts nothing that only those were shown who were asked', () => {
    expect(shownToPeople).toContain('[redacted]');
    expect(counted.get('held')).toBe(0);
  });
});

/** What people were shown of a statement, and of rows that it would change, until its client went away. */
async function previewOf(door: Door): Promise<string> {
  const client = await wireClient(wireOptions(door.env('held')));
  client.send(frames.query("update app.people set plain = 'new'"));
  const isRequest = (event: Readonly<Record<string, unknown>>): boolean => event['event'] === 'request';
  const id = await eventually(
    () => door.events.find(isRequest)?.['request'],
    (found) => found !== undefined,
  );
  const show = (): Promise<RunResult> => hoopctl(door.environment, 'requests', 'show', String(id), '--json');
  const { stdout } = await eventually(show, (shown) => shown.stdout.includes('"sample":{'));
  client.destroy();
  return stdout;
}
