import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/limits.ts';
import { Secret } from '../../../src/core/secret.ts';
import { ScramClient, ScramServer, scramVerifier, type ScramVerifier } from '../../../src/protocols/postgres/scram.ts';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const clientOf = (password: string): ScramClient => new ScramClient(new Secret(password), LIMITS.scramIterations);

const PASSWORD = 'pencil';

/** What a server keeps, computed step by step as RFC 5802 writes it. */
function verifierOf(password: string, salt: Buffer, iterations: number): ScramVerifier {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const sign = (words: string): Buffer => createHmac('sha256', salted).update(words).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest();
  return { salt, iterations, storedKey, serverKey: sign('Server Key') };
}

async function exchange(offered: string, kept: string): Promise<{ final: string | null; client: ScramClient }> {
  const client = clientOf(offered);
  const server = new ScramServer(await scramVerifier(new Secret(kept)));
  const challenge = server.first(client.first());
  if (challenge === null) throw new Error('the first message was refused');
  return { final: server.final(await client.final(challenge)), client };
}

const nonceOf = (client: ScramClient): string => client.first().slice('n,,n=,r='.length);

describe('SCRAM-SHA-256', () => {
  it('is compared here with a reference that computes what RFC 7677 prints', () => {
    // The example of section 3: only its nonces and its name are chosen by others than these classes.
    const verifier = verifierOf(PASSWORD, Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
    const clientFirstBare = 'n=user,r=rOprNGfwEbeRWgbNEkqO';
    const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
    const withoutProof = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = `${clientFirstBare},${serverFirst},${withoutProof}`;
    const signature = createHmac('sha256', verifier.serverKey).update(message).digest('base64');
    expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const clientSignature = createHmac('sha256', verifier.storedKey).update(message).digest();
    const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (clientSignature[index] ?? 0)));
    expect(createHash('sha256').update(clientKey).digest().equals(verifier.storedKey)).toBe(true);
  });

  it('agrees with the formulas of RFC 5802 on both sides', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const client = clientOf(PASSWORD);
    const server = new ScramServer(verifierOf(PASSWORD, salt, 4096));
    const challenge = server.first(client.first()) ?? '';
    expect(challenge).toMatch(new RegExp(`^r=.{24}.{24},s=${salt.toString('base64')},i=4096$`));
    const final = server.final(await client.final(challenge));
    expect(final).toMatch(/^v=/);
    expect(() => client.verify(final ?? '')).not.toThrow();
  });

  it('lets in who knows the password and nobody else', async () => {
    const good = await exchange(PASSWORD, PASSWORD);
    expect(good.final).not.toBeNull();
    expect((await exchange('pencil ', PASSWORD)).final).toBeNull();
    expect((await exchange('', PASSWORD)).final).toBeNull();
  });

  it('reads passwords that only differ in how their characters are composed as the same (SASLprep)', async () => {
    expect((await exchange('\u00C5ngstr\u00F6m \uFB01', 'A\u030Angstro\u0308m fi')).final).not.toBeNull();
  });

  it('uses another nonce and another salt each time', async () => {
    const [one, two] = [clientOf('a'), clientOf('a')];
    expect(one.first()).not.toBe(two.first());
    const [kept, keptAgain] = await Promise.all([scramVerifier(new Secret('a')), scramVerifier(new Secret('a'))]);
    expect(kept.salt.equals(keptAgain.salt)).toBe(false);
    expect(kept.storedKey.equals(keptAgain.storedKey)).toBe(false);
  });
});

