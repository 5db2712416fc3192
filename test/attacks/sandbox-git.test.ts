import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORDINARY } from '../ordinary-program.ts';
import { type Ran, runInside } from './sandbox/trial.ts';
import { filesBelow, type Owner, Stage } from './sandbox/world.ts';

const root = process.getuid?.() === 0;
const SELF: Owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const OWNERS: readonly (readonly [string, Owner])[] = root
  ? [
      ['root', SELF],
      ['an ordinary user', ORDINARY],
    ]
  : [['an ordinary user', SELF]];

/** What would be run outside, later, or say what is run; and what is to be believed outside. */
const WRITES: readonly (readonly [what: string, script: string])[] = [
  ['leave a hook', 'echo x > "$1/hooks/pre-commit"'],
  ['change the configuration', 'echo x >> "$1/config"'],
  ['change the configuration by git', 'git config core.fsmonitor /tmp/x'],
  ['leave a configuration of the worktree', 'echo x > "$1/worktrees/tree/config.worktree"'],
  ['leave attributes that start programs', 'echo x > "$1/info/attributes"'],
  ['move a branch', 'git update-ref refs/heads/other HEAD~0'],
  ['add an object', 'echo x | git hash-object -w --stdin'],
  ['lead the worktree elsewhere', 'echo /tmp > "$1/worktrees/tree/commondir"'],
  ['put another file in the place of the link', 'echo "gitdir: /tmp" > other && mv other .git'],
  ['take the link away', 'rm .git'],
  ['put another directory in its place', 'mv "$1" "$1-old"'],
];

describe.each(OWNERS)('git in the sandbox of %s', (_, owner) => {
  let stage: Stage;
  let work: string;
  let repository: string;
  let tree: string;
  let daemon: Server;
  beforeAll(async () => {
    stage = await Stage.open(owner);
    work = join(stage.base, 'home', 'work');
    repository = join(work, 'repository', '.git');
    tree = join(work, 'tree');
    git('init', '--quiet', '-b', 'main', join(work, 'repository'));
    for (const [key, value] of [
      ['user.name', 'a'],
      ['user.email', 'a@b'],
      ['core.logAllRefUpdates', 'false'],
    ] as const)
      git('-C', join(work, 'repository'), 'config', key, value);
    writeFileSync(join(work, 'repository', 'file'), 'one\n');
    mkdirSync(join(work, 'repository', 'packages', 'part'), { recursive: true });
    git('-C', join(work, 'repository'), 'add', '.');
    git('-C', join(work, 'repository'), 'commit', '--quiet', '-m', 'first');
    git('-C', join(work, 'repository'), 'branch', 'other');
    git('-C', join(work, 'repository'), 'worktree', 'add', '--quiet', '-b', 'tree', tree);
    writeFileSync(join(tree, 'file'), 'two\n');
    writeFileSync(join(repository, '.git-credentials'), stage.world.canary);
    daemon = createServer((socket) => socket.end(stage.world.canary)).listen(join(repository, 'fsmonitor--daemon.ipc'));
    await once(daemon, 'listening');
    own(work);
  });
  afterAll(() => {
    daemon?.close();
    stage?.close();
  });

  const own = (path: string): void => {
    if (root) execFileSync('chown', ['-hR', `${owner.uid}:${owner.gid}`, path]);
  };
  const inside = (script: string, request: Parameters<typeof runInside>[2] = {}): Promise<Ran> =>
    runInside(stage, owner, { workdir: tree, command: 'sh', args: ['-c', script, 'sh', repository], ...request });

  it('says in a worktree what has changed, and what was before', async () => {
    const ran = await inside(
      'git status --short && git log --format=%s && git diff | tail -1 && git branch --list other',
    );
    expect(ran).toMatchObject({ code: 0, stdout: ' M file\nfirst\n+two\n  other\n' });
  });

  it.each(WRITES)('cannot %s, though the worktree is writable', async (_what, script) => {
    const before = filesBelow(work).filter((path) => !path.includes('request-'));
    const kept = ['config', 'HEAD', 'worktrees/tree/commondir'].map((name) =>
      readFileSync(join(repository, name), 'utf8'),
    );
    const ran = await inside(script, { mode: 'read-write' });
    expect(ran.code).not.toBe(0);
    const now = ['config', 'HEAD', 'worktrees/tree/commondir'].map((name) =>
      readFileSync(join(repository, name), 'utf8'),
    );
    expect(now).toEqual(kept);
    expect(readFileSync(join(tree, '.git'), 'utf8')).toBe(`gitdir: ${repository}/worktrees/tree\n`);
    expect(filesBelow(work).filter((path) => !before.includes(path) && path !== join(tree, 'other'))).toEqual([]);
  });

  it('shows of the repository neither sockets nor credentials, and nothing that lies beside it', async () => {
    expect(await inside('cat "$1/.git-credentials"; ls "$1/.."')).toMatchObject({ stdout: '' });
    const code = 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1] + "/fsmonitor--daemon.ipc")';
    const ran = await inside('', { command: '/usr/bin/python3', args: ['-c', code, repository] });
    expect(ran.code).not.toBe(0);
  });

  describe('is led by a file that somebody wrote', () => {
    /** A directory with this in its `.git`, and files beside. */
    const forged = (name: string, link: string, files: Readonly<Record<string, string>> = {}): string => {
      const directory = join(work, name);
      for (const [path, contents] of Object.entries({ '.git': link, ...files })) {
        mkdirSync(join(directory, path, '..'), { recursive: true });
        writeFileSync(join(directory, path), contents);
      }
      own(directory);
      return directory;
    };
    const HEAD = 'ref: refs/heads/main\n';

    it.each([
      ['to a directory of secrets', (home: string) => `gitdir: ${home}/.ssh\n`, {}, '.ssh/id_ed25519'],
      [
        'to the worktree of another',
        (home: string) => `gitdir: ${home}/work/repository/.git/worktrees/tree\n`,
        {},
        'work/repository/.git/config',
      ],
      [
        'to a repository itself',
        (home: string) => `gitdir: ${home}/work/repository/.git\n`,
        {},
        'work/repository/.git/config',
      ],
      [
        'to one of its own, which leads to a directory of secrets',
        () => 'gitdir: made/worktrees/one\n',
        {
          'made/worktrees/one/gitdir': '../../../.git',
          'made/worktrees/one/commondir': 'HOME/.ssh',
          'made/HEAD': HEAD,
        },
        '.ssh/id_ed25519',
      ],
      [
        'to one of its own, which leads to a repository',
        () => 'gitdir: made/worktrees/one\n',
        { 'made/worktrees/one/gitdir': '../../../.git', 'made/worktrees/one/commondir': 'HOME/work/repository/.git' },
        'work/repository/.git/config',
      ],
    ] as const)('%s, and shows nothing of it', async (name, link, files, secret) => {
      const { home } = stage.world;
      const written = Object.entries(files).map(([path, text]) => [path, text.replace('HOME', home)]);
      const workdir = forged(
        name.replaceAll(' ', '-'),
        link(home),
        Object.fromEntries(written) as Record<string, string>,
      );
      const ran = await inside('cat "$1"', { workdir, args: ['-c', 'cat "$1"', 'sh', join(home, secret)] });
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      expect(ran.stderr).toContain('No such file');
    });
  });
});

function git(...args: readonly string[]): void {
  execFileSync('git', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
