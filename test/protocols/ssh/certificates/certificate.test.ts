import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Certificate, certificateOf } from '../../../../src/protocols/ssh/certificates/certificate.ts';
import { hostFault } from '../../../../src/protocols/ssh/certificates/host.ts';
import { verdictOn } from '../../../../src/protocols/ssh/certificates/public-key.ts';
import { certificateIn } from '../../../../src/protocols/ssh/certificates/user.ts';
import { sshString, uint32 } from '../../../../src/protocols/ssh/strings.ts';
import { openAuthority, type SshAuthority } from '../../../ssh/authority.ts';
import type { HostKeyType } from '../../../ssh/server.ts';

const authority = openAuthority('ed25519');
const others = [openAuthority('ecdsa', '-b', '521'), openAuthority('rsa', '-b', '2048')];
afterAll(() => [authority, ...others].forEach((one) => one.remove()));

let made = 0;

/** What ssh-keygen makes of these words. */
function certified(by: SshAuthority, args: readonly string[], type: HostKeyType = 'ed25519'): Certificate {
  made += 1;
  const key = by.key(`key_${made}`, type);
  const certificate = certificateIn(readFileSync(by.sign(`${key}.pub`, ...args), 'utf8'));
  if (certificate === null) throw new Error('not read');
  expect(certificate.key.toString('base64')).toBe(readFileSync(`${key}.pub`, 'utf8').split(' ')[1]);
  return certificate;
}

const HOST = ['-h', '-n', 'web-1,*.internal', '-V', '20260101000000Z:20270101000000Z'];
const NOW = Date.parse('2026-06-01T00:00:00Z');
const PLACE = { host: 'Web-1', port: 2222 };
const trusting = (by: SshAuthority) => {
  const key = Buffer.from(by.publicKey.split(' ')[1] ?? '', 'base64');
  return { where: 'host_ca', trusts: (one: Buffer) => key.equals(one), isRevoked: () => false };
};
const faultOf = (blob: Buffer, by = authority, place = PLACE, now = NOW) =>
  hostFault(blob, place, trusting(by), now)?.message ?? null;

