import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grammar } from '../../../../src/core/grammar.ts';
import type { InboxEvent } from '../../../../src/core/inbox.ts';
import type { ApprovalRequest } from '../../../../src/core/request.ts';
import { signAnswer } from '../../../../src/record/answer-signature.ts';
import { openKey } from '../../../../src/record/key.ts';
import { openGrammar } from '../../../../src/session/grammar.ts';
import { eventually } from '../../../eventually.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { frames } from '../../../postgres/frames.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import type { WireClient } from '../../../postgres/wire-client.ts';
import { answerTo } from '../../../session/asking.ts';
import { sqlstate, value } from '../knocking.ts';
import { backends } from '../scripted.ts';
import { type WholeSession, wholeSession } from '../whole-session.ts';

const CANARY = 'canary-7f3a@secret.example';
const policy = (preview: string): string => `{
  default: allow,
  ask: [{ action: [insert, update, delete], relation: "app.*", preview: ${preview} }],
  mask: [{ column: app.t.email, with: redact }] }`;

describe.each(serverVersions())('a held statement on PostgreSQL %i', (version) => {
  let server: Server;
  let grammar: Grammar;
  let session: WholeSession;
  let client: WireClient;
  let events: InboxEvent[];

  beforeAll(async () => {
    server = await startServer({ version, user: 'app' });
    await server.admin('postgres', 'create database app');
    grammar = openGrammar();
  });
  afterAll(async () => {
    await grammar.close();
    await server.stop();
  });
  beforeEach(async () => {
    await server.admin(
      'app',
      'drop schema if exists app cascade',
      'create schema app',
      'create table app.t (id int primary key, email text unique, note text)',
      `insert into app.t select n, n || '${CANARY}', 'n' from generate_series(1, 50000) n`,
    );
    await open('trial');
  });
  afterEach(async () => {
    client.destroy();
    await session.sealed();
  });

  async function open(preview: string): Promise<void> {
    session = await wholeSession({ port: server.port, grammar, policy: policy(preview) });
    events = [];
    session.register.listen((event) => void events.push(event));
    client = await session.connect();
  }
  const requests = (): ApprovalRequest[] =>
    events.flatMap((event) => (event.type === 'request' ? [event.request] : []));
  const answered = async (verdict: 'approve' | 'deny'): Promise<void> => {
    const request = requests().at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    const answer = answerTo(request, { verdict, reason: verdict === 'deny' ? 'no' : null });
    expect(
      await session.register.answer(signAnswer(answer, await openKey(session.state, 'approver')), null),
    ).toMatchObject({
      accepted: true,
    });
  };
  const left = async (): Promise<unknown> =>
    (await server.admin('app', "select count(*)::int as n from app.t where note = 'n'"))[0]?.['n'];

  it('is shown at once, and what it would do when that is known', async () => {
    client.send(frames.query('delete from app.t where id <= 2'));
    await eventually(requests, (all) => all.length === 2);
    const [first, second] = requests();
    expect(first?.preview).toBeNull();
    expect(second).toEqual({ ...first, preview: second?.preview });
    expect(second?.preview?.dryRun).toMatchObject({ rows: 2, undoable: false, sample: { rows: { length: 2 } } });
    await answered('approve');
    expect(sqlstate(await client.until('Z'))).toBeUndefined();
    expect(await left()).toBe(49_998);
  });

  it('runs after the trial is taken back, when the answer comes first', async () => {
    client.send(frames.query("update app.t set note = 'x'"));
    await eventually(requests, (all) => all.length > 0);
    await answered('approve');
    expect(sqlstate(await client.until('Z'))).toBeUndefined();
    expect(value(await client.query('select count(*) from app.t where note = $$x$$'))).toBe('50000');
    client.send(frames.query("update app.t set note = 'n'"));
    await eventually(requests, (all) => all.length >= 2 && all.at(-1)?.id !== all[0]?.id);
    await answered('deny');
    expect(sqlstate(await client.until('Z'))).toBe('42501');
    expect(await left()).toBe(0);
  });

  it('leaves nothing when its client goes, or the session ends, while it is tried', async () => {
    client.send(frames.query("update app.t set note = 'x'"));
    await eventually(requests, (all) => all.length > 0);
    client.destroy();
    await eventually(
      () => backends(server),
      (count) => count <= 4,
    );
    expect(await left()).toBe(50_000);
    client = await session.connect();
    client.send(frames.query("update app.t set note = 'x'"));
    await eventually(requests, (all) => new Set(all.map(({ id }) => id)).size === 2);
    await session.sealed();
    expect(await left()).toBe(50_000);
    await open('trial');
  });

  it('shows and keeps no masked value: not in its preview, nor in the record, nor when the trial fails', async () => {
    client.send(frames.query('delete from app.t where id = 1'));
    await eventually(requests, (all) => all.at(-1)?.preview !== null && all.length > 0);
    await answered('deny');
    await client.until('Z');
    // It would run into a value that is masked, and the server says which.
    const [start, rest] = [CANARY.slice(0, 9), CANARY.slice(9)];
    client.send(frames.query(`insert into app.t values (0, '1${start}' || '${rest}', 'n')`));
    await eventually(requests, (all) => all.length === 4);
    expect(requests().at(-1)?.preview).toMatchObject({ dryRun: null, withheld: 'it would fail (SQLSTATE 23505)' });
    await answered('deny');
    await client.until('Z');
    expect(JSON.stringify(events)).not.toContain(CANARY);
    const record = await session.sealed();
    expect(record.filter(({ type }) => type === 'preview')).toHaveLength(2);
    expect(JSON.stringify(record)).not.toContain(CANARY);
    await open('trial');
  });

  it('is only estimated, or not looked at, where the rule says so', async () => {
    client.destroy();
    await session.sealed();
    await open('estimate');
    client.send(frames.query('insert into app.t (id) select 60000 + g from generate_series(1, 5) g'));
    await eventually(requests, (all) => all.length === 2);
    expect(requests().at(-1)?.preview).toMatchObject({ dryRun: null, withheld: 'the policy has nothing tried' });
    await answered('deny');
    await client.until('Z');
    client.destroy();
    await session.sealed();
    await open('none');
    client.send(frames.query('delete from app.t where id = 3'));
    await eventually(requests, (all) => all.length > 0);
    await answered('approve');
    expect(sqlstate(await client.until('Z'))).toBeUndefined();
    expect(requests()).toHaveLength(1);
  });

  it('writes no more than its trial into the server’s log, and nothing into the state directory but the record', async () => {
    client.send(frames.query('delete from app.t where id <= 2'));
    await eventually(requests, (all) => all.length === 2);
    await answered('approve');
    await client.until('Z');
    expect(readdirSync(session.state)).not.toContain('undo');
    const log = readFileSync(join(server.directory, 'server.log'), 'utf8');
    expect(log).toContain('hoopctl trial');
  });
});
