import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { wireClient, wireOptions } from '../../postgres/wire-client.ts';
import { command, newestSession, setStage, type Stage, startAgent, startRaw } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.remove());

interface Message {
  readonly id: number | string | null;
  readonly result?: { readonly structuredContent?: Record<string, unknown>; readonly isError?: boolean };
  readonly error?: { readonly code: number; readonly message: string };
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'hello',
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

const run = (id: number, sql: unknown, more: Record<string, unknown> = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'run_statement', arguments: { target: 'pg-reason', sql, ...more } },
});

/** A server that is sent lines, and the messages that it answers. */
function raw() {
  const { child, outcome } = startRaw(stage, ['--reason', 'a test']);
  const messages: Message[] = [];
  let rest = '';
  child.stdout.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) messages.push(JSON.parse(line) as Message);
  });
  const answered = (id: Message['id'], count = 1): Promise<readonly Message[]> =>
    eventually(
      () => messages.filter((message) => message.id === id),
      (found) => found.length >= count,
    );
  const send = (...all: readonly unknown[]): void =>
    void child.stdin.write(all.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join(''));
  send(INITIALIZE);
  return { child, outcome, messages, answered, send };
}

describe('a server that is sent nonsense', () => {
  it('answers it, and goes on', async () => {
    const { child, outcome, answered, send } = raw();
    send('nonsense', '[]', '{"jsonrpc":"2.0"}', { jsonrpc: '2.0', id: 1, method: 'no/such/method' });
    send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'approve', arguments: {} } });
    send({ jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 7 } });
    send(run(4, { text: 'select 1' }), run(5, 'select 1\0'), run(6, `select '${'x'.repeat(2_000_000)}'`));
    send(`{"jsonrpc":"2.0","id":8,"method":"${'x'.repeat(9_000_000)}"}`);
    send({
      ...run(9, 'select 1'),
      params: { name: 'run_statement', arguments: { target: ['pg-prod'], sql: 'select 1' } },
    });
    send(
      run(10, 'select 1', { wait: -1 }),
      run(11, 'select 1', { max_rows: 1e9 }),
      run(12, 'select $1', { parameters: [{}] }),
    );
    send({ jsonrpc: '2.0', id: 'none', result: { said: 'canary-of-a-client' } });
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: { said: 'canary-of-a-client' } } });
    send(run(7, 'select 7 as n'));
    expect((await answered(7))[0]?.result?.structuredContent).toMatchObject({ results: [{ rows: [['7']] }] });
    expect(await answered(null, 4)).toMatchObject(
      [-32700, -32600, -32600, -32600].map((code) => ({ error: { code } })),
    );
    expect((await answered(1))[0]?.error?.code).toBe(-32601);
    expect((await answered(2))[0]?.error?.code).toBe(-32602);
    expect((await answered(3))[0]?.error).toBeDefined();
    expect((await answered(6))[0]?.result?.structuredContent).toMatchObject({ status: 'denied', denied: true });
    for (const id of [4, 5, 9, 10, 11, 12]) {
      expect((await answered(id))[0]?.result).toMatchObject({
        isError: true,
        structuredContent: { code: 'cli.usage' },
      });
    }
    child.stdin.end();
    const { code, stderr } = await outcome;
    expect([code, stderr.includes('bug')]).toEqual([0, false]);
    expect(stderr).toContain('warning: Received a response for an unknown message ID\n');
    expect(stderr).not.toMatch(/canary-of-a-client|<U\+000A>/);
    await newestSession(stage);
  });

  it.each([
    [[], 'arguments is an object'],
    [null, 'arguments is an object'],
    ['canary-of-a-client', 'arguments is an object'],
    [7, 'arguments is an object'],
  ])('says in one sentence what is wrong with %j for arguments', async (given, sentence) => {
    const { child, answered, send } = raw();
    send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_targets', arguments: given } });
    send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: ['canary-of-a-client'] } });
    send({ jsonrpc: '2.0', id: 3, method: 'tools/call' });
    const [wrong, nameless, empty] = (await Promise.all([1, 2, 3].map((id) => answered(id)))).map(([first]) => first);
    expect(wrong?.error).toEqual({ code: -32602, message: expect.stringContaining(sentence) });
    for (const one of [nameless, empty]) {
      expect(one?.error).toEqual({ code: -32602, message: 'name says which tool is called, and is a text' });
    }
    expect(wrong?.error?.message).not.toMatch(/canary|\n|[{[]/);
    child.stdin.end();
  });

  it('takes no more calls at once than it has room for, and answers them all', async () => {
    const { child, outcome, answered, send, messages } = raw();
    await answered('hello');
    const count = 3000;
    // Those that are let in have to wait for this.
    const holder = await wireClient(wireOptions(stage.server.environment('postgres')));
    await holder.query('begin; lock table app.numbers');
    const sql = 'select count(*), $1::text from app.numbers';
    for (let id = 0; id < count; id += 1) send(run(id, sql, { parameters: ['x'], wait: 60 }));
    const refused = () => messages.filter(({ result }) => result?.structuredContent?.['status'] === 'error').length;
    await eventually(() => refused() > 1000, Boolean, 60_000);
    await holder.end();
    await eventually(() => messages.length > count, Boolean, 60_000);
    const statuses = Map.groupBy(messages, ({ result }) => String(result?.structuredContent?.['status']));
    expect(messages.length).toBe(count + 1);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(count + 1);
    expect(statuses.get('done')?.length ?? 0).toBeGreaterThan(0);
    expect(statuses.get('error')?.length ?? 0).toBeGreaterThan(1000);
    for (const { result } of statuses.get('error') ?? []) {
      expect(result?.structuredContent).toMatchObject({ code: 'wire.limit' });
    }
    send(run(count, 'select 1'));
    expect((await answered(count))[0]?.result?.isError).toBe(false);
    child.stdin.end();
    expect((await outcome).code).toBe(0);
  });

  it('does not let more than so many wait for one answer', async () => {
    const agent = await startAgent(stage, ['--target', 'pg-prod']);
    const sql = 'update app.customers set plan = plan';
    const held = await agent.call('run_statement', { target: 'pg-prod', sql, wait: 0 });
    const { request } = held.content;
    let crowded = 0;
    const polls = Array.from({ length: 300 }, async () => {
      const { content } = await agent.call('request_status', { request, wait: 60 });
      if (content['code'] === 'wire.limit') crowded += 1;
      return content['status'];
    });
    await eventually(() => crowded === 172);
    // Whoever is let in is enough to end it for all.
    await command(stage, 'deny', String(request), '--reason', 'no');
    expect((await Promise.all(polls)).filter((status) => status === 'denied')).toHaveLength(128);
    await agent.close();
  });
});

