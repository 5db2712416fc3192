import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { login } from '../../../src/protocols/postgres/upstream.ts';
import { fakeServer, GREETING, type Peer } from './fake-server.ts';
import { PASSWORD, fake, against } from './login.ts';
import { challenge, final, scram } from './login-steps.ts';
import { i32, message, server as say, text } from './messages.ts';

async function challenged(peer: Peer, words: string): Promise<void> {
  await challenge(peer, (nonce) => words.replace('{nonce}', nonce));
  peer.send(...GREETING);
}

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
    [
      'its settings before it let anybody in',
      async (peer) => peer.send(say.status('server_version', '18.0'), ...GREETING),
    ],
    ['a cancel key before it let anybody in', async (peer) => peer.send(say.keyData(7, Buffer.alloc(4)), ...GREETING)],
    ['a cancel key of 3 bytes', async (peer) => peer.send(say.authentication(0), say.keyData(7, Buffer.alloc(3)))],
    [
      'AuthenticationOk twice, with SCRAM between',
      async (peer) => (peer.send(say.authentication(0)), await scram(peer), peer.send(...GREETING)),
    ],
    ['SCRAM without a nonce of ours (R18)', async (peer) => challenged(peer, 'r=someoneelses,s=QUJD,i=4096')],
    ['SCRAM without a salt (R18)', async (peer) => challenged(peer, 'r={nonce}x,s=,i=4096')],
    ['SCRAM of 2^31 iterations (R18)', async (peer) => challenged(peer, 'r={nonce}x,s=QUJD,i=2147483648')],
    ['SCRAM of no iterations (R18)', async (peer) => challenged(peer, 'r={nonce}x,s=QUJD,i=0')],
    [
      'its proof twice',
      async (peer) => {
        const words = await scram(peer);
        peer.send(final(words), final('v=AAAA'), ...GREETING);
      },
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
    expect(outcome.code).toMatch(/^postgres\.(?:login|protocol|closed)$/);
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
