import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/protocols/ssh/openssh-key.ts';
import { startAgent, type SshAgent } from '../ssh/agent.ts';
import { openAuthority } from '../ssh/authority.ts';
import { type HostKeyType, type SshServer, startSshServer } from '../ssh/server.ts';
import { Place } from './command-line.ts';

const KINDS = ['ed25519', 'ecdsa', 'rsa'] as const satisfies readonly HostKeyType[];
const [users, hosts] = [openAuthority(), openAuthority('ecdsa')];

describe('a target with certificates on the command line', () => {
  let server: SshServer;
  let place: Place;
  let agent: SshAgent;

  beforeAll(async () => {
    server = await startSshServer({
      hostKeys: KINDS,
      certify: (key) => void hosts.sign(key, '-h', '-n', '127.0.0.1', '-V', '+1d'),
      settings: [`TrustedUserCAKeys ${users.path}`, 'AuthorizedKeysFile none'],
    });
    agent = await startAgent();
    const authority = fingerprintOf(Buffer.from(hosts.publicKey.split(' ')[1] ?? '', 'base64'));
    const targets = KINDS.map((type) => {
      const key = users.key(`user_${type}`, type);
      users.sign(`${key}.pub`, '-n', server.user, '-V', '+1d');
      agent.add('-q', key);
      return [`beside-${type}`, key] as const;
    });
    const elsewhere = users.key('elsewhere', 'ed25519');
    copyFileSync(users.sign(`${elsewhere}.pub`, '-n', server.user), join(users.directory, 'issued'));
    rmSync(`${elsewhere}-cert.pub`);
    chmodSync(join(users.directory, 'issued'), 0o644);
    const old = users.key('old', 'ed25519');
    users.sign(`${old}.pub`, '-n', server.user, '-V', '20200101:20200102');
    const target = (name: string, login: string): string => `
  ${name}:
    protocol: ssh
    address: 127.0.0.1:${server.port}
    user: ${server.user}
    ${login}
    host_ca: ${authority}
    policy: [servers]`;
    const config = `version: 1
targets:${targets.map(([name, key]) => target(name, `key: { file: ${key} }`)).join('')}
${target('named', `key: { file: ${elsewhere} }\n    certificate: { file: ${join(users.directory, 'issued')} }`)}
${target('printed', `key: { file: ${elsewhere} }\n    certificate: { exec: [cat, ${join(users.directory, 'issued')}] }`)}
${target('missing', `key: { file: ${elsewhere} }\n    certificate: { file: ${join(users.directory, 'nowhere')} }`)}
${target('old', `key: { file: ${old} }`)}
${target('agent', `agent: ${agent.socket}`)}
policies:
  servers:
    default: allow
    opaque: allow
    session: { ttl: 10m, reason: optional, sandbox: optional }
`;
    const home = join(server.directory, 'home');
    mkdirSync(home);
    place = new Place(config, { HOME: home });
  });
  afterAll(async () => {
    place.remove();
    await agent.stop();
    await server.stop();
    [users, hosts].forEach((one) => one.remove());
  });

  it.each([...KINDS.map((type) => `beside-${type}`), 'named', 'printed', 'agent'])(
    'runs commands with a certificate (%s) that no client sees',
    async (name) => {
      // What the client has: its configuration, keys and environment.
      const script = `ssh ${name} echo in; cat "$(dirname "$HOOPCTL_SSH_CONFIG")"/*; env`;
      const outcome = await place.run(
        'connect',
        name,
        '--',
        'sh',
        '-c',
        script.replace('ssh ', 'ssh -F "$HOOPCTL_SSH_CONFIG" '),
      );
      expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/^in\n/) });
      for (const file of readdirSync(users.directory)) {
        const [first = '', , third = ''] = readFileSync(join(users.directory, file), 'utf8').split('\n');
        // Behind the lines with which every private key begins.
        const own = first.startsWith('-----') ? third : first.split(' ')[1];
        expect(outcome.stdout + outcome.stderr, file).not.toContain(own);
      }
    },
  );

  it('is said by targets test', async () => {
    const { code, stdout } = await place.run('targets', 'test', 'beside-rsa');
    expect(code).toBe(0);
    expect(stdout).toMatch(/login by publickey, a certificate \("for a test", until 20\S+Z\)/);
  });

  it('is shown by targets show', async () => {
    const { stdout } = await place.run('targets', 'show', 'beside-rsa');
    expect(stdout).toContain('-cert.pub, if it is there');
    expect(stdout).toContain('authority SHA256:');
    expect(stdout).toContain('one that an authority that is pinned has certified for this name, or nothing');
  });

  it('says what to do when a certificate has expired, or is not there', async () => {
    const old = await place.run('connect', 'old', '--', 'ssh', 'old', 'true');
    expect(old.code).not.toBe(0);
    expect(old.stderr).toMatch(/does not let \S+ in: the certificate "for a test" expired on 2020-/);
    expect(old.stderr).toContain('renew it with your certificate authority, and connect again');
    const missing = await place.run('targets', 'test', 'missing');
    expect(missing.code).toBe(2);
    expect(missing.stderr + missing.stdout).toContain('nowhere, which does not exist');
  });
});
