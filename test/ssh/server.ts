import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '../../src/core/limits.ts';
import { Secret } from '../../src/core/secret.ts';
import type { SshAccess, Target } from '../../src/core/target.ts';
import { freePort } from '../postgres/server.ts';

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshServerOptions {
  /** Of its host keys; an Ed25519 one when not given. */
  readonly hostKeys?: readonly HostKeyType[];
  /** Signs its host keys: called with the path of each public key, beside which `…-cert.pub` is to be. */
  readonly certify?: (publicKey: string) => void;
  /** More lines for sshd_config. `$DIRECTORY`: of the server's files. */
  readonly settings?: readonly string[];
}

/** A real sshd on loopback, with keys of its own, that lets this user in with one key. */
export interface SshServer {
  /** Of the process that listens. */
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly directory: string;
  /** The user's private key: the credential that must stay inside. */
  readonly key: string;
  /** `ssh-ed25519 AAAA…` of each host key. */
  readonly hostKeys: readonly string[];
  /** How hoopctl reaches it. */
  target(access?: Partial<SshAccess>): Target;
  /** What it has written to its log. */
  log(): string;
  /** The processes that serve connections, by number. */
  connections(): readonly number[];
  /** Kills what serves connections, without a good-bye. */
  breakOff(): void;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

function keygen(path: string, type: HostKeyType): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', '-f', path]);
  return readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

function settingsOf(directory: string, port: number, options: SshServerOptions): string {
  const keys = (options.hostKeys ?? ['ed25519']).map((type) => `HostKey ${join(directory, `host_${type}`)}`);
  const { settings = [] } = options;
  const keyword = (line: string): string => line.split(' ')[0] ?? '';
  // sshd takes the first that is said.
  const isUsual = (line: string): boolean => !settings.some((one) => keyword(one) === keyword(line));
  const usual = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...keys,
    ...(options.certify === undefined
      ? []
      : keys.map((line) => `${line.replace('HostKey', 'HostCertificate')}-cert.pub`)),
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    `PidFile ${join(directory, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitUserEnvironment no',
    // bash takes itself for one within another then, and does not read what its user has set up for every shell.
    'SetEnv SHLVL=1',
    'AcceptEnv LANG LC_* TEST_* GIT_PROTOCOL',
    'MaxSessions 200',
    'MaxStartups 200:30:400',
    'PrintMotd no',
    'PrintLastLog no',
    'LogLevel VERBOSE',
    'Subsystem sftp internal-sftp',
  ];
  const own = settings.map((line) => line.replace('$DIRECTORY', directory));
  return [...usual.filter(isUsual), ...own, ''].join('\n');
}

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-sshd-'));
  const port = await freePort();
  const { username: user, uid } = userInfo();
  const hostKeys = (options.hostKeys ?? ['ed25519']).map((type) => keygen(join(directory, `host_${type}`), type));
  for (const type of options.hostKeys ?? ['ed25519']) options.certify?.(join(directory, `host_${type}.pub`));
  const authorized = keygen(join(directory, 'user'), 'ed25519');
  const key = readFileSync(join(directory, 'user'), 'utf8');
  writeFileSync(join(directory, 'authorized_keys'), `${authorized}\n`);
  writeFileSync(join(directory, 'sshd_config'), settingsOf(directory, port, options));
  // Where sshd drops its privileges; missing where its service has never been started.
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let log = '';
  const child = spawn(SSHD, ['-D', '-e', '-f', join(directory, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  const stopped = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listening(port, child, () => log);
  const target = (access: Partial<SshAccess> = {}): Target => ({
    name: 'web-1',
    protocol: 'ssh',
    host: '127.0.0.1',
    port,
    database: '',
    user,
    password: null,
    tls: { mode: 'disable', ca: null, certificate: null },
    limits: LIMITS,
    ssh: {
      key: new Secret(key),
      passphrase: null,
      certificate: null,
      agent: null,
      hostKeys: { kind: 'known-hosts', path: 'known_hosts', text: knownHosts(port, hostKeys) },
      ...access,
    },
  });
  const connections = (): readonly number[] => childrenOf(child.pid ?? 0);
  return {
    pid: child.pid ?? 0,
    host: '127.0.0.1',
    port,
    user,
    directory,
    key,
    hostKeys,
    target,
    log: () => log,
    connections,
    breakOff: () => {
      for (const pid of connections()) process.kill(pid, 'SIGKILL');
    },
    stop: async () => {
      process.removeListener('exit', onExit);
      child.kill('SIGTERM');
      await stopped;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** As it stands in known_hosts. */
export function knownHosts(port: number, keys: readonly string[]): string {
  return keys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join('');
}

async function listening(port: number, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`sshd does not start: ${log()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
}

function childrenOf(pid: number): readonly number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return listed === '' ? [] : listed.split(' ').map(Number).filter(isAlive);
}

/** sshd may leave one that has ended unburied for a while. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
