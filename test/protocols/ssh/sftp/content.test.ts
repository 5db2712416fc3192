import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { decodeGreeting } from '../../../../src/protocols/ssh/sftp/replies.ts';
import { OPEN_FLAG, string, STATUS, uint64, uint32 } from '../../../../src/protocols/ssh/sftp/frames.ts';
import { Asker } from './asker.ts';
import { ask } from './messages.ts';
import { allBut } from './policies.ts';
import { eventsOf, openAsker, openStage, scratch, type Stage } from './stage.ts';

const CARD = '4111 1111 1111 1111';
const MASKING = allBut({
  mask: [{ column: null, field: null, detect: ['credit-card'], except: null, with: 'redact' }],
});

let root: string;
let stage: Stage;

beforeEach(() => {
  const directory = scratch();
  onTestFinished(() => directory[Symbol.dispose]());
  root = directory.path;
  stage = openStage(MASKING, root);
  onTestFinished(() => stage[Symbol.asyncDispose]());
});

/** All that is shown of a file, read in pieces. */
async function shown(asker: Asker, name: string, piece: number): Promise<string> {
  const handle = await asker.handle((id) => ask.open(id, name));
  let text = '';
  for (let offset = 0; ; offset += piece) {
    const reply = await asker.ask((id) => ask.read(id, handle, offset, piece));
    if (reply?.kind === 'data') text += reply.data.toString();
    else if (reply?.kind !== 'status' || reply.code === STATUS.endOfFile) break;
    if (offset > 100_000) break;
  }
  await asker.outcome((id) => ask.close(id, handle));
  return text;
}

describe('a file that holds what a policy masks', () => {
  it.each([1, 3, 7, 16, 19, 4096, 65_536])('is not shown there, read in pieces of %d bytes', async (piece) => {
    writeFileSync(join(root, 'cards'), `${'plain text. '.repeat(20)}${CARD}${' and more'.repeat(20)}`);
    const asker = await openAsker(stage);
    expect(await shown(asker, 'cards', piece)).not.toMatch(/\d/u);
    expect(eventsOf(stage, 'error')[0]).toMatchObject({ statement: 1, code: 'masked' });
    expect(eventsOf(stage, 'transfer')).toMatchObject([{ direction: 'out', complete: false }]);
  });

  it('is shown up to shortly before, and the user is told why it ends', async () => {
    writeFileSync(join(root, 'long'), `${'plain text. '.repeat(5000)}${CARD}`);
    const asker = await openAsker(stage);
    const handle = await asker.handle((id) => ask.open(id, 'long'));
    expect(await asker.outcome((id) => ask.read(id, handle, 0, 32_768))).toBe('data');
    const reply = await asker.ask((id) => ask.read(id, handle, 32_768, 32_768));
    if (reply?.kind !== 'status') throw new Error('it was shown');
    expect(reply.message.toString()).toContain('holds what the policy masks');
    // Clients that show a code's own words say "Failure".
    expect(await asker.outcome((id) => ask.read(id, handle, 32_768, 32_768))).toBe(STATUS.failure);
    expect(stage.told).toEqual([reply.message.toString()]);
  });

  it('is answered in the order that a server would keep, also behind its end: pscp counts on that', async () => {
    writeFileSync(join(root, 'cards'), `${'plain text. '.repeat(2000)}${CARD}`);
    const asker = await openAsker(stage);
    const handle = await asker.handle((id) => ask.open(id, 'cards'));
    const places = [0, 4096, 90_000, 8192, 22_000, 95_000, 12_288];
    await Promise.all(places.map((offset) => asker.ask((id) => ask.read(id, handle, offset, 4096))));
    const ids = asker.answers.map(({ id }) => id).slice(-places.length);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    expect(asker.answers.slice(-places.length).map(({ kind }) => kind)).toContain('data');
  });

  it('cannot be copied in parts by the server, nor can it be asked for names that nobody looks at', async () => {
    writeFileSync(join(root, 'cards'), CARD);
    const { client } = stage.converse();
    const asker = new Asker(client);
    const greeting = decodeGreeting((await asker.greet()) ?? Buffer.alloc(0), 2);
    expect(greeting?.extensions.map(({ name }) => name.toString())).not.toContain('copy-data');
    const from = await asker.handle((id) => ask.open(id, 'cards'));
    const to = await asker.handle((id) => ask.open(id, 'part', OPEN_FLAG.write | OPEN_FLAG.create));
    const copy = [string(from), uint64(0n), uint64(8n), string(to), uint64(0n)];
    expect(await asker.outcome((id) => ask.extended(id, 'copy-data', ...copy))).toBe(STATUS.unsupported);
    const owners = [string(uint32(0)), string('')];
    expect(await asker.outcome((id) => ask.extended(id, 'users-groups-by-id@openssh.com', ...owners))).toBe(
      STATUS.unsupported,
    );
  });

  it('has a name that is masked in listings', async () => {
    mkdirSync(join(root, 'sub'));
    writeFileSync(join(root, 'sub', CARD), '');
    const asker = await openAsker(stage);
    const handle = await asker.handle((id) => ask.opendir(id, 'sub'));
    const reply = await asker.ask((id) => ask.readdir(id, handle));
    if (reply?.kind !== 'names') throw new Error('there is no listing');
    expect(reply.names).toHaveLength(3);
    expect(reply.names.map(({ name, line }) => `${name.toString()} ${line.toString()}`).join()).not.toContain('4111');
  });
});

it('shows files in which nothing is found, whole and with what they are known by', async () => {
  writeFileSync(join(root, 'plain'), 'plain text. '.repeat(5000));
  const asker = await openAsker(stage);
  expect(await shown(asker, 'plain', 10_000)).toBe('plain text. '.repeat(5000));
  expect(eventsOf(stage, 'transfer')).toMatchObject([{ bytes: 60_000, complete: true }]);
  expect(eventsOf(stage, 'transfer')[0]?.sha256).not.toBeNull();
});
