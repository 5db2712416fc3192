import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellMask } from '../../../../src/policy/mask/values/masks.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { administrator } from '../../../postgres/cluster.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import { KEY, maskFor, shown } from './cells.ts';

/** Types of which the server reads no value, or only such as name something of its own, and arrays of them and of rows. */
const WITHOUT_VALUES = [
  'pg_node_tree',
  'pg_ndistinct',
  'pg_dependencies',
  'pg_mcv_list',
  'pg_brin_bloom_summary',
  'pg_brin_minmax_multi_summary',
  '_pg_type',
  '_pg_attribute',
  '_pg_proc',
  '_pg_class',
  'gtsvector',
  '_gtsvector',
  'aclitem',
  '_aclitem',
];

interface TypeRow {
  readonly oid: number;
  readonly name: string;
}

describe.each(serverVersions())('the constants of the types of PostgreSQL %i', (version) => {
  let server: Server;
  let client: pg.Client;
  let types: readonly TypeRow[];

  beforeAll(async () => {
    server = await startServer({ version });
    client = new pg.Client({ host: server.socket, port: server.port, user: administrator, database: 'postgres' });
    await client.connect();
    const { rows } = await client.query<TypeRow>(
      `select oid::int, typname as name from pg_type
       where oid < 10000 and (typtype in ('b', 'r', 'm') or typname in ('cstring', '_cstring')) order by oid`,
    );
    types = rows;
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const constant = (oid: number, format: 'text' | 'binary'): Buffer | null =>
    shown(maskFor({ method: 'redact', type: oid, format }), Buffer.from('anything'));

  it('are there for every type that the server reads values of', () => {
    const without = types.filter(({ oid }) => constant(oid, 'text') === null).map(({ name }) => name);
    expect(without.filter((name) => !WITHOUT_VALUES.includes(name))).toEqual([]);
    expect(types.length).toBeGreaterThan(150);
  });

  /** What the server makes of a constant that it gets as a parameter, for all types that there is one of. */
  async function readBack(format: 'text' | 'binary'): Promise<(string | undefined)[][]> {
    const read: (string | undefined)[][] = [];
    for (const { oid, name } of types) {
      const bytes = constant(oid, format);
      // Nothing can be cast to these.
      if (bytes === null || name.endsWith('cstring')) continue;
      const values = [format === 'text' ? bytes.toString() : bytes];
      const text = `select $1::pg_catalog."${name}" as value`;
      const raw = { getTypeParser: () => (value: string) => value };
      const { rows } = await client.query<{ value: string }>({ text, values, types: raw });
      read.push([name, rows[0]?.value.trimEnd()]);
    }
    return read;
  }

  const expected = (): (string | undefined)[][] =>
    types
      .filter(({ oid, name }) => constant(oid, 'text') !== null && !name.endsWith('cstring'))
      .map(({ oid, name }) => [name, constant(oid, 'text')?.toString()]);

  it('are values of their types, as text', async () => {
    expect(await readBack('text')).toEqual(expected());
  });

  it('are the same values in binary', async () => {
    expect(await readBack('binary')).toEqual(expected());
  });

  it('are the same whatever the value is, and NULL stays NULL', () => {
    for (const { oid } of types) {
      for (const format of ['text', 'binary'] as const) {
        const mask = maskFor({ method: 'redact', type: oid, format });
        expect(shown(mask, Buffer.alloc(0))).toEqual(constant(oid, format));
        expect(shown(mask, null)).toBeNull();
      }
    }
  });

  it('stand in every cell of what is withheld, NULL or not', () => {
    for (const { oid } of types) {
      for (const format of ['text', 'binary'] as const) {
        const mask = cellMask({ exposure: { kind: 'withheld' }, type: oid, format }, KEY);
        if (mask === null) throw new Error('it is not masked');
        expect(shown(mask, null)).toEqual(constant(oid, format));
        expect(shown(mask, Buffer.from('7'))).toEqual(constant(oid, format));
      }
    }
  });
});

describe('a type that is not built in', () => {
  it.each(['redact', 'hash', 'token', { partial: 2 }, { partial: 'domain' }, 'null'] as const)(
    'is NULL under %j',
    (method) => {
      for (const type of [0, 16384, 70000, 2249, 2277, 4294967295]) {
        expect(shown(maskFor({ method, type }), Buffer.from('secret'))).toBeNull();
      }
    },
  );

  it('is NULL when it is withheld', () => {
    const mask = cellMask({ exposure: { kind: 'withheld' }, type: 16384, format: 'text' }, KEY);
    expect(mask === null ? 'clear' : shown(mask, null)).toBeNull();
  });
});

describe('a clear column', () => {
  it('has no mask', () => {
    expect(cellMask({ exposure: { kind: 'clear' }, type: 25, format: 'text' }, KEY)).toBeNull();
  });
});
