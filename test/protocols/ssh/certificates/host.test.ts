import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { SshAccess } from '../../../../src/core/target.ts';
import { knownServer } from '../../../../src/protocols/ssh/host-keys.ts';
import { ssh } from '../../../../src/protocols/ssh/index.ts';
import { fingerprintOf } from '../../../../src/protocols/ssh/openssh-key.ts';
import { openAuthority } from '../../../ssh/authority.ts';
import { type HostKeyType, type SshServer, startSshServer } from '../../../ssh/server.ts';
import { openSshStage } from '../../../ssh/stage.ts';

const HOST = ['-h', '-n', '127.0.0.1,web-1'] as const;
const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');

const probe = (server: SshServer, hostKeys: SshAccess['hostKeys']) =>
  ssh().probe(server.target({ hostKeys }), AbortSignal.timeout(30_000));
const written = (text: string): SshAccess['hostKeys'] => ({ kind: 'known-hosts', path: 'known_hosts', text });
const pinned = (fingerprints: readonly string[], authorities: readonly string[]): SshAccess['hostKeys'] => ({
  kind: 'pinned',
  fingerprints,
  authorities,
});

const authorities = [
  openAuthority('ed25519'),
  openAuthority('ecdsa', '-b', '384'),
  openAuthority('rsa', '-b', '2048'),
] as const;
const [authority, , rsaAuthority] = authorities;
afterAll(() => authorities.forEach((one) => one.remove()));

describe('a server with a certificate', () => {
  it.each<[HostKeyType, (typeof authorities)[number]]>([
    ['ed25519', authorities[0]],
    ['ecdsa', authorities[1]],
    ['rsa', authorities[2]],
    ['rsa', authorities[0]],
    ['ed25519', authorities[2]],
  ])('of an %s key is known by its authority, written down or pinned', async (type, by) => {
    const server = await startSshServer({ hostKeys: [type], certify: (key) => void by.sign(key, ...HOST) });
    try {
      const [key = ''] = server.hostKeys;
      const name = `[127.0.0.1]:${server.port}`;
      const seen = `host key ${fingerprintOf(blobOf(key))}`;
      for (const known of [
        written(`@cert-authority ${name} ${by.publicKey}`),
        written(`@cert-authority * ${by.publicKey}\nother ${authority.publicKey}`),
        written(`@cert-authority ${name} ${by.publicKey}\n${name} ${key}`),
        pinned([], [fingerprintOf(blobOf(by.publicKey))]),
        pinned([fingerprintOf(blobOf(authority.publicKey))], [fingerprintOf(blobOf(by.publicKey))]),
      ]) {
        expect((await probe(server, known)).serverVersion).toContain(seen);
      }
    } finally {
      await server.stop();
    }
  });

  it.each<[string, string, readonly string[], string]>([
    ['is another’s', 'ed25519', ['-h', '-n', 'web-2'], 'is for web-2, not for 127.0.0.1'],
    ['names nobody', 'ed25519', ['-h'], 'names no host that it is for'],
    ['is one for users', 'ed25519', ['-n', '127.0.0.1'], 'is one for users, not for hosts'],
    ['has expired', 'ed25519', [...HOST, '-V', '20200101:20200102'], 'expired on 2020-01-0'],
    ['is not valid yet', 'ed25519', [...HOST, '-V', '20990101:20990102'], 'is not valid before 20'],
    ['has an option', 'ed25519', [...HOST, '-O', 'critical:x@example.com=1'], 'has the option x@example.com'],
    ['is signed with SHA-1', 'rsa', [...HOST, '-t', 'ssh-rsa'], 'with SHA-1, which can be forged'],
  ])('is not taken when that %s, unless its key is known', async (_what, by, args, expected) => {
    const ca = by === 'rsa' ? rsaAuthority : authority;
    // sshd does not start to use such a certificate unless it is told to.
    const server = await startSshServer({ certify: (key) => void ca.sign(key, ...args) });
    try {
      const line = `@cert-authority * ${ca.publicKey}`;
      const [key = ''] = server.hostKeys;
      await expect(probe(server, written(line))).rejects.toMatchObject({
        code: 'ssh.host-key',
        message: expect.stringContaining(expected),
      });
      const both = `${line}\n[127.0.0.1]:${server.port} ${key}`;
      expect((await probe(server, written(both))).serverVersion).toContain('host key');
    } finally {
      await server.stop();
    }
  });

  it('is not taken for known by another authority, or one for other names', async () => {
    const server = await startSshServer({ certify: (key) => void authority.sign(key, ...HOST) });
    try {
      const other = `@cert-authority * ${rsaAuthority.publicKey}`;
      await expect(probe(server, written(other))).rejects.toThrow('an authority that known_hosts does not name');
      await expect(probe(server, pinned([], [fingerprintOf(blobOf(rsaAuthority.publicKey))]))).rejects.toThrow(
        'an authority that host_ca does not name',
      );
      const elsewhere = `@cert-authority web-2 ${authority.publicKey}`;
      await expect(probe(server, written(elsewhere))).rejects.toThrow('is not known');
      // The key of an authority is no key of a server.
      const key = `[127.0.0.1]:${server.port} ${authority.publicKey}`;
      await expect(probe(server, written(key))).rejects.toThrow('is not the one that is known');
    } finally {
      await server.stop();
    }
  });

  it('is nobody when its key or its authority is revoked', async () => {
    const server = await startSshServer({ certify: (key) => void authority.sign(key, ...HOST) });
    try {
      const [key = ''] = server.hostKeys;
      const line = `@cert-authority * ${authority.publicKey}\n[127.0.0.1]:${server.port} ${key}\n@revoked * `;
      await expect(probe(server, written(line + key))).rejects.toThrow('is for the key');
      await expect(
        probe(server, written(line.replace(`${server.port} ${key}`, '1 x') + authority.publicKey)),
      ).rejects.toThrow(
        `is signed by ${fingerprintOf(blobOf(authority.publicKey))}, which is marked as revoked in known_hosts`,
      );
    } finally {
      await server.stop();
    }
  });
});

