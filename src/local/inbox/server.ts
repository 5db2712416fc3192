import type { IncomingMessage, ServerResponse } from 'node:http';
import { chmod, rename, rm } from 'node:fs/promises';
import { errnoOf, HoopError } from '../../core/errors.ts';
import type { Proof, Proven, Unproven } from '../../core/proof.ts';
import type { Register } from '../../session/index.ts';
import { readAnswering, readRevoking } from './bodies.ts';
import { inboxDirectory, LONGEST_SOCKET_PATH, newSocketPath } from './sockets.ts';

// An import evaluates all that the module exports, a client for WebSockets among it: 25 ms before a door opens.
const { createServer } = process.getBuiltinModule('node:http');

/** Bytes of a body: an answer and two tokens are smaller. */
const MOST_BODY = 64 * 1024;
/** Bytes that somebody who watches may be behind; then they are let go, and come again. */
const MOST_BEHIND = 16 * 1024 * 1024;

/** Serves the requests of this process. */
export interface InboxServer {
  /** Lets nobody in any more, and removes the socket. Idempotent. */
  close(): Promise<void>;
}

/** Who takes a grant back, by what is shown beside it. Never rejects. */
export type Revoker = (proof: Proof | null) => Promise<Proven | Unproven>;

/**
 * Serves a register over HTTP on a Unix socket in a 0700 directory.
 * @throws HoopError `local.inbox`, `config.invalid`
 */
export async function serveInbox(runtime: string, register: Register, revoker: Revoker): Promise<InboxServer> {
  const path = newSocketPath(await inboxDirectory(runtime));
  const unseen = `${path}.new`;
  if (Buffer.byteLength(unseen) > LONGEST_SOCKET_PATH) throw unserved('its path would be too long for this system');
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    handle(register, revoker, request)
      .then((reply) => reply(response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unserved(errnoOf(error) ?? error.name, error)));
    server.listen(unseen, resolve);
  });
  server.on('error', () => undefined);
  // The directory is closed to others already; a second lock costs nothing.
  await chmod(unseen, 0o600);
  // Whoever finds a socket on which nobody listens takes it away: it gets its name when it is served.
  await rename(unseen, path);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    await rm(path, { force: true });
  };
  return { close: () => (closing ??= close()) };
}

function unserved(why: string, cause?: unknown): HoopError {
  return new HoopError('local.inbox', `requests for approval cannot be served (${why})`, {
    cause,
    hint: 'XDG_RUNTIME_DIR=/a/shorter/path, where you may write',
  });
}

type Reply = (response: ServerResponse) => void;

/** What a browser sends never gets here, but if it did it would say where it comes from. */
async function handle(register: Register, revoker: Revoker, request: IncomingMessage): Promise<Reply> {
  if (request.headers.origin !== undefined) return failure(403, 'no page may ask here');
  switch (`${request.method} ${request.url}`) {
    case 'GET /v1/requests':
      return json(200, { version: 1, requests: register.list() });
    case 'GET /v1/grants':
      return json(200, { version: 1, grants: register.grants() });
    case 'GET /v1/events':
      return watch(register);
    case 'POST /v1/answers': {
      const answering = readAnswering(await bodyOf(request));
      if (answering === null) return failure(400, 'that is no answer');
      return json(200, await register.answer(answering.answer, answering.proof));
    }
    case 'POST /v1/revocations': {
      const revoking = readRevoking(await bodyOf(request));
      if (revoking === null) return failure(400, 'that is no revocation');
      const by = await revoker(revoking.proof);
      if ('reason' in by) return failure(403, by.reason);
      const grant = register.revoke(revoking.request, by.identity, revoking.reason);
      return grant === null ? failure(404, 'there is no such grant') : json(200, { version: 1, grant });
    }
    default:
      return failure(404, 'there is nothing here');
  }
}

/** Null when it is too long, or not announced as JSON, or none. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type'] !== 'application/json') return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function json(status: number, value: unknown): Reply {
  return (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function failure(status: number, message: string): Reply {
  return json(status, { version: 1, error: message });
}

/** What waits now, a line each, a line that says that this was all, and then what happens, as it happens. */
function watch(register: Register): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const tell = (event: unknown): boolean => response.write(`${JSON.stringify(event)}\n`);
    for (const request of register.list()) tell({ type: 'request', request });
    for (const grant of register.grants()) tell({ type: 'grant', grant });
    tell({ type: 'current' });
    const most = response.writableLength + MOST_BEHIND;
    const ignore = register.listen((event) => {
      if (response.writableLength > most) response.destroy();
      else tell(event);
    });
    response.once('close', ignore);
  };
}
