import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import postgres from 'postgres';
import { Transcript } from './transcript.ts';

type Sql = postgres.Sql;

async function values(sql: Sql, seen: Transcript): Promise<void> {
  const rows = await sql`select * from app.items order by id limit 5`;
  seen.saw('rows', [...rows]);
  seen.saw(
    'columns',
    rows.columns.map(({ name, type }) => [name, type]),
  );
  seen.saw('command', [rows.command, rows.count]);
  const limit = 3;
  seen.saw('values', [...(await sql`select id, name from app.items order by id limit ${limit}`.values())]);
  seen.saw('raw', [...(await sql`select id, photo from app.items order by id limit ${limit}`.raw())]);
  seen.saw('parameters', [
    ...(await sql`select ${'ü 🐘'}::text as t, ${1.5}::float8 as f, ${sql.json({ a: [1, null] })}::jsonb as j,
      ${sql.array(['a', 'b,"c'])}::text[] as a, ${new Date(0)}::timestamptz as d, ${Buffer.from([0, 255])}::bytea as b,
      ${null}::int as n, ${true}::bool as yes`),
  ]);
  const list = [1, 2, 3];
  seen.saw('in', [...(await sql`select name from app.items where id in ${sql(list)} order by id`)]);
  seen.saw('simple', await sql`select 1 as a; select 2 as b`.simple());
  seen.saw('unsafe', [...(await sql.unsafe('select $1::int + 1 as n', [41]))]);
  const described = await sql`select id, mood from app.items where id = ${1}`.describe();
  seen.saw('described', [described.types, described.columns.map(({ name, type }) => [name, type])]);
  seen.saw('each', await eachOf(sql));
}

async function eachOf(sql: Sql): Promise<unknown[]> {
  const found: unknown[] = [];
  await sql`select id from app.items order by id limit 4`.forEach((row) => found.push(row));
  return found;
}

async function cursors(sql: Sql, seen: Transcript): Promise<void> {
  const sizes: number[] = [];
  await sql`select id from app.items order by id`.cursor(8, (rows) => void sizes.push(rows.length));
  seen.saw('cursor', sizes);
  const some: unknown[] = [];
  for await (const rows of sql`select id from app.items order by id`.cursor(5)) {
    some.push(...rows);
    if (some.length >= 10) break;
  }
  seen.saw('cursor left early', some);
  seen.saw('usable', [...(await sql`select 1 as still`)]);
}

async function writing(sql: Sql, seen: Transcript): Promise<void> {
  const items = [
    { id: 3001, name: 'a', price: 1 },
    { id: 3002, name: 'b', price: 2 },
  ];
  seen.saw('bulk', [
    ...(await sql`insert into app.items ${sql(items, 'id', 'name', 'price')} returning id, name, price`),
  ]);
  const [ids, names] = [
    [3003, 3004],
    ['c', 'd'],
  ];
  const unnested = sql`insert into app.items (id, name) select * from unnest(${ids}::int[], ${names}::text[]) returning id`;
  seen.saw('unnest', [...(await unnested)]);
  seen.saw('update', [
    ...(await sql`update app.items set ${sql({ price: 9 }, 'price')} where id = ${3001} returning price`),
  ]);
  await seen.of('a transaction', () =>
    sql.begin(async (tx) => {
      await tx`delete from app.items where id = ${3001}`;
      await tx
        .savepoint(async (inner) => {
          await inner`insert into app.items (id, name) values (3002, 'b')`;
        })
        .catch((error: unknown) => seen.saw('in the savepoint', error instanceof Error && error.message));
      const [row] = await tx`select count(*)::int as n from app.items where id > 3000`;
      return row;
    }),
  );
  await seen.of('a transaction rolled back', () =>
    sql.begin('isolation level serializable', async (tx) => {
      await tx`delete from app.items where id > ${3000}`;
      throw new Error('no');
    }),
  );
  const input = await sql`copy app.items (id, name) from stdin`.writable();
  for (let id = 3100; id < 3200; id += 1) input.write(`${id}\tcopied ${id}\n`);
  input.end();
  await once(input, 'finish');
  const output = await sql`copy (select id, name from app.items where id > 3000 order by id) to stdout`.readable();
  seen.saw('copied out', await text(output));
  seen.saw('removed', (await sql`delete from app.items where id > ${3000}`).count);
}

async function failures(sql: Sql, seen: Transcript, other: Sql): Promise<void> {
  await seen.of('a syntax error', () => sql`selec 1`);
  await seen.of('a constraint', () => sql`insert into app.items (id, name) values (1, 'again')`);
  await seen.of('an exception', () => sql`select app.fail()`);
  await seen.of('a value', () => sql`select ${'x'}::int`);
  const pipelined = [1, 0, 2].map((n) =>
    sql`select 10 / ${n}::int as q`.then(
      ([row]) => row,
      (error: Error) => error.message,
    ),
  );
  seen.saw('one of a pipeline', await Promise.all(pipelined));
  const slow = sql`select pg_sleep(600)`;
  const ended = seen.of('cancelled', () => slow);
  await started(other);
  slow.cancel();
  await ended;
  seen.saw('usable', [...(await sql`select 1 as still`)]);
}

/** Until another connection sees the sleep. */
async function started(other: Sql): Promise<void> {
  const asleep = (): postgres.PendingQuery<postgres.Row[]> =>
    other`select 1 from pg_stat_activity where query like '%pg_sleep(600)%' and wait_event = 'PgSleep'`;
  while ((await asleep()).length === 0);
}

async function listening(sql: Sql, seen: Transcript): Promise<void> {
  const heard: string[] = [];
  const both = Promise.withResolvers<void>();
  const listener = await sql.listen('news', (payload) => {
    if (heard.push(payload) === 2) both.resolve();
  });
  await sql.notify('news', 'one');
  await sql.notify('news', 'two ü');
  await both.promise;
  await listener.unlisten();
  seen.saw('heard', heard);
}

/** postgres.js: everything it sends is pipelined. */
export async function exercise(connection: Readonly<Record<string, string>>): Promise<Transcript> {
  const seen = new Transcript();
  const notices: unknown[] = [];
  const options = {
    host: connection['PGHOST'] ?? '',
    port: Number(connection['PGPORT']),
    user: connection['PGUSER'] ?? '',
    password: connection['PGPASSWORD'] ?? '',
    database: connection['PGDATABASE'] ?? '',
    max: 1,
    onnotice: ({ severity, message }: postgres.Notice) => notices.push([severity, message]),
  };
  const [sql, other] = [postgres(options), postgres(options)];
  for (const part of [values, cursors, writing, failures, listening]) await part(sql, seen, other);
  const many = Array.from({ length: 300 }, (_, index) => sql`select ${index}::int as n, ${`é${index}`}::text as t`);
  seen.saw(
    'pipelined',
    (await Promise.all(many)).map(([row]) => row),
  );
  const large = 'x'.repeat(3_000_000);
  seen.saw('large', (await sql`select ${large}::text as t`)[0]?.['t'] === large);
  await sql`select app.tell()`;
  seen.saw('notices', notices);
  await other.end();
  await sql.end();
  return seen;
}
