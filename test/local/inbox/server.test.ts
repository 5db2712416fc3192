import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignedAnswer } from '../../../src/core/request.ts';
import { type Revoker, serveInbox } from '../../../src/local/inbox/server.ts';
import { inboxDirectory, socketPaths } from '../../../src/local/inbox/sockets.ts';
import { signAnswer } from '../../../src/record/answer-signature.ts';
import { openKey } from '../../../src/record/key.ts';
import { person } from '../../policy/examples.ts';
import { answerTo, reviewer } from '../../session/asking.ts';
import { Home, put, type Served } from './served.ts';

let home: Home;
let served: Served;

beforeEach(async () => {
  home = new Home();
  served = await home.serve();
});

afterEach(() => home[Symbol.asyncDispose]());

async function signed(with_: Partial<SignedAnswer> = {}, of = served.ask('delete from users')): Promise<SignedAnswer> {
  return signAnswer(answerTo(of.request, with_), await openKey(home.state, 'approver'));
}

/** As it is sent. */
function sentAs(answer: unknown, proof: unknown = null): string {
  return JSON.stringify({ answer, proof });
}

const nobody: Revoker = async () => ({ reason: 'nobody' });

describe('a control socket', () => {
  it('is this user’s alone, in a directory of this user’s alone', () => {
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect([served.socket, dirname(served.socket), home.runtime].map(mode)).toEqual(['600', '700', '700']);
    expect(readdirSync(dirname(served.socket))).toHaveLength(1);
  });

  it('is removed when it is served no more', async () => {
    await Promise.all([served.close(), served.close()]);
    expect(readdirSync(dirname(served.socket))).toEqual([]);
  });

  it('lets those go who watch, when it is served no more', async () => {
    const watching = put(served.socket, { method: 'GET', path: '/v1/events', headers: {} });
    await put(served.socket, { method: 'GET', path: '/v1/requests', headers: {} });
    await served.close();
    expect(await watching).toBeNull();
  });

  it('is not made where others could get in', async () => {
    chmodSync(dirname(served.socket), 0o755);
    await expect(serveInbox(home.runtime, served.register, nobody)).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('is not made through a symbolic link', async () => {
    const elsewhere = join(home.directory, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    for (const runtime of [join(home.directory, 'linked'), join(home.directory, 'inside')]) {
      if (runtime.endsWith('linked')) symlinkSync(elsewhere, runtime);
      else {
        mkdirSync(runtime, { mode: 0o700 });
        symlinkSync(elsewhere, join(runtime, 'inbox'));
      }
      await expect(serveInbox(runtime, served.register, nobody)).rejects.toMatchObject({ code: 'config.invalid' });
      await expect(inboxDirectory(runtime)).rejects.toMatchObject({ code: 'config.invalid' });
    }
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is not made under a path that the system cuts off', async () => {
    const runtime = join(home.directory, 'x'.repeat(80));
    await expect(serveInbox(runtime, served.register, nobody)).rejects.toMatchObject({ code: 'local.inbox' });
  });
});

describe('what is sent to a control socket', () => {
  it('by a page in a browser is refused (R14)', async () => {
    const body = sentAs(await signed());
    for (const origin of ['https://evil.example', 'null', 'http://localhost', '']) {
      const headers = { 'content-type': 'application/json', origin };
      expect(await put(served.socket, { path: '/v1/answers', headers, body })).toMatchObject({ status: 403 });
      expect(await put(served.socket, { method: 'GET', path: '/v1/requests', headers })).toMatchObject({ status: 403 });
    }
    expect(served.register.list()).toHaveLength(1);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', ''])(
    'as %j is no answer',
    async (type) => {
      const body = sentAs(await signed());
      expect(await put(served.socket, { path: '/v1/answers', headers: { 'content-type': type }, body })).toMatchObject({
        status: 400,
      });
      expect(served.register.list()).toHaveLength(1);
    },
  );

  it.each([
    ['GET', '/v1/answers'],
    ['PUT', '/v1/answers'],
    ['POST', '/v1/answers/'],
    ['POST', '/v1/answers?'],
    ['POST', '/v2/answers'],
    ['POST', '/v1/%61nswers'],
    ['DELETE', '/v1/requests'],
    ['GET', '/'],
  ])('as %s %s finds nothing', async (method, path) => {
    expect(await put(served.socket, { method, path, body: method.startsWith('P') ? '{}' : '' })).toMatchObject({
      status: 404,
    });
  });

  const hostile: [what: string, body: string | Buffer][] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1e999'],
    ['a deep list', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['a prototype', '{"__proto__":{"verdict":"approve"},"constructor":{"prototype":{"verdict":"approve"}}}'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['NUL', '\0'],
    ['a byte order mark', '\ufeff{}'],
  ];
  it.each(hostile)('as %s is no answer and no revocation', async (_what, body) => {
    for (const path of ['/v1/answers', '/v1/revocations']) {
      expect(await put(served.socket, { path, body })).toMatchObject({ status: 400 });
    }
    expect(await put(served.socket, { method: 'GET', path: '/v1/requests', headers: {} })).toMatchObject({
      status: 200,
    });
  });

  it.each(['\u001b]52;c;eA==\u0007', '\u202eevil', 'two\nlines', 'x'.repeat(501)])(
    'with the reason %j is no revocation',
    async (reason) => {
      const body = JSON.stringify({ request: 'k7fd2qmx', reason, proof: null });
      expect(await put(served.socket, { path: '/v1/revocations', body })).toMatchObject({ status: 400 });
    },
  );

  it('beyond any answer’s size is let go', async () => {
    const answered = await put(served.socket, { path: '/v1/answers', body: `"${'x'.repeat(1 << 20)}"` });
    expect([null, 400]).toContain(answered?.status ?? null);
    expect(await put(served.socket, { method: 'GET', path: '/v1/requests', headers: {} })).toMatchObject({
      status: 200,
    });
  });

  const fields = ['request', 'digest', 'verdict', 'by', 'at', 'uses', 'breakGlass', 'key', 'signature'] as const;
  it.each(fields)('without %s is no answer, and with another type neither', async (field) => {
    const answer = await signed();
    const { [field]: _left, ...rest } = answer;
    for (const other of [undefined, null, {}, [], { toString: 'x' }]) {
      const body = sentAs(other === undefined ? rest : { ...answer, [field]: other });
      expect(await put(served.socket, { path: '/v1/answers', body })).toMatchObject({ status: 400 });
    }
  });

  it('says who answers in one way only', async () => {
    const answer = await signed();
    for (const by of [
      { ...person, groups: ['dba', 1] },
      { ...person, kind: 'root' },
      { ...person, actsFor: {} },
      { ...person, verified: 'yes' },
    ]) {
      expect(await put(served.socket, { path: '/v1/answers', body: sentAs({ ...answer, by }) })).toMatchObject({
        status: 400,
      });
    }
  });

  async function isTaken(body: string): Promise<boolean> {
    const answered = await put(served.socket, { path: '/v1/answers', body });
    return answered?.status === 200 && (JSON.parse(answered.body) as { accepted: boolean }).accepted;
  }

  it('in another’s name, unsigned, or signed by a key that nobody knows does not count', async () => {
    const held = served.ask('delete from users');
    const answer = await signed({}, held);
    const strange = await openKey(join(home.directory, 'another state'), 'approver');
    const recording = await openKey(home.state, 'record');
    const plain = answerTo(held.request);
    for (const forged of [
      plain,
      { ...plain, key: answer.key },
      { ...answer, signature: '' },
      { ...answer, uses: 2 },
      { ...answer, by: reviewer },
      { ...answer, by: { ...person, groups: ['dba'] } },
      { ...answer, by: { ...person, verified: true } },
      await signed({ by: reviewer }, held),
      await signed({ by: { ...person, groups: [...person.groups, 'dba'] } }, held),
      signAnswer(plain, strange),
      signAnswer(plain, recording),
      await signed({ uses: 1e9 }, held),
      await signed({ uses: -1 }, held),
      await signed({ uses: 0.5 }, held),
      await signed({ at: 'never' }, held),
      await signed({ uses: 2, until: '9999-12-31T23:59:59.999Z' }, held),
    ]) {
      expect([forged, await isTaken(sentAs(forged))]).toEqual([forged, false]);
    }
    expect([held.outcome(), served.register.list()]).toEqual([null, [held.request]]);
    expect(await isTaken(sentAs(answer))).toBe(true);
    expect((await held.settled).outcome).toBe('approved');
  });

  it('with a field twice, or others besides, is what it was signed as', async () => {
    const held = served.ask('delete from users');
    const answer = sentAs(await signed({ verdict: 'deny', reason: 'no' }, held));
    expect(await isTaken(answer.replace('{"request', '{"uses":9,"__proto__":{"uses":9},"request'))).toBe(true);
    expect((await held.settled).outcome).toBe('denied');
    const other = served.ask('delete from users');
    const denial = sentAs(await signed({ verdict: 'deny', reason: 'no' }, other));
    expect(await isTaken(denial.replace('},"proof', ',"verdict":"approve"},"proof'))).toBe(false);
    expect(other.outcome()).toBeNull();
  });

  it('a second time does not count, nor anywhere else', async () => {
    const held = served.ask('delete from users');
    const body = sentAs(await signed({}, held));
    const elsewhere = await home.serve('another');
    elsewhere.ask('delete from users');
    expect(await put(elsewhere.socket, { path: '/v1/answers', body })).toMatchObject({
      body: expect.stringContaining('no such request'),
    });
    expect([await isTaken(body), await isTaken(body)]).toEqual([true, false]);
  });

  it('counts nothing when keys cannot be read', async () => {
    const held = served.ask('delete from users');
    const body = sentAs(await signed({}, held));
    chmodSync(join(home.state, 'keys', 'approver.ed25519'), 0o644);
    expect(await isTaken(body)).toBe(false);
    expect(held.outcome()).toBeNull();
  });
});

describe('whoever watches and does not read', () => {
  it('is let go before it costs much, and holds up nobody', async () => {
    const closed = Promise.withResolvers<void>();
    const { request } = await import('node:http');
    const outgoing = request({ socketPath: served.socket, path: '/v1/events', agent: false }, (response) => {
      response.pause();
      response.once('close', closed.resolve);
    });
    outgoing.on('error', () => closed.resolve());
    outgoing.end();
    await new Promise((resolve) => outgoing.once('response', resolve));
    const long = 'x'.repeat(4 << 20);
    for (let count = 0; count < 12; count += 1) {
      const held = served.ask(`delete from users where name = '${long}'`);
      held.gone.abort('cancelled');
      await held.settled;
    }
    outgoing.socket?.resume();
    await closed.promise;
    expect(await put(served.socket, { method: 'GET', path: '/v1/requests', headers: {} })).toMatchObject({
      status: 200,
    });
  });
});

it('a socket gets its name only when somebody listens on it', async () => {
  let over = false;
  const serving = home.serve('another').finally(() => (over = true));
  while (!over) {
    for (const path of await socketPaths(home.runtime)) {
      expect(await put(path, { method: 'GET', path: '/v1/requests', headers: {} })).toMatchObject({ status: 200 });
    }
  }
  expect(readdirSync(dirname((await serving).socket)).filter((name) => !/^[0-9a-f]{8}\.sock$/.test(name))).toEqual([]);
});