describe('a server that is left', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('with %s ends its sessions in order', async (signal, code) => {
    const { child, outcome, answered, send } = raw();
    send(run(1, 'select 1'));
    await answered(1);
    send(run(2, 'select pg_sleep(600)'));
    child.kill(signal);
    expect((await outcome).code).toBe(code);
    await newestSession(stage);
  });

  it('by a client that is gone altogether ends them, too', async () => {
    const { child, outcome, answered, send } = raw();
    send(run(1, 'select 1'));
    await answered(1);
    child.stdout.destroy();
    send(run(2, 'select 2'), run(3, 'select 3'));
    expect((await outcome).code).toBe(0);
    await newestSession(stage);
  });

  it('by a client that does not read any more does not stay behind', async () => {
    const { child, answered, send } = raw();
    await answered('hello');
    child.stdout.pause();
    child.stdout.removeAllListeners('data');
    const [count, sql] = [20, "select nextval('app.served'), repeat('x', 400000)"];
    for (let id = 0; id < count; id += 1) send(run(id, sql, { max_bytes: 1_000_000 }));
    const looks = `select (select last_value from app.served) = ${count} and not exists
      (select from pg_stat_activity where application_name = 'hoopctl mcp' and state = 'active') as served`;
    await eventually(async () => (await stage.server.admin('postgres', looks))[0]?.['served'] === true);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await gone).toBe(143);
    child.stdout.destroy();
  });
});

describe('the command line', () => {
  it.each([
    [['--target', 'nobody'], /there is no target|nobody/],
    [['--as', 'no name'], /no name for an agent/],
    [['--ttl', 'soon'], /--ttl takes a duration/],
    [['--profile', 'ada'], /--profile says who asks/],
  ])('with %j is wrong before anybody comes', async (args, said) => {
    const { child, outcome } = startRaw(stage, args);
    child.stdin.end();
    const { code, stdout, stderr } = await outcome;
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(said)]);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^Try: /);
  });

  it('names the agent', async () => {
    const agent = await startAgent(stage, ['--as', 'deploy-bot', '--target', 'pg-prod']);
    await agent.call('run_statement', { target: 'pg-prod', sql: 'select 1' });
    await agent.close();
    expect((await command(stage, 'sessions', 'show', await newestSession(stage))).stdout).toContain('deploy-bot');
  });
});
