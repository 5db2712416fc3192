import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import {
  type Agent,
  allBelow,
  command,
  EMAIL,
  MASKED,
  newestSession,
  PASSWORD,
  setStage,
  type Stage,
  startAgent,
} from './stage.ts';

let stage: Stage;
let agent: Agent;

beforeAll(async () => {
  stage = await setStage();
  agent = await startAgent(stage, ['--reason', 'ticket 4711']);
});

afterAll(async () => {
  await agent.close();
  await stage.remove();
});

const run = (sql: string, more: Record<string, unknown> = {}) =>
  agent.call('run_statement', { target: 'pg-prod', sql, ...more });

describe('the tools', () => {
  it('are these, none of which approves anything', async () => {
    const { tools } = await agent.client.listTools();
    expect(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint]),
    ).toEqual([
      ['list_targets', true, false],
      ['describe_schema', true, false],
      ['run_statement', false, true],
      ['request_status', true, false],
      ['withdraw_request', false, false],
    ]);
    // Not every client shows its model the instructions of a server.
    for (const { name, description } of tools.slice(1, 3))
      expect([name, description]).toEqual([name, expect.stringMatching(/never (an )?instruction/)]);
    expect(agent.client.getInstructions()).toMatch(/pg-prod, pg-reason, pg-lost.*do not retry/is);
    expect(agent.client.getServerVersion()?.name).toBe('hoopctl');
  });

  it('name targets and what their policies let one do, and nothing of where they are', async () => {
    const { content } = await agent.call('list_targets');
    expect(content['targets']).toMatchObject([
      {
        name: 'pg-prod',
        protocol: 'postgres',
        available: true,
        policy: [
          'Reading and writing.',
          'Denied, at least in some cases: drop, truncate.',
          'Held until a person approves, at least in some cases: update, delete.',
          'Only these schemas: app.',
          'Values of some columns are masked: describe_schema says which.',
        ],
      },
      { name: 'pg-reason', available: true },
      { name: 'pg-lost', available: true },
    ]);
    expect(JSON.stringify(content)).not.toMatch(
      new RegExp(`${stage.server.port}|${stage.server.user}|127\\.0\\.0\\.1`),
    );
  });

  it('describe what lies in scope, and what is masked, also through views', async () => {
    const { content } = await agent.call('describe_schema', { target: 'pg-prod' });
    const column = (name: string, type: string, nullable: boolean, masked?: string) => ({
      name,
      type,
      nullable,
      ...(masked === undefined ? {} : { masked }),
    });
    expect(content).toEqual({
      status: 'done',
      truncated: false,
      relations: [
        {
          schema: 'app',
          name: 'contacts',
          kind: 'view',
          reading: 'allowed',
          columns: [column('id', 'integer', true), column('email', 'text', true, 'partial: domain')],
        },
        {
          schema: 'app',
          name: 'customers',
          kind: 'table',
          reading: 'allowed',
          columns: [
            column('id', 'integer', false),
            column('name', 'text', false),
            column('ssn', 'text', true, 'redact'),
            column('email', 'text', true, 'partial: domain'),
            column('plan', 'text', true),
          ],
        },
        { schema: 'app', name: 'numbers', kind: 'table', reading: 'allowed', columns: [column('n', 'integer', true)] },
      ],
    });
    const one = await agent.call('describe_schema', { target: 'pg-prod', schema: 'app', table: 'numbers' });
    expect(one.content['relations']).toHaveLength(1);
    const other = await agent.call('describe_schema', { target: 'pg-prod', schema: 'hidden' });
    expect(other.content['relations']).toEqual([]);
  });
});

describe('a description', () => {
  it('is not cut short by what lies out of scope', async () => {
    const columns = Array.from({ length: 1500 }, (_, index) => `c${index} int`).join();
    const tables = [1, 2, 3, 4].map((table) => `create table "a_pp".t${table} (${columns})`);
    await stage.server.admin('postgres', 'create schema "a_pp"', ...tables);
    const all = await agent.call('describe_schema', { target: 'pg-prod' });
    expect(all.content).toMatchObject({ truncated: false, relations: [{ name: 'contacts' }, {}, {}] });
    const other = await agent.call('describe_schema', { target: 'pg-prod', schema: 'a_pp' });
    expect(other.content).toEqual({ status: 'done', relations: [], truncated: false });
    await stage.server.admin('postgres', 'drop schema "a_pp" cascade');
  });
});

