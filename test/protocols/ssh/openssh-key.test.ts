import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { doorKeys } from '../../../src/protocols/ssh/door-keys.ts';
import { ed25519Key, fingerprintOf } from '../../../src/protocols/ssh/openssh-key.ts';

const directory = mkdtempSync(join(tmpdir(), 'hoopctl-key-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('a key as OpenSSH writes it', () => {
  const key = ed25519Key(Buffer.alloc(32, 7), 'of a test');

  it('is read by OpenSSH, which finds the same public key in it', () => {
    const path = join(directory, 'id');
    writeFileSync(path, key.privateText, { mode: 0o600 });
    const text = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', path], { encoding: 'utf8' });
    expect(text).toBe(`${key.publicText} of a test\n`);
    const shown = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' });
    expect(shown.split(' ')[1]).toBe(fingerprintOf(key.blob));
  });

  it('is read by ssh2, and signs what the public key verifies', () => {
    const [own, known] = [key.privateText, key.publicText].map((text) => ssh2.utils.parseKey(text));
    if (own === undefined || known === undefined || own instanceof Error || known instanceof Error) throw new Error();
    expect(known.verify('words', own.sign('words'))).toBe(true);
    expect(known.verify('other words', own.sign('words'))).toBe(false);
  });
});

describe('the keys of a door', () => {
  const keysOf = (secret: string) => doorKeys({ user: 'ada', secret: new Secret(secret) });

  it('follow from its secret, and are one for each side', () => {
    expect(keysOf('one')).toEqual(keysOf('one'));
    const blobs = [keysOf('one').client, keysOf('one').host, keysOf('two').client, keysOf('two').host].map(({ blob }) =>
      blob.toString('hex'),
    );
    expect(new Set(blobs).size).toBe(4);
  });
});
