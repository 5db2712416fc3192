import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientChannel, ConnectConfig } from 'ssh2';
import { Secret } from '../../src/core/secret.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { ssh } from '../../src/protocols/ssh/index.ts';
import { Client as SshClient } from '../../src/protocols/ssh/library.ts';
import { rule } from '../policy/examples.ts';
import { startSshServer } from '../ssh/server.ts';
import { runProgram } from '../ssh/stage.ts';
import type { Client, Outcome, Place, Subject } from './subject.ts';

/** Has the way to the target shown to be open. */
const HELLO = 'true';
/** The one statement that is no command line. */
const SHELL = 'shell';
const REFUSED = 126;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function outcomeOf({ code, stdout, stderr }: Ended): Outcome {
  if (code === REFUSED) return { outcome: 'refused', message: stderr };
  return code === 0 ? { outcome: 'done', answer: stdout.trim() } : { outcome: 'ended' };
}

function collect(channel: ClientChannel): Promise<Ended> {
  let [code, stdout, stderr]: [number | null, string, string] = [null, '', ''];
  channel.on('data', (bytes: Buffer) => void (stdout += bytes.toString()));
  channel.stderr.on('data', (bytes: Buffer) => void (stderr += bytes.toString()));
  channel.on('exit', (exit: number | null) => void (code = exit));
  return new Promise((resolve) => channel.once('close', () => resolve({ code, stdout, stderr })));
}

async function ssh2Client(config: ConnectConfig): Promise<Client> {
  const client = new SshClient();
  const ended = Promise.withResolvers<undefined>();
  client.on('close', () => ended.resolve(undefined)).on('error', () => ended.resolve(undefined));
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('close', () => reject(new Error('not let in')));
  });
  client.connect(config);
  await ready;
  const run = async (statement: string): Promise<Ended> => {
    // Listening begins at once: the exit may come with the answer.
    const over = new Promise<Ended>((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel): void =>
        error === undefined ? resolve(collect(channel)) : reject(error);
      if (statement === SHELL) client.shell(false, opened);
      else client.exec(statement, opened);
    });
    return Promise.race([over, ended.promise.then(() => ({ code: null, stdout: '', stderr: '' }))]);
  };
  const hello = await run(HELLO);
  if (hello.code !== 0) throw new Error(hello.stderr);
  return {
    run: (statement) => run(statement).then(outcomeOf, () => ({ outcome: 'ended' }) as const),
    ended: ended.promise.then(() => undefined),
    close: async () => {
      client.end();
      await ended.promise;
    },
  };
}

/** OpenSSH's own client, with nothing but what the environment names. */
function openSsh(environment: Readonly<Record<string, string>>): Client {
  const run = (statement: string): Promise<Ended> =>
    runProgram('ssh', ['-F', environment['HOOPCTL_SSH_CONFIG'] ?? '', 'web-1', statement]);
  return {
    run: (statement) => run(statement).then(outcomeOf),
    ended: Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

async function start(): Promise<Place> {
  const server = await startSshServer({ settings: ['ForceCommand $DIRECTORY/log.sh'] });
  const log = join(server.directory, 'commands');
  const script = join(server.directory, 'log.sh');
  // What hoopctl itself asks a target, once, is nothing that a client has sent.
  const note = `case "$SSH_ORIGINAL_COMMAND" in "pwd -P && "*) ;; *) echo "$SSH_ORIGINAL_COMMAND" >> ${log};; esac`;
  writeFileSync(script, `#!/bin/sh\n${note}\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`);
  chmodSync(script, 0o755);
  let read = 0;
  const target = server.target();
  const [line = ''] = server.key.split('\n').slice(2);
  return {
    protocol: () => ssh(),
    target,
    locked: server.target({
      key: new Secret(doorKeys({ user: '', secret: new Secret('another') }).client.privateText),
    }),
    secrets: [server.key, line],
    policy: { ...UNGUARDED, name: 'compliance', deny: [rule({ command: { ...ANY, channel: ['shell'] } })] },
    harmless: (number) => ({ statement: `echo $((${number} * 2))`, answer: String(number * 2) }),
    denied: SHELL,
    hello: HELLO,
    connect: (address, door) => {
      if (address.kind === 'unix') throw new Error('this suite opens TCP doors');
      const { host, port } = address;
      return ssh2Client({ host, port, username: door.user, privateKey: doorKeys(door).client.privateText });
    },
    connectByEnvironment: async (environment) => openSsh(environment),
    connectByUrl: async (url, environment) => {
      if (!/^ssh:\/\/visitor@127\.0\.0\.1:\d+$/.test(url)) throw new Error(`no URL of a door: ${url}`);
      return openSsh(environment);
    },
    reached: async () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
      const from = read;
      read = lines.length;
      return lines.slice(from).filter((text) => text !== HELLO);
    },
    connections: async () => server.connections().length,
    close: () => server.stop(),
  };
}

const ANY = { program: null, args: null, path: null, operation: null, opaque: false, channel: null };

export const SSH: Subject = { name: 'ssh (OpenSSH)', start };
