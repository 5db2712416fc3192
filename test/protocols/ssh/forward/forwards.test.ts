import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { askRule, rule } from '../../../policy/examples.ts';
import { freePort } from '../../../postgres/server.ts';
import { answerTo } from '../../../session/asking.ts';
import { startSshServer, type SshServer } from '../../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../../ssh/stage.ts';
import { exchange, type Forwarder, forwarder, forwards, portOf, reach, reversing, sha256 } from './client.ts';

describe('what is led through a door, before a real sshd', () => {
  const bytes = randomBytes(5_000_000);
  const reversed = Buffer.from(bytes).reverse();
  let server: SshServer;
  let service: Server;
  let stage: SshStage;
  let client: Forwarder | null = null;
  beforeAll(async () => {
    server = await startSshServer({ settings: ['GatewayPorts clientspecified'] });
    service = await reversing();
  });
  afterAll(async () => {
    service.close();
    await server.stop();
  });
  afterEach(async () => {
    await client?.leave();
    client = null;
    await stage.close();
  });

  const under = async (policy: Partial<Policy> = {}): Promise<void> => {
    stage = await openSshStage(server.target(), [{ ...UNGUARDED, name: 'strict', ...policy }]);
  };
  const settledTransfers = () =>
    eventually(
      () => stage.of('transfer'),
      (transfers) => transfers.length === 2,
    );
  const path = (name: string): string => join(stage.directory, name);

  it('is led to a port that the target reaches, whole in both directions, each to its own end', async () => {
    await under();
    const local = await freePort();
    client = forwarder(stage, ['-L', `${local}:localhost:${portOf(service)}`]);
    expect((await exchange(local, bytes)).equals(reversed)).toBe(true);
    expect(await settledTransfers()).toMatchObject([
      { direction: 'in', bytes: bytes.length, sha256: sha256(bytes), path: null, complete: true },
      { direction: 'out', bytes: bytes.length, sha256: sha256(reversed), path: null, complete: true },
    ]);
    expect(stage.of('statement')).toMatchObject([
      { text: `forward to localhost:${portOf(service)}`, decision: { verdict: 'allow' } },
    ]);
  });

  it('is led by way of the target to another server (-W)', async () => {
    await under();
    const ran = await stage.ssh(['-W', `127.0.0.1:${portOf(service)}`, 'web-1'], { input: 'abc' });
    expect(ran).toMatchObject({ code: 0, stdout: 'cba' });
  });

  it('is led wherever each connection wants (-D)', async () => {
    await under();
    const local = await freePort();
    client = forwarder(stage, ['-D', `${local}`]);
    await eventually(
      () => reach(local),
      (socket) => socket?.destroy() !== undefined,
    );
    const pages = createHttpServer((_request, response) => void response.end('a page'));
    await once(pages.listen(0, '127.0.0.1'), 'listening');
    const proxy = ['--socks5-hostname', `127.0.0.1:${local}`, '--max-time', '5'];
    const ran = await stage.run('curl', ['-s', ...proxy, `http://LocalHost:${portOf(pages)}`]);
    expect(ran.stdout).toBe('a page');
    expect(stage.of('statement').map(({ text }) => text)).toEqual([`forward to localhost:${portOf(pages)}`]);
    pages.close();
  });

  it('is led to a socket of the target', async () => {
    await under();
    const there = await reversing(path('there'));
    client = forwarder(stage, ['-L', `${path('here')}:${path('there')}`]);
    expect((await exchange(path('here'), Buffer.from('abc'))).toString()).toBe('cba');
    expect(stage.of('statement').map(({ text }) => text)).toEqual([`forward to unix:${path('there')}`]);
    there.close();
  });

  it('comes back from a port that the target listens on, until the client takes it back', async () => {
    await under();
    const far = await freePort();
    client = forwarder(stage, ['-R', `127.0.0.1:${far}:127.0.0.1:${portOf(service)}`]);
    expect((await exchange(far, bytes)).equals(reversed)).toBe(true);
    // From the client to the target is “in”.
    expect(await settledTransfers()).toMatchObject([
      { direction: 'in', bytes: bytes.length, sha256: sha256(reversed) },
      { direction: 'out', bytes: bytes.length, sha256: sha256(bytes) },
    ]);
    await client.leave();
    await eventually(
      () => reach(far),
      (socket) => socket?.destroy() === undefined,
    );
    expect(stage.of('complete')).toMatchObject([{ tag: 'closed', bytes: bytes.length }]);
  });

  it('comes back from a port that the target chose itself', async () => {
    await under();
    client = forwarder(stage, ['-R', `0:127.0.0.1:${portOf(service)}`]);
    const said = await eventually(
      () => client?.said() ?? '',
      (text) => /Allocated port \d+/.test(text),
    );
    const far = Number(/Allocated port (\d+)/.exec(said)?.[1]);
    expect((await exchange(far, Buffer.from('abc'))).toString()).toBe('cba');
    expect(stage.of('statement').map(({ text }) => text)).toEqual([
      'forward from the target, listening on localhost:0',
    ]);
  });

  it('comes back from a socket that the target listens on', async () => {
    await under();
    client = forwarder(stage, ['-R', `${path('far')}:127.0.0.1:${portOf(service)}`]);
    expect((await exchange(path('far'), Buffer.from('abc'))).toString()).toBe('cba');
  });

  it('is off where no rule names it, and the client is told so', async () => {
    await under({ allow: [] });
    const ran = await stage.ssh(['-W', `127.0.0.1:${portOf(service)}`, 'web-1'], { input: 'abc' });
    expect(ran).toMatchObject({ code: 255, stdout: '' });
    expect(ran.stderr).toContain('administratively prohibited: hoopctl: forward to 127.0.0.1:');
    const far = await freePort();
    const back = await stage.ssh(['-N', '-o', 'ExitOnForwardFailure=yes', '-R', `${far}:127.0.0.1:1`, 'web-1']);
    expect(back).toMatchObject({ code: 255 });
    expect(await reach(far)).toBeNull();
    expect(stage.of('statement').map(({ decision }) => decision.verdict)).toEqual(['deny', 'deny']);
  });

  it('is let through to what a rule names alone, however it is written', async () => {
    await under({ allow: [rule({ command: forwards(`local localhost:${portOf(service)}`) })] });
    const to = (place: string) => stage.ssh(['-W', place, 'web-1'], { input: 'abc' });
    expect(await to(`LOCALHOST:${portOf(service)}`)).toMatchObject({ stdout: 'cba' });
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '[::ffff:127.0.0.1]',
      'localhost.',
      '0.0.0.0',
    ]) {
      expect(await to(`${host}:${portOf(service)}`)).toMatchObject({ code: 255, stdout: '' });
    }
  });

  it('is kept from the target itself where a rule denies that, whatever it is called', async () => {
    await under({
      allow: [rule({ command: forwards('local') })],
      deny: [rule({ command: forwards(`local 127.0.0.1:${portOf(service)}`) })],
    });
    const to = (host: string, port = portOf(service)) =>
      stage.ssh(['-W', `${host}:${port}`, 'web-1'], { input: 'abc' });
    for (const host of [
      'localhost',
      'LocalHost',
      '127.0.0.1',
      '127.0.0.2',
      '[::1]',
      '0.0.0.0',
      '[::]',
      'ip6-localhost',
    ]) {
      expect({ host, ...(await to(host)) }).toMatchObject({ host, code: 255, stdout: '' });
    }
    expect((await to('localhost', server.port)).stdout).toMatch(/^SSH-2.0-/);
  });

  it('counts for everybody’s where a target is to listen for everybody', async () => {
    await under({ deny: [rule({ command: forwards('remote 0.0.0.0:*'), message: 'not for everybody' })] });
    for (const host of ['*', '0.0.0.0', '[::]', '[0::0]', '[0:0:0:0:0:0:0:0]', '']) {
      const far = await freePort();
      const ran = await stage.ssh([
        '-N',
        '-o',
        'ExitOnForwardFailure=yes',
        '-R',
        `${host}:${far}:127.0.0.1:1`,
        'web-1',
      ]);
      expect(ran.code).toBe(255);
      expect(await reach(far)).toBeNull();
    }
  });

  it('waits for people, and is led through when they approve', async () => {
    await under({ ask: [askRule({ command: forwards() })] });
    const running = stage.ssh(['-W', `127.0.0.1:${portOf(service)}`, 'web-1'], { input: 'abc' });
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    if (request === undefined) throw new Error('nothing is held');
    await stage.register.answer(answerTo(request), null);
    expect(await running).toMatchObject({ code: 0, stdout: 'cba' });
  });

  it('is refused when people say no, in either direction', async () => {
    await under({ ask: [askRule({ command: forwards() })] });
    const far = await freePort();
    const running = [
      stage.ssh(['-W', `127.0.0.1:${portOf(service)}`, 'web-1'], { input: 'abc' }),
      stage.ssh(['-N', '-o', 'ExitOnForwardFailure=yes', '-R', `${far}:127.0.0.1:1`, 'web-1']),
    ];
    const requests = await eventually(
      () => stage.held,
      (held) => held.length === 2,
    );
    for (const request of requests) {
      await stage.register.answer(answerTo(request, { verdict: 'deny', reason: 'not today' }), null);
    }
    expect((await Promise.all(running)).map(({ code }) => code)).toEqual([255, 255]);
    expect(await reach(far)).toBeNull();
  });

  it('is taken back by a client that goes away', async () => {
    await under({ ask: [askRule({ command: forwards() })] });
    client = forwarder(stage, ['-R', `${await freePort()}:127.0.0.1:1`]);
    await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    await client.leave();
    expect(
      await eventually(
        () => stage.of('settled'),
        (settled) => settled.length === 1,
      ),
    ).toMatchObject([{ outcome: 'disconnected' }]);
  });

  it('fails with the server’s own words when nobody is there', async () => {
    await under();
    const ran = await stage.ssh(['-W', `127.0.0.1:${await freePort()}`, 'web-1']);
    expect(ran.stderr).toMatch(/open failed: connect failed: hoopctl: .*refused/i);
    expect(stage.of('complete')).toMatchObject([{ tag: 'not connected' }]);
  });

  it('ends with the session, of which a client hears that has nothing but forwards', async () => {
    await under();
    const local = await freePort();
    client = forwarder(stage, ['-L', `${local}:localhost:${portOf(service)}`]);
    await eventually(
      () => reach(local),
      (socket) => socket?.destroy() !== undefined,
    );
    await stage.session.end('expired');
    await eventually(
      () => client?.said() ?? '',
      (text) => text.includes('hoopctl: the session has ended'),
    );
  });

  it('is told why it has no target, where it has nothing but forwards', async () => {
    const port = await freePort();
    stage = await openSshStage({ ...server.target(), port });
    const ran = await stage.ssh(['-N', 'web-1']);
    expect(ran.stderr).toMatch(/hoopctl: web-1 cannot be reached: nothing listens there \(ECONNREFUSED\)/);
  });

  it('ends with the session, on record as broken off', async () => {
    await under();
    const local = await freePort();
    client = forwarder(stage, ['-L', `${local}:localhost:${portOf(service)}`]);
    const arrived = once(service, 'connection');
    const socket = await eventually(
      () => reach(local),
      (one) => one !== null,
    );
    socket?.write('abc');
    const [there] = (await arrived) as [Socket];
    await once(there, 'data');
    await stage.session.end('expired');
    expect(stage.of('transfer')).toMatchObject([{ complete: false }, { complete: false }]);
  });
});
