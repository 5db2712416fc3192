import pg from 'pg';
import { Transcript } from './transcript.ts';

interface Wire {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** COPY by the driver's own hooks: what `pg-copy-streams` is made of. */
class Copy {
  readonly chunks: Buffer[] = [];
  readonly done = Promise.withResolvers<string>();
  readonly #text: string;
  readonly #input: readonly Buffer[] | 'fail';
  #tag = '';

  constructor(text: string, input: readonly Buffer[] | 'fail' = []) {
    this.#text = text;
    this.#input = input;
  }

  submit(wire: Wire): void {
    wire.query(this.#text);
  }

  handleCopyInResponse(wire: Wire): void {
    if (this.#input === 'fail') return wire.sendCopyFail('given up');
    for (const chunk of this.#input) wire.sendCopyFromChunk(chunk);
    return wire.endCopyFrom();
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    this.chunks.push(Buffer.from(message.chunk));
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#tag = message.text;
  }

  handleError(error: Error): void {
    this.done.reject(error);
  }

  handleReadyForQuery(): void {
    this.done.resolve(this.#tag);
  }
}

async function values(client: pg.Client, seen: Transcript): Promise<void> {
  const all = 'select * from app.items order by id limit 5';
  const result = await client.query(all);
  seen.saw('rows', result.rows);
  seen.saw('fields', result.fields);
  seen.saw('binary', (await client.query({ text: all, binary: true } as pg.QueryConfig)).rows);
  seen.saw('arrays', (await client.query({ text: all, rowMode: 'array' })).rows);
  const typed = await client.query(
    'select $1::int, $2::text, $3::numeric, $4::bool, $5::timestamptz, $6::jsonb, $7::bytea, $8::text[], $9::bigint, $10::app.mood, $11::uuid, $12::int[][]',
    [
      1,
      'ü\'"\\ 🐘',
      '1.50',
      true,
      new Date('2024-02-29T12:00:00.123Z'),
      { a: [1, null] },
      Buffer.from([0, 1, 255]),
      ['a', 'b,"c', null],
      '9007199254740993',
      'happy',
      '00000000-0000-0000-0000-000000000001',
      [
        [1, 2],
        [3, 4],
      ],
    ],
  );
  seen.saw('parameters', [typed.rows, typed.fields.map(({ name, dataTypeID, format }) => [name, dataTypeID, format])]);
  seen.saw('nulls', (await client.query('select $1::text as t, $2::int as i', [null, undefined])).rows);
  seen.saw('several', await client.query('select 1 as a; select 2 as b; select 3 as c where false'));
  seen.saw('empty', (await client.query('')).rowCount);
  seen.saw('extended', (await client.query({ text: 'select 1 as x', queryMode: 'extended' } as pg.QueryConfig)).rows);
  seen.saw('large', (await client.query('select repeat($1, 2000000) as x', ['é'])).rows[0]);
}

async function statements(client: pg.Client, seen: Transcript): Promise<void> {
  const named = { name: 'by-id', text: 'select id, name from app.items where id = $1' };
  for (const id of [1, 2, 3]) seen.saw('named', (await client.query({ ...named, values: [id] })).rows);
  // The portal is run ten rows at a time.
  const portions = { text: 'select id from app.items where id > $1 order by id', values: [3], rows: 10 };
  seen.saw('in portions', (await client.query(portions as pg.QueryConfig)).rows);
  const many = Array.from({ length: 200 }, (_, index) => client.query('select $1::int as n', [index]));
  seen.saw(
    'queued',
    (await Promise.all(many)).map(({ rows }) => rows[0] as unknown),
  );
  await client.query('begin; declare c cursor for select id from app.items order by id');
  for (const fetch of ['fetch 3 from c', 'fetch 2 from c', 'move 40 in c', 'fetch all from c']) {
    const { command, rowCount, rows } = await client.query(fetch);
    seen.saw(fetch, [command, rowCount, rows]);
  }
  await client.query('commit');
}

async function failures(client: pg.Client, seen: Transcript): Promise<void> {
  const attempts: Record<string, () => Promise<unknown>> = {
    'a syntax error': () => client.query('selec 1'),
    'an unknown column': () => client.query('select nope from app.items where id = $1', [1]),
    'a constraint': () => client.query("insert into app.items (id, name) values (1, 'again')"),
    'a check': () => client.query('update app.items set price = $1 where id = 1', [-1]),
    'a value': () => client.query('select $1::int', ['x']),
    'an exception': () => client.query('select app.fail()'),
    'too few parameters': () => client.query('select $1::int, $2::int', [1]),
    'in the middle of rows': () => client.query('select 1 / (id - 20) from app.items where id > $1 order by id', [0]),
    'in a prepared one': () => client.query({ name: 'broken', text: 'select 1 / $1::int as x', values: [0] }),
    'and again': () => client.query({ name: 'broken', text: 'select 1 / $1::int as x', values: [0] }),
    'a timeout': () => client.query('set statement_timeout = 30; select count(*) from generate_series(1, 1000000000)'),
  };
  for (const [what, attempt] of Object.entries(attempts)) await seen.of(what, attempt);
  await client.query('reset statement_timeout');
  seen.saw('usable', (await client.query('select 1 as still')).rows);
}

async function transactions(client: pg.Client, seen: Transcript): Promise<void> {
  const count = async (): Promise<unknown> => (await client.query('select count(*) from app.items')).rows[0];
  await client.query('begin');
  seen.saw('returning', (await client.query("insert into app.items (id, name) values (1000, 'new') returning *")).rows);
  await client.query('savepoint s');
  await seen.of('within', () => client.query("insert into app.items (id, name) values (1000, 'again')"));
  await seen.of('aborted', () => client.query('select 1 as one'));
  await client.query('rollback to s');
  seen.saw('kept', await count());
  await client.query('rollback');
  seen.saw('gone', await count());
  const rows = Buffer.from('2001\tcopied ü\n2002\tcopied too\n');
  for (const [what, input] of [
    ['copy', [rows.subarray(0, 9), rows.subarray(9)]],
    ['copy that is given up', 'fail'],
    ['copy of nonsense', [Buffer.from('x\ty\n')]],
  ] as const) {
    const copy = new Copy('copy app.items (id, name) from stdin', input);
    await seen.of(what, () => {
      client.query(copy as unknown as pg.Submittable);
      return copy.done.promise;
    });
  }
  const out = new Copy('copy (select id, name, photo from app.items order by id) to stdout (format csv, header)');
  client.query(out as unknown as pg.Submittable);
  seen.saw('copied out', [await out.done.promise, Buffer.concat(out.chunks).toString()]);
  seen.saw('removed', (await client.query('delete from app.items where id > 2000 returning id')).rows);
}

async function messages(client: pg.Client, seen: Transcript): Promise<void> {
  const heard: unknown[] = [];
  client.on('notification', ({ channel, payload }) => heard.push([channel, payload]));
  client.on('notice', ({ message, severity, code }) => heard.push([message, severity, code]));
  await client.query('listen news');
  await client.query("notify news, 'one'");
  await client.query("select pg_notify('news', $1)", ['two ü']);
  await client.query('select app.tell()');
  await client.query('select 1');
  seen.saw('heard', heard);
}

/** node-postgres, on one connection and on a pool of them. `listening`: also LISTEN and NOTIFY. */
export async function exercise(connection: Readonly<Record<string, string>>, listening: boolean): Promise<Transcript> {
  const seen = new Transcript();
  const options = {
    host: connection['PGHOST'] ?? '',
    port: Number(connection['PGPORT']),
    user: connection['PGUSER'] ?? '',
    password: connection['PGPASSWORD'] ?? '',
    database: connection['PGDATABASE'] ?? '',
    application_name: 'exercise',
    statement_timeout: 20_000,
    lock_timeout: 5000,
    idle_in_transaction_session_timeout: 20_000,
  };
  const client = new pg.Client(options);
  await client.connect();
  for (const part of [values, statements, failures, transactions]) await part(client, seen);
  if (listening) await messages(client, seen);
  await client.end();
  const pool = new pg.Pool({ ...options, max: 6 });
  const work = Array.from({ length: 60 }, (_, index) =>
    pool.query('select $1::int as n, count(*) from app.items', [index]).then(({ rows }) => rows[0] as unknown),
  );
  seen.saw('pool', await Promise.all(work));
  await pool.end();
  return seen;
}
