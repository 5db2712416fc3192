import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { frame, OPEN_FLAG, REQUEST, string, uint32, uint64 } from '../../src/protocols/ssh/sftp/frames.ts';
import type { Asker } from '../protocols/ssh/sftp/asker.ts';
import { ask, attributes, NO_ATTRIBUTES } from '../protocols/ssh/sftp/messages.ts';
import { allBut, pathRule, within } from '../protocols/ssh/sftp/policies.ts';
import { openAsker, openStage, scratch, type Stage } from '../protocols/ssh/sftp/stage.ts';

/*
 * OpenSSH's own server of files, begun in `srv/home/deep`. Only `srv` may be touched; `out` holds what nobody may see
 * or change. Neither side keeps to what clients usually send.
 */

const { read, write, create, truncate, append, exclusive } = OPEN_FLAG;
const CANARY = 'canary-77b0';

/** A client, and where the directories are. */
interface Attempt {
  readonly asker: Asker;
  readonly stage: Stage;
  readonly root: string;
  another(): Promise<Asker>;
}
type Attack = (attempt: Attempt) => Promise<unknown>;

type Make = (id: number) => Buffer;

async function opened(asker: Asker, path: string | Buffer, flags: number): Promise<Buffer | null> {
  const reply = await asker.ask((id) => ask.open(id, path, flags));
  return reply?.kind === 'handle' ? Buffer.from(reply.handle, 'latin1') : null;
}

async function stolen(asker: Asker, path: string | Buffer, flags: number = read): Promise<void> {
  const handle = await opened(asker, path, flags);
  if (handle !== null) await asker.ask((id) => ask.read(id, handle, 0, 1000));
}

async function spoilt(asker: Asker, path: string | Buffer, flags: number): Promise<void> {
  const handle = await opened(asker, path, flags);
  if (handle !== null) await asker.ask((id) => ask.write(id, handle, 0, 'spoilt'));
}

async function said(asker: Asker, ...makers: readonly Make[]): Promise<void> {
  for (const make of makers) await asker.ask(make);
}

/** All at once, in one write. */
async function burst(asker: Asker, ...makers: readonly Make[]): Promise<void> {
  const ids = makers.map(() => asker.id());
  const answers = ids.map((id) => asker.answerTo(id));
  asker.send(Buffer.concat(makers.map((make, index) => make(ids[index] ?? 0))));
  await Promise.all(answers);
}

const extended =
  (name: string, ...body: readonly Buffer[]): Make =>
  (id) =>
    ask.extended(id, name, ...body);
const posixRename = (from: string, to: string): Make => extended('posix-rename@openssh.com', string(from), string(to));
const hardlink = (from: string, to: string): Make => extended('hardlink@openssh.com', string(from), string(to));
const symlink =
  (target: string, link: string): Make =>
  (id) =>
    ask.symlink(id, target, link);
const copy = (from: Buffer, to: Buffer): Make =>
  extended('copy-data', string(from), uint64(0n), uint64(0n), string(to), uint64(0n));

