import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Door } from '../postgres/door.ts';
import type { WireClient } from '../postgres/wire-client.ts';
import { People } from './approvals/people.ts';
import { ASKS, frames, shapeOf, tagsOf } from './approvals/stage.ts';

const asking = (terms: Readonly<Record<string, unknown>>): typeof ASKS => ({
  ...ASKS,
  ask: [{ action: ['write'], preview: 'none', ...terms }],
});

const POLICIES = {
  own: asking({ approvers: 'self' }),
  dba: asking({ approvers: { groups: ['dba'] } }),
  two: asking({ approvers: { groups: ['dba'], count: 2 } }),
  named: asking({ approvers: { emails: ['eve@example.com'] } }),
  careful: asking({ approvers: { groups: ['dba'] }, step_up: true }),
};

let people: People;
/** Opened by Bob, who is a DBA himself; and by an agent of his. */
let his: Door;
let bots: Door;
let client: WireClient;

beforeAll(async () => {
  people = await People.before(POLICIES, {
    bob: ['dba', 'engineering'],
    ada: ['dba'],
    cyd: ['dba'],
    dan: ['dba'],
    eve: [],
  });
  his = await people.open('bob');
  bots = await people.open('bob', '--as', 'bot');
});

afterAll(() => people[Symbol.asyncDispose]());

/** A statement that is held. */
async function hold(target: keyof typeof POLICIES, id: number, door = his): Promise<string> {
  client = await people.client(door, target);
  client.send(frames.query(`delete from app.items where id = ${id}`));
  return people.held(client);
}

async function isThere(id: number): Promise<boolean> {
  return (await people.server.admin('postgres', `select 1 as one from app.items where id = ${id}`)).length > 0;
}

const approve = (id: string, profile: string, ...more: readonly string[]): ReturnType<People['run']> =>
  people.run('approve', id, '--profile', profile, ...more);

/** It waits still, and nothing has come of it. */
async function waits(id: string, row: number): Promise<void> {
  const { stdout } = await people.run('requests', 'list', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ requests: expect.arrayContaining([expect.objectContaining({ id })]) });
  expect(await isThere(row)).toBe(true);
}

describe('two people on one machine', () => {
  it('ask and approve, and the record says who, verified', async () => {
    const id = await hold('dba', 1);
    expect(await approve(id, 'ada')).toMatchObject({ code: 0, stderr: `Approved ${id}: it runs now.\n` });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
    const session = his.ready.get('dba')?.session ?? '';
    const { stdout } = await people.run('replay', session, '--json');
    const events = stdout.split('\n').filter((line) => line.includes('"answer"'));
    expect(events.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { answer: { by: { subject: 'ada', issuer: people.provider.issuer, verified: true, groups: ['dba'] } } },
    ]);
  });

  it('are not one: who asks does not approve, though of the group', async () => {
    const id = await hold('dba', 2);
    expect(await approve(id, 'bob')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('asked for it yourself'),
    });
    await waits(id, 2);
    expect(await people.run('deny', id, '--profile', 'bob', '--reason', 'on second thoughts')).toMatchObject({
      code: 0,
    });
    expect(shapeOf(await client.until('Z'))).toBe('E42501 ZI');
  });

  it('are found by an address that the provider has verified', async () => {
    const id = await hold('named', 3);
    expect(await approve(id, 'ada')).toMatchObject({ code: 5 });
    people.provider.change('eve', { emailVerified: false });
    people.age('eve');
    expect(await approve(id, 'eve')).toMatchObject({ code: 5 });
    await waits(id, 3);
    people.provider.change('eve', { emailVerified: true });
    people.age('eve');
    expect(await approve(id, 'eve')).toMatchObject({ code: 0 });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
  });

  it('are two where two are wanted, and one of them is one', async () => {
    const id = await hold('two', 4);
    expect(await approve(id, 'ada')).toMatchObject({ code: 0, stderr: expect.stringContaining('it takes 2 members') });
    expect(await approve(id, 'ada')).toMatchObject({ code: 5, stderr: expect.stringContaining('approved it already') });
    expect(await approve(id, 'bob')).toMatchObject({ code: 5 });
    await waits(id, 4);
    expect(await approve(id, 'cyd')).toMatchObject({ code: 0 });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
  });
});

describe('an agent', () => {
  it('asks in the name of its person, who answers for it alone', async () => {
    const id = await hold('own', 5, bots);
    expect(await approve(id, 'ada')).toMatchObject({ code: 5 });
    expect(await approve(id, 'bob')).toMatchObject({ code: 0 });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
  });

  it('gets nothing from its person that takes others', async () => {
    const id = await hold('dba', 6, bots);
    expect(await approve(id, 'bob')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('asked for it yourself'),
    });
    await waits(id, 6);
    expect(await approve(id, 'cyd')).toMatchObject({ code: 0 });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
  });
});

describe('a group', () => {
  it('that was left at the provider does not count any more, without a new login', async () => {
    const id = await hold('dba', 7);
    people.provider.change('dan', { groups: [] });
    people.age('dan');
    expect(await approve(id, 'dan')).toMatchObject({ code: 5, stderr: expect.stringContaining('not among those') });
    await waits(id, 7);
    people.provider.change('dan', { groups: ['dba'] });
    people.age('dan');
    expect(await approve(id, 'dan')).toMatchObject({ code: 0 });
  });
});

describe('a fresh login', () => {
  it('is asked for, made, and counts once', async () => {
    const [id, row] = [await hold('careful', 8), client];
    const other = await hold('careful', 9);
    expect(await people.confirmed('ada', 'approve', id, '--profile', 'ada')).toMatchObject({ code: 0 });
    expect(tagsOf(await row.until('Z'))).toEqual(['DELETE 1']);
    await waits(other, 9);
    expect(await people.confirmed('cyd', 'approve', other, '--profile', 'ada')).toMatchObject({ code: 4 });
    await waits(other, 9);
    client.destroy();
  });
});

describe('a provider that is down', () => {
  it('lets nobody approve; the request waits, and is approved when it is back', async () => {
    const id = await hold('dba', 10);
    await people.provider.close();
    expect(await approve(id, 'ada')).toMatchObject({ code: 7 });
    await waits(id, 10);
    await people.provider.resume();
    expect(await approve(id, 'ada')).toMatchObject({ code: 0 });
    expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
  });
});

it('every record holds still, and no token is anywhere but where logins are kept', async () => {
  for (const door of [his, bots]) await door.close();
  expect(await people.run('sessions', 'verify')).toMatchObject({ code: 0 });
  for (const { session } of [...his.ready.values(), ...bots.ready.values()]) {
    await people.run('sessions', 'export', session, '--format', 'ndjson');
  }
  const canaries = await people.tokens();
  expect(canaries).toHaveLength(15);
  const found = (text: string | Buffer): readonly string[] => canaries.filter((canary) => text.includes(canary));
  expect([...people.files()].filter(([, content]) => found(content).length > 0).map(([path]) => path)).toEqual([]);
  expect(found(people.said.join('\n') + people.printed())).toEqual([]);
});