describe('statements', () => {
  it('give rows as text, with their columns and types, masked', async () => {
    const { isError, content } = await run('select id, name, ssn, email from app.customers where id <= 2 order by id');
    expect({ isError, ...content }).toEqual({
      isError: false,
      status: 'done',
      results: [
        {
          command: 'SELECT 2',
          columns: [
            { name: 'id', type: 'integer' },
            { name: 'name', type: 'text' },
            { name: 'ssn', type: 'text' },
            { name: 'email', type: 'text' },
          ],
          rows: [
            ['1', 'Ada', '[redacted]', '***@example.com'],
            ['2', 'Grace', null, null],
          ],
          row_count: 2,
          truncated: false,
        },
      ],
    });
  });

  it('that are denied say so, and tell agents to stop; nothing of them has happened', async () => {
    const { isError, content } = await run('drop table app.customers');
    expect({ isError, ...content }).toEqual({
      isError: true,
      status: 'denied',
      denied: true,
      reason: 'policy',
      sqlstate: '42501',
      message: 'schema changes go through migrations',
      detail: expect.stringContaining('drop on app.customers'),
      hint: expect.stringContaining('This is policy, not a fault: do not retry variants.'),
    });
    const hidden = await run('select * from hidden.keys');
    expect([hidden.isError, hidden.content['denied'], hidden.content['sqlstate']]).toEqual([true, true, '42501']);
    const both = await run('insert into app.numbers values (9001); drop table app.numbers');
    expect(both.content['denied']).toBe(true);
    expect(await stage.server.admin('postgres', 'select count(*)::int as n from app.numbers')).toEqual([{ n: 5000 }]);
  });

  it('that fail are no denials, also where the server says the same SQLSTATE', async () => {
    expect((await run('selec 1')).content).toMatchObject({
      status: 'failed',
      denied: false,
      sqlstate: '42601',
      position: 1,
    });
    expect((await run('select * from app.nothing')).content).toMatchObject({ status: 'failed', sqlstate: '42P01' });
    const own = await run("do $$ begin raise exception 'no' using errcode = '42501'; end $$");
    // A policy that restricts anything lets no code through that it cannot read.
    expect(own.content['denied']).toBe(true);
    await stage.server.admin('postgres', 'create role nobody', 'grant usage on schema app to nobody');
    expect((await run('select 1/0 as n')).content).toMatchObject({
      status: 'failed',
      denied: false,
      sqlstate: '22012',
    });
  });

  it('take values for their parameters, as text, numbers, booleans and null', async () => {
    const { content } = await run('select $1::int + 1 as n, $2::text as t, $3::boolean as b, $4::text as nothing', {
      parameters: [41, 'a;b', true, null],
    });
    expect(content['results']).toMatchObject([{ rows: [['42', 'a;b', 't', null]] }]);
    expect((await run('select $1::int', { parameters: ['many'] })).content).toMatchObject({ sqlstate: '22P02' });
    expect((await run('select 1; select 2', { parameters: [] })).content).toMatchObject({ sqlstate: '42601' });
  });

  it('end at their bounds, and say so', async () => {
    const rows = await run('select n from app.numbers order by n', { max_rows: 3 });
    expect(rows.content['results']).toEqual([
      {
        columns: [{ name: 'n', type: 'integer' }],
        rows: [['1'], ['2'], ['3']],
        row_count: 3,
        truncated: true,
        truncated_because: expect.stringContaining('max_rows'),
      },
    ]);
    const exactly = await run('select n from app.numbers order by n limit 3', { max_rows: 3 });
    expect(exactly.content['results']).toMatchObject([{ row_count: 3, truncated: false, command: 'SELECT 3' }]);
    const bytes = await run("select 'short' union all select repeat('x', 100000)", { max_bytes: 1000 });
    expect(bytes.content['results']).toMatchObject([
      { rows: [['short']], truncated: true, truncated_because: expect.stringContaining('max_bytes') },
    ]);
    const several = await run('select n from app.numbers; select 7 as n', { max_rows: 2 });
    expect(several.content['results']).toMatchObject([
      { command: 'SELECT 5000', row_count: 2, truncated: true },
      { command: 'SELECT 1', rows: [['7']], truncated: false },
    ]);
  });

  it.each([
    ['insert into app.added select generate_series(1, 9) returning n', 'INSERT 0 9', 9],
    ['insert into app.added select generate_series(1, $1) returning n', 'INSERT 0 9', 9, [9]],
    ['with more as (insert into app.added select generate_series(1, 9) returning n) select * from more', 'SELECT 9', 9],
  ])('that change rows say how many they are, however few are shown: %s', async (sql, command, count, parameters?) => {
    await stage.server.admin('postgres', 'drop table if exists app.added', 'create table app.added (n int)');
    const { content } = await run(sql, { max_rows: 2, ...(parameters === undefined ? {} : { parameters }) });
    expect(content['results']).toMatchObject([
      {
        command,
        rows: [['1'], ['2']],
        truncated: true,
        truncated_because: expect.stringContaining('do not send it again'),
      },
    ]);
    expect(await stage.server.admin('postgres', 'select count(*)::int as n from app.added')).toEqual([{ n: count }]);
  });

  it('that are many in one call do not make an answer without bounds', async () => {
    const { content } = await run('select 1 as n;'.repeat(3000), { max_bytes: 1000 });
    expect(content).toMatchObject({ status: 'done', results_left_out: 2900 });
    expect(JSON.stringify(content).length).toBeLessThan(20_000);
    const broken = await run(`${'select 1 as n;'.repeat(3000)} select 1/0`);
    expect(broken.content).toMatchObject({ status: 'failed', results_left_out: 2900 });
    expect(JSON.stringify(broken.content).length).toBeLessThan(20_000);
  });

  it('of one call are one transaction, and nothing is left of it for the next', async () => {
    const half = await run('insert into app.numbers values (9002); select 1/0');
    expect(half.content).toMatchObject({ status: 'failed', sqlstate: '22012', ended_before: ['INSERT 0 1'] });
    const open = await run('begin; insert into app.numbers values (9003)');
    expect(open.content).toMatchObject({ status: 'done', transaction: expect.stringContaining('rolled back') });
    await run("set datestyle = 'SQL'");
    const next = await run("select date '2026-11-26' as day, count(*)::int as n from app.numbers where n > 9000");
    expect(next.content['results']).toMatchObject([{ rows: [['2026-11-26', '0']] }]);
    const kept = await run(
      'begin; insert into app.numbers values (9004); delete from app.numbers where false; commit',
      {
        wait: 0,
      },
    );
    expect(['waiting', 'running', 'denied']).toContain(kept.content['status']);
    const committed = await run('begin; insert into app.numbers values (9005); commit; select 1/0');
    expect(committed.content).toMatchObject({ status: 'failed', ended_before: ['BEGIN', 'INSERT 0 1', 'COMMIT'] });
    expect((await run('select n from app.numbers where n > 9000')).content['results']).toMatchObject([
      { rows: [['9005']] },
    ]);
  });

  it('copy out as lines, and have nothing to copy in', async () => {
    const out = await run('copy (select n from app.numbers order by n limit 2) to stdout');
    expect(out.content['results']).toMatchObject([{ command: 'COPY 2', rows: [['1'], ['2']] }]);
    const binary = await run('copy (select 255 as n) to stdout (format binary)');
    const [copied] = binary.content['results'] as { columns: object[]; rows: string[][] }[];
    expect(copied?.columns).toEqual([{ name: 'copy', type: 'bytea' }]);
    const bytes = Buffer.concat((copied?.rows ?? []).map(([hex]) => Buffer.from(hex?.slice(2) ?? '', 'hex')));
    // PostgreSQL, "Binary Format": signature, flags, one row of one column of four bytes, trailer.
    expect(bytes.toString('latin1')).toBe(
      'PGCOPY\n\u00ff\r\n\0' + '\0'.repeat(8) + '\0\u0001' + '\0\0\0\u0004' + '\0\0\0\u00ff' + '\u00ff\u00ff',
    );
    for (const sql of ['copy app.numbers from stdin', 'select 1; copy app.numbers from stdin']) {
      expect((await run(sql)).content).toMatchObject({
        status: 'failed',
        message: expect.stringContaining('use INSERT'),
      });
    }
    expect((await run('select 1')).content['status']).toBe('done');
  });

  it('bring hostile text, of which nothing reaches a terminal raw', async () => {
    const result = await agent.client.callTool({
      name: 'run_statement',
      arguments: { target: 'pg-prod', sql: String.raw`select E'\x1b]0;owned\x07\u202e\u009b31m' as t` },
    });
    const { results } = result.structuredContent as { results: { rows: string[][] }[] };
    expect(results[0]?.rows).toEqual([['\u001b]0;owned\u0007\u202e\u009b31m']]);
    const [block] = result.content as { text: string }[];
    expect(block?.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(block?.text ?? '')).toEqual(result.structuredContent);
  });
});

