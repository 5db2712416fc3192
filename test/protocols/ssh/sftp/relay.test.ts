import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { OPEN_FLAG, string, STATUS, uint32 } from '../../../../src/protocols/ssh/sftp/frames.ts';
import { decodeGreeting } from '../../../../src/protocols/ssh/sftp/replies.ts';
import type { Policy } from '../../../../src/policy/rules.ts';
import { answerTo } from '../../../session/asking.ts';
import { Asker } from './asker.ts';
import { ask } from './messages.ts';
import { allBut, asksFor, pathRule, within } from './policies.ts';
import { eventsOf, openAsker, openStage, scratch, type Stage, statementsOf } from './stage.ts';

const { write, create, truncate } = OPEN_FLAG;
const DENIED = STATUS.permissionDenied;
const OWNERS = 'users-groups-by-id@openssh.com';
const NOBODY = Buffer.alloc(0);

let root: string;

beforeEach(() => {
  const directory = scratch();
  onTestFinished(() => directory[Symbol.dispose]());
  root = directory.path;
  mkdirSync(join(root, 'srv/sub'), { recursive: true });
  mkdirSync(join(root, 'out'));
  writeFileSync(join(root, 'srv/a'), 'alpha');
  writeFileSync(join(root, 'out/secret'), 'secret');
});

function stageOf(policy: Policy): Stage {
  const stage = openStage(policy, join(root, 'srv'));
  onTestFinished(() => stage[Symbol.asyncDispose]());
  return stage;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a file that is read', () => {
  it('arrives, and is on record with what it is known by', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    const handle = await asker.handle((id) => ask.open(id, 'a'));
    expect(await asker.ask((id) => ask.read(id, handle, 0, 100))).toMatchObject({ data: Buffer.from('alpha') });
    expect(await asker.outcome((id) => ask.read(id, handle, 5, 100))).toBe(STATUS.endOfFile);
    expect(await asker.outcome((id) => ask.close(id, handle))).toBe('ok');
    expect(statementsOf(stage)).toEqual([`allow: read ${root}/srv/a`]);
    expect(eventsOf(stage, 'transfer')).toEqual([
      {
        type: 'transfer',
        connection: 1,
        statement: 1,
        direction: 'out',
        path: `${root}/srv/a`,
        bytes: 5,
        sha256: sha256('alpha'),
        complete: true,
      },
    ]);
  });

  it('is refused where it lies out of bounds, in words, and the conversation goes on', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    const reply = await asker.ask((id) => ask.open(id, '../out/secret'));
    expect(reply).toMatchObject({ kind: 'status', code: DENIED });
    if (reply?.kind === 'status') expect(reply.message.toString()).toContain('outside the directories');
    expect(await asker.outcome((id) => ask.open(id, 'a'))).toBe('handle');
    expect(statementsOf(stage)).toEqual([`deny: read ${root}/out/secret`, `allow: read ${root}/srv/a`]);
  });

  it('is refused where it may only be looked at, and was looked at before', async () => {
    const stage = stageOf(allBut({ deny: [pathRule(['read', 'write'], `${root}/srv/a`)] }));
    const asker = await openAsker(stage);
    expect(await asker.outcome((id) => ask.stat(id, 'a'))).toBe('attributes');
    expect(await asker.outcome((id) => ask.open(id, 'a'))).toBe(DENIED);
    expect(await asker.outcome((id) => ask.open(id, 'a', write))).toBe(DENIED);
  });

  it('is refused with a word beside the protocol: once where it is only looked at, always where it is opened', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    const told = 'this lies outside the directories that may be used here';
    for (const name of ['../out', '../out/secret']) {
      expect(await asker.outcome((id) => ask.stat(id, name))).toBe(DENIED);
    }
    expect(stage.told).toEqual([told]);
    expect(await asker.outcome((id) => ask.open(id, '../out/secret'))).toBe(DENIED);
    expect(await asker.outcome((id) => ask.open(id, '../out/secret'))).toBe(DENIED);
    expect(stage.told).toEqual([told, told, told]);
  });

  it('is told once when it was looked at just before', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    expect(await asker.outcome((id) => ask.stat(id, '../out/secret'))).toBe(DENIED);
    expect(await asker.outcome((id) => ask.open(id, '../out/secret'))).toBe(DENIED);
    expect(stage.told).toHaveLength(1);
  });

  it('is refused where a link leads out of bounds', async () => {
    symlinkSync('../out', join(root, 'srv/link'));
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    expect(await asker.outcome((id) => ask.open(id, 'link/secret'))).toBe(DENIED);
    expect(statementsOf(stage)).toEqual([`deny: read ${root}/srv/link/secret (which is ${root}/out/secret)`]);
  });
});

