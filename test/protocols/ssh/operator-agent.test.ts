import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ssh } from '../../../src/protocols/ssh/index.ts';
import { sshString, uint32 } from '../../../src/protocols/ssh/strings.ts';
import { startAgent } from '../../ssh/agent.ts';
import { openAuthority } from '../../ssh/authority.ts';
import { startSecurityKeyAgent } from '../../ssh/security-key.ts';
import { type SshServer, startSshServer } from '../../ssh/server.ts';

describe('the operator’s agent', () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());

  const probe = (agent: string) => ssh().probe(server.target({ key: null, agent }), AbortSignal.timeout(30_000));

  it('signs with a security key', async () => {
    const agent = await startSecurityKeyAgent();
    try {
      appendFileSync(join(server.directory, 'authorized_keys'), `${agent.publicKey}\n`);
      expect((await probe(agent.socket)).authentication).toMatch(/^publickey, the security key SHA256:\S+$/);
    } finally {
      agent.stop();
    }
  });

  it('is told not to sign when nobody touches the security key', async () => {
    const agent = await startSecurityKeyAgent(false);
    try {
      appendFileSync(join(server.directory, 'authorized_keys'), `${agent.publicKey}\n`);
      await expect(probe(agent.socket)).rejects.toMatchObject({
        code: 'ssh.login',
        message: 'the SSH agent that is configured for web-1 does not sign with the key that it holds',
        hint: expect.stringContaining('touch the security key'),
      });
    } finally {
      agent.stop();
    }
  });

  it('is told not to sign when a person says no (ssh-add -c)', async () => {
    // Without a window to ask in, that is a no.
    const agent = await startAgent('-c');
    try {
      appendFileSync(join(server.directory, 'authorized_keys'), `${agent.publicKey}\n`);
      await expect(probe(agent.socket)).rejects.toThrow('does not sign with the key that it holds');
    } finally {
      await agent.stop();
    }
  });

  it('signs with a security key that is certified', async () => {
    const authority = openAuthority();
    const trusting = await startSshServer({ settings: [`TrustedUserCAKeys ${authority.path}`] });
    const agent = await startSecurityKeyAgent();
    try {
      const key = join(authority.directory, 'sk.pub');
      writeFileSync(key, `${agent.publicKey}\n`);
      const line = readFileSync(authority.sign(key, '-n', trusting.user), 'utf8');
      agent.take(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
      const target = trusting.target({ key: null, agent: agent.socket });
      const { authentication } = await ssh().probe(target, AbortSignal.timeout(30_000));
      expect(authentication).toBe('publickey, a certificate ("for a test", forever)');
    } finally {
      agent.stop();
      await trusting.stop();
      authority.remove();
    }
  });

  it.each([
    ['nothing', null],
    ['a failure', Buffer.from([5])],
    ['another answer', Buffer.from([14, 0, 0, 0, 0])],
    ['fewer keys than it says', Buffer.concat([Buffer.from([12]), uint32(1_000_000_000), sshString('x')])],
    ['more than it says', Buffer.concat([Buffer.from([12]), uint32(0), sshString('x')])],
  ])('is told to be out of order when it answers %s', async (what, answer) => {
    const socket = join(server.directory, `agent-${what.replaceAll(' ', '-')}`);
    const agent = createServer((client) => {
      client
        .on('error', () => undefined)
        .once('data', () => {
          if (answer === null) client.end();
          else client.write(sshString(answer));
        });
    });
    await new Promise<void>((resolve) => agent.listen(socket, resolve));
    try {
      await expect(probe(socket)).rejects.toMatchObject({
        code: 'ssh.login',
        message: 'the SSH agent that is configured for web-1 cannot be asked',
      });
    } finally {
      agent.close();
    }
  });

  it('is told to be missing when nobody listens', async () => {
    await expect(probe(join(server.directory, 'nowhere'))).rejects.toMatchObject({ code: 'ssh.login' });
  });
});