describe('a certificate', () => {
  it.each<HostKeyType>(['ed25519', 'ecdsa', 'rsa'])('of a key of %s is read as ssh-keygen writes it', (type) => {
    const options = ['-O', 'force-command=/bin/true', '-O', 'source-address=10.0.0.0/8', '-z', '7'];
    const dates = ['-V', '20260101000000Z:20270101000000Z'];
    expect(certified(authority, ['-n', 'ada,bob', ...dates, ...options], type)).toMatchObject({
      use: 'user',
      id: 'for a test',
      principals: ['ada', 'bob'],
      validAfter: BigInt(Date.parse('2026-01-01T00:00:00Z') / 1000),
      validBefore: BigInt(Date.parse('2027-01-01T00:00:00Z') / 1000),
      criticalOptions: ['force-command', 'source-address'],
    });
    expect(certified(authority, ['-h', '-n', 'web'], type)).toMatchObject({
      use: 'host',
      principals: ['web'],
      validAfter: 0n,
      validBefore: 2n ** 64n - 1n,
      criticalOptions: [],
    });
  });

  it.each([authority, ...others])('is what its authority has signed', (by) => {
    const { authority: key, signed, signature } = certified(by, ['-n', 'ada']);
    expect(verdictOn(key, signed, signature)).toBe('good');
    expect(verdictOn(key, Buffer.concat([signed, Buffer.alloc(1)]), signature)).toBe('bad');
    expect(verdictOn(key, signed, Buffer.concat([signature, Buffer.alloc(1)]))).toBe('bad');
  });

  it('is read from its line whole, or not at all', () => {
    const line = readFileSync(authority.sign(`${authority.key('line', 'ed25519')}.pub`), 'utf8');
    expect(certificateIn(` ${line.replace(' ', '\t')}`)?.id).toBe('for a test');
    expect(certificateIn(line.replace('ssh-ed25519', 'ssh-rsa'))).toBeNull();
    expect(certificateIn(authority.publicKey)).toBeNull();
    expect(certificateIn('')).toBeNull();
  });

  it('is nothing when anything is missing or left over', () => {
    const { blob } = certified(authority, HOST);
    for (let length = 0; length < blob.length; length += 1) expect(certificateOf(blob.subarray(0, length))).toBeNull();
    expect(certificateOf(Buffer.concat([blob, Buffer.alloc(1)]))).toBeNull();
  });

  it.each(['constructor', '__proto__', 'toString', ''])('is nothing of the type %j', (type) => {
    expect(certificateOf(Buffer.concat([sshString(type), Buffer.alloc(200)]))).toBeNull();
  });

  it('is read of any bytes without a failure', () => {
    const { blob } = certified(authority, HOST);
    const cut = fc.tuple(fc.nat(blob.length), fc.uint8Array({ maxLength: 64 }), fc.nat(blob.length));
    fc.assert(
      fc.property(cut, ([until, bytes, from]) => {
        const read = certificateOf(Buffer.concat([blob.subarray(0, until), bytes, blob.subarray(from)]));
        if (read !== null)
          expect(verdictOn(read.authority, read.signed, read.signature)).toMatch(/^(good|bad|unsupported)$/);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => certificateOf(Buffer.from(bytes)) === null));
  });

  it('has options in order, each once, and no more names than OpenSSH takes', () => {
    const { blob } = certified(authority, HOST);
    const names = sshString(Buffer.concat(['web-1', '*.internal'].map(sshString)));
    const at = blob.indexOf(names);
    const [before, validity] = [blob.subarray(0, at), blob.subarray(at + names.length, at + names.length + 16)];
    const rest = blob.subarray(at + names.length + 16 + 4);
    const rebuilt = (principals: readonly string[], options: readonly string[]): Certificate | null =>
      certificateOf(
        Buffer.concat([
          before,
          sshString(Buffer.concat(principals.map(sshString))),
          validity,
          sshString(Buffer.concat(options.flatMap((name) => [sshString(name), uint32(0)]))),
          rest,
        ]),
      );
    expect(rebuilt(['web-1'], ['a', 'b'])).toMatchObject({ principals: ['web-1'], criticalOptions: ['a', 'b'] });
    expect(rebuilt(['web-1'], ['b', 'a'])).toBeNull();
    expect(rebuilt(['web-1'], ['a', 'a'])).toBeNull();
    expect(
      rebuilt(
        Array.from({ length: 256 }, () => 'x'),
        [],
      )?.principals.length,
    ).toBe(256);
    expect(
      rebuilt(
        Array.from({ length: 257 }, () => 'x'),
        [],
      ),
    ).toBeNull();
  });
});

describe('a certificate that is put together by hand', () => {
  const NOT_UTF8 = Buffer.from([0xff]);
  const option = (name: string) => Buffer.concat([sshString(name), uint32(0)]);
  const written = ({
    use = 2,
    id = Buffer.from('id'),
    principal = Buffer.from('web-1'),
    extensions = Buffer.alloc(0),
    nonce = 32,
  }) =>
    certificateOf(
      Buffer.concat([
        sshString('ssh-ed25519-cert-v01@openssh.com'),
        sshString(Buffer.alloc(nonce)),
        sshString(Buffer.alloc(32)),
        Buffer.alloc(8),
        uint32(use),
        sshString(id),
        sshString(sshString(principal)),
        Buffer.alloc(16),
        ...[Buffer.alloc(0), extensions, Buffer.alloc(0), Buffer.alloc(51), Buffer.alloc(83)].map(sshString),
      ]),
    );

  it('is nothing when it is for an unknown use, too long, or says what is no text or in no order', () => {
    expect(written({ extensions: Buffer.concat([option('a'), option('b')]) })).toMatchObject({ use: 'host', id: 'id' });
    expect(written({ use: 3 })).toBeNull();
    expect(written({ id: NOT_UTF8 })).toBeNull();
    expect(written({ principal: NOT_UTF8 })).toBeNull();
    expect(written({ extensions: Buffer.concat([option('b'), option('a')]) })).toBeNull();
    expect(written({ nonce: 32 * 1024 })).toBeNull();
  });
});

describe('a host certificate', () => {
  it('is good for the names in it, as patterns, from its first second to its last', () => {
    const { blob, validAfter, validBefore } = certified(authority, HOST);
    expect(faultOf(blob)).toBeNull();
    expect(faultOf(blob, authority, { host: 'db.internal', port: 22 })).toBeNull();
    expect(faultOf(blob, authority, { host: 'internal', port: 22 })).toContain(
      'is for web-1, *.internal, not for internal',
    );
    expect(faultOf(blob, authority, PLACE, Number(validAfter) * 1000)).toBeNull();
    expect(faultOf(blob, authority, PLACE, Number(validAfter) * 1000 - 1)).toContain('is not valid before 2026-01-01');
    expect(faultOf(blob, authority, PLACE, Number(validBefore) * 1000 - 1)).toBeNull();
    expect(faultOf(blob, authority, PLACE, Number(validBefore) * 1000)).toContain('expired on 2027-01-01T00:00:00Z');
  });

  it.each([authority, ...others])('is no good with any of its bits changed', (by) => {
    const { blob } = certified(by, HOST);
    expect(faultOf(blob, by)).toBeNull();
    for (let at = 0; at < blob.length; at += 1) {
      const forged = Buffer.from(blob);
      forged.writeUInt8(blob.readUInt8(at) ^ (1 << (at % 8)), at);
      expect(faultOf(forged, by), `byte ${at}`).not.toBeNull();
    }
  });

  it('is no good by a key that is too small, or of a kind that is not known', () => {
    const small = openAuthority('rsa', '-b', '1024');
    try {
      expect(faultOf(certified(small, HOST).blob, small)).toContain('does not take for an authority');
    } finally {
      small.remove();
    }
    const key = sshString('sk-ssh-ed25519@openssh.com');
    expect(verdictOn(key, Buffer.alloc(1), Buffer.concat([sshString('x'), sshString('y')]))).toBe('unsupported');
  });

  it('tells nothing that it says of itself before its signature is found good', () => {
    const { blob } = certified(authority, ['-h', '-n', 'canary', '-I', 'canary']);
    const forged = Buffer.from(blob);
    forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1);
    expect(faultOf(blob)).toContain('canary');
    expect(faultOf(forged)).not.toContain('canary');
    expect(faultOf(blob, others[0])).not.toContain('canary');
  });

  it('shows no control characters of those that it says', () => {
    const { blob } = certified(authority, ['-h', '-n', '\u001b[2Jx']);
    expect(faultOf(blob)).toContain('<U+001B>[2Jx');
  });
});