describe('a hostile server’s challenge', () => {
  const salt = Buffer.alloc(16, 1).toString('base64');

  it.each([
    ['another nonce', () => `r=someoneelses,s=${salt},i=4096`],
    ['our nonce without one of its own', (own: string) => `r=${own},s=${salt},i=4096`],
    ['our nonce in the middle', (own: string) => `r=x${own}x,s=${salt},i=4096`],
    ['no nonce', () => `s=${salt},i=4096`],
    ['no salt', (own: string) => `r=${own}x,i=4096`],
    ['an empty salt', (own: string) => `r=${own}x,s=,i=4096`],
    ['a salt that is no base64', (own: string) => `r=${own}x,s=*!*,i=4096`],
    ['a salt with two readings', (own: string) => `r=${own}x,s=QQ=,i=4096`],
    ['no iterations', (own: string) => `r=${own}x,s=${salt}`],
    ['no iteration at all', (own: string) => `r=${own}x,s=${salt},i=0`],
    ['negative iterations', (own: string) => `r=${own}x,s=${salt},i=-1`],
    ['iterations in another notation', (own: string) => `r=${own}x,s=${salt},i=1e9`],
    ['iterations with a sign', (own: string) => `r=${own}x,s=${salt},i=+4096`],
    ['a duplicate attribute', (own: string) => `r=${own}x,s=${salt},i=4096,i=1`],
    ['a duplicate nonce', (own: string) => `r=${own}x,r=${own}y,s=${salt},i=4096`],
    ['a mandatory extension', (own: string) => `m=new,r=${own}x,s=${salt},i=4096`],
    ['an attribute without a value', (own: string) => `r=${own}x,s=${salt},i=4096,x`],
    ['nothing', () => ''],
    ['only commas', () => ',,,'],
  ])('with %s is refused (R18)', async (_what, challenge) => {
    const client = clientOf('a very secret password');
    await expect(client.final(challenge(nonceOf(client)))).rejects.toMatchObject({ code: 'postgres.login' });
  });

  it.each(['1000001', '2147483648', '9'.repeat(400), '1' + '0'.repeat(60_000)])(
    'that asks for absurd work is refused at once and not quoted (R18): %#',
    async (iterations) => {
      const client = clientOf('a very secret password');
      const error = await client
        .final(`r=${nonceOf(client)}x,s=${salt},i=${iterations}`)
        .catch((thrown: Error) => thrown);
      expect(String(error)).toMatch(/more than 1000000 SCRAM iterations/);
      expect(String(error).length).toBeLessThan(200);
      expect(Number(iterations)).toBeGreaterThan(LIMITS.scramIterations);
    },
  );

  it('of any text never makes it throw anything but a HoopError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (challenge) => {
        const client = clientOf('p');
        await expect(client.final(challenge)).rejects.toMatchObject({ name: 'HoopError' });
      }),
    );
  });

  it.each(['', 'v=', 'v=AAAA', 'e=invalid-proof', `v=${Buffer.alloc(32).toString('base64')}`, 'v=x,v=y', 'w=1'])(
    'cannot be ended without proof of the password: %j (R18)',
    async (final) => {
      const { client } = await exchange(PASSWORD, PASSWORD);
      expect(() => client.verify(final)).toThrow('did not prove');
    },
  );

  it('cannot be ended before it was answered', () => {
    expect(() => clientOf('a').verify('v=AAAA')).toThrow('did not prove');
  });
});

describe('the door’s side', () => {
  it.each([
    '',
    'n,,',
    'n,,n=,r=',
    'p=tls-server-end-point,,n=,r=abc',
    'x,,n=,r=abc',
    'n,,m=ext,n=,r=abc',
    'n,,n=,r=a b',
    'n,,n=,r=abc,x=1',
    'n=,r=abc',
    'n,,r=abc,n=',
    'n,b=x,n=,r=abc',
    'n,a=somebody-else,n=,r=abc',
    'n,,n=a,b,r=abc',
    'n,,n=,r=abc\n',
  ])('refuses the first message %j', async (first) => {
    expect(new ScramServer(await scramVerifier(new Secret('a'))).first(first)).toBeNull();
  });

  it.each(['n,,n=,r=abc', 'y,,n=,r=abc', 'n,,n=ignored,r=abc'])('takes %j', async (first) => {
    expect(new ScramServer(await scramVerifier(new Secret('a'))).first(first)).toMatch(/^r=abc/);
  });

  it('refuses a final message that is bent in any way', async () => {
    const kept = await scramVerifier(new Secret(PASSWORD));
    const bent: ((final: string) => string)[] = [
      (final) => final.replace('c=biws', 'c=eSws'),
      (final) => final.replace(/r=[^,]*/, 'r=abc'),
      (final) => final.replace(/,p=.*/, ''),
      (final) => final.replace(/,p=.*/, ',p='),
      (final) => final.replace(/,p=.*/, `,p=${Buffer.alloc(32).toString('base64')}`),
      (final) => final.replace(/,p=.*/, `,p=${Buffer.alloc(64).toString('base64')}`),
      (final) => `${final},p=AAAA`,
      (final) => final.replace(',p=', ',x=1,p='),
      (final) => `${final}=`,
      (final) => `${final},x=1`,
      () => '',
    ];
    for (const bend of bent) {
      const client = clientOf(PASSWORD);
      const server = new ScramServer(kept);
      const final = await client.final(server.first(client.first()) ?? '');
      expect(bend(final)).not.toBe(final);
      expect(server.final(bend(final))).toBeNull();
      expect(server.final(final)).not.toBeNull();
    }
  });

  it('refuses a final message without a first, and one of another exchange', async () => {
    const kept = await scramVerifier(new Secret(PASSWORD));
    const client = clientOf(PASSWORD);
    const [first, second] = [new ScramServer(kept), new ScramServer(kept)];
    const final = await client.final(first.first(client.first()) ?? '');
    expect(second.final(final)).toBeNull();
    second.first(client.first());
    expect(second.final(final)).toBeNull();
  });

  it('is understood by a client of another make', async () => {
    const { continueSession, finalizeSession, startSession } = (await import('pg/lib/crypto/sasl.js' as string)) as {
      startSession: (mechanisms: string[]) => { response: string };
      continueSession: (session: unknown, password: string, challenge: string) => Promise<void>;
      finalizeSession: (session: unknown, final: string) => void;
    };
    expect(pg.Client).toBeDefined();
    const session = startSession(['SCRAM-SHA-256']);
    const server = new ScramServer(await scramVerifier(new Secret(PASSWORD)));
    await continueSession(session, PASSWORD, server.first(session.response) ?? '');
    const final = server.final(session.response);
    expect(final).not.toBeNull();
    finalizeSession(session, final ?? '');
  });
});
