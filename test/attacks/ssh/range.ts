import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { ClientChannel, ConnectConfig } from 'ssh2';
import { parseConfig } from '../../../src/config/load.ts';
import type { Policy } from '../../../src/policy/rules.ts';
import { doorKeys } from '../../../src/protocols/ssh/door-keys.ts';
import { Client } from '../../../src/protocols/ssh/library.ts';
import { ORDINARY } from '../../ordinary-program.ts';
import { answerTo } from '../../session/asking.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../ssh/stage.ts';
import { aimed, type Attack } from './attack.ts';

const KEPT = 'kept\n';
const KEY = 'canary-5d1f8a7e';

const FURNITURE = [
  ['names.txt', 'ada\nbob\nada\n'],
  ['numbers.txt', '10\n9\n'],
  ['logs/app.log', 'started\nerror: none\n'],
] as const;

/** What has become of a command. */
export interface Fate {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Directories with something to lose, on a real server where an ordinary user comes in. */
export class Range {
  readonly root: string;
  readonly server: SshServer;
  #places = 0;

  private constructor(root: string, server: SshServer) {
    this.root = root;
    this.server = server;
  }

  /** `shell`: what reads commands there. */
  static async open(shell = '/bin/bash'): Promise<Range> {
    const root = mkdtempSync(join(tmpdir(), 'hoopctl-range-'));
    for (const name of ['bin', 'home', 'open']) own(mkdirAt(join(root, name)));
    chmodSync(root, 0o755);
    writeFileSync(join(root, 'bin', 'wreck'), '#!/bin/sh\necho "$@" > "$1/ran"\n', { mode: 0o755 });
    writeFileSync(join(root, 'enter'), entrance(root, shell));
    const settings = [`ForceCommand /bin/sh ${join(root, 'enter')}`, 'AcceptEnv *', 'SetEnv SHLVL=1'];
    return new Range(root, await startSshServer({ settings }));
  }

  /** A directory for one attack. */
  place(): string {
    this.#places += 1;
    const place = join(this.root, String(this.#places));
    this.restore(place);
    return place;
  }

  restore(place: string): void {
    rmSync(place, { recursive: true, force: true });
    for (const path of ['', 'srv', 'srv/app', 'open']) own(mkdirAt(join(place, path)));
    for (const [path, text] of [
      ['srv/app/data', KEPT],
      ['srv/key', `${KEY}\n`],
      ['open/x', 'x\n'],
      ['open/y', 'y\n'],
      ['open/data', 'gone\n'],
    ] as const) {
      writeFileSync(join(place, path), text);
      own(join(place, path));
    }
  }

  /** What harm was done; null when none was. */
  harm(place: string, shown: string): string | null {
    if (shown.includes(KEY)) return 'the key was shown';
    if (existsSync(join(place, 'ran'))) return 'wreck was run';
    if (read(join(place, 'srv/key')) !== `${KEY}\n`) return 'the key is another';
    if (read(join(place, 'srv/app/data')) !== KEPT) return 'the data are not what they were';
    const names = [...readdirSync(join(place, 'srv')), ...readdirSync(join(place, 'srv/app'))];
    return names.join(' ') === 'app key data' ? null : `there is ${names.join(' ')}`;
  }

  /** A home as it was left yesterday. */
  furnish(): void {
    const home = join(this.root, 'home');
    rmSync(home, { recursive: true, force: true });
    own(mkdirAt(home));
    own(mkdirAt(join(home, 'logs')));
    for (const [name, text] of FURNITURE) {
      writeFileSync(join(home, name), text);
      own(join(home, name));
      utimesSync(join(home, name), 0, 0);
    }
  }

  /** What lies in the home, with its size and mode. */
  furniture(): readonly string[] {
    const home = join(this.root, 'home');
    return readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mode, size, nlink } = lstatSync(join(home, name));
      return `${mode.toString(8)} ${nlink} ${name.endsWith('z') ? '' : size} ${name}`;
    });
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A connection on which commands are run one by one. */
export interface Line {
  run(attack: Attack, place: string): Promise<Fate>;
  close(): void;
}

/** Straight to the server. */
export function direct({ server }: Range): Promise<Line> {
  return lineTo({ host: server.host, port: server.port, username: server.user, privateKey: server.key });
}

/** Through a door. */
export function through({ door, credential }: SshStage): Promise<Line> {
  if (door.address.kind !== 'tcp') throw new Error('the door is not a port');
  const { host, port } = door.address;
  return lineTo({ host, port, username: credential.user, privateKey: doorKeys(credential).client.privateText });
}

async function lineTo(config: ConnectConfig): Promise<Line> {
  const client = new Client();
  const ready = new Promise<void>((resolve, reject) => client.once('ready', () => resolve()).once('error', reject));
  client.connect(config);
  await ready;
  return {
    run: ({ command, input = '', env = {} }, place) =>
      new Promise((resolve, reject) => {
        client.exec(aimed(command, place), { env: { ...env } }, (error, channel) => {
          if (error === undefined) resolve(fateOf(channel, aimed(input, place)));
          else reject(error);
        });
      }),
    close: () => void client.end(),
  };
}

/** To be listened to at once: all of it may have come already. */
export async function fateOf(channel: ClientChannel, input: string): Promise<Fate> {
  let code: number | null = null;
  channel.on('exit', (ended: number | null) => (code = ended));
  const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  channel.on('error', () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([textOf(channel), textOf(channel.stderr), closed]);
  return { code, stdout, stderr };
}

/** Policies as they are written, by their names. `ROOT` stands for the range. */
export function policiesOf({ root }: Range, text: string): ReadonlyMap<string, Policy> {
  return parseConfig(`version: 1\n${TARGETS}policies:\n${text.replaceAll('ROOT', root)}`, 'hoopctl.yaml').policies;
}

/** A door for each policy. Whatever is held is answered with a no. */
export async function openDoors(range: Range, policies: string): Promise<ReadonlyMap<string, SshStage>> {
  const doors = new Map<string, SshStage>();
  for (const [name, policy] of policiesOf(range, policies)) doors.set(name, await openDoor(range, policy));
  return doors;
}

/** There must be one; it is not opened. */
const TARGETS =
  'targets: { web-1: { protocol: ssh, address: 127.0.0.1, user: app, agent: true, policy: unguarded } }\n';

const NO = { verdict: 'deny', reason: 'an attack' } as const;

async function openDoor({ server }: Range, policy: Policy): Promise<SshStage> {
  const stage = await openSshStage(server.target(), [policy]);
  stage.register.listen((event) => {
    if (event.type === 'request') void stage.register.answer(answerTo(event.request, NO), null);
  });
  return stage;
}

/** What the server does for whoever logs in: nothing as root. */
function entrance(root: string, shell: string): string {
  return `export HOME='${root}/home' PATH='${root}/bin:/usr/bin:/bin'
cd
case "$SSH_ORIGINAL_COMMAND" in
  '') set -- /bin/bash -l ;;
  internal-sftp) set -- /usr/lib/openssh/sftp-server ;;
  *) set -- ${shell} -c "$SSH_ORIGINAL_COMMAND" ;;
esac
unset SSH_ORIGINAL_COMMAND
${userInfo().uid === 0 ? `exec setpriv --reuid=${ORDINARY.uid} --regid=${ORDINARY.gid} --clear-groups "$@"` : 'exec "$@"'}
`;
}

function mkdirAt(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

function own(path: string): void {
  if (userInfo().uid === 0) chownSync(path, ORDINARY.uid, ORDINARY.gid);
}

function read(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
