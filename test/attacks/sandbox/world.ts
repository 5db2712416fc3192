import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { OrdinaryProgram } from '../../ordinary-program.ts';
import type { World } from './attempt.ts';

/** Whose processes these are. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const FILES = [
  'home/.ssh/id_ed25519',
  'home/.aws/credentials',
  'home/.kube/config',
  'home/.local/share/keyrings/login.keyring',
  'home/.gnupg/private-keys-v1.d/key',
  'home/.pgpass',
  'home/.netrc',
  'home/.docker/config.json',
  'home/.bash_history',
  'home/.bashrc',
  'home/.local/state/hoopctl/keys/approver',
  'home/.local/state/hoopctl/sessions/one',
  'home/other/notes',
  'home/work/project/.env',
  'home/work/project/packages/one/.env.production',
  'home/work/project/objects/.env',
  'home/work/project/hoopctl.yaml',
  'home/work/project/conf/deep/policy.yaml',
  'home/work/project/tools/password.sh',
  'home/work/project/password.txt',
];

const SOCKETS = [
  'run/docker.sock',
  'run/podman/podman.sock',
  'run/ssh-agent',
  'run/gnupg/S.gpg-agent',
  'run/bus',
  'run/wayland-0',
  'run/hoopctl/inbox/0123456789.sock',
  'run/hoopctl/aaaaaaaa/.s.PGSQL.5432',
  'home/work/project/daemon.sock',
];

/** A user with all that users have, and somebody listening wherever somebody usually does. */
export class Stage {
  readonly world: World;
  readonly base: string;
  /** The socket of the sandbox's own door. */
  readonly door: string;
  readonly #servers: Server[] = [];
  #datagrams: DatagramSocket | null = null;
  #process: ChildProcess | null = null;
  /** Null where the owner gets at the program as it is. */
  readonly ordinary: OrdinaryProgram | null;

  private constructor(base: string, world: World, ordinary: OrdinaryProgram | null) {
    this.base = base;
    this.ordinary = ordinary;
    this.world = world;
    this.door = join(base, 'run', 'hoopctl', 'bbbbbbbb', 'door');
  }

  static async open(owner: Owner): Promise<Stage> {
    // Not below /tmp, which the sandbox has one of its own of.
    const parent = process.getuid?.() === 0 ? '/home' : homedir();
    const base = mkdtempSync(join(parent, 'hoopctl-test-'));
    const canary = `canary-${base.slice(-6)}-${process.pid}`;
    const [tcp, udp] = [createServer(), createSocket('udp4')];
    const project = join(base, 'home', 'work', 'project');
    layOut(base, canary);
    const other = spawn('/bin/sleep', ['1000', '0'], {
      cwd: join(base, 'home', 'other'),
      env: { CANARY: canary },
      argv0: canary,
      ...owner,
      stdio: 'ignore',
    });
    const world = {
      home: join(base, 'home'),
      state: join(base, 'home', '.local', 'state', 'hoopctl'),
      runtime: join(base, 'run'),
      project,
      other: join(base, 'home', 'other'),
      canary,
      pid: other.pid ?? 0,
      abstract: canary,
      shared: sharedMemory(),
      tcp: 0,
      udp: 0,
      door: 25_432,
    };
    const stage = new Stage(base, world, owner.uid === process.getuid?.() ? null : new OrdinaryProgram());
    stage.#process = other;
    stage.#datagrams = udp;
    udp.on('message', (_, from) => udp.send(canary, from.port, from.address));
    udp.bind(0, '127.0.0.1');
    await Promise.all([
      once(udp, 'listening'),
      stage.#listen(tcp, { host: '127.0.0.1', port: 0 }),
      stage.#listen(createServer(), { path: `\0${canary}` }),
      ...SOCKETS.map((path) => stage.#listen(createServer(), { path: join(base, path) })),
      stage.#listen(createServer(), { path: stage.door }, 'door'),
    ]);
    const address = tcp.address();
    Object.assign(world, {
      udp: udp.address().port,
      tcp: typeof address === 'object' && address !== null ? address.port : 0,
    });
    writeFileSync(join(project, 'world.json'), JSON.stringify(world));
    ownAll(base, owner);
    return stage;
  }

  async #listen(
    server: Server,
    options: { path: string } | { host: string; port: number },
    says = this.world.canary,
  ): Promise<void> {
    this.#servers.push(server);
    server.on('connection', (socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(says);
    });
    server.listen(options);
    await once(server, 'listening');
  }

  close(): void {
    for (const server of this.#servers) server.close();
    this.#datagrams?.close();
    this.#process?.kill('SIGKILL');
    this.ordinary?.remove();
    execFileSync('ipcrm', ['-m', String(this.world.shared)]);
    for (const path of ['/tmp', '/dev/shm', '/dev']) rmSync(join(path, this.world.canary), { force: true });
    rmSync(this.base, { recursive: true, force: true });
  }
}

function layOut(base: string, canary: string): void {
  for (const path of [...FILES, ...SOCKETS, 'run/hoopctl/bbbbbbbb/door']) {
    mkdirSync(join(base, dirname(path)), { recursive: true });
  }
  chmodSync(join(base, 'run', 'hoopctl'), 0o700);
  for (const path of FILES) writeFileSync(join(base, path), `${canary}\n`);
  for (const path of ['/tmp', '/dev/shm']) writeFileSync(join(path, canary), canary);
  const project = join(base, 'home', 'work', 'project');
  execFileSync('git', ['init', '--quiet', project]);
  writeFileSync(join(project, 'index.js'), 'console.log("hello");\n');
  writeFileSync(join(project, 'script.sh'), '#!/bin/sh\n');
  symlinkSync('.env', join(project, 'environment-link'));
  symlinkSync(join(base, 'home', '.ssh', 'id_ed25519'), join(project, 'way-out'));
  symlinkSync(join(base, 'home'), join(project, 'home-link'));
  symlinkSync(join(base, 'home'), join(project, 'node_modules'));
  execFileSync('mkfifo', [join(project, 'orders')]);
}

/** The number of a new segment of shared memory, in the machine's namespace. */
function sharedMemory(): number {
  const said = execFileSync('ipcmk', ['--shmem', '4096', '--mode', '0666'], { encoding: 'utf8' });
  return Number(/(\d+)\s*$/.exec(said)?.[1]);
}

function ownAll(path: string, owner: Owner): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, 0o755);
  execFileSync('chown', ['-hR', `${owner.uid}:${owner.gid}`, path]);
}

/** Every file below, for seeing whether anything has changed. Links are not followed. */
export function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const here = join(path, entry.name);
      return entry.isDirectory() ? [here, ...filesBelow(here)] : [here];
    })
    .sort();
}
