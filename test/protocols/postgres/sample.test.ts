import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Consultation, SampleRequest } from '../../../src/core/protocol.ts';
import { consult } from '../../../src/protocols/postgres/catalog/consult.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { targetOf } from './scripted.ts';

let server: Server;
let consultation: Consultation;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  await server.admin(
    'postgres',
    `create table "odd "".name" ("a ""b" text, n numeric, long varchar)`,
    `insert into "odd "".name" values ('one', 1.50, repeat('ü', 1000)), (null, 2, 'x'), ('', null, null)`,
    'create table parent (a text)',
    'create table child () inherits (parent)',
    `insert into child values ('of the child')`,
    `create view slow as select 'x'::text as a from pg_sleep(30)`,
    'create table kept (a text)',
    `create function keep() returns text language sql as $$ insert into kept values ('x') returning a $$`,
    'create view writing as select keep() as a',
  );
  consultation = await consult(targetOf(server), AbortSignal.any([]));
});

afterAll(async () => {
  consultation.close();
  await server.stop();
});

const request = (relation: string, more: Partial<SampleRequest> = {}): SampleRequest => ({
  schema: 'public',
  relation,
  columns: ['a'],
  withChildren: true,
  rows: 10,
  ...more,
});

describe('a sample', () => {
  it('holds the values of each column, without NULLs, and cut where they are long', async () => {
    const sample = await consultation.sample(request('odd ".name', { columns: ['a "b', 'n', 'long'] }));
    expect(sample).toEqual({
      ok: true,
      values: [
        ['one', ''],
        ['1.50', '2'],
        ['ü'.repeat(256), 'x'],
      ],
    });
  });

  it('is of so many rows at most', async () => {
    const sample = await consultation.sample(request('odd ".name', { columns: ['n'], rows: 1 }));
    expect(sample).toEqual({ ok: true, values: [['1.50']] });
  });

  it('leaves out rows of children where it is told to', async () => {
    expect(await consultation.sample(request('parent'))).toEqual({ ok: true, values: [['of the child']] });
    expect(await consultation.sample(request('parent', { withChildren: false }))).toEqual({ ok: true, values: [[]] });
  });

  it('is given up where it takes long', async () => {
    expect(await consultation.sample(request('slow'))).toEqual({ ok: false, sqlstate: '57014' });
  });

  it('changes nothing', async () => {
    expect(await consultation.sample(request('writing'))).toEqual({ ok: false, sqlstate: '25006' });
    expect(await server.admin('postgres', 'select from kept')).toEqual([]);
  });

  it('that was refused leaves the connection as it was', async () => {
    expect(await consultation.sample(request('nowhere'))).toEqual({ ok: false, sqlstate: '42P01' });
    expect(await consultation.sample(request('parent'))).toMatchObject({ ok: true });
    expect(await consultation.catalog.read([])).toMatchObject({ database: 'postgres' });
  });
});
