import { duplexPair, type Duplex } from 'node:stream';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  frame,
  framing,
  idOf,
  REPLY,
  REQUEST,
  string,
  typeOf,
  uint32,
} from '../../../../src/protocols/ssh/sftp/frames.ts';
import type { SftpEnd } from '../../../../src/protocols/ssh/sftp/relay.ts';
import { Framer } from '../../../../src/wire/framer.ts';
import { Asker } from './asker.ts';
import { answer, ask } from './messages.ts';
import { allBut } from './policies.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeEach(() => {
  stage = openStage(allBut({}), '/');
  onTestFinished(() => stage[Symbol.asyncDispose]());
});

type Respond = (message: Buffer, id: number) => Buffer | null;

/** A server that answers what the proxy itself asks like an honest one, and the rest as it is told. */
function serve(
  respond: Respond,
  greeting = answer.version(['statvfs@openssh.com', '2'], ['evil@example.com', '1']),
): Duplex {
  const [near, far] = duplexPair();
  const framer = new Framer(framing('the client'));
  far.on('error', () => far.destroy());
  far.on('data', (chunk: Buffer) => {
    framer.feed(Buffer.from(chunk));
    for (let message = framer.next(); message !== null; message = framer.next()) {
      const id = idOf(message) ?? 0;
      if (typeOf(message) === REQUEST.init) far.write(greeting);
      else if (id > 0xffff_0000) far.write(honest(message, id));
      else {
        const reply = respond(message, id);
        if (reply !== null) far.write(reply);
      }
    }
  });
  return near;
}

function honest(message: Buffer, id: number): Buffer {
  if (typeOf(message) === REQUEST.realpath) return answer.names(id, '/home');
  return typeOf(message) === REQUEST.lstat ? answer.attributes(id, 0o100644) : answer.status(id, 4);
}

async function meet(upstream: Duplex): Promise<{ asker: Asker; end: Promise<SftpEnd> }> {
  const { client, end } = stage.converse(upstream);
  const asker = new Asker(client);
  await asker.greet();
  return { asker, end };
}

const open: Respond = (message, id) =>
  typeOf(message) === REQUEST.open || typeOf(message) === REQUEST.opendir ? answer.handle(id, 'h') : null;

/** What a server answers to a READ of 10 bytes, or to what is asked instead. */
type Lie = readonly [what: string, lie: (id: number) => Buffer, instead: ((id: number) => Buffer) | null];

const LIES: readonly Lie[] = [
  ['what nobody asked', (id) => answer.data(id + 1, 'x'), null],
  ['the wrong thing', (id) => answer.names(id, 'x'), null],
  ['the same twice', (id) => Buffer.concat([answer.data(id, 'x'), answer.data(id, 'x')]), null],
  ['more than was asked for', (id) => answer.data(id, 'x'.repeat(11)), null],
  ['a length of 4 GB', () => uint32(0xffff_ffff), null],
  ['a length of nothing', () => uint32(0), null],
  ['a string that goes on behind the end', (id) => frame(REPLY.data, id, uint32(100), Buffer.from('x')), null],
  ['another VERSION', () => answer.version(), null],
  ['a request', (id) => ask.stat(id, '/'), null],
  ['a handle that is open', (id) => answer.handle(id, 'h'), (id) => ask.open(id, '/other')],
  ['two names for one path', (id) => answer.names(id, 'a', 'b'), (id) => ask.readlink(id, '/a')],
  ['no name', (id) => answer.names(id), (id) => ask.realpath(id, '/a')],
  ['four billion names', (id) => frame(REPLY.name, id, uint32(0xffff_ffff)), (id) => ask.readlink(id, '/a')],
  ['an empty handle', (id) => answer.handle(id, ''), (id) => ask.open(id, '/other')],
];

describe('a server that answers', () => {
  it.each(LIES)('%s ends the conversation, and is not believed', async (_, lie, instead) => {
    let isOpen = false;
    const { asker, end } = await meet(
      serve((message, id) => {
        const reply = isOpen ? null : open(message, id);
        isOpen = true;
        return reply ?? lie(id);
      }),
    );
    const handle = await asker.handle((id) => ask.open(id, '/a'));
    asker.send(instead === null ? ask.read(50, handle, 0, 10) : instead(50));
    expect(await end).toMatchObject({ cause: 'protocol' });
    await asker.gone;
    // The first of two that are the same is right.
    expect(asker.answers.length).toBeLessThanOrEqual(2);
  });

  it('everything, but does not leave, keeps nobody from leaving', async () => {
    const { asker, end } = await meet(serve((_, id) => answer.status(id, 2)));
    const answered = asker.outcome((id) => ask.stat(id, '/a'));
    asker.end();
    expect(await answered).toBe(2);
    expect(await end).toMatchObject({ cause: 'client' });
  });

  it('by hanging up ends the conversation, with what was open as broken off', async () => {
    const upstream = serve(open);
    const { asker, end } = await meet(upstream);
    await asker.handle((id) => ask.open(id, '/a', 2));
    upstream.push(null);
    expect(await end).toMatchObject({ cause: 'target' });
    expect(stage.recorder.events.at(-1)).toMatchObject({ type: 'transfer', complete: false });
  });
});

