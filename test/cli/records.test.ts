import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../postgres/server.ts';
import { lastLine, Place } from './command-line.ts';

let server: Server;
let place: Place;
let session: string;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: [guarded] }
policies:
  guarded: { default: allow, deny: [{ action: drop, message: not here }] }
`);
  const script = "psql -XAtc 'select 40 + 2 as answer' && psql -XAtc 'drop table precious'";
  const run = await place.run('connect', 'pg', '--reason', 'for the record', '--', 'sh', '-c', script);
  expect(run).toMatchObject({ code: 1, stdout: '42\n' });
  session = (await place.run('completion', '--names', 'session')).stdout.trim();
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

describe('sessions', () => {
  it('list shows what there is, as a table and as JSON', async () => {
    const table = await place.run('sessions', 'list');
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(new RegExp(`^${session} +\\S+Z +pg +\\S+ +ended +2 +1$`, 'm'));
    const json = JSON.parse((await place.run('sessions', 'list', '--json')).stdout) as { sessions: unknown[] };
    expect(json).toMatchObject({ version: 1, sessions: [{ id: session, state: 'ended', totals: { refused: 1 } }] });
    expect((await place.run('sessions', 'list', '--target', 'other', '--json')).stdout).toContain('"sessions":[]');
  });

  it('show takes enough of an id', async () => {
    const { code, stdout } = await place.run('sessions', 'show', session.slice(0, 12));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reason +for the record$/m);
    expect(stdout).toMatch(/^state +ended \(client\)$/m);
  });

  it('search finds statements, all or only those that were refused', async () => {
    expect((await place.run('sessions', 'search', 'ANSWER')).stdout).toContain('select 40 + 2 as answer');
    const refused = await place.run('sessions', 'search', '', '--denied', '--json');
    expect(refused.stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ version: 1, session, decision: { verdict: 'deny' } });
    expect(await place.run('sessions', 'search', 'nothing like it')).toMatchObject({ code: 0, stdout: '' });
  });

  it('export writes every format, to stdout or to a file that is not there yet', async () => {
    expect((await place.run('sessions', 'export', session)).stdout).toMatch(/^\{"version":3,/);
    const older = await place.run('sessions', 'export', session, '--format', 'asciicast-v2', '--idle-limit', 'none');
    expect(older.stdout).toMatch(/^\{"version":2,/);
    expect(older.stdout).not.toContain('idle_time_limit');
    expect((await place.run('sessions', 'export', session, '--format', 'html')).stdout).toMatch(/^<!doctype html>/);
    const lines = (await place.run('sessions', 'export', session, '--format', 'ndjson')).stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('statement');
    const file = join(place.directory, 'out.cast');
    expect((await place.run('sessions', 'export', session, '--output', 'out.cast')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('select 40 + 2');
    const again = await place.run('sessions', 'export', session, '--output', 'out.cast');
    expect(again.code).toBe(1);
    expect(lastLine(again.stderr)).toMatch(/^Try: /);
    expect((await place.run('sessions', 'export', session, '--output', 'out.cast', '--force')).code).toBe(0);
  });

  it.each([
    [['--format', 'asciicast-v4'], 'asciicast-v2'],
    [['--format', 'html', '--with-input'], '--with-input means nothing to --format html'],
    [['--format', 'ndjson', '--rows', '5', '--idle-limit', '1s'], '--idle-limit and --rows means nothing'],
    [['--idle-limit', '2'], 'takes a duration'],
    [['--rows', '-1'], 'takes a whole number'],
  ])('export refuses %j', async (options, words) => {
    const { code, stdout, stderr } = await place.run('sessions', 'export', session, ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });

  it('verify says which record was changed, and ends with 8', async () => {
    const whole = await place.run('sessions', 'verify');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(new RegExp(`^valid +${session} `, 'm'));
    const path = join(place.state, 'sessions', `${session}.record`);
    const bytes = readFileSync(path);
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(600) ^ 1, 600);
    try {
      writeFileSync(path, changed);
      const found = await place.run('sessions', 'verify', session);
      expect(found.code).toBe(8);
      expect(found.stdout).toMatch(new RegExp(`^damaged +${session} .*first bad: event \\d+`, 'm'));
      expect(lastLine(found.stderr)).toMatch(/^Try: /);
      writeFileSync(path, bytes.subarray(0, bytes.length - 100));
      const cut = await place.run('sessions', 'verify', '--json');
      expect(cut.code).toBe(8);
      expect(JSON.parse(cut.stdout.split('\n')[0] ?? '')).toMatchObject({ session, sound: false });
    } finally {
      writeFileSync(path, bytes);
    }
  });
});

describe('replay', () => {
  it('shows statements, results, refusals and the end', async () => {
    const { code, stdout, stderr } = await place.run('replay', session);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of [
      'select 40 + 2 as answer',
      '42',
      'drop table precious',
      'refused by guarded',
      'not here',
      'ended',
    ]) {
      expect(stdout).toContain(text);
    }
  });

  it('gives programs every event', async () => {
    const { stdout } = await place.run('replay', session, '--json');
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe('header');
    expect(types.slice(-2)).toEqual(['end', 'stop']);
  });

  it('keeps the time when it is asked to', async () => {
    const timed = async (...speed: readonly string[]): Promise<number> => {
      const before = performance.now();
      expect((await place.run('replay', session, ...speed)).code).toBe(0);
      return performance.now() - before;
    };
    const [fast, slow] = [await timed(), await timed('--speed', '0.1')];
    expect(slow).toBeGreaterThan(fast + 500);
  });
});
