import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { isTransfer } from '../../../src/protocols/ssh/transfer-programs.ts';
import { enter, outcomeOf, run } from '../../ssh/client.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../ssh/stage.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('what is copied through a door', () => {
  let server: SshServer;
  let stage: SshStage;
  let directory: string;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target());
    directory = mkdtempSync(join(tmpdir(), 'hoopctl-copies-'));
  });
  afterEach(async () => {
    await stage.close();
    rmSync(directory, { recursive: true });
  });

  const bytes = randomBytes(3_000_000);
  const at = (name: string): string => join(directory, name);

  it('arrives as it is by scp, there and back, and is on record by what it is known by', async () => {
    writeFileSync(at('here'), bytes);
    const scp = ['-q', '-O', '-F', stage.config];
    expect(await stage.run('scp', [...scp, at('here'), `web-1:${at('there')}`])).toMatchObject({ code: 0, stderr: '' });
    expect(await stage.run('scp', [...scp, `web-1:${at('there')}`, at('back')])).toMatchObject({ code: 0 });
    expect(sha256(readFileSync(at('back')))).toBe(sha256(bytes));
    const transfers = stage.of('transfer');
    expect(transfers.map(({ direction, complete }) => [direction, complete])).toEqual([
      ['in', true],
      ['out', true],
      ['in', true],
      ['out', true],
    ]);
    expect(transfers.every(({ sha256: hash }) => /^[0-9a-f]{64}$/.test(hash ?? ''))).toBe(true);
    expect(transfers[0]?.bytes).toBeGreaterThan(bytes.length);
    expect(stage.of('terminal')).toEqual([]);
  });

  it('arrives as it is by sftp in both directions at once, with new keys after every megabyte', async () => {
    const large = randomBytes(24_000_000);
    writeFileSync(at('here'), large);
    const sftp = ['-v', '-b', '-', '-o', 'RekeyLimit=1M', '-F', stage.config, 'web-1'];
    const copies = await Promise.all(
      [`put ${at('here')} ${at('there')}`, `get ${at('here')} ${at('back')}`].map((input) =>
        stage.run('sftp', sftp, { input: `${input}\n` }),
      ),
    );
    for (const { code, stderr } of copies) {
      expect(code, stderr).toBe(0);
      expect(stderr.split('SSH2_MSG_NEWKEYS received').length).toBeGreaterThan(6);
    }
    for (const name of ['there', 'back']) expect(sha256(readFileSync(at(name)))).toBe(sha256(large));
  });

  it('arrives as it is, however slowly and in whatever turns several channels are read and fed', async () => {
    writeFileSync(at('here'), bytes);
    const client = await enter(stage);
    const turns = [1, 3, 7].flatMap((turn) => [takenSlowly(client, turn), fedSlowly(client, turn)]);
    expect(new Set(await Promise.all(turns))).toEqual(new Set([sha256(bytes)]));
    client.end();
  });

  /** The hash of what is read, which is left waiting after every so many pieces. */
  async function takenSlowly(client: Client, turn: number): Promise<string> {
    const channel = await run(client, `cat ${at('here')}`);
    channel.stderr.resume();
    const hash = createHash('sha256');
    let count = 0;
    for await (const piece of channel) {
      hash.update(piece as Buffer);
      count += 1;
      // Each of them lets others go first, for as many turns of the event loop.
      for (let round = 0; count % turn === 0 && round < turn; round += 1) await nextTurn();
    }
    return hash.digest('hex');
  }

  /** The hash of what arrived of pieces of all sizes. */
  async function fedSlowly(client: Client, turn: number): Promise<string> {
    const channel = await run(client, 'sha256sum');
    const outcome = outcomeOf(channel);
    for (let from = 0, length = turn; from < bytes.length; from += length, length = (length * 31 + turn) % 70_000) {
      if (!channel.write(bytes.subarray(from, from + length))) await once(channel, 'drain');
      else await nextTurn();
    }
    channel.end();
    return (await outcome).said.split(' ')[0] ?? '';
  }

  it('arrives as it is by rsync and by git', async () => {
    writeFileSync(at('here'), bytes);
    const rsh = `ssh -F ${stage.config}`;
    const synced = await stage.run('rsync', ['-a', '-e', rsh, at('here'), `web-1:${at('synced')}`]);
    expect(synced).toMatchObject({ code: 0, stderr: '' });
    expect(sha256(readFileSync(at('synced')))).toBe(sha256(bytes));
    mkdirSync(at('origin'));
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-C', at('origin'), ...args], { stdio: 'ignore' });
    git('init');
    writeFileSync(join(at('origin'), 'file'), bytes);
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-m', 'first');
    const env = { GIT_SSH_COMMAND: rsh };
    expect((await stage.run('git', ['clone', '-q', `web-1:${at('origin')}`, at('clone')], { env })).code).toBe(0);
    expect(sha256(readFileSync(join(at('clone'), 'file')))).toBe(sha256(bytes));
  });

  it('is broken off before the first thing that a policy masks', async () => {
    const redact = { column: null, field: null, detect: ['aws-key'], except: null, with: 'redact' } as const;
    const strict = await openSshStage(server.target(), [{ ...UNGUARDED, name: 'strict', mask: [redact] }]);
    writeFileSync(at('clean'), 'nothing of interest\n');
    writeFileSync(at('secret'), `${'x'.repeat(9000)}\nkey AKIA${'IOSFODNN7EXAMPLE'} ends\n`);
    const copy = (name: string) => strict.run('scp', ['-O', '-F', strict.config, `web-1:${at(name)}`, at('back')]);
    expect(await copy('clean')).toMatchObject({ code: 0 });
    expect(readFileSync(at('back'), 'utf8')).toBe('nothing of interest\n');
    const ran = await copy('secret');
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('holds what the policy masks');
    expect(readFileSync(at('back'), 'utf8')).not.toContain('IOSFODNN7');
    await strict.close();
  });
});

describe('a command line that copies files', () => {
  it.each([
    'scp -t /tmp',
    'scp -v -r -f x',
    "git-upload-pack '/srv/a b.git'",
    'rsync --server -logDtpre.iLsfxCIvu . /x',
    '/usr/lib/openssh/sftp-server',
    '/usr/libexec/openssh/sftp-server -e',
    '/usr/local/bin/rsync --server . /x',
  ])('is %s', (line) => expect(isTransfer(line)).toBe(true));
  it.each([
    'scp a b',
    'rsync a b',
    'scp -t x; cat /etc/shadow',
    'scp -t $(id)',
    'cat x',
    "git-upload-pack 'x' | cat",
    'git log',
    '/tmp/scp -f x',
    './git-upload-pack x',
    'bin/sftp-server',
    '~/bin/sftp-server',
    'scp -t x\ncat y',
    '',
  ])('is not %j', (line) => expect(isTransfer(line)).toBe(false));
});
