import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Target, TargetTls } from '../../../src/core/target.ts';
import { postgres } from '../../../src/protocols/postgres/index.ts';
import { ScramServer, scramVerifier } from '../../../src/protocols/postgres/scram.ts';
import { login, type Upstream } from '../../../src/protocols/postgres/upstream.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { type Authentication, type Server, startServer } from '../../postgres/server.ts';
import { fakeServer, GREETING, type Peer } from './fake-server.ts';
import { i32, message, server as say, text } from './messages.ts';
import { makePki, type Pki } from './pki.ts';
import { targetOf } from './scripted.ts';

const PASSWORD = 'correct horse battery staple';

const tls = (
  mode: TargetTls['mode'],
  ca: string | null = null,
  certificate: TargetTls['certificate'] = null,
): TargetTls => ({
  mode,
  ca,
  certificate,
});

function fake(port: number, more: Partial<Target> = {}): Target {
  return targetOf({ port, user: 'app', password: PASSWORD }, more);
}

async function attempt(target: Target): Promise<Upstream | HoopError> {
  try {
    const upstream = await login(target, new Map([['client_encoding', 'UTF8']]), AbortSignal.timeout(10_000));
    upstream.socket.destroy();
    return upstream;
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    // Whatever went wrong: nothing of the credential is in it, however it is printed.
    const printed = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error.stack);
    expect(printed).not.toContain(PASSWORD);
    return error;
  }
}

async function failure(target: Target): Promise<HoopError> {
  const outcome = await attempt(target);
  if (!(outcome instanceof HoopError)) throw new Error('the login succeeded');
  return outcome;
}

/** Runs a login against a server that says what the script says, and gives its failure (or success). */
async function against(
  script: (peer: Peer) => Promise<unknown>,
  more: Partial<Target> = {},
): Promise<{ outcome: Upstream | HoopError; seen: unknown }> {
  const server = await fakeServer(script);
  try {
    const outcome = await attempt(fake(server.port, more));
    return { outcome, seen: await server.outcomes[0] };
  } finally {
    await server.close();
  }
}

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

/** SCRAM up to the client's proof; gives the server's final message. */
async function scram(peer: Peer): Promise<string> {
  const server = new ScramServer(await scramVerifier(new Secret(PASSWORD)));
  peer.send(say.authentication(10, text('SCRAM-SHA-256'), Buffer.from([0])));
  const initial = (await peer.next()).toString('utf8');
  peer.send(say.authentication(11, Buffer.from(server.first(initial.slice(initial.indexOf('n,,'))) ?? '')));
  return server.final((await peer.next()).toString('utf8', 5)) ?? 'e=invalid-proof';
}

const final = (words: string): Buffer => say.authentication(12, Buffer.from(words));

