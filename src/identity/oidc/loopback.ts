import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoopError } from '../../core/errors.ts';

/**
 * The path is the same for every login, since providers compare it with the one that was registered; RFC 8252 leaves only
 * the port open. What makes an answer ours is `state`.
 */
const PATH = '/callback';

/** A browser opens a handful; more are somebody else's. */
const MOST_CONNECTIONS = 16;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  connection: 'close',
};

/** Where a browser brings the answer of a login: once, to the one who holds `state`. */
export interface Loopback {
  readonly redirectUri: string;
  /** The answer's address, with everything in its query; rejects when the listener breaks. */
  readonly answer: Promise<URL>;
  close(): void;
}

/** @throws HoopError `local.listen` */
export async function openLoopback(state: string): Promise<Loopback> {
  const answer = Promise.withResolvers<URL>();
  // Whoever opened it may have given up before an answer comes.
  answer.promise.catch(() => null);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 });
  server.maxConnections = MOST_CONNECTIONS;
  const { host, redirectUri } = await listening(server);
  server.on('error', () => answer.reject(cannotListen()));
  server.on('request', (request, response) => {
    const verdict = verdictOn(request, host, state);
    if (typeof verdict === 'number') return respond(response, verdict, 'This is not the answer to a login.');
    respond(response, 200, 'hoopctl has the answer. You can close this window and go back to the terminal.');
    answer.resolve(verdict);
  });
  return { redirectUri, answer: answer.promise, close: () => close(server) };
}

async function listening(server: Server): Promise<{ readonly host: string; readonly redirectUri: string }> {
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    throw cannotListen();
  }
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { host, redirectUri: `http://${host}${PATH}` };
}

/** The answer, or the status with which something else is sent away; neither of which ends the wait for the answer. */
function verdictOn({ method, headers, url }: IncomingMessage, host: string, state: string): URL | number {
  // A page that rebinds its name to 127.0.0.1 shows itself here.
  if (headers.host !== host) return 421;
  const target = `http://${host}${url ?? ''}`;
  if (url?.startsWith('/') !== true || !URL.canParse(target)) return 400;
  const address = new URL(target);
  if (address.pathname !== PATH) return 404;
  if (method !== 'GET') return 405;
  const [given, ...more] = address.searchParams.getAll('state');
  return given !== undefined && more.length === 0 && isSame(given, state) ? address : 400;
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function respond(response: ServerResponse, status: number, words: string): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>hoopctl</title><p>${words}</p></html>\n`;
  response.writeHead(status, { ...HEADERS, ...(status === 405 ? { allow: 'GET' } : {}) }).end(page);
}

/** Lets the page that is being sent arrive; nothing else keeps the program. */
function close(server: Server): void {
  server.close();
  server.closeIdleConnections();
  server.unref();
  setTimeout(() => server.closeAllConnections(), 1000).unref();
}

function cannotListen(): HoopError {
  return new HoopError('local.listen', 'cannot listen on 127.0.0.1 for the answer of the login', {
    hint: 'hoopctl login, with a code',
  });
}
