import { describe, expect, it } from 'vitest';
import { knownServer } from '../../../src/protocols/ssh/host-keys.ts';
import { ed25519Key, fingerprintOf } from '../../../src/protocols/ssh/openssh-key.ts';

const [ONE, OTHER] = [1, 2].map((byte) => ed25519Key(Buffer.alloc(32, byte), ''));
if (ONE === undefined || OTHER === undefined) throw new Error('no keys');
const PLACE = { host: 'web', port: 2222 };
const written = (text: string) => knownServer({ kind: 'known-hosts', path: '/etc/hosts.known', text }, PLACE);

describe('who a server is (R33)', () => {
  it('is known by a fingerprint, whatever the kind of its key', () => {
    const server = knownServer({ kind: 'pinned', fingerprints: [fingerprintOf(ONE.blob)], authorities: [] }, PLACE);
    expect(server.verify(ONE.blob)).toBeNull();
    expect(server.attempts).toEqual([
      ['ssh-ed25519'],
      ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
      ['rsa-sha2-512', 'rsa-sha2-256'],
    ]);
    const error = server.verify(OTHER.blob);
    expect(error?.code).toBe('ssh.host-key');
    expect(error?.message).toContain(`expected ${fingerprintOf(ONE.blob)}, seen ${fingerprintOf(OTHER.blob)}`);
  });

  it('is known by what is written down, and asked for those kinds of keys alone', () => {
    const server = written(`[web]:2222 ${ONE.publicText}`);
    expect(server.verify(ONE.blob)).toBeNull();
    expect(server.attempts).toEqual([['ssh-ed25519']]);
  });

  it('is another one when its key has changed', () => {
    const error = written(`[web]:2222 ${ONE.publicText}`).verify(OTHER.blob);
    expect(error?.message).toContain('is not the one that is known');
    expect(error?.message).toContain(fingerprintOf(ONE.blob));
    expect(error?.message).toContain(fingerprintOf(OTHER.blob));
  });

  it('is not known when nothing is written down, and the line to add is said', () => {
    const server = written(`other ${ONE.publicText}`);
    expect(server.attempts.flat()).toContain('ssh-ed25519');
    const error = server.verify(ONE.blob);
    expect(error?.message).toContain('is not known');
    expect(error?.hint).toContain('ssh-keyscan -p 2222 web');
    expect(error?.hint).toContain(`/etc/hosts.known: [web]:2222 ${ONE.publicText}`);
  });

  it('is nobody when its key is revoked, wherever else it is trusted', () => {
    const error = written(`[web]:2222 ${ONE.publicText}\n@revoked * ${ONE.publicText}`).verify(ONE.blob);
    expect(error?.message).toContain('marked as revoked');
  });
});
