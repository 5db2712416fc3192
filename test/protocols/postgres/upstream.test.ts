import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Target, TargetTls } from '../../../src/core/target.ts';
import { postgres } from '../../../src/protocols/postgres/index.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { type Authentication, type Server, startServer } from '../../postgres/server.ts';
import { GREETING } from './fake-server.ts';
import { tls, attempt, failure, against } from './login.ts';
import { server as say } from './messages.ts';
import { makePki, type Pki } from './pki.ts';
import { targetOf } from './scripted.ts';

describe.each(serverVersions())('a login to PostgreSQL %i', (version) => {
  it.each<[Authentication, string]>([
    ['trust', 'trust'],
    ['password', 'password'],
    ['md5', 'md5'],
    ['scram-sha-256', 'scram-sha-256'],
  ])(
    'by %s works with the right password, and says SQLSTATE and hint with a wrong or no one',
    async (authentication, said) => {
      const server = await startServer({ version, authentication });
      try {
        expect(await attempt(targetOf(server))).toMatchObject({ authentication: said, tls: null });
        if (authentication === 'trust') return;
        const wrong = await failure(targetOf(server, { password: new Secret('wrong and secret') }));
        expect(wrong).toMatchObject({ code: 'postgres.login', sqlstate: '28P01' });
        expect(inspect(wrong, { depth: 10 })).not.toContain('wrong and secret');
        const none = await failure(targetOf(server, { password: null }));
        expect(none).toMatchObject({ code: 'postgres.login', hint: expect.stringContaining('password:') as unknown });
      } finally {
        await server.stop();
      }
    },
  );

  describe('that offers TLS', () => {
    let server: Server;
    let ca: string;
    let stranger: string;

    beforeAll(async () => {
      server = await startServer({ version, authentication: 'scram-sha-256', tls: 'required' });
      ca = readFileSync(server.certificates?.authority ?? '', 'utf8');
      stranger = readFileSync(server.certificates?.strangerAuthority ?? '', 'utf8');
    });
    afterAll(() => server.stop());

    it('gets the password in clear only once it has shown who it is', async () => {
      const asking = await startServer({ version, authentication: 'password', tls: 'required' });
      try {
        const authority = readFileSync(asking.certificates?.authority ?? '', 'utf8');
        // Reaches the same server by an address that is none of loopback's.
        const far = (mode: TargetTls['mode']): Target =>
          targetOf(asking, { host: '0.0.0.0', tls: tls(mode, authority) });
        expect(await attempt(far('verify-ca'))).toMatchObject({ authentication: 'password' });
        expect(await failure(far('require'))).toMatchObject({
          code: 'postgres.login',
          message: expect.stringContaining('in clear') as unknown,
        });
      } finally {
        await asking.stop();
      }
    });

    it.each(['require', 'verify-ca', 'verify-full'] as const)('is reached with tls: %s', async (mode) => {
      const target = targetOf(server, { host: 'localhost', tls: tls(mode, ca) });
      expect(await attempt(target)).toMatchObject({ tls: expect.stringMatching(/^TLSv1\.[23] /) as unknown });
      const report = await postgres().probe(target, AbortSignal.timeout(10_000));
      expect(report.serverVersion).toMatch(new RegExp(`^${version}`));
      expect(report.authentication).toBe('scram-sha-256');
    });

    it('is reached by its address, which the certificate names', async () => {
      expect(await attempt(targetOf(server, { tls: tls('verify-full', ca) }))).not.toBeInstanceOf(HoopError);
    });

    it.each(['verify-ca', 'verify-full'] as const)(
      'is not trusted with tls: %s on another authority’s word',
      async (mode) => {
        expect(await failure(targetOf(server, { tls: tls(mode, stranger) }))).toMatchObject({ code: 'postgres.tls' });
        expect(await failure(targetOf(server, { tls: tls(mode) }))).toMatchObject({ code: 'postgres.tls' });
      },
    );

    it('is used without a look at its certificate with tls: require, as libpq does', async () => {
      expect(await attempt(targetOf(server, { tls: tls('require', stranger) }))).not.toBeInstanceOf(HoopError);
    });

    it('turns away a plain connection, and says so', async () => {
      expect(await failure(targetOf(server, { tls: tls('disable') }))).toMatchObject({ sqlstate: '28000' });
    });
  });

  it('by client certificate takes the right one, and not another’s', async () => {
    const server = await startServer({ version, authentication: 'cert' });
    try {
      const files = server.certificates;
      if (files === null) throw new Error('no certificates');
      const read = (path: string): string => readFileSync(path, 'utf8');
      const with_ = (cert: string, key: string): Target =>
        targetOf(server, {
          password: null,
          tls: tls('verify-full', read(files.authority), { cert: read(cert), key: new Secret(read(key)) }),
        });
      const good = await attempt(with_(files.clientCertificate, files.clientKey));
      expect(good).toMatchObject({ authentication: 'certificate' });
      expect(await attempt(with_(files.strangerClientCertificate, files.strangerClientKey))).toBeInstanceOf(HoopError);
      const none = await failure(targetOf(server, { password: null, tls: tls('verify-full', read(files.authority)) }));
      expect(none.code).toBe('postgres.login');
    } finally {
      await server.stop();
    }
  });

  it('that is not there, or not the one, is an error with a hint', async () => {
    const server = await startServer({ version });
    const gone = targetOf(server, { database: 'no_such_database' });
    expect(await failure(gone)).toMatchObject({ code: 'postgres.login', sqlstate: '3D000' });
    await server.stop();
    const unreachable = await failure(targetOf(server));
    expect(unreachable).toMatchObject({ code: 'postgres.unreachable' });
    expect(unreachable.message).toContain('ECONNREFUSED');
    expect(unreachable.hint).not.toBeNull();
  });
});