describe('a file that is written', () => {
  it('is on record with what it is known by', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    const handle = await asker.handle((id) => ask.open(id, 'b', write | create | truncate));
    asker.send(ask.write(101, handle, 3, 'def'));
    asker.send(ask.write(102, handle, 0, 'abc'));
    expect(await asker.outcome((id) => ask.close(id, handle))).toBe('ok');
    expect(readFileSync(join(root, 'srv/b'), 'utf8')).toBe('abcdef');
    expect(eventsOf(stage, 'transfer')).toMatchObject([
      { direction: 'in', path: `${root}/srv/b`, bytes: 6, sha256: sha256('abcdef'), complete: true },
    ]);
  });

  it('is on record as broken off when the client goes', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const { client, end } = stage.converse();
    const asker = new Asker(client);
    await asker.greet();
    const handle = await asker.handle((id) => ask.open(id, 'b', write | create));
    await asker.outcome((id) => ask.write(id, handle, 0, 'abc'));
    asker.destroy();
    expect(await end).toMatchObject({ cause: 'client' });
    expect(eventsOf(stage, 'transfer')).toMatchObject([{ direction: 'in', bytes: 3, complete: false }]);
  });
});

describe('what a client is shown', () => {
  it('is version 3 with extensions that are let through', async () => {
    const { client } = stageOf(allBut({})).converse();
    const greeting = decodeGreeting((await new Asker(client).greet()) ?? Buffer.alloc(0), 2);
    expect(greeting?.version).toBe(3);
    expect(greeting?.extensions.map(({ name }) => name.toString())).toContain('posix-rename@openssh.com');
  });

  it('says that other extensions are not there', async () => {
    const asker = await openAsker(stageOf(allBut({})));
    expect(await asker.outcome((id) => ask.extended(id, 'vendor-id', string('x')))).toBe(STATUS.unsupported);
  });

  it('is where it begins, even out of bounds, but not what is there', async () => {
    const stage = stageOf(within(join(root, 'out')));
    const asker = await openAsker(stage);
    expect(await asker.ask((id) => ask.realpath(id, '.'))).toMatchObject({
      names: [{ name: Buffer.from(join(root, 'srv')) }],
    });
    expect(await asker.outcome((id) => ask.realpath(id, '..'))).toBe(DENIED);
    expect(await asker.outcome((id) => ask.stat(id, '.'))).toBe(DENIED);
    expect(await asker.outcome((id) => ask.opendir(id, '.'))).toBe(DENIED);
  });

  it('has names of users and groups where the files may be listed that hold them', async () => {
    const stage = stageOf(allBut({ deny: [pathRule(['list'], '/etc/group')] }));
    const asker = await openAsker(stage);
    const looked = (users: Buffer, groups: Buffer) =>
      asker.ask((id) => ask.extended(id, OWNERS, string(users), string(groups)));
    expect(await looked(uint32(0), NOBODY)).toMatchObject({ kind: 'extended' });
    expect(await looked(NOBODY, uint32(0))).toMatchObject({ code: DENIED });
    expect(await looked(uint32(0), uint32(0))).toMatchObject({ code: DENIED });
    expect(statementsOf(stage)).toEqual([
      'allow: look up names of users and groups in /etc/passwd',
      'deny: look up names of users and groups in /etc/group',
      'deny: look up names of users and groups in /etc/passwd and /etc/group',
    ]);
  });

  it('has no such names beneath a scope, and nobody is asked for them or told', async () => {
    for (const policy of [within(join(root, 'srv')), allBut({ ask: [asksFor(['list'], '/etc/**')] })]) {
      const stage = stageOf(policy);
      const asker = await openAsker(stage);
      const names = (id: number) => ask.extended(id, OWNERS, string(uint32(0)), string(''));
      expect([await asker.outcome(names), stage.told]).toEqual([DENIED, []]);
    }
  });

  it('was looked at once on record, however often it is looked at', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    for (let time = 0; time < 3; time += 1) await asker.outcome((id) => ask.lstat(id, 'a'));
    expect(statementsOf(stage)).toEqual([`allow: stat ${root}/srv/a`]);
  });
});

