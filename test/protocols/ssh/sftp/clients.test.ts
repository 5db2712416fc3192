import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { within } from './policies.ts';
import { eventsOf, openStage, scratch, type Stage, statementsOf } from './stage.ts';

let root: string;

beforeEach(() => {
  const directory = scratch();
  onTestFinished(() => directory[Symbol.dispose]());
  root = directory.path;
  for (const name of ['srv', 'out', 'here']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'out/secret'), 'secret');
});

interface Session {
  readonly stage: Stage;
  /** Runs OpenSSH's sftp with these commands; what it says of each, and whether all of them worked. */
  readonly batch: (...commands: readonly string[]) => Promise<{ readonly text: string; readonly ok: boolean }>;
}

/** OpenSSH's client speaks to a program, which hands everything to a socket. */
async function openSession(policy: Policy): Promise<Session> {
  const stage = openStage(policy, join(root, 'srv'));
  const path = join(root, 'socket');
  const server = createServer((socket) => {
    const { client } = stage.converse();
    socket.pipe(client).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    server.close();
    await stage[Symbol.asyncDispose]();
  });
  const bridge = join(root, 'bridge');
  const script = `const s=require("net").connect(${JSON.stringify(path)});process.stdin.pipe(s).pipe(process.stdout)`;
  writeFileSync(bridge, `#!/bin/sh\nexec '${process.execPath}' -e '${script}'\n`);
  chmodSync(bridge, 0o755);
  return {
    stage,
    batch: (...commands) =>
      new Promise((resolve) => {
        const child = execFile('sftp', ['-b', '-', '-D', bridge], { cwd: join(root, 'here') }, (error, out, errors) =>
          resolve({ text: out + errors, ok: error === null }),
        );
        child.stdin?.end(`${commands.join('\n')}\n`);
      }),
  };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('OpenSSH’s sftp', () => {
  it('puts and gets what arrives the same, and is on record with its hash', async () => {
    const content = randomBytes(3 * 1024 * 1024 + 17);
    writeFileSync(join(root, 'here/big'), content);
    const { stage, batch } = await openSession(within(join(root, 'srv')));
    expect(await batch('put big', 'get big back')).toMatchObject({ ok: true });
    expect(readFileSync(join(root, 'here/back')).equals(content)).toBe(true);
    const known = { path: join(root, 'srv/big'), bytes: content.length, sha256: sha256(content), complete: true };
    expect(eventsOf(stage, 'transfer')).toMatchObject([
      { ...known, direction: 'in' },
      { ...known, direction: 'out' },
    ]);
  });

  it('goes on with what broke off, of which the record has no hash', async () => {
    const content = randomBytes(1024 * 1024);
    writeFileSync(join(root, 'here/big'), content);
    writeFileSync(join(root, 'here/back'), content.subarray(0, 300_000));
    const { stage, batch } = await openSession(within(join(root, 'srv')));
    expect(await batch('put big')).toMatchObject({ ok: true });
    truncateSync(join(root, 'srv/big'), 500_000);
    expect(await batch('reput big', 'reget big back')).toMatchObject({ ok: true });
    expect(readFileSync(join(root, 'here/back')).equals(content)).toBe(true);
    expect(eventsOf(stage, 'transfer').map(({ bytes, sha256: hash }) => [bytes, hash === null])).toEqual([
      [1024 * 1024, false],
      [1024 * 1024 - 500_000, true],
      [1024 * 1024 - 300_000, true],
    ]);
  });

  it('does with names what it always does', async () => {
    writeFileSync(join(root, 'here/a'), 'alpha');
    const { batch } = await openSession(within(join(root, 'srv')));
    const commands = ['pwd', 'mkdir d', 'put a d/a', 'chmod 600 d/a', 'ln -s a d/soft', 'ln d/a d/hard', 'ls -la d'];
    const { text, ok } = await batch(...commands, 'rename d/a d/b', 'df d', 'cd d', 'rm soft', 'cd ..', 'ls');
    expect(ok).toBe(true);
    expect(text).toMatch(/-rw-------.*d\/hard/u);
    expect(readFileSync(join(root, 'srv/d/b'), 'utf8')).toBe('alpha');
    expect(statSync(join(root, 'srv/d/hard')).nlink).toBe(2);
    expect(await batch('rm d/*', 'rmdir d')).toMatchObject({ ok: true });
    expect(existsSync(join(root, 'srv/d'))).toBe(false);
  });

  it('copies whole trees', async () => {
    for (let number = 0; number < 60; number += 1) {
      mkdirSync(join(root, `here/tree/${number % 7}`), { recursive: true });
      writeFileSync(join(root, `here/tree/${number % 7}/f${number}`), `${number}`);
    }
    const { stage, batch } = await openSession(within(join(root, 'srv')));
    expect(await batch('put -r tree', 'get -r tree back')).toMatchObject({ ok: true });
    expect(readFileSync(join(root, 'here/back/3/f59'), 'utf8')).toBe('59');
    expect(eventsOf(stage, 'transfer').filter(({ complete }) => complete)).toHaveLength(120);
  });

  it('is told in words it knows what it may not, and goes on', async () => {
    symlinkSync('../out', join(root, 'srv/link'));
    writeFileSync(join(root, 'here/a'), 'alpha');
    const { stage, batch } = await openSession(within(join(root, 'srv')));
    const { text } = await batch(
      '-get link/secret',
      '-get ../out/secret',
      '-put a link/a',
      '-rm link/secret',
      '-rename link/secret mine',
      '-ln -s ../out/secret mine',
      '-cd ..',
      'put a',
    );
    expect(text.match(/ermission denied|not found/gu)?.length).toBeGreaterThanOrEqual(6);
    expect(existsSync(join(root, 'here/secret'))).toBe(false);
    expect(() => readlinkSync(join(root, 'srv/mine'))).toThrow('ENOENT');
    expect(readFileSync(join(root, 'srv/a'), 'utf8')).toBe('alpha');
    expect(statementsOf(stage).filter((one) => one.startsWith('deny')).length).toBeGreaterThanOrEqual(7);
  });
});
