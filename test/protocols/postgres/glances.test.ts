import { Meaning } from '../../../src/protocols/postgres/meaning.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog, CatalogSource } from '../../../src/core/catalog.ts';
import { HoopError } from '../../../src/core/errors.ts';
import { Glances } from '../../../src/protocols/postgres/catalog/glances.ts';
import { FINGERPRINT, GLANCE } from '../../../src/protocols/postgres/catalog/queries.ts';
import { openCatalog, type Questioner } from '../../../src/protocols/postgres/catalog/source.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { FINGERPRINT as EMPTY } from './catalog-answers.ts';
import { server as say } from './messages.ts';
import { Conversation } from './glancing.ts';

const IDLE = {
  transaction: 'I',
  skipping: false,
  copying: false,
  open: false,
  meaning: new Meaning(),
} as const;

describe.each(serverVersions())('a glance at the catalog of PostgreSQL %i', (version) => {
  let server: Server;
  let glances: Glances;
  let known: Catalog;
  const one = new Conversation();
  const other = new Conversation();

  beforeAll(async () => {
    server = await startServer({ version });
    await one.open(server);
    await other.open(server);
  });
  afterAll(async () => {
    await one.close();
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    await server.admin(
      'postgres',
      'drop schema if exists app cascade',
      'create schema app',
      'create table app.t (n int)',
    );
    glances = new Glances();
    known = await read(one, []);
    await read(one, [known]);
    one.asked.length = 0;
    other.asked.length = 0;
  });

  const read = async (conversation: Conversation, before: readonly Catalog[], open = false): Promise<Catalog> => {
    const source: CatalogSource = openCatalog({ ...IDLE, transaction: open ? 'T' : 'I' }, conversation, glances);
    const catalog = await source.read(before);
    if (catalog === null) throw new Error('no catalog');
    return catalog;
  };

  it('is enough where nothing was written since, on any connection', async () => {
    expect(await read(one, [known])).toBe(known);
    expect(await read(other, [known])).toBe(known);
    expect([...one.asked, ...other.asked]).toEqual([GLANCE, GLANCE]);
  });

  it('sees that somebody changed what names mean', async () => {
    await server.admin('postgres', 'alter table app.t rename to u');
    const changed = await read(one, [known]);
    expect(changed).not.toBe(known);
    expect(changed.relations.map(({ name }) => name)).toEqual(['u']);
  });

  it('is no more than a detour where something else was written', async () => {
    await server.admin('postgres', 'insert into app.t values (1)');
    expect(await read(one, [known])).toBe(known);
    expect(one.asked).toEqual([GLANCE, FINGERPRINT, GLANCE]);
    expect(await read(other, [known])).toBe(known);
    expect(other.asked).toEqual([GLANCE]);
  });

  it('sees a transaction end that was under way when it was taken', async () => {
    await other.say('begin; create table app.late (n int)');
    const before = await read(one, [known]);
    expect(await read(one, [before])).toBe(before);
    await other.say('commit');
    expect((await read(one, [before])).relations.map(({ name }) => name).toSorted()).toEqual(['late', 't']);
  });

  it.each([
    ['the search path', 'set search_path = app', 'reset search_path'],
    ['the role', 'set role pg_monitor', 'reset role'],
    ['temporary tables', 'create temp table mine (n int)', 'drop table mine'],
  ])('tells connections apart by %s', async (_what, act, undo) => {
    await other.say(act);
    expect(await read(one, [known])).toBe(known);
    expect(await read(other, [known])).not.toBe(known);
    await other.say(undo);
  });

  it('is never taken of what the connection’s own transaction did', async () => {
    await one.say('begin; create table app.first (n int)');
    const first = await read(one, [known], true);
    await one.say('create table app.second (n int)');
    const second = await read(one, [first], true);
    expect(second.relations).toHaveLength(3);
    expect(one.asked).not.toContain(GLANCE);
    expect(await one.ask([GLANCE])).toEqual([say.row('')]);
    await one.say('rollback');
  });

  it('sees that the server was started anew', async () => {
    const [before] = await one.ask([GLANCE]);
    await one.close();
    await other.close();
    await server.halt('immediate');
    await server.resume();
    await one.open(server);
    await other.open(server);
    expect(await one.ask([GLANCE])).not.toEqual([before]);
  });
});

describe('a glance', () => {
  it('that the target does not understand is not asked for again', async () => {
    const asked: string[] = [];
    const target: Questioner = {
      ask: (queries) => {
        asked.push(...queries);
        if (queries.includes(GLANCE)) return Promise.reject(new HoopError('postgres.catalog', 'no such function'));
        return Promise.resolve(queries.includes(FINGERPRINT) ? [say.row(JSON.stringify(EMPTY))] : []);
      },
    };
    const glances = new Glances();
    const source = openCatalog(IDLE, target, glances);
    const catalog = await source.read([]);
    if (catalog === null) throw new Error('no catalog');
    asked.length = 0;
    expect(await source.read([catalog])).toBe(catalog);
    expect(await source.read([catalog])).toBe(catalog);
    expect(asked).toEqual([GLANCE, FINGERPRINT, FINGERPRINT]);
    expect(glances.question).toBe(FINGERPRINT);
  });

  it('is trusted only when the same was seen before and after', () => {
    const glances = new Glances();
    const catalog = { version: 'v' } as Catalog;
    glances.note('a', 'b', 'v');
    expect(glances.recognised('b', [catalog])).toBeNull();
    glances.note('b', 'b', 'v');
    expect(glances.recognised('b', [catalog])).toBe(catalog);
    expect(glances.recognised('b', [{ ...catalog, version: 'w' }])).toBeNull();
    glances.note('', '', 'v');
    expect(glances.recognised('', [catalog])).toBeNull();
  });

  it('is what the next connection is prepared for, until one does not help', () => {
    const glances = new Glances();
    expect(glances.question).toBe(GLANCE);
    glances.recognised('a', []);
    expect(glances.question).toBe(FINGERPRINT);
  });
});
