import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { searchDirectory } from '../../../src/local/sandbox/search.ts';
import { openWorkdir, type Workdir, type WorkdirMode } from '../../../src/local/sandbox/workdir.ts';

const BLANKS = { file: '/blank/file', directory: '/blank/directory' };

let home: string;
let project: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hoopctl-workdir-'));
  project = join(home, 'project');
  mkdirSync(project);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function file(path: string, contents = ''): string {
  const whole = join(project, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, contents);
  return whole;
}

function open(
  path: string,
  mode: WorkdirMode = 'read-only',
  secrets: readonly string[] = [],
  relied: readonly string[] = [],
): Workdir {
  const own = [join(home, 'state'), join(project, 'run')].filter((one) => existsSync(one));
  return openWorkdir({ path, mode, guarded: [home, ...own], secrets, relied }, BLANKS);
}

/** What lies over which path. */
function covers(workdir: Workdir): Record<string, string> {
  const pairs = workdir.mounts.map((one) => [one.at, one.kind === 'bind' ? one.source : one.kind]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe('the working directory', () => {
  it('is unchangeable unless it is said to be writable', () => {
    expect(open(project).mounts[0]).toEqual({ kind: 'bind', source: project, at: project });
    expect(open(project, 'read-write').mounts[0]).toMatchObject({ at: project, writable: true });
  });

  it.each(['/', '/tmp', '/etc', '/usr/share', '/run/user', '/dev/shm'])('is not %s', (path) => {
    if (existsSync(path)) expect(() => open(path)).toThrow(/belongs to the system/);
  });

  it('is neither the home directory nor what it is in', () => {
    expect(() => open(home)).toThrow(HoopError);
    expect(() => open(dirname(home))).toThrow(/the system|home directory/);
  });

  it('is not hoopctl’s own', () => {
    mkdirSync(join(home, 'state', 'sessions'), { recursive: true });
    expect(() => open(join(home, 'state', 'sessions'))).toThrow(/hoopctl’s own/);
  });

  it('is shown without hoopctl’s own directories and without files of secrets', () => {
    mkdirSync(join(project, 'run'));
    const secret = file('password.txt');
    const all = covers(open(project, 'read-only', [secret, '/etc/hostname', join(project, 'absent')]));
    expect(all).toMatchObject({ [secret]: BLANKS.file, [join(project, 'run')]: 'memory' });
    expect(Object.keys(all)).not.toContain('/etc/hostname');
    expect(Object.keys(all)).not.toContain(join(project, 'absent'));
  });

  it('is followed when it is a link, and judged by where that leads', () => {
    symlinkSync('/etc', join(project, 'link'));
    expect(() => open(join(project, 'link'))).toThrow(/\/etc/);
  });

  it('comes with packages that are linked to', () => {
    const elsewhere = join(home, 'packages', 'node_modules');
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, join(home, 'link'));
    symlinkSync('../link', join(project, 'node_modules'));
    expect(covers(open(project))).toMatchObject({ [elsewhere]: elsewhere, [join(home, 'link')]: elsewhere });
  });

  it('does not come with any other directory that a link of that name leads to', () => {
    mkdirSync(join(home, '.ssh'));
    symlinkSync('../.ssh', join(project, 'node_modules'));
    expect(open(project).mounts).toHaveLength(1);
  });

  it('keeps what hoopctl reads and runs in its place, with the way there', () => {
    const config = file('conf/deep/policy.yaml');
    const command = file('tools/password.sh');
    const workdir = open(project, 'read-write', [config], [command, join(project, 'tools'), '/usr/bin/env']);
    const { mounts } = workdir;
    const at = (path: string): number => mounts.findIndex((one) => one.at === path);
    const pinned = ['conf', 'conf/deep', 'tools'].map((path) => join(project, path));
    for (const path of pinned)
      expect(mounts[at(path)]).toEqual({ kind: 'bind', source: path, at: path, writable: true });
    expect(mounts[at(command)]).toEqual({ kind: 'bind', source: command, at: command });
    expect(mounts[at(config)]).toMatchObject({ source: BLANKS.file });
    expect([...pinned.slice(0, 2), config].map(at)).toEqual(
      [...pinned.slice(0, 2), config].map(at).toSorted((a, b) => a - b),
    );
    expect(at('/usr/bin/env')).toBe(-1);
    workdir.release();
  });

  it('is refused as writable where a link in it leads to what hoopctl reads', () => {
    const real = file('real/policy.yaml');
    symlinkSync('real', join(project, 'conf'));
    expect(() => open(project, 'read-write', [join(project, 'conf', 'policy.yaml')])).toThrow(/conf is a link/);
    expect(() => open(project, 'read-only', [real])).not.toThrow();
  });

  it('is refused as writable where hoopctl would look for its configuration, and has none', () => {
    const guarded = [home, join(project, 'hoopctl')];
    const request = { path: project, mode: 'read-write', guarded, secrets: [], relied: [] } as const;
    expect(() => openWorkdir(request, BLANKS)).toThrow(/could be made there/);
  });

  it('is refused as writable where it is a repository’s own', () => {
    mkdirSync(join(project, '.git', 'hooks'), { recursive: true });
    expect(() => open(join(project, '.git', 'hooks'), 'read-write')).toThrow(/repository’s own/);
    file('bare/HEAD');
    mkdirSync(join(project, 'bare', 'objects'));
    expect(() => open(join(project, 'bare'), 'read-write')).toThrow(/repository’s own/);
    expect(() => open(join(project, 'bare'))).not.toThrow();
  });

  it('keeps what others run as it is, and absent where it is not', () => {
    const existing = file('.envrc', 'x');
    const workdir = open(project, 'read-write');
    expect(covers(workdir)).toMatchObject({
      [join(project, '.mcp.json')]: BLANKS.file,
      [join(project, '.vscode')]: BLANKS.directory,
    });
    // Its contents are a secret's as well: it is covered.
    expect(covers(workdir)[existing]).toBe(BLANKS.file);
    expect(readdirSync(project)).toContain('.mcp.json');
    workdir.release();
    expect(readdirSync(project)).toEqual(['.envrc']);
  });

  it('leaves alone what somebody outside has put in a kept place meanwhile', () => {
    const workdir = open(project, 'read-write');
    file('.mcp.json', '{}');
    file('.vscode/settings.json', '{}');
    workdir.release();
    expect(readdirSync(project).sort()).toEqual(['.mcp.json', '.vscode']);
  });

  it('is refused as writable where a kept place is a link, with nothing left behind', () => {
    symlinkSync('elsewhere', join(project, '.zlogin'));
    expect(() => open(project, 'read-write')).toThrow(/is a link/);
    expect(readdirSync(project)).toEqual(['.zlogin']);
  });
});

describe('a search for what must not be seen', () => {
  let server: Server | null = null;
  afterEach(() => server?.close());

  it('finds files of credentials at any depth, and no samples', () => {
    const wanted = ['.env', 'a/.env.local', 'a/b/.netrc', '.npmrc', 'c/.pgpass', 'objects/.env'].map((path) =>
      file(path),
    );
    for (const path of ['.env.example', 'env', 'a/.envoy', 'node_modules/x/.env', '.git/objects/.env']) file(path);
    expect([...searchDirectory(project).hidden].sort()).toEqual(wanted.sort());
  });

  it('finds what a link with such a name leads to', () => {
    const target = file('secrets/all');
    symlinkSync('secrets/all', join(project, '.env'));
    symlinkSync('/etc/hostname', join(project, '.netrc'));
    expect(searchDirectory(project).hidden).toEqual([target]);
  });

  it('finds sockets, and pipes with a name', async () => {
    server = createServer().listen(join(project, 'one.sock'));
    await once(server, 'listening');
    execFileSync('mkfifo', [join(project, 'pipe')]);
    expect([...searchDirectory(project).hidden].sort()).toEqual([join(project, 'one.sock'), join(project, 'pipe')]);
  });

  it('does not go on for ever, and says so', () => {
    for (let index = 0; index < 20; index += 1) file(`${index}`);
    expect(searchDirectory(project, 20).complete).toBe(true);
    expect(searchDirectory(project, 19).complete).toBe(false);
  });
});

describe('the repository of the working directory', () => {
  const repositoryAt = (directory: string): void => {
    file(join(directory, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    for (const name of ['objects', 'refs']) mkdirSync(join(project, directory, '.git', name));
  };
  const worktree = (): string => {
    repositoryAt('repository');
    const link = file('tree/.git', `gitdir: ${project}/repository/.git/worktrees/tree\n`);
    file('repository/.git/worktrees/tree/gitdir', `${link}\n`);
    file('repository/.git/worktrees/tree/commondir', '../..\n');
    return dirname(link);
  };

  it('is shown, unchangeable, when the directory is one of its worktrees', () => {
    const tree = worktree();
    for (const mode of ['read-only', 'read-write'] as const) {
      const workdir = open(tree, mode);
      const at = join(project, 'repository', '.git');
      expect(workdir.mounts).toContainEqual({ kind: 'bind', source: at, at });
      expect(workdir.warnings).toEqual([]);
      workdir.release();
    }
  });

  it.each([
    ['does not name the worktree', 'repository/.git/worktrees/tree/gitdir', '/somewhere/else/.git\n'],
    ['has the worktree’s files of another', 'repository/.git/worktrees/tree/commondir', '/usr\n'],
    ['is named in another way', 'tree/.git', 'gitdir: ../repository/.git/worktrees/tree\ngitdir: /usr\n'],
    ['is that of a submodule', 'tree/.git', 'gitdir: ../repository/.git/modules/tree\n'],
  ])('is not shown when it %s, and that is told', (_, path, contents) => {
    const tree = worktree();
    file(path, contents);
    const { mounts, warnings } = open(tree);
    expect(mounts.map(({ at }) => at)).toEqual([tree]);
    expect(warnings).toEqual([expect.stringContaining('there is no git for the program')]);
  });

  it('is not shown when it lies around the worktree', () => {
    for (const name of ['objects', 'refs']) mkdirSync(join(project, name));
    file('HEAD');
    const link = file('tree/.git', `gitdir: ${project}/worktrees/tree\n`);
    file('worktrees/tree/gitdir', link);
    file('worktrees/tree/commondir', '../..');
    const { mounts, warnings } = open(dirname(link));
    expect(mounts).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('holds more than a repository')]);
  });

  it('is not shown when it begins above, and what to do is told', () => {
    repositoryAt('.');
    file('packages/part/file');
    const { mounts, warnings } = open(join(project, 'packages', 'part'));
    expect(mounts).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining(`the repository begins in ${project}. Start it there`)]);
  });

  it.each([
    ['a bare one', 'gitdir: ./own/bare\n', null, ['own/bare']],
    [
      'one of which it is a worktree',
      'gitdir: own/bare/worktrees/top\n',
      '../..\n',
      ['own/bare/worktrees/top', 'own/bare'],
    ],
  ])('stays as it is in a writable directory whose .git leads to %s in it', (_, link, commondir, kept) => {
    mkdirSync(join(project, 'own/bare/worktrees/top'), { recursive: true });
    file('.git', link);
    if (commondir !== null) file('own/bare/worktrees/top/commondir', commondir);
    const workdir = open(project, 'read-write');
    for (const at of kept.map((one) => join(project, one)))
      expect(workdir.mounts).toContainEqual({ kind: 'bind', source: at, at });
    // Nor can it be moved away, for another to be put in its place.
    expect(workdir.mounts).toContainEqual({
      kind: 'bind',
      source: join(project, 'own'),
      at: join(project, 'own'),
      writable: true,
    });
    workdir.release();
  });

  it('is nothing to speak of where there is none, or it is in the directory', () => {
    expect(open(project).warnings).toEqual([]);
    repositoryAt('.');
    expect(open(project).warnings).toEqual([]);
  });
});
