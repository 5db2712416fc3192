import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HoopError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { type Account, passable, prepareBinaries } from './embedded-binaries.ts';

/** A PostgreSQL of our own, on loopback, for as long as this process wants it. */
export interface EmbeddedServer {
  readonly host: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  readonly password: Secret;
  /** Every line the server logged so far; it logs every statement it gets. */
  log(): readonly string[];
  /** Ends the server and removes its files. Idempotent. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const USER = 'postgres';
/** Milliseconds until a server that does not come up, or does not go down, is given up. */
const START_DEADLINE = 30_000;
const STOP_DEADLINE = 5_000;

/**
 * Starts the PostgreSQL that comes with hoopctl, with a fresh cluster in a temporary directory.
 * As root it runs under an account that has no rights, since PostgreSQL refuses to run as root.
 * @throws HoopError `local.server`
 */
export async function startEmbeddedServer(): Promise<EmbeddedServer> {
  const account = await unprivilegedAccount();
  const directory = await mkdtemp(join(await temporaryDirectory(account), 'hoopctl-postgres-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    if (account !== null) await chown(directory, account.uid, account.gid);
    const binaries = await prepareBinaries(directory, account);
    const password = new Secret(randomBytes(24).toString('base64url'));
    const data = join(directory, 'data');
    await createCluster(binaries.initdb, data, join(directory, 'password'), password, account);
    const port = await freePort();
    const server = await startServer(binaries.postgres, data, port, account);
    let stopping: Promise<void> | null = null;
    const stopAndRemove = async (): Promise<void> => {
      try {
        await server.stop();
      } finally {
        await remove();
      }
    };
    return {
      host: HOST,
      port,
      user: USER,
      password,
      log: () => server.log(),
      stop: () => (stopping ??= stopAndRemove()),
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Root's own place for temporary files may be closed to the account. */
async function temporaryDirectory(account: Account | null): Promise<string> {
  return account === null || (await passable(tmpdir(), account)) ? tmpdir() : '/tmp';
}

/** Null unless this is root. */
async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const found = lines.find(([user]) => user === name);
    const [uid, gid] = [Number(found?.[2]), Number(found?.[3])];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new HoopError('local.server', 'PostgreSQL does not run as root, and there is no account nobody or postgres', {
    hint: 'run it as an ordinary user',
  });
}

async function createCluster(
  initdb: string,
  data: string,
  passwordFile: string,
  password: Secret,
  account: Account | null,
): Promise<void> {
  await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  const args = [
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  const child = spawn(initdb, args, {
    ...account,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: serverEnvironment(),
    cwd: '/',
  });
  const words: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const code = await ending(child);
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new HoopError('local.server', `initdb failed: ${lastLine(words.join(''))}`);
}

interface RunningServer {
  log(): readonly string[];
  stop(): Promise<void>;
}

async function startServer(
  postgres: string,
  data: string,
  port: number,
  account: Account | null,
): Promise<RunningServer> {
  const settings = {
    port: String(port),
    listen_addresses: HOST,
    unix_socket_directories: '',
    log_statement: 'all',
    log_min_messages: 'log',
    fsync: 'off',
    max_connections: '20',
    shared_buffers: '16MB',
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // In a process group of its own: Ctrl-C is for hoopctl, which ends the server in order.
  const child = spawn(postgres, args, {
    ...account,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: serverEnvironment(),
    cwd: '/',
  });
  const lines: string[] = [];
  const killer = (): void => void child.kill('SIGKILL');
  process.once('exit', killer);
  const gone = ending(child);
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  });
  const outcome = await Promise.race([ready.then(() => 'ready'), gone.then(() => 'gone'), after(START_DEADLINE)]);
  const stop = async (): Promise<void> => {
    process.off('exit', killer);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    if ((await Promise.race([gone, after(STOP_DEADLINE)])) === 'late') child.kill('SIGKILL');
    await gone;
  };
  if (outcome === 'ready') return { log: () => lines, stop };
  await stop();
  throw new HoopError('local.server', `the embedded PostgreSQL did not start: ${lastLine(lines.join('\n'))}`);
}

/** Nothing of this process's environment that would change where or how the server runs. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(PATH === undefined ? {} : { PATH }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  };
}

async function ending(child: ChildProcess): Promise<number | null> {
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } catch (error) {
    throw new HoopError('local.server', 'the embedded PostgreSQL does not run on this system', { cause: error });
  }
}

async function after(milliseconds: number): Promise<'late'> {
  const { setTimeout } = await import('node:timers/promises');
  await setTimeout(milliseconds, undefined, { ref: false });
  return 'late';
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new HoopError('local.server', 'no local port is free');
  return address.port;
}