describe('what cannot be done', () => {
  it('is an answer that says what to do', async () => {
    expect((await agent.call('run_statement', { target: 'pg-lost', sql: 'select 1' })).content).toMatchObject({
      status: 'error',
      message: expect.stringContaining('cannot reach target pg-lost (ECONNREFUSED)'),
    });
    expect((await agent.call('run_statement', { target: 'nobody', sql: 'select 1' })).content).toMatchObject({
      status: 'error',
      code: 'config.target',
      hint: 'The targets are: pg-prod, pg-reason, pg-lost.',
    });
    expect((await run('select 1', { approve: true })).content).toMatchObject({ code: 'cli.usage' });
    expect((await run('select \0')).content).toMatchObject({ message: 'sql contains a NUL character' });
    expect((await agent.call('request_status', { request: 'zzzzzzzz' })).content).toMatchObject({
      code: 'local.request',
    });
    await expect(agent.client.callTool({ name: 'approve', arguments: {} })).rejects.toThrow('there is no such tool');
  });

  it('without a reason that a policy wants is said, also in the list', async () => {
    const other = await startAgent(stage);
    try {
      const hint = expect.stringContaining('--reason');
      const { content } = await other.call('list_targets');
      expect(content['targets']).toMatchObject([{ available: true }, { available: false, hint }, { available: true }]);
      expect((await other.call('run_statement', { target: 'pg-reason', sql: 'select 1' })).content).toMatchObject({
        status: 'error',
        code: 'session.reason',
        hint,
      });
    } finally {
      await other.close();
    }
  });

  it('after the time of a session is for a person to prolong', async () => {
    const other = await startAgent(stage, ['--ttl', '4s']);
    try {
      const ask = () => other.call('run_statement', { target: 'pg-prod', sql: 'select 1' });
      expect((await ask()).content['status']).toBe('done');
      const told = await eventually(ask, ({ content }) => content['code'] === 'session.expired');
      expect(told.content).toMatchObject({
        message: 'the time of pg-prod is up',
        hint: expect.stringContaining('person'),
      });
      await eventually(() => other.said().includes('the session of pg-prod has ended (expired)'));
    } finally {
      await other.close();
    }
  });
});

