import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../postgres/door.ts';
import { fieldsOf, frames, type Message, valuesOf } from '../postgres/frames.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../postgres/wire-client.ts';

const MAIL = 'ada.lovelace@example.com';
const CARD = '4111111111111111';

describe('what policies look for', () => {
  const state = mkdtempSync(join(tmpdir(), 'hoopctl-detectors-'));
  let server: Server;
  let door: Door;
  let client: WireClient;
  beforeAll(async () => {
    server = await startServer();
    await server.admin(
      'postgres',
      'create schema app',
      `create table app.notes (id int, body text, contact text, card bigint, document jsonb, words text[])`,
      `insert into app.notes values (1, 'ask ${MAIL}, card ${CARD}.', '${MAIL}', ${CARD},
        '{"mail": "${MAIL}", "n": 1}', array['x', '${MAIL}']), (2, 'nothing', null, 7, '{}', '{}')`,
      'grant usage on schema app to public',
      'grant all on app.notes to public',
    );
    door = await openDoor({
      state,
      targets: {
        t: {
          address: `127.0.0.1:${server.port}`,
          database: 'postgres',
          user: server.user,
          tls: 'disable',
          policy: ['p'],
        },
      },
      policies: {
        p: {
          default: 'allow',
          mask: [
            { detect: ['email'], with: { partial: 'domain' }, except: ['app.notes.contact'] },
            { detect: ['credit-card'], with: 'redact' },
          ],
        },
      },
    });
    client = await wireClient(wireOptions(door.env('t')));
  });
  beforeEach(async () => {
    await client.query('rollback');
  });
  afterAll(async () => {
    client?.destroy();
    await door?.close();
    await server?.stop();
    rmSync(state, { recursive: true, force: true });
  });

  const rows = (heard: readonly Message[]): (string | null)[][] =>
    heard.filter(({ type }) => type === 'D').map((row) => valuesOf(row).map((cell) => cell?.toString() ?? null));
  const text = (heard: readonly Message[]): string => heard.map(({ body }) => body.toString('latin1')).join('\n');

  it('is masked where it stands, in texts, documents and arrays, and as a whole in other types', async () => {
    const [first, second] = rows(await client.query('select * from app.notes order by id'));
    expect(first).toEqual([
      '1',
      'ask [redacted]@example.com, card [redacted].',
      MAIL,
      '0',
      '{"n": 1, "mail": "[redacted]@example.com"}',
      '{x,[redacted]@example.com}',
    ]);
    expect(second).toEqual(['2', 'nothing', null, '7', '{}', '{}']);
  });

  it('is masked in binary results', async () => {
    client.send(
      frames.parse('select body, words, document from app.notes order by id'),
      frames.describe('S'),
      frames.bind({ binary: true }),
      frames.execute(),
      frames.sync(),
    );
    const heard = await client.until('Z');
    expect(text(heard)).not.toContain('ada');
    expect(heard.filter(({ type }) => type === 'E').map((one) => fieldsOf(one))).toEqual([]);
    expect(rows(heard)[0]?.[0]).toBe('ask [redacted]@example.com, card [redacted].');
  });

  it('ends a result that nobody described, and shows nothing of it', async () => {
    const other = await wireClient(wireOptions(door.env('t')));
    other.send(
      frames.parse('select body from app.notes order by id'),
      frames.bind({}),
      frames.execute(),
      frames.sync(),
    );
    const heard = await other.until('E');
    expect(text(heard)).not.toContain('ada');
    other.destroy();
  });

  it('is masked in COPY, errors, notices and notifications', async () => {
    const copied = text(await client.query('copy app.notes to stdout'));
    expect(copied).toContain('ask [redacted]@example.com, card [redacted].');
    expect(copied).not.toContain('ada');
    const failed = await client.query(`select '${MAIL}'::int`);
    const error = failed.find(({ type }) => type === 'E');
    expect(error === undefined ? {} : fieldsOf(error)).toMatchObject({
      M: 'invalid input syntax for type integer: "[redacted]@example.com"',
    });
    expect(text(await client.query(`listen c; notify c, '${MAIL}'`))).not.toContain('ada');
    expect(
      text(await client.query(`do $$ begin raise notice '%', 'ada.lovelace' || '@example.com'; end $$`)),
    ).not.toContain('ada.lovelace@');
  });

  it('passes untouched where there is none of it', async () => {
    const direct = await wireClient(wireOptions(server.environment('postgres')));
    const sql = "select n, 'row ' || n, date '2026-02-28' + n, array[n, n + 1] from generate_series(1, 5000) n";
    const [guarded, plain] = [await client.query(sql), await direct.query(sql)];
    expect(guarded.map(({ body }) => body.toString('latin1'))).toEqual(
      plain.map(({ body }) => body.toString('latin1')),
    );
    direct.destroy();
  });

  it('is in nothing that hoopctl keeps of results', async () => {
    await door.close();
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const kept = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')).join('\n');
    expect(kept).toContain('ask [redacted]@example.com, card [redacted].');
    // The client's own statements hold it, and the column that is excepted.
    expect(kept).not.toContain(`ask ${MAIL}`);
    expect(kept).not.toContain(`"mail": "${MAIL}"`);
  });
});
