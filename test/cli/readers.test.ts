import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frames } from '../postgres/frames.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../postgres/wire-client.ts';
import { Place, root } from './command-line.ts';

const UNREAD = 141;
/** Reads one line, and goes away. The exit code is that of what it reads. */
const ONE_LINE = '"$@" | head -1; exit ${PIPESTATUS[0]}';
/** The same with what is said beside the data, which goes to a file. */
const ONE_LINE_OF_ERRORS = '"$@" 2>&1 >said | head -1; exit ${PIPESTATUS[0]}';
/** Reads everything. */
const ALL = 'exec "$@"';
const FULL_DISK = 'exec "$@" >/dev/full';
/** Has gone away before anything is said. */
const NOBODY = 'exec 3> >(exec true); wait $!; exec "$@" >&3';

let server: Server;
let place: Place;

interface Piped {
  readonly child: ChildProcess;
  /** The first line that was read. */
  readonly line: Promise<string>;
  readonly code: Promise<number | null>;
}

function piped(reader: string, ...args: readonly string[]): Piped {
  const child = spawn('bash', ['-c', reader, 'bash', process.execPath, join(root, 'src', 'cli', 'main.ts'), ...args], {
    cwd: place.directory,
    env: place.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const code = once(child, 'close').then(([ended]) => ended as number | null);
  const line = once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first));
  line.catch(() => undefined);
  return { child, line, code };
}

async function clientOf(line: string): Promise<WireClient> {
  const { env } = JSON.parse(line) as { readonly env: Readonly<Record<string, string>> };
  return wireClient(wireOptions(env));
}

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly totals: { readonly statements: number } | null;
}