describe('a server’s certificate', () => {
  let directory: string;
  let pki: Pki;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hoopctl-pki-'));
    pki = makePki(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  type Kind = 'good' | 'expired' | 'notYetValid' | 'otherHost' | 'ofExpiredAuthority';
  const cases: [Kind, TargetTls['mode'], boolean][] = [
    ['good', 'require', true],
    ['good', 'verify-ca', true],
    ['good', 'verify-full', true],
    ['expired', 'require', true],
    ['expired', 'verify-ca', false],
    ['expired', 'verify-full', false],
    ['notYetValid', 'verify-ca', false],
    ['otherHost', 'verify-ca', true],
    ['otherHost', 'verify-full', false],
    ['ofExpiredAuthority', 'verify-ca', false],
    ['ofExpiredAuthority', 'verify-full', false],
  ];

  it.each(cases)('that is %s is taken with tls: %s — %s', async (kind, mode, taken) => {
    const trusted = kind === 'ofExpiredAuthority' ? pki.expiredAuthority.cert : pki.authority.cert;
    for (const host of ['localhost', '127.0.0.1']) {
      const { outcome, seen } = await against(
        async (peer) => {
          await peer.startup();
          peer.send(Buffer.from('S'));
          const secure = await peer.encrypt(pki[kind]);
          const startup = await secure.startup();
          secure.send(...GREETING);
          return startup.toString('latin1');
        },
        { host, tls: tls(mode, trusted) },
      );
      if (taken) {
        expect(outcome).not.toBeInstanceOf(HoopError);
        expect(seen).toContain('user\0app\0');
      } else {
        expect(outcome).toMatchObject({ code: 'postgres.tls' });
        // Not a byte of the login is said to it.
        expect(String(seen)).not.toContain('app');
      }
    }
  });

  it('does not matter where plain bytes come before the handshake: they are not taken for the server’s (R19)', async () => {
    for (const early of [Buffer.concat([...GREETING]), Buffer.from('x'), say.error('08006')]) {
      const { outcome } = await against(
        async (peer) => {
          await peer.startup();
          peer.send(Buffer.from('S'), early);
          const secure = await peer.encrypt(pki.good);
          await secure.startup();
          secure.send(...GREETING);
        },
        { host: 'localhost', tls: tls('verify-full', pki.authority.cert) },
      );
      expect(outcome).toMatchObject({ code: 'postgres.tls' });
    }
  });

  it('does not matter where plain bytes follow the answer a little later (R19)', async () => {
    const { outcome } = await against(
      async (peer) => {
        await peer.startup();
        peer.send(Buffer.from('S'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        peer.send(...GREETING);
        return peer.rest();
      },
      { host: 'localhost', tls: tls('require') },
    );
    expect(outcome).toMatchObject({ code: 'postgres.tls' });
  });

  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    'is demanded with tls: %s: a server without TLS hears nothing of the login',
    async (mode) => {
      for (const answer of ['N', 'E', 'X', 'G']) {
        const { outcome, seen } = await against(
          async (peer) => {
            await peer.startup();
            peer.send(Buffer.from(answer));
            return (await peer.rest()).toString('latin1');
          },
          { tls: tls(mode) },
        );
        expect(outcome).toMatchObject({ code: 'postgres.tls' });
        expect(seen).toBe('');
      }
    },
  );
});