describe('a link that gets another name', () => {
  const posixRename = (from: string, to: string) => (id: number) =>
    ask.extended(id, 'posix-rename@openssh.com', string(from), string(to));
  const hardlink = (from: string, to: string) => (id: number) =>
    ask.extended(id, 'hardlink@openssh.com', string(from), string(to));
  const rename = (from: string, to: string) => (id: number) => ask.rename(id, from, to);

  it.each([rename, posixRename, hardlink])('is refused where it would lead out of bounds from there', async (move) => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    mkdirSync(join(root, 'srv/sub/out'));
    mkdirSync(join(root, 'srv/sub/deep'));
    // As long as it lies there, it leads to srv/sub/out.
    expect(await asker.outcome((id) => ask.symlink(id, '../out', 'sub/deep/way'))).toBe('ok');
    expect(await asker.outcome(move('sub/deep/way', 'way'))).toBe(DENIED);
    expect(existsSync(join(root, 'srv/way/secret'))).toBe(false);
    expect(statementsOf(stage).at(-1)).toContain(`${root}/out`);
  });

  it.each([rename, posixRename])('may lead where it did, and within bounds', async (move) => {
    const asker = await openAsker(stageOf(within(join(root, 'srv'))));
    symlinkSync(join(root, 'out'), join(root, 'srv/sub/absolute'));
    symlinkSync('../../out', join(root, 'srv/sub/relative'));
    symlinkSync('../a', join(root, 'srv/sub/inner'));
    mkdirSync(join(root, 'srv/other'));
    expect(await asker.outcome(move('sub/absolute', 'absolute'))).toBe('ok');
    expect(await asker.outcome(move('sub/relative', 'sub/same'))).toBe('ok');
    expect(await asker.outcome(move('sub/inner', 'other/inner'))).toBe('ok');
  });
});

describe('requests in a row', () => {
  it('cannot slip through a link that was made just before', async () => {
    const stage = stageOf(allBut({ deny: [pathRule(['read'], `${root}/out/**`)] }));
    const asker = await openAsker(stage);
    mkdirSync(join(root, 'srv/dir'));
    symlinkSync('../../out', join(root, 'srv/sub/dir'));
    const outcome = asker.answerTo(99);
    asker.send(
      Buffer.concat([ask.rmdir(97, 'dir'), ask.rename(98, 'sub/dir', 'dir'), ask.open(99, 'dir/../../out/secret')]),
    );
    expect(await outcome).toMatchObject({ kind: 'status', code: DENIED });
  });

  it('are answered each by its own, with many under way', async () => {
    const stage = stageOf(within(join(root, 'srv')));
    const asker = await openAsker(stage);
    for (let number = 0; number < 200; number += 1) writeFileSync(join(root, 'srv/sub', `f${number}`), `${number}`);
    const handles = await Promise.all(
      Array.from({ length: 200 }, (_, number) => asker.handle((id) => ask.open(id, `sub/f${number}`))),
    ).catch((error: unknown) => String(error));
    expect(handles).toHaveLength(200);
  });
});