/** Every record is sealed and whole, and nothing is left that leads to a door. Resolves with the newest record. */
async function newestInOrder(): Promise<Listed> {
  const { stdout } = await place.run('sessions', 'list', '--json');
  const { sessions } = JSON.parse(stdout) as { readonly sessions: readonly Listed[] };
  const [newest] = sessions;
  if (newest === undefined) throw new Error('no session is on record');
  expect(sessions.map(({ state }) => state)).toEqual(sessions.map(() => 'ended'));
  expect((await place.run('sessions', 'verify', newest.id)).code).toBe(0);
  const left = readdirSync(join(place.directory, 'run'), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([]);
  return newest;
}

beforeAll(async () => {
  server = await startServer();
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: [p] }
policies:
  p:
    default: allow
    deny: [{ action: drop, message: not here }]
    ask: [{ action: create, approvers: self }]
    session: { sandbox: optional }
`);
  Object.assign(place.env, { XDG_RUNTIME_DIR: join(place.directory, 'run') });
});
afterAll(async () => {
  place?.remove();
  await server?.stop();
});

describe('when whoever read it has gone away', () => {
  it('connect ends its sessions in order', async () => {
    const connect = piped(ONE_LINE, 'connect', 'pg', '--json');
    const client = await clientOf(await connect.line);
    await untilEnded(connect, () => client.query('drop table t'));
    client.destroy();
    expect(await connect.code).toBe(UNREAD);
    expect((await newestInOrder()).totals?.statements).toBeGreaterThan(0);
  });

  it('connect ends its sessions in order, too, when nobody reads its errors', async () => {
    const connect = piped(ONE_LINE_OF_ERRORS, 'connect', 'pg');
    const client = await wireClient(wireOptions(await environmentSaid()));
    await untilEnded(connect, () => client.query('drop table t'));
    client.destroy();
    expect(await connect.code).toBe(UNREAD);
    await newestInOrder();
  });

  it('connect ends what it has opened, when it was so from the beginning', async () => {
    expect(await piped(NOBODY, 'connect', 'pg', '--json').code).toBe(UNREAD);
    expect((await newestInOrder()).totals?.statements).toBe(0);
  });

  it.each([
    ['connect', 'pg', '--json', '--'],
    ['exec', '--target', 'pg', '--no-sandbox', '--json', '--'],
    ['exec', '--target', 'pg', '--no-sandbox', '--'],
  ])('%s runs its program also when it was so from the beginning', async (...command) => {
    // More than a pipe holds.
    const script = "psql -qc 'drop table a'; head -c 200000 /dev/zero >&2; head -c 200000 /dev/zero; exit 7";
    expect(await piped(NOBODY, ...command, 'sh', '-c', script).code).toBe(7);
    expect((await newestInOrder()).totals?.statements).toBe(1);
  });

  it.each([
    ['connect', 'pg', '--json', '--'],
    ['exec', '--target', 'pg', '--no-sandbox', '--json', '--'],
  ])('%s has the program inside go on, and gives its exit code', async (...command) => {
    // The first refusal is told to nobody: what comes behind it is on record all the same.
    const statements = ['drop table a', 'drop table b', 'select 1'];
    const script = `read -r _ <"$0"; ${statements.map((one) => `psql -qc '${one}' 2>/dev/null`).join('; ')}; exit 7`;
    const go = join(place.directory, `go-${command[0] ?? ''}`);
    spawnSync('mkfifo', [go]);
    const run = piped(ONE_LINE, ...command, 'sh', '-c', script, go);
    await run.line;
    writeFileSync(go, 'go\n');
    expect(await run.code).toBe(7);
    expect((await newestInOrder()).totals?.statements).toBe(statements.length);
  });

  it('requests watch ends in order', async () => {
    const door = piped(ALL, 'connect', 'pg', '--json');
    const environment = await door.line;
    const watch = piped(ONE_LINE, 'requests', 'watch', '--json');
    const clients: WireClient[] = [];
    await untilEnded(watch, async () => {
      const client = await clientOf(environment);
      clients.push(client);
      client.send(frames.query('create table t (n int)'));
      await client.until('N');
    });
    expect(JSON.parse(await watch.line)).toMatchObject({ event: 'request' });
    expect(await watch.code).toBe(UNREAD);
    for (const client of clients) client.destroy();
    door.child.kill('SIGTERM');
    await door.code;
    await newestInOrder();
  });

  it.each([
    ['sessions', 'list'],
    ['sessions', 'verify'],
    ['replay', 'ID'],
    ['sessions', 'show', 'ID'],
    ['requests', 'list'],
  ])('%s %s does not claim to have said it', async (...command) => {
    const { id } = await newestInOrder();
    const words = command.map((word) => (word === 'ID' ? id : word));
    expect(await piped(NOBODY, ...words, '--json').code).toBe(UNREAD);
  });
});

describe('where the disk is full', () => {
  it('connect ends its sessions in order, and fails', async () => {
    expect(await piped(FULL_DISK, 'connect', 'pg', '--json').code).toBe(1);
    expect((await newestInOrder()).totals?.statements).toBe(0);
  });
});

/** What connect says that one is to export. */
async function environmentSaid(): Promise<Record<string, string>> {
  const said = join(place.directory, 'said');
  const deadline = Date.now() + 20_000;
  while (!existsSync(said) || !readFileSync(said, 'utf8').includes('PGDATABASE=')) {
    if (Date.now() > deadline) throw new Error('the door does not open');
    await setImmediate();
  }
  const exports = readFileSync(said, 'utf8').matchAll(/export (PG[A-Z]+)=(\S+)/g);
  return Object.fromEntries([...exports].map(([, name = '', value = '']) => [name, value]));
}

/** Asks again and again, until it has ended. */
async function untilEnded({ code }: Piped, ask: () => Promise<unknown>): Promise<void> {
  let hasEnded = false;
  void code.then(() => (hasEnded = true));
  const deadline = Date.now() + 20_000;
  while (!hasEnded) {
    if (Date.now() > deadline) throw new Error('it does not end');
    await Promise.race([ask().catch(() => undefined), code]);
    await setImmediate();
  }
}