/** Where the conversation began is moved up, and something else put in its place. */
async function movedUp({ asker, root }: Attempt): Promise<void> {
  await said(
    asker,
    (id) => ask.rename(id, join(root, 'srv/home/deep'), join(root, 'srv/deep')),
    (id) => ask.mkdir(id, join(root, 'srv/home/deep')),
  );
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'reads where `..` leads since the directory it is in was moved': async (attempt) => {
    await movedUp(attempt);
    await stolen(attempt.asker, '../../out/secret');
  },
  'writes there': async (attempt) => {
    await movedUp(attempt);
    await spoilt(attempt.asker, '../../out/secret', write | truncate);
    await spoilt(attempt.asker, '../../out/new', write | create);
  },
  'removes, renames and links there': async (attempt) => {
    await movedUp(attempt);
    await said(
      attempt.asker,
      (id) => ask.rename(id, '../../out/secret', join(attempt.root, 'srv/mine')),
      hardlink('../../out/secret', join(attempt.root, 'srv/mine')),
      (id) => ask.remove(id, '../../out/secret'),
    );
    await stolen(attempt.asker, join(attempt.root, 'srv/mine'));
  },
  'reads through a link that went along with the directory it is in': async (attempt) => {
    const { asker, root } = attempt;
    symlinkSync(join(root, 'out'), join(root, 'srv/home/deep/way'));
    await movedUp(attempt);
    await said(asker, (id) => ask.mkdir(id, join(root, 'srv/home/deep/way')));
    await stolen(asker, 'way/secret');
  },
  'moves that directory and reads in one breath': async ({ asker, root }) => {
    await burst(
      asker,
      (id) => ask.rename(id, join(root, 'srv/home/deep'), join(root, 'srv/deep')),
      (id) => ask.mkdir(id, join(root, 'srv/home/deep')),
      (id) => ask.symlink(id, '../../out/secret', 'mine'),
      (id) => ask.open(id, '../../out/secret', write | truncate),
    );
    await stolen(asker, 'mine');
  },
  'opens for nothing, or for less than it writes': async ({ asker }) => {
    for (const flags of [0, create, exclusive, create | exclusive, truncate, append, 0x40, 0x80000000]) {
      await stolen(asker, '../../../out/secret', flags);
      await spoilt(asker, '../../../out/secret', flags);
      await spoilt(asker, '../../../out/new', flags);
    }
  },
  'changes a mode, an owner, a size through what is open for reading': async ({ asker, root }) => {
    symlinkSync('../../../out/secret', join(root, 'srv/home/deep/way'));
    const handle = await opened(asker, 'way', read);
    const size = Buffer.concat([uint32(1), uint64(0n)]);
    if (handle === null) return;
    await said(asker, (id) => frame(REQUEST.fsetstat, id, string(handle), size));
  },
  'cuts by a size, or lets everybody run it as its owner': async ({ asker }) => {
    const size = Buffer.concat([uint32(1), uint64(0n)]);
    await said(
      asker,
      (id) => frame(REQUEST.setstat, id, string('../../../out/secret'), size),
      (id) => frame(REQUEST.setstat, id, string('../../../out/secret'), attributes(0o104777)),
      extended('lsetstat@openssh.com', string('../../../out/secret'), attributes(0o104777)),
    );
  },
  'uses handles that were never given': async ({ asker }) => {
    for (const name of [Buffer.alloc(4), Buffer.of(0, 0, 0, 1), Buffer.alloc(0), Buffer.alloc(300)]) {
      await said(
        asker,
        (id) => ask.read(id, name, 0, 100),
        (id) => ask.write(id, name, 0, 'spoilt'),
        (id) => ask.close(id, name),
        (id) => ask.readdir(id, name),
        copy(name, name),
      );
    }
  },
  'uses the handle of an open that was refused, in the same breath': async ({ asker }) => {
    await burst(
      asker,
      (id) => ask.open(id, '../../../out/secret', read | write),
      (id) => ask.read(id, Buffer.alloc(4), 0, 1000),
      (id) => ask.write(id, Buffer.alloc(4), 0, 'spoilt'),
      (id) => ask.fsetstat(id, Buffer.alloc(4), 0o100777),
    );
  },
  'uses what it has closed, in the same breath': async ({ asker }) => {
    const handle = await opened(asker, 'a', read | write);
    if (handle === null) throw new Error('there is no handle');
    await burst(
      asker,
      (id) => ask.close(id, handle),
      (id) => ask.open(id, '../../../out/secret', read | write),
      (id) => ask.read(id, handle, 0, 1000),
      (id) => ask.write(id, handle, 0, 'spoilt'),
    );
  },
  'copies on the server from where it may not read': async ({ asker }) => {
    const from = await opened(asker, '../../../out/secret', read);
    const to = await opened(asker, 'copy', write | create);
    await said(asker, copy(from ?? Buffer.alloc(4), to ?? Buffer.alloc(4)));
    await stolen(asker, 'copy');
  },
  'gives what it may not read a name of its own': async ({ asker }) => {
    for (const path of ['../../../out/secret', '../../../out/./secret', '../../../../../../../../../../out/secret']) {
      await said(
        asker,
        hardlink(path, 'mine'),
        symlink(path, 'mine'),
        (id) => ask.symlink(id, 'mine', path),
        posixRename(path, 'mine'),
        (id) => ask.rename(id, path, 'mine'),
      );
      await stolen(asker, 'mine');
    }
  },
  'speaks later versions’ requests': async ({ asker }) => {
    const path = string('../../../out/secret');
    // LINK, BLOCK and UNBLOCK of version 6, and OPEN as it is there.
    await said(
      asker,
      (id) => frame(21, id, string('mine'), path, Buffer.of(0)),
      (id) => frame(22, id, string('x'), uint64(0n), uint64(0n), uint32(0)),
      (id) => frame(23, id, string('x'), uint64(0n), uint64(0n)),
      (id) => frame(REQUEST.open, id, path, uint32(1), uint32(2), NO_ATTRIBUTES),
      (id) => frame(REQUEST.rename, id, path, string('mine'), uint32(1)),
    );
    await stolen(asker, 'mine');
  },
  'asks for extensions by names that are almost right': async ({ asker }) => {
    const bodies = [string('../../../out/secret'), string('mine')];
    for (const name of [
      'hardlink',
      'HARDLINK@openssh.com',
      'hardlink@openssh.com\0',
      ' hardlink@openssh.com',
      'copy-file',
      'md5-hash',
      'check-file',
      'check-file-name',
      'vendor-id',
      'space-available',
      'text-seek',
      'get-temp-folder',
      'make-temp-folder',
      'ssh-run@x',
      'posix-rename@openssh.com.x',
    ]) {
      await said(asker, extended(name, ...bodies));
    }
    await stolen(asker, 'mine');
  },
  'greets twice': async ({ asker }) => {
    asker.send(frame(REQUEST.init, 6));
    await stolen(asker, '../../../out/secret');
  },
  'writes names that are cut, doubled or in no encoding': async ({ asker, root }) => {
    const names = [
      '',
      '.',
      '..',
      '/',
      '//',
      '~',
      '~/../../../out/secret',
      '../../../out/secret\0',
      '\0../../../out/secret',
      `${'/.'.repeat(60)}${root}/out/secret`,
      '..//..//..//out//secret',
      '../../../OUT/../out/secret',
      '../../../out/secret/',
      '../../../out/secret/.',
      'a/../../../../out/secret',
      '*/../../../../out/secret',
      'nowhere/../../../../out/secret',
      '%2e%2e/%2e%2e/%2e%2e/out/secret',
      '/proc/self/cwd/../../../out/secret',
      `/proc/self/root${root}/out/secret`,
      `/dev/fd/../../..${root}/out/secret`,
      'x'.repeat(5000),
    ];
    for (const name of [
      ...names,
      Buffer.from('..\xc0\xaf..\xc0\xafout', 'latin1'),
      Buffer.of(0xff, 0x2f, 0x2e, 0x2e),
    ]) {
      await stolen(asker, name);
      await said(
        asker,
        (id) => ask.remove(id, name),
        (id) => ask.setstat(id, name, 0o100777),
      );
    }
  },
  'swaps a directory for a link from a second conversation, again and again': async (attempt) => {
    const { asker, root } = attempt;
    const other = await attempt.another();
    symlinkSync(join(root, 'out'), join(root, 'srv/way'));
    mkdirSync(join(root, 'srv/plain'));
    writeFileSync(join(root, 'srv/plain/secret'), 'plain');
    const swap = async (): Promise<void> => {
      for (let round = 0; round < 60; round += 1) {
        await burst(
          other,
          posixRename(join(root, 'srv/plain'), join(root, 'srv/kept')),
          posixRename(join(root, 'srv/way'), join(root, 'srv/plain')),
          posixRename(join(root, 'srv/plain'), join(root, 'srv/way')),
          posixRename(join(root, 'srv/kept'), join(root, 'srv/plain')),
        );
      }
    };
    const swapping = swap();
    for (let round = 0; round < 200; round += 1) await stolen(asker, join(root, 'srv/plain/secret'));
    await swapping;
  },
};