it.each([
  ['another version', frame(REPLY.version, 4)],
  ['something else', answer.status(0, 0)],
])('a server that begins with %s is not spoken to', async (_, greeting) => {
  const { client, end } = stage.converse(serve(() => null, greeting));
  expect(await new Asker(client).greet()).toBeNull();
  expect(await end).toMatchObject({ cause: 'protocol' });
});

it('extensions that nobody has looked at are not shown', async () => {
  const { client } = stage.converse(serve(() => null));
  const greeting = await new Asker(client).greet();
  expect(greeting?.toString('latin1')).toContain('statvfs@openssh.com');
  expect(greeting?.toString('latin1')).not.toContain('evil');
});

describe('a client', () => {
  it.each([
    ['gives two requests one id', Buffer.concat([ask.stat(7, '/a'), ask.stat(7, '/b')])],
    ['announces 4 GB', uint32(0xffff_fffb)],
    ['announces nothing', uint32(0)],
    ['leaves the id out', Buffer.from([0, 0, 0, 1, REQUEST.stat])],
  ])('that %s is hung up on', async (_, bytes) => {
    const { asker, end } = await meet(serve(() => null));
    asker.send(bytes);
    expect(await end).toMatchObject({ cause: 'protocol' });
  });

  it.each([
    ['with a request', ask.stat(1, '/a')],
    ['with an older version', frame(REQUEST.init, 2)],
    ['with HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('that begins %s is hung up on', async (_, bytes) => {
    const { client, end } = stage.converse(serve(() => null));
    client.write(bytes);
    expect(await end).toMatchObject({ cause: 'protocol' });
  });

  it('whose ids are those that the proxy takes for its own questions gets its own answers', async () => {
    const seen: number[] = [];
    const { asker } = await meet(
      serve((message, id) => {
        seen.push(id);
        return typeOf(message) === REQUEST.stat ? answer.attributes(id, 0o100600) : null;
      }),
    );
    const ids = [0xfffe_fffe, 0xfffe_ffff, 1, 2];
    const answers = ids.map((id) => asker.answerTo(id));
    asker.send(Buffer.concat(ids.map((id) => ask.stat(id, `/f${id}`))));
    expect(await Promise.all(answers)).toMatchObject(ids.map((id) => ({ id, kind: 'attributes' })));
    expect(seen).toEqual(ids);
  });

  it('that asks for more at once than anybody would gets all of its answers, refusals among them', async () => {
    let waiting: number[] = [];
    let most = 0;
    const upstream = serve((message, id) => {
      if (typeOf(message) !== REQUEST.extended) return null;
      waiting.push(id);
      most = Math.max(most, waiting.length);
      // It answers nothing before as many wait as may.
      if (most < 4096) return null;
      const replies = Buffer.concat(waiting.map((one) => answer.status(one, 8)));
      waiting = [];
      return replies;
    });
    const { asker } = await meet(upstream);
    const total = 9000;
    const last = asker.answerTo(total);
    for (let id = 1; id <= total; id += 1) {
      asker.send(id <= 6000 ? ask.extended(id, 'limits@openssh.com') : ask.close(id, 'none'));
    }
    expect(await last).toMatchObject({ kind: 'status', code: 4 });
    await expect.poll(() => asker.answers.length).toBe(total);
  });

  it('that asks about the longest paths, all at once, has few questions asked at a time', async () => {
    const [upstream, server] = duplexPair();
    // It says where paths begin, and reads nothing after that.
    server.once('data', () => {
      server.write(answer.version());
      server.once('data', (message: Buffer) => {
        server.pause();
        server.write(honest(message, idOf(message) ?? 0));
      });
    });
    const { asker } = await meet(upstream);
    const path = `/${`${'x'.repeat(29)}/`.repeat(120)}../y`;
    asker.send(Buffer.concat(Array.from({ length: 300 }, (_, id) => ask.stat(id, path.replace('y', String(id))))));
    await expect.poll(() => upstream.writableLength).toBeGreaterThan(64 * 1024);
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(upstream.writableLength).toBeLessThan(4 * 1024 * 1024);
  });

  it('that sends what makes no sense is told so, and may go on', async () => {
    const { asker } = await meet(
      serve((message, id) => (typeOf(message) === REQUEST.stat ? answer.status(id, 2) : null)),
    );
    expect(await asker.outcome((id) => frame(REQUEST.stat, id, uint32(99)))).toBe(5);
    expect(await asker.outcome((id) => frame(99, id, string('x')))).toBe(8);
    expect(await asker.outcome((id) => ask.stat(id, '/a'))).toBe(2);
  });
});

it('the end of the session ends the conversation', async () => {
  const { asker, end } = await meet(serve(() => null));
  stage.expire();
  expect(await end).toMatchObject({ cause: 'expired' });
  await asker.gone;
});

it('nothing passes when it cannot be written down (R43)', async () => {
  const sent: number[] = [];
  const { asker, end } = await meet(
    serve((message) => {
      sent.push(typeOf(message));
      return null;
    }),
  );
  stage.recorder.broken = new Error('the disk is full');
  asker.send(ask.remove(1, '/a'));
  expect(await end).toMatchObject({ cause: 'record' });
  expect(sent).toEqual([]);
});
