import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { errors, types, values } from './knocking.ts';
import { backends, MARKER } from './scripted.ts';
import { Scene } from './scene.ts';

describe.each(serverVersions())('COPY on its way to PostgreSQL %i', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;

  beforeEach(async () => {
    await scene.server.admin(
      'postgres',
      'drop table if exists t',
      'create table t (n int unique deferrable initially deferred)',
    );
    client = await scene.connect();
  });

  const count = async (): Promise<unknown> =>
    (await scene.server.admin('postgres', 'select count(*)::int as n from t'))[0]?.['n'];

  async function usable(): Promise<void> {
    expect(values(await client.query('select 42'))).toEqual(['42']);
  }

  const rows = (...numbers: number[]): Buffer => Buffer.concat(numbers.map((n) => frames.copyData(`${n}\n`)));

  it('take the client’s data and write it down', async () => {
    client.send(frames.query('copy t from stdin'));
    expect(types(await client.until('G'))).toBe('G');
    client.send(rows(1, 2, 3), frames.copyDone());
    expect(types(await client.until('Z'))).toBe('CZ');
    expect(await count()).toBe(3);
    const events = scene.door.guard().events.filter((event) => event.type === 'rows');
    expect(Buffer.concat(events.map((event) => event.bytes))).toEqual(rows(1, 2, 3));
    for (const event of events) expect([event.direction, event.statement]).toEqual(['in', 1]);
  });

  it('take data that was sent before the server asked for it, in several statements of one query', async () => {
    client.send(
      frames.query('copy t from stdin; copy t from stdin'),
      rows(1, 2),
      frames.copyDone(),
      rows(3),
      frames.copyDone(),
    );
    expect(types(await client.until('Z'))).toBe('GCGCZ');
    expect(await count()).toBe(3);
    await usable();
  });

  it('by the extended protocol ignore a Sync before the data’s end, as the server does', async () => {
    client.send(frames.parse('copy t from stdin'), frames.bind(), frames.execute(), frames.sync());
    expect(types(await client.until('G'))).toBe('12G');
    client.send(rows(1), frames.sync(), frames.flush(), rows(2), frames.copyDone(), frames.sync());
    expect(types(await client.until('Z'))).toBe('CZ');
    expect(await count()).toBe(2);
  });

  it('and fail leave the connection usable, whatever data is still on its way', async () => {
    client.send(frames.query('copy t from stdin'));
    await client.until('G');
    client.send(
      frames.copyData('not a number\n'),
      rows(...Array.from({ length: 2000 }, (_n, index) => index)),
      frames.copyDone(),
    );
    const answer = await client.until('Z');
    expect([types(answer), errors(answer)[0]?.['C']]).toEqual(['EZ', '22P02']);
    await usable();
    client.send(frames.parse('copy t from stdin'), frames.bind(), frames.execute(), frames.sync());
    await client.until('G');
    client.send(frames.copyData('not a number\n'), rows(1), frames.copyDone(), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    await usable();
  });

  it('and are broken off by the client roll back', async () => {
    client.send(frames.query('copy t from stdin'));
    await client.until('G');
    client.send(rows(1), frames.copyFail('changed my mind'));
    expect(types(await client.until('Z'))).toBe('EZ');
    expect(await count()).toBe(0);
    await usable();
  });

  it('and are refused never ask for data', async () => {
    client.send(frames.query(`copy t from stdin -- ${MARKER}`), rows(1), frames.copyDone());
    expect(types(await client.until('Z'))).toBe('EZ');
    await usable();
    client.send(frames.parse(`copy t from stdin -- ${MARKER}`), frames.bind(), frames.execute(), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    await usable();
    expect(await count()).toBe(0);
  });

  it('out are written down as the client saw them', async () => {
    const answer = await client.query('copy (values (1), (2)) to stdout');
    expect(types(answer)).toBe('HddcCZ');
    client.send(frames.parse('copy (values (3)) to stdout'), frames.bind(), frames.execute(), frames.sync());
    expect(types(await client.until('Z'))).toBe('12HdcCZ');
    const events = scene.door.guard().events.filter((event) => event.type === 'rows');
    expect(events.every((event) => event.direction === 'out')).toBe(true);
    expect(events.length).toBeGreaterThan(0);
  });

  it('end the connection when the client sends a statement where data belongs', async () => {
    client.send(frames.query('copy t from stdin'));
    await client.until('G');
    client.send(frames.query('select 1'));
    expect(errors(await client.until('Z'))[0]?.['S']).toBe('FATAL');
    expect(client.closed).toBe(true);
    await eventually(
      () => backends(scene.server),
      (left) => left === 0,
    );
    expect(await count()).toBe(0);
  });

  it('end the connection when a statement follows while another COPY of the same query waits for data', async () => {
    client.send(
      frames.query('copy t from stdin; copy t from stdin'),
      rows(1),
      frames.copyDone(),
      frames.query('select 1'),
    );
    expect(errors(await client.until('Z'))[0]?.['S']).toBe('FATAL');
    expect(await count()).toBe(0);
  });
});
