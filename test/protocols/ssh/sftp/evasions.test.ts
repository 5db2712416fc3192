import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { OPEN_FLAG, string, uint64 } from '../../../../src/protocols/ssh/sftp/frames.ts';
import type { Asker } from './asker.ts';
import { ask, attributes, NO_ATTRIBUTES } from './messages.ts';
import { allBut, pathRule, within } from './policies.ts';
import { openAsker, openStage, scratch } from './stage.ts';

const { read, write, create, truncate, append } = OPEN_FLAG;

let root: string;

beforeEach(() => {
  const directory = scratch();
  onTestFinished(() => directory[Symbol.dispose]());
  root = directory.path;
  for (const name of ['srv/sub', 'srv2', 'out/dir']) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'srv/a'), 'alpha');
  writeFileSync(join(root, 'srv2/a'), 'secret');
  writeFileSync(join(root, 'out/secret'), 'secret');
  writeFileSync(join(root, 'out/dir/secret'), 'secret');
  // What somebody else has left there.
  symlinkSync(join(root, 'out'), join(root, 'srv/to-out'));
  symlinkSync('../out/secret', join(root, 'srv/to-secret'));
  symlinkSync('../out/new', join(root, 'srv/to-new'));
  symlinkSync('to-out', join(root, 'srv/to-link'));
  symlinkSync('/', join(root, 'srv/to-root'));
  symlinkSync('loop', join(root, 'srv/loop'));
  symlinkSync('sub', join(root, 'srv/to-sub'));
});

