import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { loadConfig, parseConfig, policiesOf, targetNamed } from '../../src/config/load.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { FULL, minimal } from './examples.ts';

let directory: string;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'hoopctl-config-')));
});
afterEach(() => rm(directory, { recursive: true }));

async function put(path: string, text = minimal()): Promise<string> {
  const file = join(directory, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function load(with_: { path?: string; env?: Record<string, string> } = {}): Promise<string> {
  const env = { XDG_CONFIG_HOME: join(directory, 'xdg'), ...with_.env };
  try {
    const options = { path: with_.path, env, cwd: join(directory, 'cwd'), home: join(directory, 'home') };
    return (await loadConfig(options)).path.slice(directory.length + 1);
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('the configuration is searched for', () => {
  it('at --config, HOOPCTL_CONFIG, ./hoopctl.yaml, then XDG_CONFIG_HOME', async () => {
    await put('xdg/hoopctl/hoopctl.yaml');
    await put('cwd/other.yaml');
    expect(await load()).toBe('xdg/hoopctl/hoopctl.yaml');
    await put('cwd/hoopctl.yaml');
    expect(await load()).toBe('cwd/hoopctl.yaml');
    const env = { HOOPCTL_CONFIG: await put('env.yaml') };
    expect(await load({ env })).toBe('env.yaml');
    expect(await load({ env, path: 'other.yaml' })).toBe('cwd/other.yaml');
  });

  it('in ~/.config where XDG_CONFIG_HOME is empty or relative', async () => {
    await put('home/.config/hoopctl/hoopctl.yaml');
    for (const value of ['', 'xdg']) {
      expect(await load({ env: { XDG_CONFIG_HOME: value } })).toBe('home/.config/hoopctl/hoopctl.yaml');
    }
  });

  it.each([
    [
      '--config names a file that is not there',
      { path: 'gone.yaml' },
      '--config names gone.yaml, which does not exist',
    ],
    ['--config is empty', { path: '' }, '--config is empty'],
    ['HOOPCTL_CONFIG is blank', { env: { HOOPCTL_CONFIG: ' ' } }, 'HOOPCTL_CONFIG is empty'],
    ['HOOPCTL_CONFIG is wrong', { env: { HOOPCTL_CONFIG: 'x' } }, 'HOOPCTL_CONFIG names x, which does not exist'],
  ])('and never elsewhere when %s (R3)', async (_what, with_, expected) => {
    await put('cwd/hoopctl.yaml');
    expect(await load(with_)).toBe(`config.missing: ${expected}`);
  });

  it('and its absence is an error that says where it was looked for', async () => {
    expect(await load()).toBe(
      `config.missing: there is no hoopctl.yaml here, and no ${directory}/xdg/hoopctl/hoopctl.yaml`,
    );
  });
});

describe('a configuration file is refused', () => {
  it.each([
    ['when everybody may change it', 'hoopctl.yaml may be changed by everybody'],
    ['when it is a directory', 'is not a file'],
    ['when it is not UTF-8', 'is not UTF-8 text'],
    ['when it is huge', 'is larger than 256 KiB'],
  ])('%s', async (what, expected) => {
    if (what.includes('directory')) await mkdir(join(directory, 'cwd/hoopctl.yaml'), { recursive: true });
    else {
      const file = await put('cwd/hoopctl.yaml', what.includes('huge') ? `#${'x'.repeat(1024 * 1024)}` : minimal());
      if (what.includes('everybody')) await chmod(file, 0o666);
      if (what.includes('UTF-8')) await writeFile(file, Buffer.from([0x76, 0xff, 0xfe]));
    }
    expect(await load()).toContain(expected);
  });
});

describe('a whole file', () => {
  const config = { path: '/etc/hoopctl.yaml', ...parseConfig(FULL, 'hoopctl.yaml') };

  it('is read with every key that there is', () => {
    expect(config.identity).toMatchObject({ issuer: 'https://idp.example.com', clientId: 'hoopctl' });
    expect(config.targets.get('pg-prod')).toEqual({
      name: 'pg-prod',
      protocol: 'postgres',
      address: { host: 'db.internal', port: 5432 },
      database: 'app',
      user: 'app_rw',
      password: { from: 'keychain', name: 'pg-prod' },
      tls: { mode: 'verify-full', ca: 'ca.pem', certificate: { cert: 'client.pem', key: '~/client.key' } },
      policy: ['production', 'everywhere'],
      limits: { ...LIMITS, connections: 100, login: 10_000, clientMessage: 64 * 1024 * 1024 },
    });
    expect(config.targets.get('pg-local')).toMatchObject({
      address: { host: '/var/run/postgresql', port: 5432 },
      password: { from: 'exec', command: ['vault', 'kv', 'get', '-field=password', 'app'] },
      policy: 'unguarded',
      limits: LIMITS,
    });
    expect(config.scripts.get('agent-script')).toEqual({
      name: 'agent-script',
      command: ['node', 'agent.mjs'],
      targets: ['pg-prod'],
      policy: ['everywhere'],
      sandbox: 'required',
      workdir: 'read-write',
      env: ['OPENAI_API_KEY'],
      hosts: [
        { host: 'api.openai.com', port: 443 },
        { host: '2001:db8::1', port: 8443 },
      ],
      limits: { processes: 64, memory: 1024 * 1024 * 1024, time: 600_000 },
    });
  });

  it('gives policies in which nothing is optional', () => {
    const production = config.policies.get('production');
    expect(production).toMatchObject({
      name: 'production',
      default: 'allow',
      access: 'read-write',
      masking: { mode: 'strict', inference: 'equality', trustedFunctions: [] },
      session: { ttl: 1_800_000, idle: 600_000, reason: 'required' },
      record: { results: 'full', sync: 'disk' },
      appliesTo: {
        groups: ['engineering'],
        subjects: ['u-7'],
        emails: ['grace@example.com'],
        services: ['deploys', 'nightly'],
        agents: 'any',
      },
    });
    expect(production?.deny[1]).toMatchObject({ action: ['delete', 'update'], where: 'absent', message: null });
    expect(production?.ask).toMatchObject([
      {
        approvers: { groups: ['dba'], subjects: ['u-1'], emails: ['ada@example.com'], count: 1 },
        within: 600_000,
        stepUp: false,
      },
      { approvers: 'self', within: 600_000, stepUp: true },
    ]);
    expect(production?.mask.map((mask) => mask.with)).toEqual([
      { partial: 'domain' },
      'redact',
      { partial: 4 },
      'null',
      'redact',
      { partial: 'domain' },
      'hash',
    ]);
    expect(production?.mask.map(({ detect }) => detect)[5]).toEqual(['email', '/EMP-[0-9]{6}/']);
    expect(production?.mask[5]?.except?.map(({ source }) => source)).toEqual(['app.users.contact', '*.*.reply_to']);
    expect(production?.mask[4]?.except).toBeNull();
    expect(config.policies.get('everywhere')).toMatchObject({
      ask: [],
      allow: [],
      mask: [],
      scope: null,
      access: 'read-only',
      session: { ttl: 1_800_000, idle: null, reason: 'optional', sandbox: 'required' },
      record: { results: 'full', sync: 'process', input: 'none' },
      appliesTo: null,
    });
  });

  it('expands groups of actions, each action once', () => {
    const text = minimal({ policy: '{ default: allow, deny: [{ action: [ddl, truncate, write] }] }' });
    const actions = parseConfig(text, 'f').policies.get('p')?.deny[0]?.action ?? [];
    expect(actions).toContain('extension');
    expect(actions).toContain('merge');
    expect(actions.filter((action) => action === 'truncate')).toHaveLength(1);
  });

  it('finds the policies of a target, and a stand-in where there are none', () => {
    expect(policiesOf(config, targetNamed(config, 'pg-prod')).map(({ name }) => name)).toEqual([
      'production',
      'everywhere',
    ]);
    expect(policiesOf(config, targetNamed(config, 'pg-local'))).toEqual([UNGUARDED]);
  });

  it('suggests the nearest target for a name that is none', () => {
    expect(() => targetNamed(config, 'pg-prd')).toThrow('there is no target "pg-prd": did you mean "pg-prod"?');
  });
});
