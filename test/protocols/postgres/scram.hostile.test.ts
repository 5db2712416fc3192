import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frames, startupPacket } from '../../postgres/frames.ts';
import { ScramClient } from '../../postgres/scram.ts';
import { dial } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { i32 } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

const STARTUP = startupPacket({ user: 'visitor', database: 'postgres' });

let target: FakeServer;
let door: ScriptedDoor;

beforeEach(async () => {
  target = await fakeServer((peer) => peer.rest());
  door = await scriptedDoor(targetOf({ port: target.port, user: 'app', password: 'hidden' }));
});

/** Nobody is let in here, so that nothing reaches the target. */
afterEach(async () => {
  await door.close();
  expect(target.outcomes).toEqual([]);
  await target.close();
});

describe('SCRAM at the door', () => {
  const initial = (words: string): Buffer =>
    frames.raw('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), i32(Buffer.byteLength(words)), Buffer.from(words)]));

  /** One exchange with these words; all that is heard after the challenge, and what was said last. */
  async function exchange(
    first: string,
    final: (challenge: string) => string,
  ): Promise<{ last: string; said: string }> {
    const client = await dial('127.0.0.1', door.options.port);
    client.send(STARTUP, initial(first));
    const messages: string[] = [];
    const [, challenge] = await client.until('RE').then(async (asked) => [...asked, ...(await client.until('RE'))]);
    const said = challenge?.type === 'R' ? final(challenge.body.toString('utf8', 4)) : '';
    if (said !== '') client.send(frames.raw('p', Buffer.from(said)));
    const rest = await client.until('Z');
    for (const { type, body } of [...(challenge?.type === 'E' ? [challenge] : []), ...rest]) {
      messages.push(type + body.toString('latin1'));
    }
    client.destroy();
    return { last: messages.join('\n'), said };
  }
  const right = (): ScramClient => new ScramClient(door.options.password);

  it.each([
    ['channel binding', 'p=tls-server-end-point,,n=,r=abcdef'],
    ['channel binding of no kind', 'p=,,n=,r=abcdef'],
    ['an unknown flag', 'z,,n=,r=abcdef'],
    ['somebody else to act as', 'n,a=postgres,n=,r=abcdef'],
    ['a mandatory extension', 'n,,m=yes,n=,r=abcdef'],
    ['an extension', 'n,,n=,r=abcdef,x=1'],
    ['no nonce', 'n,,n='],
    ['an empty nonce', 'n,,n=,r='],
    ['a nonce that cannot be printed', 'n,,n=,r=a\u0000b'],
    ['two nonces', 'n,,n=,r=abc,r=def'],
    ['nothing', ''],
    ['the header alone', 'n,,'],
  ])('a first message with %s is the last', async (_what, first) => {
    const { last, said } = await exchange(first, () => 'c=biws');
    expect(last).toMatch(/^ESFATAL.*C28P01/s);
    expect(said).toBe('');
  });

  it.each<[string, (good: string) => string]>([
    ['no proof', (good) => good.replace(/,p=.*$/, '')],
    ['an empty proof', (good) => good.replace(/,p=.*$/, ',p=')],
    ['a proof that is no base64', (good) => good.replace(/,p=.*$/, ',p=!!!!')],
    [
      'a proof with a bit turned',
      (good) => good.replace(/,p=(.)/, (_all, one: string) => `,p=${one === 'A' ? 'B' : 'A'}`),
    ],
    ['a proof that is too short', (good) => good.replace(/,p=.*$/, `,p=${Buffer.alloc(31).toString('base64')}`)],
    ['a proof that is too long', (good) => good.replace(/,p=.*$/, `,p=${Buffer.alloc(33).toString('base64')}`)],
    ['another nonce', (good) => good.replace(/r=[^,]*/, 'r=abcdef')],
    ['a shorter nonce', (good) => good.replace(/r=([^,]*),/, (_all, one: string) => `r=${one.slice(0, -1)},`)],
    ['the binding of another channel', (good) => good.replace('c=biws', 'c=cD10bHMtc2VydmVyLWVuZC1wb2ludCws')],
    ['another flag than before', (good) => good.replace('c=biws', 'c=eSws')],
    ['no binding', (good) => good.replace('c=biws,', '')],
    ['an extension before the proof', (good) => good.replace(',p=', ',x=1,p=')],
    ['something behind the proof', (good) => `${good},x=1`],
    ['a second proof', (good) => `${good},p=AAAA`],
    ['an error', () => 'e=other-error'],
    ['as much as fits', (good) => good.replace(',p=', `,x=${'x'.repeat(9000)},p=`)],
  ])('a final message with %s does not let anybody in', async (_what, bend) => {
    const scram = right();
    const { last, said } = await exchange(scram.first(), (challenge) => bend(scram.final(challenge)));
    expect(said).not.toBe('');
    expect(last).toMatch(/^ESFATAL.*C28P01/s);
  });

  it('takes a proof for one exchange, and never again', async () => {
    const scram = right();
    let proof = '';
    await exchange(scram.first(), (challenge) => {
      proof = scram.final(challenge);
      // Overheard, and held back.
      return 'e=other-error';
    });
    const replayed = await exchange(scram.first(), () => proof);
    expect(replayed.last).toMatch(/^ESFATAL.*C28P01/s);
  });

  it('says the same to a wrong user and to a wrong password', async () => {
    const failure = async (more: object): Promise<unknown> => {
      const error: unknown = await door.connect(more).catch((thrown: unknown) => thrown);
      return error;
    };
    const [user, password] = [await failure({ user: 'app' }), await failure({ password: 'wrong' })];
    expect(user).toMatchObject({ fields: { C: '28P01' } });
    expect(user).toEqual(password);
    // Whoever guesses is told of once, however often they do.
    expect(door.warnings).toEqual([
      'a client that does not know the user and password of this session was turned away',
    ]);
  });
});
