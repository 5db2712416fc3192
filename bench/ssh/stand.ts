import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { knownHosts, type SshServer, startSshServer } from '../../test/ssh/server.ts';
import { forgetPeak, parseFamily, readMemory, settledUsage } from '../usage.ts';
import { type OpenDoor, openDoor } from '../door.ts';
import type { Workspace } from '../workspace.ts';
import type { SshContender } from './contender.ts';

/** The only cipher that servers and door are asked for. */
export const CIPHER = 'aes128-gcm@openssh.com';

/** What hoopctl speaks itself: others' default takes many times its processor time. */
const EXCHANGE = 'curve25519-sha256';

/** A server, what stands before it, and the files that are copied. */
export interface Stand {
  readonly contenders: readonly SshContender[];
  /** In memory where there is such a place, so that no disk is measured. */
  readonly files: string;
  close(): Promise<void>;
}

/** What a guarded server has: some things are refused, others asked for, and nothing of it is what is measured. */
const POLICY = {
  default: 'allow',
  // Nobody is there to be asked, and the answer's time would be measured.
  opaque: 'allow',
  deny: [{ program: ['dd', 'mkfs*', 'shred'] }, { operation: ['write', 'remove'], path: ['/etc/**', '/boot/**'] }],
  ask: [{ program: 'systemctl', args: ['stop', 'restart'] }],
  allow: [{ channel: ['sftp', 'scp', 'subsystem'] }],
  session: { ttl: '24h' },
};

export async function openStand(workspace: Workspace, node: readonly string[]): Promise<Stand> {
  const settings = [
    `Ciphers ${CIPHER}`,
    `KexAlgorithms ${EXCHANGE}`,
    'UseDNS no',
    'AllowTcpForwarding yes',
    'LogLevel ERROR',
  ];
  const server = await startSshServer({ settings });
  const jump = await startSshServer({ settings });
  const files = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hoopctl-bench-'));
  // However this process ends: memory is not to be had back otherwise.
  process.once('exit', () => rmSync(files, { recursive: true, force: true }));
  const state = workspace.place('hoopctl');
  const { owned, read } = await startHoopctl(workspace, state, server, node);
  const own = (name: string, ...hosts: readonly string[]): string => {
    const path = join(workspace.directory, `${name}.config`);
    writeFileSync(path, hosts.join(''), { mode: 0o600 });
    return path;
  };
  const contenders: SshContender[] = [
    { name: 'direct', title: 'no proxy', config: own('direct', host('bench', server)), proxy: null },
    {
      name: 'jump',
      title: '`ssh -J` by way of a second OpenSSH server',
      config: own('jump', host('bench', server, 'ProxyJump jump'), host('jump', jump)),
      proxy: { cpu: () => jumpUsage(jump.pid), peak: () => null },
    },
    {
      name: 'hoopctl',
      title: 'hoopctl, rules for programs and paths, `record: { results: summary }`',
      config: own('hoopctl', readFileSync(read('HOOPCTL_SSH_CONFIG'), 'utf8')),
      proxy: { cpu: () => usageOf(owned.pid), peak: () => peakOf(owned.pid) },
    },
  ];
  return {
    contenders,
    files,
    close: async () => {
      await owned.stop();
      await jump.stop();
      await server.stop();
      rmSync(files, { recursive: true, force: true });
    },
  };
}

/** As it stands in ssh_config. */
function host(name: string, server: SshServer, ...more: readonly string[]): string {
  const known = join(server.directory, 'known_hosts');
  writeFileSync(known, knownHosts(server.port, server.hostKeys));
  const lines = [
    `HostName ${server.host}`,
    `Port ${server.port}`,
    `User ${server.user}`,
    `IdentityFile ${join(server.directory, 'user')}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'PreferredAuthentications publickey',
    `UserKnownHostsFile ${known}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    `Ciphers ${CIPHER}`,
    `KexAlgorithms ${EXCHANGE}`,
    'Compression no',
    ...more,
  ];
  return `Host ${name}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

async function startHoopctl(
  workspace: Workspace,
  state: string,
  server: SshServer,
  node: readonly string[],
): Promise<OpenDoor> {
  const key = join(state, 'key');
  const configuration = join(state, 'hoopctl.yaml');
  const target = {
    protocol: 'ssh',
    address: `${server.host}:${server.port}`,
    user: server.user,
    key: { file: key },
    host_key: server.hostKeys,
    policy: ['bench'],
  };
  writeFileSync(key, server.key, { mode: 0o600 });
  const policies = { bench: { ...POLICY, record: { results: 'summary' } } };
  writeFileSync(configuration, JSON.stringify({ version: 1, targets: { bench: target }, policies }), { mode: 0o600 });
  return openDoor(workspace, state, configuration, node);
}

async function usageOf(pid: number): Promise<number> {
  const { threads } = await settledUsage(pid);
  let sum = 0;
  for (const time of threads.values()) sum += time;
  return sum;
}

/** Milliseconds that processes get to end. */
const PATIENCE = 30_000;

/** Every connection has processes of its own, which count when they have ended. */
async function jumpUsage(pid: number): Promise<number> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await pause(20)) {
    if (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() === '') break;
  }
  return parseFamily(readFileSync(`/proc/${pid}/stat`, 'latin1')) * NANOSECONDS_A_TICK;
}

/** USER_HZ, which is 100 on every architecture Linux has now. */
const NANOSECONDS_A_TICK = 1e7;

function peakOf(pid: number): number {
  const { peak } = readMemory(pid);
  forgetPeak(pid);
  return peak;
}

/** A file of random bytes. */
export async function writeRandom(path: string, megabytes: number): Promise<void> {
  const block = randomBytes(1e6);
  await pipeline(
    Readable.from(
      (function* () {
        for (let index = 0; index < megabytes; index += 1) {
          // No two of them are the same: what arrives in the wrong place is noticed.
          block.writeUInt32BE(index);
          yield Buffer.from(block);
        }
      })(),
    ),
    createWriteStream(path),
  );
}
