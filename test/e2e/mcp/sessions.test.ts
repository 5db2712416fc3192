import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identityYaml, logInAt } from '../../cli/login/logged-in.ts';
import { RealProvider } from '../../identity/provider/real.ts';
import { eventually } from '../../eventually.ts';
import { type Agent, command, setStage, type Stage, startAgent } from './stage.ts';

let stage: Stage;
let agents: Agent[];

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.remove());

beforeEach(() => void (agents = []));

afterEach(async () => {
  for (const agent of agents) await agent.close();
});

const policy = (more: string): string => `targets:
  pg:
    protocol: postgres
    address: 127.0.0.1:${stage.server.port}
    database: postgres
    user: ${stage.server.user}
    password: { env: TARGET_PASSWORD }
    tls: disable
    policy: [people]
policies:
  people: { default: allow, ${more} }
`;

/** An agent whose server reads this. */
async function agentOf(yaml: string): Promise<Agent> {
  const path = join(stage.place.directory, 'other.yaml');
  writeFileSync(path, `version: 1\n${yaml}`);
  const agent = await startAgent(stage, ['--config', path]);
  agents.push(agent);
  return agent;
}

const ask = (agent: Agent, sql = 'select 1') => agent.call('run_statement', { target: 'pg', sql });

describe('sessions', () => {
  it('end when nothing passes, and the next call opens another one', async () => {
    const agent = await agentOf(policy('session: { ttl: 10m, idle: 4s, reason: optional }'));
    expect((await ask(agent)).content['status']).toBe('done');
    const first = await eventually(() => /on record as (\w+)/.exec(agent.said())?.[1] ?? '');
    expect(agent.said()).toContain('the session of pg has ended (idle)');
    expect((await command(stage, 'sessions', 'verify', first)).stdout).toMatch(/^valid /);
    expect((await ask(agent)).content['status']).toBe('done');
    const { stdout } = await command(stage, 'sessions', 'list', '--json', '--limit', '2');
    const { sessions } = JSON.parse(stdout) as { sessions: { id: string }[] };
    expect(sessions.map(({ id }) => id).indexOf(first)).toBe(1);
  });

  it('whose policy lets nothing by tell so of descriptions, too', async () => {
    const agent = await agentOf(policy('deny: [{ action: select }], session: { ttl: 10m, reason: optional }'));
    expect((await agent.call('describe_schema', { target: 'pg' })).content).toMatchObject({
      status: 'denied',
      denied: true,
    });
  });

  it('are not opened for agents that no policy admits', async () => {
    const agent = await agentOf(
      policy('applies_to: { groups: [engineering], agents: [deploy-bot] }, session: { ttl: 10m, reason: optional }'),
    );
    const { isError, content } = await ask(agent);
    expect({ isError, ...content }).toMatchObject({
      isError: true,
      status: 'error',
      denied: true,
      code: 'policy.denied',
    });
    expect((await agent.call('list_targets')).content['targets']).toMatchObject([{ name: 'pg', available: false }]);
  });
});

describe('whoever has to log in', () => {
  it('is said to, is served when they have, and again after their login has ended', async () => {
    const real = await RealProvider.start();
    try {
      const applies = 'applies_to: { groups: [engineering], agents: any }';
      const agent = await agentOf(
        identityYaml(real, '10s') + policy(`${applies}, session: { ttl: 10m, reason: optional }`),
      );
      const login = { status: 'error', code: 'identity.login', hint: expect.stringContaining('hoopctl login') };
      expect((await ask(agent)).content).toMatchObject(login);
      expect((await agent.call('list_targets')).content['targets']).toMatchObject([{ available: false }]);

      const { place } = stage;
      writeFileSync(
        join(place.directory, 'hoopctl.yaml'),
        `version: 1\n${identityYaml(real)}${policy('session: { ttl: 1m }')}`,
      );
      await logInAt(place, real, 'ada', 'default');
      expect((await ask(agent)).content['status']).toBe('done');
      const { stdout } = await command(stage, 'sessions', 'list', '--json', '--limit', '1');
      const [{ id }] = (JSON.parse(stdout) as { sessions: [{ id: string }] }).sessions;
      expect((await command(stage, 'sessions', 'show', id)).stdout).toMatch(
        /test-client \(agent, declared, not verified\) for Ada/,
      );

      expect((await command(stage, 'logout')).code).toBe(0);
      await eventually(() => agent.said().includes('the session of pg has ended'));
      expect((await ask(agent)).content).toMatchObject(login);
      await logInAt(place, real, 'ada', 'default');
      expect((await ask(agent)).content['status']).toBe('done');
    } finally {
      await real.close();
    }
  });
});
