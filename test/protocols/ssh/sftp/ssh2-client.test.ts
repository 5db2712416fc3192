import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Server, type SFTPWrapper, utils } from 'ssh2';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { within } from './policies.ts';
import { eventsOf, openStage, scratch, type Stage } from './stage.ts';

let root: string;
let stage: Stage;

beforeEach(() => {
  const directory = scratch();
  onTestFinished(() => directory[Symbol.dispose]());
  root = directory.path;
  for (const name of ['srv', 'out', 'here']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'out/secret'), 'secret');
  stage = openStage(within(join(root, 'srv')), join(root, 'srv'));
  onTestFinished(() => stage[Symbol.asyncDispose]());
});

/** ssh2's client, over a connection whose sftp subsystem is the guarded one. */
async function openSftp(): Promise<SFTPWrapper> {
  const key = utils.generateKeyPairSync('ed25519').private;
  const ssh = new Server({ hostKeys: [key] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      accept().on('subsystem', (subsystem) => {
        const channel = subsystem();
        const { client } = stage.converse();
        channel.pipe(client).pipe(channel);
      });
    });
  });
  const server = createServer((socket) => ssh.injectSocket(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new Client();
  onTestFinished(() => {
    client.end();
    server.close();
  });
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))));
    client.connect({ host: '127.0.0.1', port, username: 'ada', password: 'x' });
  });
}

describe('ssh2’s client', () => {
  it('copies with many pieces under way, both ways', async () => {
    const content = randomBytes(2 * 1024 * 1024 + 5);
    writeFileSync(join(root, 'here/big'), content);
    const sftp = await openSftp();
    const put = promisify((from: string, to: string, done: (error?: Error | null) => void) =>
      sftp.fastPut(from, to, done),
    );
    const get = promisify((from: string, to: string, done: (error?: Error | null) => void) =>
      sftp.fastGet(from, to, done),
    );
    await put(join(root, 'here/big'), 'big');
    await get('big', join(root, 'here/back'));
    expect(readFileSync(join(root, 'here/back')).equals(content)).toBe(true);
    expect(eventsOf(stage, 'transfer')).toHaveLength(2);
    expect(eventsOf(stage, 'transfer').filter(({ sha256, complete }) => sha256 !== null && complete)).toHaveLength(2);
  });

  it('is told why it may not', async () => {
    const sftp = await openSftp();
    const read = promisify((path: string, done: (error: Error | null | undefined, data: Buffer) => void) =>
      sftp.readFile(path, done),
    );
    await expect(read('../out/secret')).rejects.toThrow('outside the directories');
  });
});