describe('a request that is held', () => {
  it('waits while others flow, and is done when it is approved', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['remove'], `${root}/srv/**`)] }));
    const asker = await openAsker(stage);
    const removed = asker.outcome((id) => ask.remove(id, 'a'));
    await expect.poll(() => stage.register.list().length).toBe(1);
    expect(await asker.outcome((id) => ask.mkdir(id, 'new'))).toBe('ok');
    expect(existsSync(join(root, 'srv/a'))).toBe(true);
    expect(stage.told.join()).toMatch(/held for approval: request/);
    const [request] = stage.register.list();
    if (request === undefined) throw new Error('nothing waits');
    await stage.register.answer(answerTo(request), null);
    expect(await removed).toBe('ok');
    expect(existsSync(join(root, 'srv/a'))).toBe(false);
  });

  it('is answered when it is denied, though nothing else goes on', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['remove'], `${root}/srv/**`)] }));
    const asker = await openAsker(stage);
    const removed = asker.outcome((id) => ask.remove(id, 'a'));
    await expect.poll(() => stage.register.list().length).toBe(1);
    const [request] = stage.register.list();
    if (request === undefined) throw new Error('nothing waits');
    await stage.register.answer(answerTo(request, { verdict: 'deny', reason: 'not now' }), null);
    expect(await removed).toBe(DENIED);
    expect(existsSync(join(root, 'srv/a'))).toBe(true);
    expect(stage.told).toEqual([
      `held for approval: request ${request.id}`,
      expect.stringMatching(/^It is not done before a person approves it, until \d\d:\d\d:\d\d UTC\.$/u),
      `Approve it in another terminal with: hoopctl approve ${request.id}`,
      'a person denied this: not now',
    ]);
  });

  it('is asked for anew each time, also where something is only looked at', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['list'], `${root}/srv/**`)] }));
    const asker = await openAsker(stage);
    for (const time of [1, 2]) {
      const seen = asker.outcome((id) => ask.lstat(id, 'a'));
      await expect.poll(() => eventsOf(stage, 'request').length).toBe(time);
      const [request] = stage.register.list();
      if (request === undefined) throw new Error('nothing waits');
      await stage.register.answer(answerTo(request), null);
      expect(await seen).toBe('attributes');
    }
  });

  it('is refused when what it leads to has changed meanwhile', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['write'], `${root}/srv/a`)] }));
    const asker = await openAsker(stage);
    const written = asker.outcome((id) => ask.open(id, 'a', write));
    await expect.poll(() => stage.register.list().length).toBe(1);
    rmSync(join(root, 'srv/a'));
    symlinkSync('../out/secret', join(root, 'srv/a'));
    const [request] = stage.register.list();
    if (request === undefined) throw new Error('nothing waits');
    await stage.register.answer(answerTo(request), null);
    expect(await written).toBe(DENIED);
  });

  it('is refused where more wait already than people would answer', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['remove'], `${root}/srv/**`)] }));
    const asker = await openAsker(stage);
    const outcomes = Array.from({ length: 70 }, () => asker.outcome((id) => ask.remove(id, 'a')));
    expect(await Promise.race(outcomes)).toBe(DENIED);
    await expect.poll(() => eventsOf(stage, 'settled').length).toBe(6);
    expect(stage.register.list()).toHaveLength(64);
    expect(await asker.outcome((id) => ask.mkdir(id, 'new'))).toBe('ok');
  });

  it('is taken back when the client goes', async () => {
    const stage = stageOf(allBut({ ask: [asksFor(['remove'], `${root}/srv/**`)] }));
    const asker = await openAsker(stage);
    const removed = asker.outcome((id) => ask.remove(id, 'a'));
    await expect.poll(() => stage.register.list().length).toBe(1);
    asker.end();
    await expect.poll(() => eventsOf(stage, 'settled')).toMatchObject([{ outcome: 'disconnected' }]);
    expect(await removed).not.toBe('ok');
    expect(existsSync(join(root, 'srv/a'))).toBe(true);
  });
});
