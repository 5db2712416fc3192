import { randomBytes, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, isIP, type Socket } from 'node:net';
import { HOST_ADDRESSES, parseAddress } from '../../config/address.ts';
import { isPublicAddress } from './public-address.ts';

export interface AllowedHost {
  readonly host: string;
  readonly port: number;
}

export interface RelayOptions {
  readonly hosts: readonly AllowedHost[];
  /** Where it listens: a path in a directory of its own. */
  readonly path: string;
  /** Gives the addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** A host was asked for that is not allowed. */
  readonly refused: (what: string) => void;
}

/** A way to named hosts, and to nothing else. */
export interface HostRelay {
  /** What clients must show. */
  readonly token: string;
  /** Bytes that passed, both ways. */
  traffic(): number;
  close(): void;
}

/** The longest head of a request that is read, and milliseconds that it may take. */
const LONGEST_HEAD = 8192;
const PATIENCE = 10_000;
const MOST_CLIENTS = 100;

/**
 * An HTTP proxy that answers nothing but CONNECT, to listed hosts, by who shows its token. A name is resolved once, and that
 * address is connected to; private ones only where they are listed themselves (R35).
 */
export async function openHostRelay(options: RelayOptions): Promise<HostRelay> {
  const token = randomBytes(24).toString('base64url');
  const sockets = new Set<Socket>();
  let gone = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      gone += socket.bytesRead;
      sockets.delete(socket);
    });
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(client);
    void serve(client, { ...options, token, keep }).catch(() => client.destroy());
  });
  server.maxConnections = MOST_CLIENTS;
  server.listen(options.path);
  await once(server, 'listening');
  return {
    token,
    traffic: () => gone + [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Serving extends RelayOptions {
  readonly token: string;
  readonly keep: (socket: Socket) => void;
}

async function serve(client: Socket, serving: Serving): Promise<void> {
  const head = await headOf(client);
  if (head === null) return;
  const answer = judge(head.text, serving);
  if ('status' in answer) return refuse(client, answer.status);
  const address = await addressOf(answer, serving.resolve ?? resolveName);
  if (address === null) {
    serving.refused(`${answer.host}:${answer.port}, which has no public address`);
    return refuse(client, '403 Forbidden');
  }
  const upstream = connect({ host: address, port: answer.port, allowHalfOpen: true });
  serving.keep(upstream);
  try {
    await once(upstream, 'connect');
  } catch {
    return refuse(client, '502 Bad Gateway');
  }
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.rest.length > 0) upstream.write(head.rest);
  client.pipe(upstream).pipe(client);
  client.on('close', (failed) => failed && upstream.destroy());
  upstream.on('close', (failed) => failed && client.destroy());
}

interface Head {
  readonly text: string;
  /** What came behind it. */
  readonly rest: Buffer;
}

/** Null when the client has gone, or says too much or nothing for too long. */
function headOf(client: Socket): Promise<Head | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (head: Head | null): void => {
      clearTimeout(timer);
      client.off('data', read).pause();
      if (head === null) client.destroy();
      resolve(head);
    };
    const read = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0 && end <= LONGEST_HEAD) {
        done({ text: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 4) });
      } else if (bytes.length > LONGEST_HEAD) done(null);
    };
    const timer = setTimeout(() => done(null), PATIENCE);
    client.on('data', read).once('close', () => done(null));
  });
}

type Answer = AllowedHost | { readonly status: string };

function judge(head: string, { token, hosts, refused }: Serving): Answer {
  const [request = '', ...headers] = head.split('\r\n');
  const match = /^CONNECT ([\x21-\x7e]+) HTTP\/1\.[01]$/.exec(request);
  if (match === null) return { status: '405 Method Not Allowed' };
  if (!isAuthorised(headers, token)) return { status: '407 Proxy Authentication Required' };
  const outcome = parseAddress(match[1] ?? '', HOST_ADDRESSES);
  if (!outcome.ok) return { status: '400 Bad Request' };
  const host = outcome.address.host.toLowerCase();
  const { port } = outcome.address;
  if (hosts.some((one) => one.host === host && one.port === port)) return { host, port };
  refused(`${host}:${port}, which is not among the hosts of the script`);
  return { status: '403 Forbidden' };
}

function isAuthorised(headers: readonly string[], token: string): boolean {
  const given = headers.filter((line) => /^proxy-authorization:/i.test(line));
  const wanted = Buffer.from(`Basic ${Buffer.from(`hoopctl:${token}`).toString('base64')}`);
  const [first = ''] = given;
  const shown = Buffer.from(first.slice(first.indexOf(':') + 1).trim());
  return given.length === 1 && shown.length === wanted.length && timingSafeEqual(shown, wanted);
}

/** The address to connect to; null when there is none that may be. */
async function addressOf(
  { host }: AllowedHost,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<string | null> {
  // An address that is listed itself is meant, whatever it is.
  if (isIP(host) !== 0) return host;
  const addresses = await resolve(host);
  // One that is not public among them means a name that somebody turns: none of them is trusted.
  return addresses.every(isPublicAddress) ? (addresses[0] ?? null) : null;
}

async function resolveName(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function refuse(client: Socket, status: string): void {
  const close = 'Connection: close\r\nContent-Length: 0\r\n\r\n';
  client.end(
    `HTTP/1.1 ${status}\r\n${status.startsWith('407') ? 'Proxy-Authenticate: Basic realm="hoopctl"\r\n' : ''}${close}`,
  );
}
