import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/limits.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { SshAccess, Target } from '../../../src/core/target.ts';
import { algorithms, isPrefixOpen } from '../../../src/protocols/ssh/algorithms.ts';
import { doorKeys } from '../../../src/protocols/ssh/door-keys.ts';
import { ssh } from '../../../src/protocols/ssh/index.ts';
import { Server } from '../../../src/protocols/ssh/library.ts';
import { fingerprintOf } from '../../../src/protocols/ssh/openssh-key.ts';
import { knownHosts, startSshServer, type SshServer } from '../../ssh/server.ts';
import { openSshStage } from '../../ssh/stage.ts';

const BASE = {
  name: 'web-2',
  protocol: 'ssh',
  host: '127.0.0.1',
  database: '',
  user: 'deploy',
  tls: { mode: 'disable', ca: null, certificate: null },
  limits: LIMITS,
} as const;

const OTHER = doorKeys({ user: '', secret: new Secret('of another server') }).host;

describe('logging in to a real sshd', () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer({ hostKeys: ['ed25519', 'rsa'] });
  });
  afterAll(() => server.stop());

  const probe = (access: Partial<SshAccess> = {}) => ssh().probe(server.target(access), AbortSignal.timeout(30_000));
  const blobOf = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64');
  const pinned = (...blobs: readonly Buffer[]): Partial<SshAccess> => ({
    hostKeys: { kind: 'pinned', fingerprints: blobs.map(fingerprintOf), authorities: [] },
  });
  const written = (...keys: readonly string[]): Partial<SshAccess> => ({
    hostKeys: { kind: 'known-hosts', path: 'known_hosts', text: knownHosts(server.port, keys) },
  });

  it('says what the server is, by which key it is known, and how hoopctl logged in', async () => {
    const report = await probe();
    expect(report.serverVersion).toMatch(/^OpenSSH_\S+, host key SHA256:/);
    expect(report.authentication).toBe('publickey');
  });

  it.each([0, 1])('takes a server for known by any of its keys, pinned or written down (%i)', async (index) => {
    const key = server.hostKeys[index] ?? '';
    const shown = fingerprintOf(blobOf(key));
    expect((await probe(pinned(blobOf(key)))).serverVersion).toContain(shown);
    expect((await probe(written(key))).serverVersion).toContain(shown);
  });

  it.each([
    ['is pinned', () => pinned(OTHER.blob)],
    ['is written down', () => written(OTHER.publicText)],
  ])('stops before a server whose key is another than %s, and shows it nothing (R33)', async (_what, access) => {
    const before = server.log().length;
    await expect(probe(access())).rejects.toMatchObject({
      code: 'ssh.host-key',
      message: expect.stringContaining(fingerprintOf(OTHER.blob)),
    });
    expect(server.log().slice(before)).not.toContain('Accepted');
  });

  it('says of a server with several keys, none of which is pinned, which one it shows first', async () => {
    const first = fingerprintOf(blobOf(server.hostKeys[0] ?? ''));
    await expect(probe(pinned(OTHER.blob))).rejects.toMatchObject({
      message: expect.stringContaining(`seen ${first} (ssh-ed25519)`),
    });
  });

  it('says of something that answers and is no server of SSH what it is not', async () => {
    const other = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(ssh().probe({ ...server.target(), port }, AbortSignal.timeout(30_000))).rejects.toMatchObject({
      code: 'ssh.protocol',
      message: 'what answers for web-1 does not speak SSH as it is understood here',
      hint: `check that there is a server of SSH at 127.0.0.1:${port}`,
    });
    other.close();
  });

  it('stops before a server that nothing is written down of, and says the line to add (R33)', async () => {
    const error = await probe(written()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ssh.host-key', hint: expect.stringContaining('ssh-keyscan') });
    const hint = (error as { readonly hint: string }).hint;
    expect(server.hostKeys.some((key) => hint.endsWith(`[127.0.0.1]:${server.port} ${key}`))).toBe(true);
  });

  it('reads a key that is locked, and says so when it cannot', async () => {
    const path = join(server.directory, 'locked');
    execFileSync('cp', [join(server.directory, 'user'), path]);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', path]);
    const key = new Secret(readFileSync(path, 'utf8'));
    expect((await probe({ key, passphrase: new Secret('open sesame') })).authentication).toBe('publickey');
    for (const [passphrase, said] of [
      [null, 'the private key of web-1 is locked, and no passphrase is configured'],
      [new Secret('wrong'), 'the passphrase that is configured for web-1 does not open its private key'],
    ] as const) {
      await expect(probe({ key, passphrase })).rejects.toMatchObject({ code: 'ssh.login', message: said });
    }
  });

  it('tells the client in words that it did not get in, and never with what', async () => {
    const key = new Secret(OTHER.privateText);
    const stage = await openSshStage(server.target({ key }));
    const ran = await stage.ssh(['web-1', 'echo ran']);
    expect(ran).toMatchObject({ code: 255, stdout: '' });
    expect(ran.stderr).toContain('hoopctl: web-1 does not let');
    await stage.close();
  });
});

