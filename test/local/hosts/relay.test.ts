import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/local/hosts/public-address.ts';
import { type HostRelay, openHostRelay } from '../../../src/local/hosts/relay.ts';

let directory: string;
let path: string;
let upstream: Server;
let port: number;
let relay: HostRelay;
let refused: string[];
/** What names resolve to. */
let names: Record<string, readonly string[]>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hoopctl-hosts-'));
  path = join(directory, 'hosts');
  upstream = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket));
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  ({ port } = upstream.address() as AddressInfo);
  refused = [];
  names = {};
  relay = await openHostRelay({
    hosts: [
      { host: '127.0.0.1', port },
      { host: 'api.example.com', port },
    ],
    path,
    resolve: async (host) => names[host] ?? [],
    refused: (what) => refused.push(what),
  });
});
afterEach(() => {
  relay.close();
  upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

const credentials = (token = relay.token): string =>
  `Proxy-Authorization: Basic ${Buffer.from(`hoopctl:${token}`).toString('base64')}\r\n`;

/** What comes back for a request, until the other side ends. */
async function ask(request: string, headers = credentials(), after = ''): Promise<string> {
  const socket = connect(path);
  socket.end(`${request}\r\n${headers}\r\n${after}`);
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  return all;
}

const status = async (target: string): Promise<number> =>
  Number((await ask(`CONNECT ${target} HTTP/1.1`)).split(' ')[1]);

describe('the way to named hosts', () => {
  it('leads to a listed one, byte for byte, both ways', async () => {
    const said = await ask(`CONNECT 127.0.0.1:${port} HTTP/1.1`, `Host: x\r\n${credentials()}`, 'ping');
    expect(said).toBe('HTTP/1.1 200 Connection Established\r\n\r\nping');
    expect(relay.traffic()).toBeGreaterThan(8);
  });

  it('leads nobody who does not show its token', async () => {
    for (const headers of [
      '',
      credentials('wrong'),
      `${credentials()}${credentials()}`,
      credentials(`${relay.token}x`),
    ]) {
      expect(await ask(`CONNECT 127.0.0.1:${port} HTTP/1.1`, headers)).toContain('407 ');
    }
  });

  it.each(['GET http://api.example.com/', 'POST /', 'CONNECT', 'connect 127.0.0.1:1'])(
    'answers nothing but CONNECT: %s',
    async (request) => {
      expect(await ask(`${request} HTTP/1.1`)).toContain('405 ');
    },
  );

  it('leads to no other host or port (R35)', async () => {
    const wrong = ['127.0.0.1:1', `127.0.0.2:${port}`, `localhost:${port}`, `example.com:${port}`, `api.example.com:1`];
    for (const target of wrong) expect(await status(target), target).toBe(403);
    expect(refused).toHaveLength(wrong.length);
  });

  it.each([
    'user@api.example.com:443',
    'api.example.com.:443',
    'api.example.com\0.evil.example:443',
    'äpi.example.com:443',
    '2130706433:443',
    '0x7f.1:443',
    '0177.0.0.1:443',
    'api.example.com',
    'api.example.com:0',
    'api.example.com:99999',
    '/var/run/docker.sock:443',
    '[::1]:443x',
  ])('does not guess what %j may mean', async (target) => {
    expect([400, 405]).toContain(await status(target));
  });

  it('connects to the address that a name had, and to a private one never', async () => {
    for (const private_ of [
      '10.0.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
    ]) {
      names['api.example.com'] = [private_];
      expect(await status(`api.example.com:${port}`), private_).toBe(403);
    }
    names['api.example.com'] = ['93.184.216.34', '127.0.0.1'];
    expect(await status(`api.example.com:${port}`)).toBe(403);
    names['api.example.com'] = [];
    expect(await status(`API.Example.com:${port}`)).toBe(403);
    expect(refused.at(-1)).toContain('no public address');
  });

  it('does not listen to somebody who says too much', async () => {
    expect(await ask(`CONNECT 127.0.0.1:${port} HTTP/1.1`, `X: ${'x'.repeat(9000)}\r\n`)).toBe('');
  });

  it('says so where nobody answers', async () => {
    upstream.close();
    expect(await status(`127.0.0.1:${port}`)).toBe(502);
  });
});

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
