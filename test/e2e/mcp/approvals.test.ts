import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type Agent, command, newestSession, setStage, type Stage, startAgent } from './stage.ts';

let stage: Stage;
let agent: Agent;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.remove());

beforeEach(async () => {
  agent = await startAgent(stage, ['--reason', 'a test']);
});

afterEach(() => agent.close());

const UPDATE = "update app.customers set plan = 'pro' where id = $1";
const update = (more: Record<string, unknown> = {}, options = {}) =>
  agent.call('run_statement', { target: 'pg-prod', sql: UPDATE, parameters: [1], ...more }, options);

const plan = async (): Promise<unknown> =>
  (await stage.server.admin('postgres', 'select plan from app.customers where id = 1'))[0]?.['plan'];

/** The ids that people see. */
async function waiting(): Promise<readonly string[]> {
  const { stdout } = await command(stage, 'requests', 'list', '--json');
  return (JSON.parse(stdout) as { requests: { id: string }[] }).requests.map(({ id }) => id);
}

async function held(): Promise<string> {
  const { isError, content } = await update({ wait: 0 });
  expect({ isError, ...content }).toEqual({
    isError: false,
    status: 'waiting',
    request: expect.stringMatching(/^[2-9b-z]{8}$/),
    approve_with: `hoopctl approve ${String(content['request'])}`,
    hint: expect.stringContaining('do not send it again'),
  });
  return String(content['request']);
}

const ask = (request: string, wait: number) => agent.call('request_status', { request, wait });

describe('a statement that people are asked about', () => {
  it('stays held while its state is asked for, and runs when it is approved elsewhere', async () => {
    const request = await held();
    expect(await waiting()).toEqual([request]);
    expect((await ask(request, 0)).content['status']).toBe('waiting');
    expect(await plan()).toBe('free');
    const polled = ask(request, 30);
    // Others are not held up meanwhile.
    const other = await agent.call('run_statement', { target: 'pg-prod', sql: 'select 1' });
    expect(other.content['status']).toBe('done');
    expect((await command(stage, 'approve', request)).code).toBe(0);
    const { isError, content } = await polled;
    expect({ isError, ...content }).toEqual({ isError: false, status: 'done', results: [{ command: 'UPDATE 1' }] });
    expect(await plan()).toBe('pro');
    expect((await ask(request, 0)).content).toEqual(content);
    await stage.server.admin('postgres', "update app.customers set plan = 'free'");
  });

  it('is waited for, as long as asked', async () => {
    const answer = update({ wait: 30 });
    const [request = ''] = await eventually(waiting, ({ length }) => length > 0);
    expect(agent.said()).toContain(`hoopctl approve ${request}`);
    await command(stage, 'deny', request, '--reason', 'use the form');
    const { isError, content } = await answer;
    expect({ isError, ...content }).toMatchObject({
      isError: true,
      status: 'denied',
      denied: true,
      reason: 'person',
      sqlstate: '42501',
      message: 'a person denied this statement: use the form',
      hint: expect.stringContaining('do not retry variants'),
    });
    expect(await plan()).toBe('free');
  });

  it('that nobody answers is denied', async () => {
    const { content } = await agent.call('run_statement', {
      target: 'pg-prod',
      sql: 'delete from app.numbers where n = 1',
    });
    expect(content).toMatchObject({ status: 'denied', denied: true, reason: 'nobody approved it' });
  });

  it('is taken back when its call is cancelled', async () => {
    const controller = new AbortController();
    const answer = update({ wait: 60 }, { signal: controller.signal });
    const [request = ''] = await eventually(waiting, ({ length }) => length > 0);
    controller.abort('not wanted any more');
    await expect(answer).rejects.toThrow();
    expect((await ask(request, 10)).content).toMatchObject({ status: 'withdrawn', denied: false });
    expect(await waiting()).toEqual([]);
    expect((await command(stage, 'approve', request)).code).toBe(6);
    expect(await plan()).toBe('free');
  });

  it('is taken back when that is asked for', async () => {
    const request = await held();
    const { isError, content } = await agent.call('withdraw_request', { request });
    expect([isError, content['status']]).toEqual([false, 'withdrawn']);
    expect(await waiting()).toEqual([]);
  });

  it('is not taken back when a question about it is cancelled', async () => {
    const request = await held();
    const controller = new AbortController();
    const polled = agent.call('request_status', { request, wait: 60 }, { signal: controller.signal });
    // Messages arrive in order: the question is there by now.
    await agent.client.ping();
    controller.abort();
    await expect(polled).rejects.toThrow();
    expect(await waiting()).toEqual([request]);
    expect((await command(stage, 'approve', request)).code).toBe(0);
    expect((await ask(request, 10)).content['status']).toBe('done');
    await stage.server.admin('postgres', "update app.customers set plan = 'free'");
  });

  it('ends with its server, and is on record as not sent', async () => {
    await held();
    await agent.close();
    expect(await waiting()).toEqual([]);
    const session = await newestSession(stage);
    expect((await command(stage, 'replay', session, '--text')).stdout).toContain(UPDATE);
    expect(await plan()).toBe('free');
  });
});

describe('a statement that runs', () => {
  it('is cancelled with its call', async () => {
    const controller = new AbortController();
    const running = async () =>
      (await stage.server.admin('postgres', "select 1 from pg_stat_activity where query like 'select pg_sleep(600)%'"))
        .length;
    const answer = agent.call(
      'run_statement',
      { target: 'pg-reason', sql: 'select pg_sleep(600) -- for long' },
      { signal: controller.signal },
    );
    const outcome = answer.then(
      ({ content }) => JSON.stringify(content),
      () => 'cancelled',
    );
    const began = await Promise.race([outcome, eventually(running, (count) => count > 0)]);
    expect(began).toBe(1);
    controller.abort();
    expect(await outcome).toBe('cancelled');
    await eventually(running, (count) => count === 0);
  });
});