/** Everything outside that could be changed: names, links, modes and what is in files. */
function outside(): string {
  const names = ['out', 'srv2'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`),
  );
  return JSON.stringify(
    names.toSorted().map((name) => {
      const { mode, nlink } = lstatSync(join(root, name));
      const isFile = lstatSync(join(root, name)).isFile();
      return [name, mode, nlink, isFile ? readFileSync(join(root, name), 'utf8') : null];
    }),
  );
}

type Attempt = (asker: Asker) => Promise<unknown>;

/** Opens, and reads what can be read. */
function reading(path: string | (() => string)): Attempt {
  return async (asker) => {
    const reply = await asker.ask((id) => ask.open(id, typeof path === 'string' ? path : path(), read));
    if (reply?.kind !== 'handle') return;
    await asker.ask((id) => ask.read(id, Buffer.from(reply.handle, 'latin1'), 0, 1000));
  };
}

function writing(path: string, flags = write | create | truncate): Attempt {
  return async (asker) => {
    const reply = await asker.ask((id) => ask.open(id, path, flags));
    if (reply?.kind !== 'handle') return;
    await asker.ask((id) => ask.write(id, Buffer.from(reply.handle, 'latin1'), 0, 'overwritten'));
  };
}

function doing(...makers: readonly ((id: number) => Buffer)[]): Attempt {
  return async (asker) => {
    for (const make of makers) await asker.ask(make);
  };
}

/** The same without waiting for answers. */
function atOnce(...makers: readonly ((id: number) => Buffer)[]): Attempt {
  return async (asker) => {
    const ids = makers.map(() => asker.id());
    const answers = ids.map((id) => asker.answerTo(id));
    asker.send(Buffer.concat(makers.map((make, index) => make(ids[index] ?? 0))));
    await Promise.all(answers);
  };
}

function then(...attempts: readonly Attempt[]): Attempt {
  return async (asker) => {
    for (const attempt of attempts) await attempt(asker);
  };
}

function listing(path: string): Attempt {
  return async (asker) => {
    const reply = await asker.ask((id) => ask.opendir(id, path));
    if (reply?.kind === 'handle') await asker.ask((id) => ask.readdir(id, Buffer.from(reply.handle, 'latin1')));
  };
}

const posixRename = (from: string, to: string) => (id: number) =>
  ask.extended(id, 'posix-rename@openssh.com', string(from), string(to));
const hardlink = (from: string, to: string) => (id: number) =>
  ask.extended(id, 'hardlink@openssh.com', string(from), string(to));
/** In OpenSSH's order: what it points to comes first. */
const symlink = (target: string, link: string) => (id: number) => ask.symlink(id, target, link);
const rename = (from: string, to: string) => (id: number) => ask.rename(id, from, to);
const deep = (times: number): string => '../'.repeat(times);

const SCOPED: readonly (readonly [string, Attempt])[] = [
  ['a path from the root', reading(() => `${root}/out/secret`)],
  ['a path from the root, written oddly', reading(() => `/${root}//out/.//secret`)],
  ['the parent', reading('../out/secret')],
  ['the parent, further than the root', reading(() => `${deep(40)}${root.slice(1)}/out/secret`)],
  ['the parent of something below', reading('sub/../../out/secret')],
  ['the parent of what is not there', reading('nowhere/../../out/secret')],
  ['a neighbour whose name begins alike', reading('../srv2/a')],
  ['a directory with its name doubled', reading(() => `${root}/srv/../srv2/a`)],
  ['a link to a file', reading('to-secret')],
  ['a link to a directory', reading('to-out/secret')],
  ['a link to a link', reading('to-link/secret')],
  ['a link to the root', reading(() => `to-root${root}/out/secret`)],
  ['the parent of where a link leads', reading('to-out/../out/secret')],
  ['the parent of a link, that leads back in one way of reading it', reading('to-out/../srv/a')],
  ['a slash behind a link', listing('to-out/')],
  ['a dot behind a link', listing('to-out/.')],
  ['the root as a process sees it', reading(() => `/proc/self/root${root}/out/secret`)],
  ['the directory that the server is in', reading('/proc/self/cwd/../out/secret')],
  ['a path of another case', reading(() => `${root.toUpperCase()}/OUT/SECRET`)],
  ['a path with percent signs', reading('%2e%2e/out/secret')],
  ['a path with backslashes', reading('..\\out\\secret')],
  ['a path that is cut by a NUL', reading('../out/secret\0/a')],
  ['a path in bounds that is cut by a NUL', reading('a\0/../../out/secret')],
  ['a very long path', reading(() => `${'sub/../'.repeat(900)}../out/secret`)],
  ['a path of very many parts', reading(() => `${'./'.repeat(200)}../out/secret`)],
  ['invalid UTF-8', reading('\udcff/../../out/secret')],
  ['a listing', listing('../out')],
  ['a listing through a link', listing('to-out')],
  ['writing', writing('../out/secret')],
  ['writing a new file', writing('../out/new')],
  ['writing through a link', writing('to-secret')],
  ['writing through a link to what is not there yet', writing('to-new')],
  ['appending through a link', writing('to-secret', write | append)],
  ['making a file with no right to write in its flags', writing('../out/new', create)],
  ['cutting with no right to write in its flags', writing('to-secret', read | truncate)],
  ['removing', doing((id) => ask.remove(id, '../out/secret'))],
  ['removing through a link', doing((id) => ask.remove(id, 'to-out/secret'))],
  ['making a directory', doing((id) => ask.mkdir(id, '../out/made'))],
  ['making a directory through a link', doing((id) => ask.mkdir(id, 'to-out/made'))],
  ['making a directory where a link leads', doing((id) => ask.mkdir(id, 'to-new/'))],
  ['removing a directory through a link', doing((id) => ask.rmdir(id, 'to-out/dir'))],
  ['changing a mode', doing((id) => ask.setstat(id, '../out/secret', 0o100777))],
  ['changing a mode through a link', doing((id) => ask.setstat(id, 'to-secret', 0o100777))],
  [
    'changing the mode of a link through a directory',
    doing((id) => ask.extended(id, 'lsetstat@openssh.com', string('to-out/secret'), attributes(0o100777))),
  ],
  ['renaming out', doing(rename('a', '../out/a'))],
  ['renaming out through a link', doing(rename('a', 'to-out/a'))],
  ['renaming over what is there', doing(posixRename('a', '../out/secret'))],
  ['renaming in', doing(rename('../out/secret', 'stolen'), rename('to-out/secret', 'stolen'))],
  ['renaming in, as POSIX does', doing(posixRename('to-link/secret', 'stolen'))],
  ['renaming a directory in', doing(rename('../out', 'stolen'), posixRename('../out/dir', 'stolen'))],
  ['a hard link', then(doing(hardlink('../out/secret', 'hard')), writing('hard'), reading('hard'))],
  ['a hard link to where a link leads', then(doing(hardlink('to-secret', 'hard')), writing('hard'))],
  ['a hard link to the outside', doing(hardlink('a', '../out/hard'))],
  ['a link of its own', then(doing(symlink('../out/secret', 'mine')), reading('mine'), writing('mine'))],
  ['a link of its own, in the specification’s order', then(doing(symlink('mine', '../out/mine')), reading('mine'))],
  [
    'a link of its own, from the root',
    then(
      doing(symlink('/', 'sub/mine')),
      reading(() => `sub/mine${root}/out/secret`),
    ),
  ],
  ['a link to what will lead out', then(doing(symlink('to-out/secret', 'mine')), reading('mine'))],
  [
    'a link that is moved to where it leads out',
    then(
      doing((id) => ask.mkdir(id, 'sub/out'), symlink('../out', 'sub/sub2'), rename('sub/sub2', 'moved')),
      reading('moved/secret'),
      writing('moved/new'),
    ),
  ],
  [
    'a link that is made just before it is used',
    atOnce(symlink('../out', 'quick'), (id) => ask.open(id, 'quick/secret')),
  ],
  [
    'a link that takes a file’s place just before',
    atOnce(
      (id) => ask.remove(id, 'a'),
      rename('to-secret', 'a'),
      (id) => ask.open(id, 'a', write | truncate),
    ),
  ],
  [
    'a link that takes a directory’s place just before',
    atOnce(
      (id) => ask.rmdir(id, 'sub'),
      posixRename('to-out', 'sub'),
      (id) => ask.remove(id, 'sub/secret'),
      (id) => ask.mkdir(id, 'sub/made'),
    ),
  ],
  [
    'a link to a neighbour that changes places',
    atOnce(posixRename('to-out', 'to-sub'), (id) => ask.open(id, 'to-sub/new', write | create)),
  ],
  ['a home that is expanded', reading('~root/../..')],
  ['a path that is expanded', doing((id) => ask.extended(id, 'expand-path@openssh.com', string('~/../..')))],
  ['a loop', then(reading('loop'), reading('loop/../out/secret'))],
  ['reading with no handle', doing((id) => ask.read(id, '\0\0\0\0', 0, 100))],
];

async function attempt(policy: Policy, act: Attempt): Promise<string> {
  const stage = openStage(policy, join(root, 'srv'));
  onTestFinished(() => stage[Symbol.asyncDispose]());
  const asker = await openAsker(stage);
  await act(asker);
  const shown = asker.answers.map((reply) => {
    if (reply.kind === 'data') return reply.data.toString('latin1');
    return reply.kind === 'names' ? reply.names.map(({ name }) => name.toString('latin1')).join(' ') : '';
  });
  return shown.join('\n');
}

describe('what lies outside of the directories of a policy stays as it is, and is shown to nobody', () => {
  it.each(SCOPED)('by %s', async (_, act) => {
    const before = outside();
    const shown = await attempt(within(join(root, 'srv')), act);
    expect(outside()).toBe(before);
    expect(shown).not.toMatch(/secret/u);
    expect(existsSync(join(root, 'srv/stolen'))).toBe(false);
  });
});

/** A rule for a place within what is allowed. */
const DENIED: readonly (readonly [string, Attempt])[] = [
  ['the path itself', reading('../out/secret')],
  ['a link', reading('to-secret')],
  ['a link of its own', then(doing(symlink('../out/secret', 'mine')), reading('mine'))],
  ['a hard link', then(doing(hardlink('../out/secret', 'hard')), reading('hard'))],
  ['another name', then(doing(rename('../out/secret', 'moved')), reading('moved'))],
  ['another name of its directory', then(doing(rename('../out', 'moved')), reading('moved/secret'))],
  ['another name, as POSIX gives it', then(doing(posixRename('../out', 'moved')), reading('moved/secret'))],
  [
    'another name of what a directory lies in',
    then(doing(rename(deep(1) + 'out/dir', 'moved')), reading('moved/secret')),
  ],
  ['another name in the same breath', atOnce(posixRename('../out/secret', 'moved'), (id) => ask.open(id, 'moved'))],
  ['a link in /proc', reading(() => `/proc/self/root${root}/out/secret`)],
  ['the other end of a link in /proc', reading(() => `/proc/thread-self/cwd/../out/secret`)],
];

describe('what a rule keeps from being read is shown to nobody', () => {
  it.each(DENIED)('by %s', async (_, act) => {
    const policy = allBut({ deny: [pathRule(['read'], `${root}/out/**`)] });
    expect(await attempt(policy, act)).not.toMatch(/secret/u);
  });
});

it.each([rename, posixRename])('what lies beneath a directory is not read under another name of that', async (move) => {
  const policy = allBut({ deny: [pathRule(['read'], `${root}/out/dir/**`)] });
  const shown = await attempt(policy, then(doing(move('../out', 'moved')), reading('moved/dir/secret')));
  expect(shown).not.toMatch(/secret/u);
  expect(existsSync(join(root, 'srv/moved'))).toBe(false);
});

describe('a handle', () => {
  it('that is good for reading is not good for writing, nor the other way round', async () => {
    const stage = openStage(allBut({}), join(root, 'srv'));
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const asker = await openAsker(stage);
    const reads = await asker.handle((id) => ask.open(id, 'a', read));
    const writes = await asker.handle((id) => ask.open(id, 'b', write | create));
    const directory = await asker.handle((id) => ask.opendir(id, '.'));
    const copy = (from: Buffer, to: Buffer) => (id: number) =>
      ask.extended(id, 'copy-data', string(from), uint64(0n), uint64(0n), string(to), uint64(0n));
    const outcomes = [
      await asker.outcome((id) => ask.write(id, reads, 0, 'no')),
      await asker.outcome((id) => ask.fsetstat(id, reads, 0o100777)),
      await asker.outcome((id) => ask.read(id, writes, 0, 10)),
      await asker.outcome((id) => ask.readdir(id, reads)),
      await asker.outcome((id) => ask.read(id, directory, 0, 10)),
      await asker.outcome(copy(writes, reads)),
      await asker.outcome(copy(writes, writes)),
      await asker.outcome((id) => ask.extended(id, 'fsync@openssh.com', string(reads))),
    ];
    expect(outcomes).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
    expect(await asker.outcome(copy(reads, writes))).toMatch(/ok|8/u);
    expect(readFileSync(join(root, 'srv/a'), 'utf8')).toBe('alpha');
  });

  it('of another conversation, or that is closed, is none', async () => {
    const stage = openStage(allBut({}), join(root, 'srv'));
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const [one, other] = [await openAsker(stage), await openAsker(stage)];
    const handle = await one.handle((id) => ask.open(id, 'a', read));
    expect(await other.outcome((id) => ask.read(id, handle, 0, 10))).toBe(4);
    await one.outcome((id) => ask.close(id, handle));
    expect(await one.outcome((id) => ask.read(id, handle, 0, 10))).toBe(4);
    expect(await one.outcome((id) => ask.close(id, handle))).toBe(4);
  });
});

it('lets through what is in bounds, through links as well', async () => {
  const stage = openStage(within(join(root, 'srv')), join(root, 'srv'));
  onTestFinished(() => stage[Symbol.asyncDispose]());
  const asker = await openAsker(stage);
  const outcomes = [
    await asker.outcome((id) => ask.mkdir(id, 'to-sub/new')),
    await asker.outcome((id) => ask.rename(id, 'a', 'to-sub/../b')),
    await asker.outcome(symlink('../b', 'sub/mine')),
    await asker.outcome((id) => ask.open(id, 'sub/mine', read)),
    await asker.outcome(hardlink('b', 'sub/c')),
    await asker.outcome((id) => ask.remove(id, 'to-secret')),
    await asker.outcome((id) => ask.extended(id, 'lsetstat@openssh.com', string('b'), NO_ATTRIBUTES)),
    await asker.outcome((id) => ask.rename(id, 'sub/new', 'new')),
    await asker.outcome((id) => ask.rmdir(id, 'new')),
  ];
  expect(outcomes).toEqual(['ok', 'ok', 'ok', 'handle', 'ok', 'ok', 'ok', 'ok', 'ok']);
  expect(readlinkSync(join(root, 'srv/sub/mine'))).toBe('../b');
});
