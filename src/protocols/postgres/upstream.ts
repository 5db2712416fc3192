import { createHash } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errnoOf, HoopError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Target } from '../../core/target.ts';
import { Cursor } from '../../wire/cursor.ts';
import { within } from '../../wire/deadline.ts';
import { Arena } from '../../wire/arena.ts';
import { Inbound } from '../../wire/inbound.ts';
import { BACKEND, cstring, decodeFields, decodeReady, FRONTEND, frame, HEADER, int32 } from './frames.ts';
import { GREETING, LOGIN_MESSAGE } from './limits.ts';
import { sqlstate } from './refuse.ts';
import { MECHANISM, ScramClient } from './scram.ts';
import { sslRequest, startupMessage } from './startup.ts';

/** By which one process of a server is cancelled. */
export interface CancelKey {
  readonly process: number;
  readonly key: Buffer;
}

/** A connection to the target that is ready for queries. */
export interface Upstream {
  readonly socket: Socket;
  readonly inbound: Inbound;
  /** ParameterStatus and NoticeResponse messages of the login, as they came. */
  readonly greeting: readonly Buffer[];
  /** Of the server's process, to cancel by; null when it gave none. */
  readonly key: CancelKey | null;
  readonly authentication: string;
  /** TLS version and cipher, or null. */
  readonly tls: string | null;
}

/** A server's refusal during login. Of its words only the SQLSTATE goes on: clients decide by it whether to try again. */
export class LoginRefused extends HoopError {
  readonly sqlstate: string;

  constructor(sqlstate: string) {
    super('postgres.login', `the database server refused the login (SQLSTATE ${sqlstate})`, {
      hint: 'Check user, password and database of the target, and the server’s pg_hba.conf.',
    });
    this.sqlstate = sqlstate;
  }
}

/** A connection, before anything was said. */
export interface Reached {
  readonly socket: Socket;
  /** What the socket reads into; null when it is a stream like any other. */
  readonly arena: Arena | null;
  /** TLS version and cipher, or null. */
  readonly tls: string | null;
}

/** Bytes: thirty of the pieces in which PostgreSQL sends a result. */
const READ_SIZE = 256 * 1024;

/**
 * A plain or TLS connection as the target wants it.
 * @throws HoopError `postgres.unreachable`, `postgres.tls`
 */
