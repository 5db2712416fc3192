import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configDirectory,
  privateDirectory,
  runtimeDirectory,
  stateDirectory,
  withRuntimeDirectory,
} from '../../src/config/paths.ts';

describe('the places of files', () => {
  it.each([
    [{}, '/h/.config/hoopctl', '/h/.local/state/hoopctl', '/h/.local/state/hoopctl/run'],
    [{ XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' }, '/c/hoopctl', '/s/hoopctl', '/r/hoopctl'],
    [
      { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '', XDG_RUNTIME_DIR: './r' },
      '/h/.config/hoopctl',
      '/h/.local/state/hoopctl',
      '/h/.local/state/hoopctl/run',
    ],
    [{ HOOPCTL_STATE_DIR: '/x', XDG_STATE_HOME: '/s' }, '/h/.config/hoopctl', '/x', '/x/run'],
  ])('under %j', (env, config, state, runtime) => {
    expect([configDirectory(env, '/h'), stateDirectory(env, '/h'), runtimeDirectory(env, '/h')]).toEqual([
      config,
      state,
      runtime,
    ]);
  });

  it.each(['', 'relative', ' '])('are not guessed when HOOPCTL_STATE_DIR is %j (R3)', (value) => {
    expect(() => stateDirectory({ HOOPCTL_STATE_DIR: value }, '/h')).toThrow(
      'HOOPCTL_STATE_DIR is not an absolute path',
    );
  });
});

describe('a runtime directory that was not handed on', () => {
  const uid = process.getuid?.() ?? 0;
  let users: string;
  beforeEach(async () => {
    users = await mkdtemp(join(tmpdir(), 'hoopctl-users-'));
  });
  afterEach(() => rm(users, { recursive: true }));

  it('is the one that the system has for this user', async () => {
    expect(withRuntimeDirectory({ HOME: '/h' }, uid, users)).toEqual({ HOME: '/h' });
    await mkdir(join(users, String(uid)), { mode: 0o700 });
    const env = withRuntimeDirectory({ HOME: '/h' }, uid, users);
    expect(env).toEqual({ HOME: '/h', XDG_RUNTIME_DIR: join(users, String(uid)) });
    expect(runtimeDirectory(env, '/h')).toBe(join(users, String(uid), 'hoopctl'));
  });

  it.each([{ XDG_RUNTIME_DIR: '/r' }, { XDG_RUNTIME_DIR: '' }, { HOOPCTL_STATE_DIR: '/x' }])(
    'is not looked for under %j',
    async (env) => {
      await mkdir(join(users, String(uid)), { mode: 0o700 });
      expect(withRuntimeDirectory(env, uid, users)).toBe(env);
    },
  );

  it('is not taken from another user, or where others may look', async () => {
    await mkdir(join(users, String(uid)), { mode: 0o755 });
    await mkdir(join(users, String(uid + 1)), { mode: 0o700 });
    expect(withRuntimeDirectory({}, uid, users)).toEqual({});
    expect(withRuntimeDirectory({}, uid + 1, users)).toEqual({});
  });
});

describe('a private directory', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'hoopctl-paths-'));
  });
  afterEach(() => rm(base, { recursive: true }));

  it('is made with all above it, closed to others whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await privateDirectory(join(base, 'a/b'));
    } finally {
      process.umask(before);
    }
    expect((await stat(join(base, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(base, 'a/b'))).mode & 0o777).toBe(0o700);
  });

  it('may be there already', async () => {
    await mkdir(join(base, 'a'), { mode: 0o700 });
    expect(await privateDirectory(join(base, 'a'))).toBe(join(base, 'a'));
  });

  it.each([0o750, 0o701, 0o777])('is refused with mode %o, with what to do about it', async (mode) => {
    await mkdir(join(base, 'a'));
    await chmod(join(base, 'a'), mode);
    await expect(privateDirectory(join(base, 'a'))).rejects.toMatchObject({
      code: 'config.invalid',
      message: `${base}/a is open to other users`,
      hint: `chmod 700 ${base}/a`,
    });
  });

  it('is refused when it is a link or a file', async () => {
    await mkdir(join(base, 'a'), { mode: 0o700 });
    await symlink(join(base, 'a'), join(base, 'link'));
    await writeFile(join(base, 'file'), '');
    await symlink('/nowhere', join(base, 'dangling'));
    await expect(privateDirectory(join(base, 'link'))).rejects.toThrow('is a symbolic link');
    await expect(privateDirectory(join(base, 'file'))).rejects.toThrow('cannot be made or read (EEXIST)');
    await expect(privateDirectory(join(base, 'dangling'))).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(privateDirectory(join(base, 'file/below'))).rejects.toThrow('cannot be made or read (ENOTDIR)');
  });

  it.runIf(process.getuid?.() === 0)('is refused when it belongs to another user', async () => {
    const { chown } = await import('node:fs/promises');
    await mkdir(join(base, 'a'), { mode: 0o700 });
    await chown(join(base, 'a'), 65_534, 65_534);
    await expect(privateDirectory(join(base, 'a'))).rejects.toThrow('belongs to another user');
  });
});
