import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CopyFormat, Exposure, MaskMethod } from '../../../../src/core/mask.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { fieldsOf, frames, valuesOf } from '../../../postgres/frames.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import type { WireClient } from '../../../postgres/wire-client.ts';
import { type ScriptedDoor, type ScriptedGuard, scriptedDoor, targetOf } from '../scripted.ts';
import { MAKE_TYPES, OWN_TYPES, SAMPLES } from './samples.ts';

const METHODS: readonly MaskMethod[] = ['redact', 'hash', 'token', 'null', { partial: 2 }, { partial: 'domain' }];
const masked = (method: MaskMethod): Exposure => ({ kind: 'masked', with: method });
const CLEAR: Exposure = { kind: 'clear' };
const WITHHELD: Exposure = { kind: 'withheld' };
const TEXT: CopyFormat = { kind: 'text', delimiter: 9, null: '\\N', header: false };

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
/** A column of each type, then a NULL of each. */
const ALL = `select ${[
  ...SAMPLES.map(([type, value]) => `${literal(value)}::${type}`),
  ...SAMPLES.map(([type]) => `null::${type}`),
].join(', ')}`;
/** Types without a way for binary values out of the server. */
const NO_BINARY = new Set(['aclitem']);

describe.each(serverVersions())('what PostgreSQL %i gives, through a door that masks', (version) => {
  let server: Server;
  let door: ScriptedDoor;
  let direct: pg.Client;
  let exposures: readonly Exposure[] = [];
  let copy: { format: CopyFormat; types: readonly number[] } | null = null;
  const clients: WireClient[] = [];

  const script = (guard: ScriptedGuard): void => {
    guard.disclose = () => ({ exposures, names: exposures.map(() => null), copy });
  };

  beforeAll(async () => {
    server = await startServer({ version });
    await server.admin('postgres', MAKE_TYPES, 'create table people (id int, email text, note text)');
    await server.admin(
      'postgres',
      "insert into people select n, 'person' || n || '@example.com', 'note' from generate_series(1, 1000) n",
    );
    door = await scriptedDoor(targetOf(server), { script });
    direct = new pg.Client({
      connectionString: `postgres://administrator@/postgres?host=${server.socket}&port=${server.port}`,
    });
    await direct.connect();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    copy = null;
  });
  afterAll(async () => {
    await direct.end();
    await door.close();
    await server.stop();
  });

  async function connected(): Promise<WireClient> {
    const client = await door.connect();
    clients.push(client);
    return client;
  }

  /** The one row of a statement, in a format. */
  async function rowOf(statement: string, binary: boolean): Promise<(Buffer | null)[]> {
    const client = await connected();
    client.send(
      frames.parse(statement),
      frames.bind({ binary }),
      frames.describe('P'),
      frames.execute(),
      frames.sync(),
    );
    const answer = await client.until('Z');
    expect(answer.filter(({ type }) => type === 'E').map(fieldsOf)).toEqual([]);
    const row = answer.find(({ type }) => type === 'D');
    if (row === undefined) throw new Error('there was no row');
    return valuesOf(row);
  }

  /** How the server prints what it is given as a value of a type. */
  async function printed(type: string, value: Buffer | null, binary: boolean): Promise<string | null> {
    if (value === null) return null;
    const raw = { getTypeParser: () => (text: string) => text };
    const text = `select $1::${type} as value`;
    const { rows } = await direct.query<{ value: string }>({
      text,
      values: [binary ? value : value.toString()],
      types: raw,
    });
    return rows[0]?.value ?? null;
  }

  it.each(METHODS)(
    'is a value of its type that the server itself takes, the same in text and in binary, under %j',
    async (method) => {
      const types = SAMPLES.filter(([type]) => !NO_BINARY.has(type));
      const statement = `select ${types.map(([type, value]) => `${literal(value)}::${type}`).join(', ')}`;
      exposures = types.map(() => masked(method));
      const [texts, binaries] = [await rowOf(statement, false), await rowOf(statement, true)];
      const seen: (string | null)[][] = [];
      const expected: (string | null)[][] = [];
      for (const [index, [type, value]] of types.entries()) {
        const base = type.replace(/\(.*\)/, '');
        const text = await printed(base, texts[index] ?? null, false);
        seen.push([type, await printed(base, binaries[index] ?? null, true)]);
        expected.push([type, text]);
        if (OWN_TYPES.includes(type) || method === 'null') expect([type, text]).toEqual([type, null]);
        else expect([type, text === null]).toEqual([type, false]);
        expect([type, text?.trimEnd()]).not.toEqual([type, value]);
      }
      expect(seen).toEqual(expected);
    },
  );

  it.each(METHODS)('keeps NULL as it is under %j', async (method) => {
    exposures = [...SAMPLES, ...SAMPLES].map(() => masked(method));
    const nulls = (await rowOf(ALL, false)).slice(SAMPLES.length);
    expect(nulls).toEqual(SAMPLES.map(() => null));
  });

  it('is the same for NULL and for every value where it is withheld', async () => {
    exposures = [...SAMPLES, ...SAMPLES].map(() => WITHHELD);
    const row = await rowOf(ALL, false);
    expect(row.slice(SAMPLES.length)).toEqual(row.slice(0, SAMPLES.length));
    expect(row.every((value) => value === null || !value.includes('lice'))).toBe(true);
  });

  it.each(METHODS)('can be read by a driver that makes values of it, under %j', async (method) => {
    exposures = SAMPLES.map(() => masked(method));
    const client = new pg.Client({ ...door.options, port: door.options.port });
    await client.connect();
    const statement = `select ${SAMPLES.map(([type, value], index) => `${literal(value)}::${type} as c${index}`).join(', ')}`;
    const { rows } = await client.query<Record<string, unknown>>(statement);
    expect(Object.keys(rows[0] ?? {})).toHaveLength(SAMPLES.length);
    expect(
      JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('Alice Liddell');
    await client.end();
  });

  it('shows clear columns as they are, and masked ones masked, in any number of rows', async () => {
    exposures = [CLEAR, masked({ partial: 'domain' }), masked('redact')];
    const answer = await (await connected()).query('select * from people order by id');
    const rows = answer.filter(({ type }) => type === 'D').map((row) => valuesOf(row).map(String));
    expect(rows).toEqual(
      Array.from({ length: 1000 }, (_one, index) => [`${index + 1}`, '***@example.com', '[redacted]']),
    );
  });

  it('writes down what it shows, and nothing else', async () => {
    exposures = [CLEAR, masked('redact'), CLEAR];
    await (await connected()).query('select * from people');
    const rows = door.guard().events.filter((event) => event.type === 'rows');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some((event) => event.bytes.includes('@example.com'))).toBe(false);
  });

  it.each(['text', 'binary'] as const)('masks COPY data in %s', async (kind) => {
    exposures = [CLEAR, masked({ partial: 'domain' }), CLEAR];
    copy = { format: kind === 'text' ? TEXT : { kind }, types: [23, 25, 25] };
    const answer = await (await connected()).query(`copy people to stdout (format ${kind})`);
    const data = Buffer.concat(answer.filter(({ type }) => type === 'd').map(({ body }) => body));
    const expected =
      kind === 'text' ? Array.from({ length: 1000 }, (_one, n) => `${n + 1}\t***@example.com\tnote\n`).join('') : null;
    if (expected !== null) expect(data.toString()).toBe(expected);
    expect(data.includes('person')).toBe(false);
    expect(data.toString('latin1').split('***@example.com')).toHaveLength(1001);
    // The connection goes on.
    copy = null;
    exposures = [CLEAR];
    const next = await clients[0]?.query('select 1');
    expect(next?.map(({ type }) => type).join('')).toBe('TDCZ');
  });

  it('passes COPY data of which all may be shown as it is', async () => {
    exposures = [CLEAR, CLEAR, CLEAR];
    copy = { format: { kind: 'binary' }, types: [23, 25, 25] };
    const answer = await (await connected()).query('copy people to stdout (format binary)');
    expect(answer.at(-2)?.type).toBe('C');
    expect(Buffer.concat(answer.map(({ body }) => body)).includes('person1000@example.com')).toBe(true);
  });

  const mismatches: readonly (readonly [string, string, number, CopyFormat | null])[] = [
    ['fewer columns than there are', 'select id, email, note from people', 2, null],
    ['more columns than there are', 'select email from people', 2, null],
    ['COPY data where there are rows', 'select id, email from people', 2, TEXT],
    ['rows where there is COPY data', 'copy people (id, email) to stdout', 2, null],
    ['binary where there is text', 'copy people (id, email) to stdout', 2, { kind: 'binary' }],
    ['text where there is binary', 'copy people (id, email) to stdout (format binary)', 2, TEXT],
    ['fewer columns than COPY writes', 'copy people to stdout', 2, TEXT],
    ['another delimiter than COPY writes', "copy people (id, email) to stdout (delimiter ';')", 2, TEXT],
  ];
  it.each(mismatches)(
    'ends the connection and shows nothing when %s were foreseen',
    async (_what, statement, count, format) => {
      exposures = Array.from({ length: count }, () => masked('redact'));
      copy = format === null ? null : { format, types: Array.from({ length: count }, () => 25) };
      const client = await connected();
      client.send(frames.query(statement));
      const answer = await client.until('Z');
      expect(fieldsOf(answer.at(-1) ?? { type: 'E', body: Buffer.alloc(0) })).toMatchObject({ S: 'FATAL', C: '08P01' });
      expect(Buffer.concat(answer.map(({ body }) => body)).includes('@example.com')).toBe(false);
      const recorded = door.guard().events.filter((event) => event.type === 'rows');
      expect(recorded.some((event) => event.bytes.includes('@example.com'))).toBe(false);
    },
  );
});
