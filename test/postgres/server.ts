import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { serverAccount, serverBinaries, type ServerVersion } from './binaries.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { administrator, give, makeCluster } from './cluster.ts';
import { logLinePrefix, ServerLog } from './log.ts';

export type Authentication = 'trust' | 'password' | 'md5' | 'scram-sha-256' | 'cert';

export interface ServerOptions {
  readonly version?: ServerVersion;
  /** How TCP connections show who they are. The administrator's Unix socket is always trusted. */
  readonly authentication?: Authentication;
  readonly tls?: 'off' | 'offered' | 'required';
  /** The superuser that sessions through the door log in as, and its password. */
  readonly user?: string;
  readonly password?: string;
  /** Lines for postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Server {
  readonly version: ServerVersion;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly directory: string;
  /** Directory of the administrator's Unix socket. */
  readonly socket: string;
  readonly certificates: Certificates | null;
  readonly log: ServerLog;
  /** Runs statements as the administrator, on a connection of their own; rows of the last one. */
  admin(database: string, ...statements: string[]): Promise<Record<string, unknown>[]>;
  /** What libpq clients read to reach the server directly. */
  environment(database: string): Record<string, string>;
  /** Shuts the server down: `fast` lets it say good-bye, `immediate` does not. Its data stays. */
  halt(how: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again after `halt`. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function hostBasedAccess(authentication: Authentication, tls: string): string {
  const kind = tls === 'required' || authentication === 'cert' ? 'hostssl' : 'host';
  return [
    `local all ${administrator} trust`,
    `local replication ${administrator} trust`,
    `${kind} all all 127.0.0.1/32 ${authentication}`,
    `${kind} replication all 127.0.0.1/32 ${authentication}`,
    '',
  ].join('\n');
}

function configuration(server: { port: number; socket: string }, options: ServerOptions, tls: Certificates | null) {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(server.port),
    unix_socket_directories: server.socket,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '60',
    max_prepared_transactions: '5',
    wal_level: 'logical',
    max_wal_senders: '4',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_statement: 'all',
    log_min_duration_statement: '-1',
    log_line_prefix: logLinePrefix,
    log_min_messages: 'info',
    log_checkpoints: 'off',
    log_parameter_max_length: '0',
    log_timezone: 'UTC',
    timezone: 'UTC',
    shared_buffers: '64MB',
    autovacuum: 'off',
    ...(options.authentication === 'md5' ? { password_encryption: 'md5' } : {}),
    ...(tls === null
      ? {}
      : { ssl: 'on', ssl_cert_file: tls.serverCertificate, ssl_key_file: tls.serverKey, ssl_ca_file: tls.authority }),
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join('');
}

async function accepting(child: ChildProcess, attempt: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      return await attempt();
    } catch (error) {
      if (tries > 400) throw error;
      await pause(25);
    }
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exit;
}

/** A real PostgreSQL of its own on loopback, in a temporary directory that `stop` removes. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const version = options.version ?? 18;
  const user = options.user ?? 'guarded';
  const password = options.password ?? 'correct horse battery staple';
  const binaries = serverBinaries(version);
  const { directory, data, socket } = makeCluster(version);
  const logPath = join(directory, 'server.log');
  const wantsTls = (options.tls ?? 'off') !== 'off' || options.authentication === 'cert';
  const certificates = wantsTls ? makeCertificates(join(directory, 'tls'), user) : null;
  if (certificates !== null) {
    chmodSync(certificates.serverKey, 0o600);
    give([certificates.serverKey]);
  }
  const port = await freePort();
  writeFileSync(join(data, 'postgresql.conf'), configuration({ port, socket }, options, certificates));
  const hba = hostBasedAccess(options.authentication ?? 'trust', options.tls ?? 'off');
  writeFileSync(join(data, 'pg_hba.conf'), hba);
  const launch = (): ChildProcess => {
    const logFile = openSync(logPath, 'a', 0o644);
    const server = spawn(join(binaries, 'postgres'), ['-D', data], {
      ...serverAccount(),
      cwd: directory,
      stdio: ['ignore', logFile, logFile],
    });
    closeSync(logFile);
    return server;
  };
  let child = launch();
  // A server must not outlive the tests, however they end.
  const onExit = (): void => void child.kill('SIGQUIT');
  process.once('exit', onExit);

  const admin: Server['admin'] = async (database, ...statements) => {
    const client = new pg.Client({ host: socket, port, user: administrator, database });
    client.on('error', () => client.removeAllListeners('notice'));
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) {
        const result: unknown = await client.query(statement);
        const last: unknown = Array.isArray(result) ? result.at(-1) : result;
        rows = (last as { rows: Record<string, unknown>[] }).rows;
      }
      return rows;
    } finally {
      await client.end();
    }
  };
  await accepting(child, async () => void (await admin('postgres', 'select 1')));
  await admin('postgres', `create role ${user} superuser login password ${quoted(password)}`);
  return {
    version,
    host: '127.0.0.1',
    port,
    user,
    password,
    directory,
    socket,
    certificates,
    log: new ServerLog(logPath),
    admin,
    environment: (database) => ({
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
    }),
    halt: (how) => ended(child, how === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    resume: async () => {
      child = launch();
      await accepting(child, async () => void (await admin('postgres', 'select 1')));
    },
    stop: async () => {
      process.removeListener('exit', onExit);
      await ended(child, 'SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