describe('a connection to a server with a certificate', () => {
  it.each(['ed25519', 'rsa'] as const)('exchanges its keys anew (%s)', async (type) => {
    const server = await startSshServer({
      hostKeys: [type],
      certify: (key) => void authority.sign(key, ...HOST),
      settings: ['RekeyLimit 64K', 'LogLevel DEBUG'],
    });
    const known = written(`@cert-authority * ${authority.publicKey}`);
    const stage = await openSshStage(server.target({ hostKeys: known }));
    try {
      const ran = await stage.ssh(['web-1', 'head -c 600000 /dev/zero']);
      expect({ code: ran.code, length: ran.stdout.length }).toEqual({ code: 0, length: 600_000 });
      expect(server.log().split('rekey out after').length).toBeGreaterThan(3);
    } finally {
      await stage.close();
      await server.stop();
    }
  });

  it('does not end when the certificate runs out', () => {
    const key = authority.key('lasting', 'ed25519');
    const lines = [1, 2].map((serial) =>
      readFileSync(
        authority.sign(`${key}.pub`, ...HOST, '-z', `${serial}`, '-V', '20260101000000Z:20270101000000Z'),
        'utf8',
      ),
    );
    const [blob = Buffer.alloc(0), renewed = Buffer.alloc(0)] = lines.map(blobOf);
    let now = Date.parse('2026-06-01');
    const server = knownServer(
      pinned([], [fingerprintOf(blobOf(authority.publicKey))]),
      { host: 'web-1', port: 22 },
      { now: () => now },
    );
    expect(server.verify(blob)).toBeNull();
    now = Date.parse('2027-06-01');
    expect(server.verify(blob)).toBeNull();
    expect(server.verify(renewed)?.message).toContain('expired on 2027-01-01');
  });
});

describe('a server without a certificate', () => {
  it('is not known by an authority alone, and what to do is said', async () => {
    const server = await startSshServer();
    try {
      for (const known of [
        written(`@cert-authority * ${authority.publicKey}`),
        pinned([], [fingerprintOf(blobOf(authority.publicKey))]),
      ]) {
        await expect(probe(server, known)).rejects.toMatchObject({
          code: 'ssh.host-key',
          message: expect.stringContaining('shows no certificate, only the key SHA256:'),
          hint: expect.stringContaining('HostCertificate'),
        });
      }
    } finally {
      await server.stop();
    }
  });

  it('is known by its key beside an authority', async () => {
    const server = await startSshServer();
    try {
      const [key = ''] = server.hostKeys;
      const both = `@cert-authority * ${authority.publicKey}\n[127.0.0.1]:${server.port} ${key}`;
      expect((await probe(server, written(both))).serverVersion).toContain(fingerprintOf(blobOf(key)));
    } finally {
      await server.stop();
    }
  });
});
