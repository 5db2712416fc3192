import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from '../../src/identity/file-lock.ts';

const HOLDER = fileURLToPath(new URL('lock-holder.ts', import.meta.url));

let directory: string;
let path: string;
let children: ChildProcessByStdio<Writable, Readable, Readable>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hoopctl-lock-'));
  path = join(directory, 'made', 'default.lock');
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** Another process that has tried to take the lock, and what it says. */
async function other(): Promise<{ readonly child: (typeof children)[number]; readonly says: string }> {
  const child = spawn(process.execPath, [HOLDER, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  expect(errors.join('')).toBe('');
  return { child, says: chunk.toString().trim() };
}

describe('a lock', () => {
  it('is had by one process at a time, and is free again when it is given back', async () => {
    {
      using mine = await lockFile(path, 0);
      expect(mine).not.toBeNull();
      expect((await other()).says).toBe('busy');
    }
    expect((await other()).says).toBe('held');
  });

  it('is had once in one process, too', async () => {
    using mine = await lockFile(path, 0);
    expect(mine).not.toBeNull();
    expect(await lockFile(path, 20)).toBeNull();
  });

  it('ends with a process that is killed, and not before', async () => {
    const { child, says } = await other();
    expect(says).toBe('held');
    expect(await lockFile(path, 50)).toBeNull();
    const waiting = lockFile(path, 10_000);
    child.kill('SIGKILL');
    using mine = await waiting;
    expect(mine).not.toBeNull();
  });

  it('is waited for without holding up the rest of the process', async () => {
    const mine = await lockFile(path, 0);
    let over = false;
    const waiting = lockFile(path, 10_000).then((lock) => {
      over = true;
      return lock;
    });
    // The turns of the event loop go on.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    mine?.[Symbol.dispose]();
    using late = await waiting;
    expect(late).not.toBeNull();
  });

  it('is for this user only, and leaves an empty file', async () => {
    using mine = await lockFile(path, 0);
    expect(mine).not.toBeNull();
    const file = await stat(path);
    expect([file.mode & 0o777, file.size]).toEqual([0o600, 0]);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  });

  it('says so when the file can be no lock', async () => {
    const other = join(directory, 'other');
    await writeFile(other, 'x'.repeat(4096));
    await expect(lockFile(other, 0)).rejects.toThrow('cannot be locked');
    await expect(lockFile(join(other, 'sub', 'lock'), 0)).rejects.toThrow('cannot be locked (ENOTDIR)');
  });
});