/** Names, links, modes and contents of all that may not be touched. */
function outside(root: string): unknown {
  return readdirSync(join(root, 'out')).map((name) => {
    const { mode, nlink, size } = lstatSync(join(root, 'out', name));
    return [name, mode, nlink, size, readFileSync(join(root, 'out', name), 'utf8')];
  });
}

async function setUp(policy: (root: string) => Parameters<typeof openStage>[0]): Promise<Attempt> {
  const directory = scratch();
  const root = directory.path;
  mkdirSync(join(root, 'srv/home/deep'), { recursive: true });
  mkdirSync(join(root, 'out'));
  writeFileSync(join(root, 'srv/home/deep/a'), 'alpha');
  writeFileSync(join(root, 'out/secret'), CANARY);
  const stage = openStage(policy(root), join(root, 'srv/home/deep'));
  onTestFinished(async () => {
    await stage[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });
  return { asker: await openAsker(stage), stage, root, another: () => openAsker(stage) };
}

function shownBy({ answers }: Asker): string {
  return answers
    .map((reply) => {
      if (reply.kind === 'data') return reply.data.toString('latin1');
      return reply.kind === 'names' ? reply.names.map(({ name }) => name.toString('latin1')).join(' ') : '';
    })
    .join('\n');
}

describe('a client of files that keeps to no rules, on a real server', () => {
  it.each(Object.entries(ATTACKS))('%s, in vain', async (_, attack) => {
    const attempt = await setUp((root) => within(join(root, 'srv')));
    const before = outside(attempt.root);
    await attack(attempt);
    expect(outside(attempt.root)).toEqual(before);
    expect(shownBy(attempt.asker)).not.toContain(CANARY);
  });

  it.each(Object.entries(ATTACKS))('%s, in vain where a rule denies it', async (_, attack) => {
    const attempt = await setUp((root) => allBut({ deny: [pathRule(null, `${root}/out/**`)] }));
    const before = outside(attempt.root);
    await attack(attempt);
    expect(outside(attempt.root)).toEqual(before);
    expect(shownBy(attempt.asker)).not.toContain(CANARY);
  });
});