export async function reach(target: Target, signal: AbortSignal): Promise<Reached> {
  if (target.tls.mode === 'disable') {
    const arena = new Arena(READ_SIZE);
    return { socket: await dial(target, signal, arena), arena, tls: null };
  }
  const plain = await dial(target, signal, null);
  try {
    const secure = await encrypt(plain, target);
    return { socket: secure, arena: null, tls: `${secure.getProtocol() ?? 'TLS'} ${secure.getCipher().standardName}` };
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

function dial(target: Target, signal: AbortSignal, arena: Arena | null): Promise<Socket> {
  const address = target.host.startsWith('/')
    ? { path: `${target.host}/.s.PGSQL.${target.port}` }
    : { host: target.host, port: target.port };
  const reading = arena === null ? {} : { onread: arena.onread };
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ ...address, ...reading, noDelay: true, keepAlive: true, allowHalfOpen: true });
    const giveUp = (): void => void socket.destroy(new Error('given up'));
    // Not by an option of `connect`: that never stops listening, and so the signal would keep all that the socket holds.
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', giveUp));
    if (signal.aborted) giveUp();
    const failed = (error: Error): void => {
      socket.destroy();
      const errno = errnoOf(error) ?? 'failure';
      reject(
        new HoopError('postgres.unreachable', `cannot reach target ${target.name} (${errno})`, {
          cause: error,
          hint: 'Check that the address is right and the server is running: hoopctl targets test',
        }),
      );
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      // An error later ends the stream, which is where it is noticed.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

const untrusted = (message: string, cause?: unknown): HoopError =>
  new HoopError('postgres.tls', message, {
    cause,
    hint: 'Set the target’s tls: mode and ca in hoopctl.yaml to fit the server.',
  });

async function encrypt(socket: Socket, target: Target): Promise<TLSSocket> {
  const inbound = new Inbound(socket);
  socket.write(sslRequest());
  const answer = await inbound.exactly(1);
  if (answer[0] !== 0x53) throw untrusted(`target ${target.name} does not offer TLS, and its tls mode asks for it`);
  // Whatever came with the answer was not encrypted, and would be taken for the server's (CVE-2021-23222).
  if (inbound.early > 0) throw untrusted(`target ${target.name} sent bytes before TLS was set up`);
  inbound.detach();
  return handshake(socket, target);
}

function handshake(socket: Socket, target: Target): Promise<TLSSocket> {
  const { mode, ca, certificate } = target.tls;
  // Loaded when it is needed, and not before a door opens.
  const { connect } = process.getBuiltinModule('node:tls');
  return new Promise((resolve, reject) => {
    const secure = connect({
      socket,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['postgresql'],
      rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
      ...(isIP(target.host) === 0 && !target.host.startsWith('/') ? { servername: target.host } : {}),
      ...(mode === 'verify-full' ? { host: target.host } : { checkServerIdentity: () => undefined }),
      ...(ca === null ? {} : { ca }),
      ...(certificate === null ? {} : { cert: certificate.cert, key: certificate.key.reveal() }),
    });
    const failed = (error: Error): void => {
      const reason = errnoOf(error) ?? 'handshake failed';
      reject(untrusted(`TLS with target ${target.name} failed (${reason})`, error));
    };
    secure.once('error', failed);
    secure.once('close', () => failed(new Error('closed')));
    secure.once('secureConnect', () => {
      secure.off('error', failed);
      secure.on('error', () => undefined);
      resolve(secure);
    });
  });
}

/**
 * Reaches the target and logs in with its own credential, within its limit of time.
 * @throws HoopError `postgres.unreachable` (also when the time is over or `signal` aborts), `postgres.tls`,
 * `postgres.login` (a `LoginRefused` when the server said no), `postgres.protocol`, `postgres.closed`
 */
export async function login(
  target: Target,
  settings: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Upstream> {
  const late = new AbortController();
  const attempt = converse(target, settings, AbortSignal.any([signal, late.signal]));
  try {
    return await within(attempt, target.limits.connect, `reaching target ${target.name}`, () => late.abort());
  } catch (error) {
    if (!late.signal.aborted || !(error instanceof HoopError)) throw error;
    throw new HoopError('postgres.unreachable', error.message, {
      cause: error,
      hint: 'Check that the server answers: hoopctl targets test; a slow one may need more limits.connect.',
    });
  }
}

async function converse(target: Target, settings: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Upstream> {
  let reached: Reached | null = null;
  try {
    reached = await reach(target, signal);
    const { socket, arena, tls } = reached;
    const inbound = new Inbound(socket, arena);
    const parameters = new Map([['user', target.user], ['database', target.database], ...settings]);
    socket.write(startupMessage(parameters));
    return await new Login(target, socket, inbound, tls).run();
  } catch (error) {
    reached?.socket.destroy();
    if (!(error instanceof HoopError) || error.code !== 'wire.closed') throw error;
    throw new HoopError('postgres.closed', `target ${target.name} closed the connection before the login was over`, {
      cause: error,
      hint: 'Check that the address is that of a PostgreSQL server, and see its log.',
    });
  }
}

const confused = (message: string): HoopError =>
  new HoopError('postgres.protocol', message, { hint: 'Check that the address is that of a PostgreSQL server.' });

/** One login: the conversation from StartupMessage to the first ReadyForQuery. */
class Login {
  readonly #target: Target;
  readonly #socket: Socket;
  readonly #inbound: Inbound;
  readonly #tls: string | null;
  readonly #greeting: Buffer[] = [];
  #authentication = 'trust';
  #scram: ScramClient | null = null;
  #challenged = false;
  #proven = false;
  #authenticated = false;
  #key: CancelKey | null = null;

  constructor(target: Target, socket: Socket, inbound: Inbound, tls: string | null) {
    this.#target = target;
    this.#socket = socket;
    this.#inbound = inbound;
    this.#tls = tls;
  }

  async run(): Promise<Upstream> {
    for (;;) {
      const message = await this.#next();
      if (message[0] === BACKEND.readyForQuery) {
        if (decodeReady(message) !== 'I') throw confused('the server was ready in a state that cannot be');
        break;
      }
      await this.#take(message);
    }
    if (!this.#authenticated) throw confused('the server was ready before it let anybody in');
    return {
      socket: this.#socket,
      inbound: this.#inbound,
      greeting: this.#greeting,
      key: this.#key,
      authentication: this.#authentication,
      tls: this.#tls,
    };
  }

  async #next(): Promise<Buffer> {
    const header = await this.#inbound.exactly(HEADER);
    const length = header.readInt32BE(1);
    if (length < 4 || length > LOGIN_MESSAGE) throw confused('the server sent a message of an impossible length');
    return Buffer.concat([header, await this.#inbound.exactly(length - 4)]);
  }

  async #take(message: Buffer): Promise<void> {
    switch (message[0]) {
      case BACKEND.authentication:
        if (this.#authenticated) throw confused('the server asked for authentication twice');
        return this.#authenticate(message);
      case BACKEND.errorResponse:
        throw new LoginRefused(sqlstate(decodeFields(message)?.get('C')));
      case BACKEND.parameterStatus:
        this.#onlyInside();
        return this.#greet(message);
      case BACKEND.noticeResponse:
        return this.#greet(message);
      case BACKEND.backendKeyData:
        this.#onlyInside();
        this.#key = decodeKey(message);
        return;
      default:
        throw confused('the server sent an unexpected message during login');
    }
  }

  /** What is said to whom the server has let in. */
  #onlyInside(): void {
    if (!this.#authenticated) throw confused('the server spoke of the session before it let anybody in');
  }

  #greet(message: Buffer): void {
    if (this.#greeting.push(message) > GREETING) throw confused('the server’s greeting does not end');
  }

  /** AuthenticationXXX: Int32 kind, then what that kind needs. */
  async #authenticate(message: Buffer): Promise<void> {
    const cursor = new Cursor(message, HEADER);
    const kind = cursor.int32();
    if (!cursor.intact) throw confused('the server sent a malformed authentication request');
    switch (kind) {
      case 0:
        return this.#admitted();
      case 3:
        return this.#cleartext();
      case 5:
        return this.#md5(cursor);
      case 10:
        return this.#startScram(cursor);
      case 11:
        return this.#continueScram(cursor.bytes(cursor.remaining).toString('utf8'));
      case 12:
        if (this.#scram === null) throw confused('the server ended an exchange that was not begun');
        this.#scram.verify(cursor.bytes(cursor.remaining).toString('utf8'));
        this.#proven = true;
        return;
      default:
        throw new HoopError(
          'postgres.login',
          `the server asks for an authentication method that is not supported (${kind})`,
          {
            hint: 'Let the server use scram-sha-256 or a client certificate for this user.',
          },
        );
    }
  }

  #admitted(): void {
    // A server that skips its last SCRAM message has not proven that it knows the password.
    if (this.#scram !== null && !this.#proven) throw confused('the server ended the SCRAM exchange early');
    if (this.#authentication === 'trust' && this.#target.tls.certificate !== null) this.#authentication = 'certificate';
    this.#authenticated = true;
  }

  #password(method: string): Secret {
    // A second request would draw the password out in a weaker form than the first.
    if (this.#authentication !== 'trust') throw confused('the server asked for authentication twice');
    this.#authentication = method;
    const { password, name } = this.#target;
    if (password !== null) return password;
    throw new HoopError('postgres.login', `the server asks for a password (${method}), and target ${name} has none`, {
      hint: 'Add password: to the target in hoopctl.yaml.',
    });
  }

  #cleartext(): void {
    const { host, tls } = this.#target;
    // Under `require` anybody could be at the other end, and would have the password then.
    const known = this.#tls !== null && tls.mode !== 'require';
    if (!known && !isLoopback(host)) {
      throw new HoopError(
        'postgres.login',
        'the server asks for the password in clear without having shown who it is',
        {
          hint: 'Set tls: verify-full for the target, or let the server use scram-sha-256.',
        },
      );
    }
    this.#say(cstring(this.#password('password').reveal()));
  }

  #md5(cursor: Cursor): void {
    const salt = cursor.bytes(4);
    if (!cursor.finished) throw confused('the server sent a malformed authentication request');
    const md5 = (...parts: readonly (string | Buffer)[]): string => {
      const digest = createHash('md5');
      for (const part of parts) digest.update(part);
      return digest.digest('hex');
    };
    const inner = md5(this.#password('md5').reveal(), this.#target.user);
    this.#say(cstring(`md5${md5(inner, salt)}`));
  }

  #startScram(cursor: Cursor): void {
    const offered: string[] = [];
    for (;;) {
      const mechanism = cursor.terminated().toString('utf8');
      if (!cursor.intact || mechanism === '') break;
      offered.push(mechanism);
    }
    if (!offered.includes(MECHANISM)) throw confused('the server offers no known SASL mechanism');
    this.#scram = new ScramClient(this.#password('scram-sha-256'), this.#target.limits.scramIterations);
    const first = Buffer.from(this.#scram.first(), 'utf8');
    this.#say(cstring(MECHANISM), int32(first.length), first);
  }

  async #continueScram(challenge: string): Promise<void> {
    if (this.#scram === null || this.#challenged) throw confused('the server’s SCRAM exchange is out of order');
    this.#challenged = true;
    this.#say(Buffer.from(await this.#scram.final(challenge), 'utf8'));
  }

  #say(...body: readonly Buffer[]): void {
    this.#socket.write(frame(FRONTEND.password, ...body));
  }
}

/** BackendKeyData: Int32 process, then a key of 4 bytes (protocol 3.0) or up to 256 (3.2). */
function decodeKey(message: Buffer): CancelKey {
  const cursor = new Cursor(message, HEADER);
  const process = cursor.int32();
  const length = cursor.remaining;
  if (!cursor.intact || length < 4 || length > 256) throw confused('the server sent a malformed cancel key');
  return { process, key: cursor.bytes(length) };
}

function isLoopback(host: string): boolean {
  return (
    host.startsWith('/') || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  );
}