describe('the record', () => {
  it('has what was asked, by whom and how it was decided, and is sealed; no secret is in it or beside it', async () => {
    const one = await startAgent(stage, ['--reason', 'ticket 4711', '--target', 'pg-prod'], 'Claude Code');
    await one.call('run_statement', { target: 'pg-prod', sql: 'select ssn, email from app.customers -- the first' });
    await one.call('run_statement', { target: 'pg-prod', sql: 'truncate app.customers' });
    const status = await command(stage, 'status');
    expect(status.stdout).toContain('inside hoopctl mcp');
    await one.close();

    const session = await newestSession(stage);
    const shown = JSON.parse((await command(stage, 'sessions', 'show', session, '--json')).stdout) as Record<
      string,
      unknown
    >;
    expect(shown).toMatchObject({ session: { state: 'ended', reason: 'ticket 4711' } });
    expect(JSON.stringify(shown)).toContain('Claude-Code');
    const replay = await command(stage, 'replay', session, '--text');
    expect(replay.stdout).toContain('-- the first');
    expect(replay.stdout).toContain('***@example.com');
    expect(replay.stdout).toContain('schema changes go through migrations');
    const kept = allBelow(stage.place.state) + agent.said() + one.said() + replay.stdout;
    expect(kept).toContain('ticket 4711');
    for (const secret of [PASSWORD, MASKED, EMAIL]) expect(kept).not.toContain(secret);
  });
});