describe('a server that says', () => {
  it('all that it should is believed, also without a cancel key', async () => {
    const honest = async (peer: Peer): Promise<void> => {
      await peer.startup();
      peer.send(final(await scram(peer)), ...GREETING.filter((one) => one[0] !== 'K'.charCodeAt(0)));
    };
    expect((await against(honest)).outcome).toMatchObject({ authentication: 'scram-sha-256', key: null });
  });

  const lies: readonly (readonly [string, (peer: Peer) => Promise<unknown>])[] = [
    ['AuthenticationOk instead of its proof (R18)', async (peer) => (await scram(peer), peer.send(...GREETING))],
    ['a wrong proof (R18)', async (peer) => (await scram(peer), peer.send(final('v=AAAA'), ...GREETING))],
    ['an error for a proof (R18)', async (peer) => (await scram(peer), peer.send(final('e=other-error'), ...GREETING))],
    [
      'its proof before the exchange, and none in it (R18)',
      async (peer) => (peer.send(final('v=AAAA')), await scram(peer), peer.send(...GREETING)),
    ],
    [
      'a challenge before the exchange',
      async (peer) => peer.send(say.authentication(11, Buffer.from('r=x,s=QUJD,i=1'))),
    ],
    [
      'two challenges',
      async (peer) => (await scram(peer), peer.send(say.authentication(11, Buffer.from('r=x,s=QUJD,i=1')))),
    ],
    ['the exchange again', async (peer) => (peer.send(final(await scram(peer))), await scram(peer))],
    [
      'SCRAM, then the password in clear',
      async (peer) => (await scram(peer), peer.send(say.authentication(3)), peer.next()),
    ],
    [
      'the password in clear twice',
      async (peer) => (
        peer.send(say.authentication(3)),
        await peer.next(),
        peer.send(say.authentication(5, Buffer.alloc(4))),
        peer.next()
      ),
    ],
    [
      'a mechanism nobody knows',
      async (peer) => peer.send(say.authentication(10, text('OAUTHBEARER'), Buffer.from([0]))),
    ],
    ['no mechanism', async (peer) => peer.send(say.authentication(10))],
    [
      'only channel binding',
      async (peer) => peer.send(say.authentication(10, text('SCRAM-SHA-256-PLUS'), Buffer.from([0]))),
    ],
    ['a method that is not supported', async (peer) => peer.send(say.authentication(7))],
    ['a method of the future', async (peer) => peer.send(say.authentication(4711))],
    ['half a method', async (peer) => peer.send(message('R', Buffer.from([0, 0])))],
    ['md5 without a salt', async (peer) => (peer.send(say.authentication(5)), peer.next())],
    ['md5 with too much salt', async (peer) => (peer.send(say.authentication(5, Buffer.alloc(5))), peer.next())],
    ['ReadyForQuery before it let anybody in', async (peer) => peer.send(say.ready())],
    ['ReadyForQuery in a transaction', async (peer) => peer.send(say.authentication(0), say.ready('T'))],
    ['AuthenticationOk twice', async (peer) => peer.send(say.authentication(0), say.authentication(0), say.ready())],
    [
      'a cancel key that is cut',
      async (peer) => peer.send(say.authentication(0), message('K', Buffer.from([1])), say.ready()),
    ],
    [
      'a cancel key without a key',
      async (peer) => peer.send(say.authentication(0), say.keyData(1, Buffer.alloc(0)), say.ready()),
    ],
    [
      'a cancel key of 257 bytes',
      async (peer) => peer.send(say.authentication(0), say.keyData(1, Buffer.alloc(257)), say.ready()),
    ],
    ['a row', async (peer) => peer.send(say.authentication(0), say.row('a'), say.ready())],
    ['that another protocol is spoken', async (peer) => peer.send(message('v', i32(196610), i32(0)), ...GREETING)],
    ['an error without any field (R18)', async (peer) => peer.send(message('E', Buffer.from([0])))],
    ['an error that is malformed', async (peer) => peer.send(message('E', Buffer.from('Mno end')))],
    ['an error whose SQLSTATE is a poem', async (peer) => peer.send(say.error('\u001B[2Jroses are red'))],
    ['a length of -1 (R17)', async (peer) => peer.send(Buffer.from([0x52, 0xff, 0xff, 0xff, 0xff]))],
    ['a length of 3 (R17)', async (peer) => peer.send(Buffer.from([0x52, 0, 0, 0, 3]))],
    ['a length of 2 GB (R17)', async (peer) => peer.send(Buffer.from([0x52, 0x7f, 0xff, 0xff, 0xff]))],
    ['nothing, and closes', async () => undefined],
    ['half a message, and closes', async (peer) => peer.send(Buffer.from([0x52, 0, 0, 0, 8, 0]))],
    ['HTTP', async (peer) => peer.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    [
      'settings without an end (R18)',
      async (peer) => peer.send(say.authentication(0), ...Array<Buffer>(5000).fill(say.status('a', 'b'))),
    ],
    ['notices without an end (R18)', async (peer) => peer.send(...Array<Buffer>(5000).fill(say.notice('hm')))],
  ];

  it.each(lies)('%s is not believed', async (_what, script) => {
    const { outcome } = await against(async (peer) => {
      await peer.startup();
      await script(peer);
    });
    expect(outcome).toBeInstanceOf(HoopError);
    if (!(outcome instanceof HoopError)) return;
    expect(outcome.code).toMatch(/^(?:postgres\.(?:login|protocol)|wire\.closed)$/);
    expect(outcome.message + String(outcome.hint)).not.toMatch(/\u001B|roses/);
  });

  it.each<[string, (peer: Peer) => Promise<unknown>]>([
    ['in clear after SCRAM', async (peer) => (await scram(peer), peer.send(say.authentication(3)))],
    [
      'in clear after SCRAM is over',
      async (peer) => {
        peer.send(final(await scram(peer)), say.authentication(3));
      },
    ],
    [
      'as MD5 after it had it in clear',
      async (peer) => {
        peer.send(say.authentication(3));
        await peer.next();
        peer.send(say.authentication(5, Buffer.alloc(4)));
      },
    ],
  ])('that it wants the password once more, %s, hears nothing more', async (_what, script) => {
    const { outcome, seen } = await against(async (peer) => {
      await peer.startup();
      await script(peer);
      return (await peer.rest()).toString('latin1');
    });
    expect(outcome).toMatchObject({ code: 'postgres.protocol' });
    expect(seen).toBe('');
  });

  it('that it wants the password in clear gets it on loopback and not over a plain network', async () => {
    const script = async (peer: Peer): Promise<string> => {
      await peer.startup();
      peer.send(say.authentication(3));
      const answer = await peer.next();
      peer.send(...GREETING);
      return answer.toString('latin1', 5);
    };
    const near = await against(script);
    expect([near.outcome, near.seen]).toMatchObject([{ authentication: 'password' }, `${PASSWORD}\0`]);
    // Reaches the same server by an address that is none of loopback's.
    const far = await against(script, { host: '0.0.0.0' });
    expect(far.outcome).toMatchObject({
      code: 'postgres.login',
      message: expect.stringContaining('in clear') as unknown,
    });
    expect(String(far.seen)).not.toContain(PASSWORD);
  });

  it('nothing at all is left when the time is over', async () => {
    const server = await fakeServer((peer) => peer.rest());
    try {
      const started = login(fake(server.port), new Map(), AbortSignal.timeout(50));
      await expect(started).rejects.toBeInstanceOf(HoopError);
    } finally {
      await server.close();
    }
  });
});
