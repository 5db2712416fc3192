import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/core/secret.ts';
import type { SshAccess } from '../../../../src/core/target.ts';
import { ssh } from '../../../../src/protocols/ssh/index.ts';
import { startAgent } from '../../../ssh/agent.ts';
import { openAuthority } from '../../../ssh/authority.ts';
import { type HostKeyType, type SshServer, startSshServer } from '../../../ssh/server.ts';
import { openSshStage } from '../../../ssh/stage.ts';

const KINDS: readonly [HostKeyType, ...string[]][] = [
  ['ed25519'],
  ['ecdsa', '-b', '256'],
  ['ecdsa', '-b', '384'],
  ['ecdsa', '-b', '521'],
  ['rsa', '-b', '2048'],
];

describe('logging in by a certificate (PROTOCOL.certkeys)', () => {
  const authority = openAuthority();
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer({ settings: [`TrustedUserCAKeys ${authority.path}`] });
  });
  afterAll(async () => {
    await server.stop();
    authority.remove();
  });

  const probe = (access: Partial<SshAccess>) => ssh().probe(server.target(access), AbortSignal.timeout(30_000));
  const inFiles = (key: string, certificate: string): Partial<SshAccess> => ({
    key: new Secret(readFileSync(key, 'utf8')),
    certificate: { text: readFileSync(certificate, 'utf8'), from: certificate, isNamed: true },
  });

  it.each(KINDS)('by a key of %s %s %s', async (type, ...args) => {
    const key = authority.key(`file_${type}_${args.join('')}`, type, ...args);
    const certificate = authority.sign(`${key}.pub`, '-n', server.user, '-V', '+1h');
    const { authentication } = await probe(inFiles(key, certificate));
    expect(authentication).toMatch(/^publickey, a certificate \("for a test", until 20\S+Z\)$/);
    expect(server.log()).toContain('Accepted certificate ID "for a test"');
  });

  it.each(KINDS)('by the operator’s agent that holds a key of %s %s %s', async (type, ...args) => {
    const key = authority.key(`agent_${type}_${args.join('')}`, type, ...args);
    authority.sign(`${key}.pub`, '-n', server.user);
    const agent = await startAgent();
    try {
      agent.add('-D');
      agent.add('-q', key);
      const { authentication } = await probe({ key: null, agent: agent.socket });
      expect(authentication).toBe('publickey, a certificate ("for a test", forever)');
    } finally {
      await agent.stop();
    }
  });

  it('by a key that is locked, with its passphrase', async () => {
    const key = authority.key('locked', 'ecdsa', '-N', 'open sesame');
    const certificate = authority.sign(`${key}.pub`, '-n', server.user);
    const access = { ...inFiles(key, certificate), passphrase: new Secret('open sesame') };
    expect((await probe(access)).authentication).toContain('a certificate');
    await expect(probe({ ...access, passphrase: null })).rejects.toThrow('is locked, and no passphrase is configured');
  });

  it('runs what the certificate forces in place of what was decided: the server sees to that', async () => {
    const key = authority.key('forced', 'ed25519');
    const certificate = authority.sign(`${key}.pub`, '-n', server.user, '-O', 'force-command=echo forced');
    const stage = await openSshStage(server.target(inFiles(key, certificate)));
    try {
      expect(await stage.ssh(['web-1', 'echo asked'])).toMatchObject({ code: 0, stdout: 'forced\n' });
    } finally {
      await stage.close();
    }
  });

  it('runs it once more in place of what hoopctl itself asks', async () => {
    const key = authority.key('counted', 'ed25519');
    const runs = `${key}.runs`;
    const certificate = authority.sign(`${key}.pub`, '-n', server.user, '-O', `force-command=echo run >> ${runs}`);
    const stage = await openSshStage(server.target(inFiles(key, certificate)));
    try {
      await stage.ssh(['web-1', 'echo asked']);
      expect(readFileSync(runs, 'utf8')).toBe('run\n');
      await stage.ssh(['web-1', 'echo "$HOME"']);
      expect(readFileSync(runs, 'utf8')).toBe('run\n'.repeat(3));
    } finally {
      await stage.close();
    }
  });

  it.each<[string, readonly string[], string, string]>([
    ['has expired', ['-n', '$USER', '-V', '20200101:20200102'], 'expired on 2020-01-0', 'renew it'],
    ['is not valid yet', ['-n', '$USER', '-V', '20990101:20990102'], 'is not valid before 20', 'the clock'],
    ['is another’s', ['-n', 'ada,bob'], 'is for ada, bob, not for $USER', 'have one issued for $USER'],
    ['names nobody', [], 'names no user', 'ssh-keygen -s CA -n $USER'],
  ])('says so when it %s', async (what, args, words, hint) => {
    const key = authority.key(`bad_${what.replaceAll(' ', '_')}`, 'ed25519');
    const certificate = authority.sign(`${key}.pub`, ...args.map((one) => one.replace('$USER', server.user)));
    const expected = {
      code: 'ssh.login',
      message: expect.stringContaining(
        `does not let ${server.user} in: the certificate "for a test" ${words.replace('$USER', server.user)}`,
      ),
      hint: expect.stringContaining(hint.replace('$USER', server.user)),
    };
    await expect(probe(inFiles(key, certificate))).rejects.toMatchObject(expected);
    const agent = await startAgent();
    try {
      agent.add('-q', key);
      await expect(probe({ key: null, agent: agent.socket })).rejects.toMatchObject(expected);
    } finally {
      await agent.stop();
    }
  });

  it('says that its authority may not be trusted when nothing else is wrong with it', async () => {
    const stranger = openAuthority();
    try {
      const key = stranger.key('key', 'ed25519');
      const certificate = stranger.sign(`${key}.pub`, '-n', server.user);
      await expect(probe(inFiles(key, certificate))).rejects.toMatchObject({
        message: expect.stringContaining('was not taken'),
        hint: expect.stringContaining('TrustedUserCAKeys'),
      });
    } finally {
      stranger.remove();
    }
  });

  it('goes on with the key alone where the server knows it', async () => {
    const certificate = authority.sign(join(server.directory, 'user.pub'), '-n', 'ada');
    expect((await probe(inFiles(join(server.directory, 'user'), certificate))).authentication).toBe('publickey');
  });

  it.each<[string, (key: string) => string, string]>([
    ['is for another key', () => authority.sign(`${authority.key('other', 'ed25519')}.pub`), 'is for the key SHA256:'],
    ['is one for hosts', (key) => authority.sign(`${key}.pub`, '-h'), 'is one for hosts, not for users'],
    ['is a key', (key) => `${key}.pub`, 'is no certificate as OpenSSH writes it'],
  ])('stops before anything is sent when it %s', async (what, certificateOf, words) => {
    const key = authority.key(`odd_${what.replaceAll(' ', '_')}`, 'ed25519');
    const before = server.log().length;
    await expect(probe(inFiles(key, certificateOf(key)))).rejects.toMatchObject({
      code: 'ssh.login',
      message: expect.stringContaining(words),
    });
    expect(server.log().slice(before)).not.toContain('userauth');
  });

  it.each<[string, (key: string) => string, string]>([
    [
      'is for another key',
      (key) => authority.sign(`${authority.key(`foreign_${basename(key)}`, 'ed25519')}.pub`),
      'is for the key SHA256:',
    ],
    [
      'is one for hosts',
      (key) => authority.sign(`${authority.key(`host_${basename(key)}`, 'ed25519')}.pub`, '-h'),
      'is one for hosts',
    ],
    ['is a key', (key) => `${key}.pub`, 'is no certificate as OpenSSH writes it'],
  ])('is passed over with words when it only lies beside the key, and %s', async (_, certificateOf, words) => {
    const beside = (key: string): Partial<SshAccess> => {
      const { certificate, ...rest } = inFiles(key, certificateOf(key));
      return certificate === undefined || certificate === null
        ? rest
        : { ...rest, certificate: { ...certificate, isNamed: false } };
    };
    const access = beside(join(server.directory, 'user'));
    const { authentication } = await probe(access);
    expect(authentication).toMatch(/^publickey; the certificate of web-1 \(.*\) .* and was passed over$/);
    expect(authentication).toContain(words);
    const stage = await openSshStage(server.target(access));
    for (let time = 0; time < 2; time += 1) expect((await stage.ssh(['web-1', 'true'])).code).toBe(0);
    expect(stage.warnings).toEqual([expect.stringContaining(words)]);
    await stage.close();
    // What it says is said as well where its key is not let in.
    const unknown = authority.key(`unknown_${words.replaceAll(/\W/g, '_')}`, 'ed25519');
    await expect(probe(beside(unknown))).rejects.toMatchObject({
      code: 'ssh.login',
      message: expect.stringContaining(words),
    });
  });

  it('is shown by an agent before its key, and expired ones not at all', async () => {
    const agent = await startAgent();
    try {
      // As many as a server lets anybody try.
      for (const name of ['old_1', 'old_2', 'old_3', 'old_4', 'old_5', 'old_6']) {
        const key = authority.key(name, 'ed25519');
        authority.sign(`${key}.pub`, '-n', server.user, '-V', '20200101:20200102');
        agent.add('-q', key);
      }
      const key = authority.key('new', 'ed25519');
      authority.sign(`${key}.pub`, '-n', server.user);
      agent.add('-q', key);
      const { authentication } = await probe({ key: null, agent: agent.socket });
      expect(authentication).toBe('publickey, a certificate ("for a test", forever)');
    } finally {
      await agent.stop();
    }
  });
});
