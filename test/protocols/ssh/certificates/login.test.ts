import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/core/secret.ts';
import type { SshAccess } from '../../../../src/core/target.ts';
import { ssh } from '../../../../src/protocols/ssh/index.ts';
import { startAgent } from '../../../ssh/agent.ts';
import { openAuthority } from '../../../ssh/authority.ts';
import { type HostKeyType, type SshServer, startSshServer } from '../../../ssh/server.ts';

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

  const probe = (access: Partial<SshAccess>) => ssh().probe(server.target(access), AbortSignal.timeout(10_000));
  const inFiles = (key: string, certificate: string): Partial<SshAccess> => ({
    key: new Secret(readFileSync(key, 'utf8')),
    certificate: { text: readFileSync(certificate, 'utf8'), from: certificate },
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
});