describe('logging in where a password is asked for', () => {
  const hostKey = doorKeys({ user: '', secret: new Secret('of this server') }).host;

  async function asking(method: 'password' | 'keyboard-interactive', password: string): Promise<string> {
    const server = new Server({ hostKeys: [hostKey.privateText] }, (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method === 'password' && method === 'password' && context.password === 'right') context.accept();
        else if (context.method === 'keyboard-interactive' && method === 'keyboard-interactive') {
          context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
            answer === 'right' ? context.accept() : context.reject([]),
          );
        } else context.reject([method]);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const target = passwordTarget(port, password);
    try {
      return (await ssh().probe(target, AbortSignal.timeout(30_000))).authentication;
    } finally {
      server.close();
    }
  }

  function passwordTarget(port: number, password: string): Target {
    const hostKeys = { kind: 'pinned', fingerprints: [fingerprintOf(hostKey.blob)], authorities: [] } as const;
    return {
      ...BASE,
      port,
      password: new Secret(password),
      ssh: { key: null, passphrase: null, certificate: null, agent: null, hostKeys },
    };
  }

  it.each(['password', 'keyboard-interactive'] as const)('answers by %s', async (method) => {
    expect(await asking(method, 'right')).toBe(method);
    await expect(asking(method, 'wrong')).rejects.toMatchObject({ code: 'ssh.login' });
  });
});

describe('the beginning of a connection (R19)', () => {
  const negotiated = (cipher: string, mac: string) => {
    const way = { cipher, mac, compress: 'none', lang: '' };
    return { kex: 'curve25519-sha256', serverHostKey: 'ssh-ed25519', cs: way, sc: way } as never;
  };

  it.each([
    ['chacha20-poly1305@openssh.com', '', true],
    ['aes128-ctr', 'hmac-sha2-256-etm@openssh.com', true],
    ['aes128-ctr', 'hmac-sha2-256', false],
    ['aes128-gcm@openssh.com', '', false],
  ])('could be cut with %s %s where the exchange is not strict: %s', (cipher, mac, open) => {
    expect(isPrefixOpen(negotiated(cipher, mac), false)).toBe(open);
    expect(isPrefixOpen(negotiated(cipher, mac), true)).toBe(false);
  });

  it('cannot be cut at a server that has something besides such ciphers, strict or not', () => {
    const { cipher, hmac } = algorithms(['ssh-ed25519']);
    const taken = (ours: unknown, theirs: readonly string[]): string =>
      (ours as readonly string[]).find((name) => theirs.includes(name)) ?? '';
    // As dropbear has them.
    const one = taken(cipher, ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes256-ctr']);
    const mac = taken(hmac, ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-256']);
    expect(isPrefixOpen(negotiated(one, mac), false)).toBe(false);
    expect(taken(cipher, ['chacha20-poly1305@openssh.com'])).not.toBe('');
    expect(taken(hmac, ['hmac-sha2-512-etm@openssh.com'])).not.toBe('');
  });
});
