import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Connection, ParsedKey } from 'ssh2';
import { afterAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../src/core/limits.ts';
import { Secret } from '../../../../src/core/secret.ts';
import type { Target } from '../../../../src/core/target.ts';
import { type Certificate } from '../../../../src/protocols/ssh/certificates/certificate.ts';
import { certificateIn } from '../../../../src/protocols/ssh/certificates/user.ts';
import { ssh } from '../../../../src/protocols/ssh/index.ts';
import { Server, utils } from '../../../../src/protocols/ssh/library.ts';
import { openAuthority } from '../../../ssh/authority.ts';

const authority = openAuthority();
afterAll(() => authority.remove());

function parsed(path: string): ParsedKey {
  const key: ParsedKey | readonly ParsedKey[] | Error = utils.parseKey(readFileSync(path));
  const one = Array.isArray(key) ? (key[0] as ParsedKey) : key;
  if (one instanceof Error) throw one;
  return one as ParsedKey;
}

function certificateAt(path: string): Certificate {
  const certificate = certificateIn(readFileSync(path, 'utf8'));
  if (certificate === null) throw new Error('not read');
  return certificate;
}

const HOST = ['-h', '-n', '127.0.0.1'];
const [own, foreign] = ['own', 'foreign'].map((name) => authority.key(name, 'ed25519'));
if (own === undefined || foreign === undefined) throw new Error('no keys');
const certificate = certificateAt(authority.sign(`${own}.pub`, ...HOST));

/**
 * Whether hoopctl logs in at a server that shows the certificate of `own`, signs with this key, and says that it has signed
 * so. How often it was shown the password.
 */
async function shown(signing: string, algorithm: string): Promise<{ readonly error: unknown; readonly asked: number }> {
  let asked = 0;
  let current: Connection | null = null;
  const key = parsed(signing);
  const shownKey = Object.assign(Object.create(key) as ParsedKey, {
    type: certificate.type,
    getPublicSSH: () => certificate.blob,
    sign: (data: Buffer) => {
      const { negotiated } = (current as unknown as { _protocol: { _kex: { negotiated: { serverHostKey: string } } } })
        ._protocol._kex;
      negotiated.serverHostKey = algorithm;
      return key.sign(data);
    },
  });
  const server = new Server(
    {
      hostKeys: [{ key: shownKey as unknown as string }],
      algorithms: { serverHostKey: [certificate.type as 'ssh-ed25519'] },
    },
    (connection) => {
      current = connection;
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method === 'password') asked += 1;
        if (context.method === 'password') context.accept();
        else context.reject(['password']);
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await ssh().probe(targetAt((server.address() as AddressInfo).port), AbortSignal.timeout(30_000));
    return { error: null, asked };
  } catch (error) {
    return { error, asked };
  } finally {
    server.close();
  }
}

function targetAt(port: number): Target {
  return {
    name: 'web-1',
    protocol: 'ssh',
    host: '127.0.0.1',
    port,
    database: '',
    user: 'deploy',
    password: new Secret('canary'),
    tls: { mode: 'disable', ca: null, certificate: null },
    limits: LIMITS,
    ssh: {
      key: null,
      passphrase: null,
      certificate: null,
      agent: null,
      hostKeys: { kind: 'known-hosts', path: 'known_hosts', text: `@cert-authority * ${authority.publicKey}` },
    },
  };
}

describe('whoever shows a certificate', () => {
  it('is believed when the key in it has signed', async () => {
    expect(await shown(own, 'ssh-ed25519')).toEqual({ error: null, asked: 1 });
  });

  it('gets nothing without that key', async () => {
    const { error, asked } = await shown(foreign, 'ssh-ed25519');
    expect(asked).toBe(0);
    expect(error).toMatchObject({
      code: 'ssh.host-key',
      message: expect.stringContaining('does not prove to have the key that it shows'),
    });
  });

  it.each(['ssh-ed25519-cert-v01@openssh.com', 'ssh-rsa', 'ecdsa-sha2-nistp256'])(
    'gets nothing when it says to have signed by %s',
    async (algorithm) => {
      const { error, asked } = await shown(own, algorithm);
      expect(asked).toBe(0);
      expect(error).toMatchObject({ code: 'ssh.protocol' });
    },
  );
});
