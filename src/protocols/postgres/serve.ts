import type { Duplex } from 'node:stream';
import type { Guard, Masked } from '../../core/guard.ts';
import { HoopError } from '../../core/errors.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import { within } from '../../wire/deadline.ts';
import { Inbound } from '../../wire/inbound.ts';
import { Pace } from '../../wire/pace.ts';
import { deliver, send } from '../../wire/sending.ts';
import { Asker } from './asker.ts';
import { openCatalog } from './catalog/source.ts';
import { Door } from './door.ts';
import { BACKEND, frame, int32 } from './frames.ts';
import { type CancelKeys, cancelUpstream } from './keys.ts';
import type { PostgresLimits } from './limits.ts';
import { Machine } from './machine.ts';
import { Outbox } from './outbox.ts';
import { errorResponse, type Fault } from './refuse.ts';
import { checkPinned, Replies } from './replies.ts';
import { Requests, Unrecorded } from './requests.ts';
import type { ScramVerifier } from './scram.ts';
import type { Startup } from './startup.ts';
import { type CancelKey, login, LoginRefused, type Upstream } from './upstream.ts';

/** Settings that hoopctl gives every connection to the target. */
const OWN_SETTINGS: readonly (readonly [string, string])[] = [
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
];

/** Serves one client, from its first byte to its last. */
export class Connection {
  readonly #client: Duplex;
  readonly #session: SessionContext;
  readonly #number: number;
  readonly #keys: CancelKeys;
  readonly #limits: PostgresLimits;
  readonly #inbound: Inbound;

  constructor(client: Duplex, session: SessionContext, number: number, keys: CancelKeys, limits: PostgresLimits) {
    this.#client = client;
    this.#session = session;
    this.#number = number;
    this.#keys = keys;
    this.#limits = limits;
    this.#inbound = new Inbound(client);
    // Noticed where it is read or written; after that nobody may be listening, and an error must not end the process.
    client.on('error', () => undefined);
  }

  /** Never rejects. Both sides are closed when it resolves. */
  async run(verifier: Promise<ScramVerifier>): Promise<SessionEnd> {
    const stop = (): void => {
      this.#tell({ severity: 'FATAL', code: '57P01', message: 'the hoopctl session has ended' });
      // A client that stays all the same is not heard any more.
      this.#inbound.detach();
    };
    this.#session.signal.addEventListener('abort', stop, { once: true });
    try {
      if (this.#session.signal.aborted) stop();
      const startup = await this.#admit(await verifier);
      return startup === null ? { cause: 'client', message: 'not let in' } : await this.#connected(startup);
    } catch (error) {
      return this.#failed(error);
    } finally {
      this.#session.signal.removeEventListener('abort', stop);
      this.#client.end();
      // A client that does not read its last words is not waited for.
      setTimeout(() => this.#client.destroy(), LINGER).unref();
    }
  }

  #admit(verifier: ScramVerifier): Promise<Startup | null> {
    const door = new Door(this.#client, this.#inbound, this.#session, this.#keys, this.#limits);
    return within(door.admit(verifier), this.#limits.login, 'logging in', () => this.#client.destroy());
  }

  #tell(fault: Fault): void {
    if (!this.#client.writableEnded) this.#client.end(errorResponse(fault));
  }

  readonly #failed = (error: unknown): SessionEnd => {
    if (this.#session.signal.aborted) return EXPIRED;
    if (error instanceof Unrecorded) {
      this.#tell(error.fault);
      return { cause: 'record', message: error.message };
    }
    if (!(error instanceof HoopError)) {
      this.#tell({ severity: 'FATAL', code: 'XX000', message: 'hoopctl failed; the connection was closed' });
      this.#session.warn('a connection failed for a reason that is a bug in hoopctl');
      return { cause: 'failure', message: 'internal failure' };
    }
    const code = error instanceof LoginRefused ? error.sqlstate : (SQLSTATE[error.code] ?? '08P01');
    const fault = { severity: 'FATAL', code, message: error.message } as const;
    this.#tell(error.hint === null ? fault : { ...fault, hint: error.hint });
    if (error.code !== 'wire.closed') this.#session.warn(error.message);
    const [room = ''] = error.code.split('.');
    return { cause: CAUSES[room] ?? 'protocol', message: error.message };
  };

  async #connected(startup: Startup): Promise<SessionEnd> {
    const upstream = await this.#login(startup);
    const cancel = (): void => {
      if (upstream.key === null) return;
      void cancelUpstream(this.#session.target, upstream.key, (message) => this.#session.warn(message));
    };
    const relay = new Relay({
      client: this.#client,
      fromClient: this.#inbound,
      upstream,
      session: this.#session,
      number: this.#number,
      limits: this.#limits,
      cancel,
      failed: this.#failed,
    });
    const key = this.#keys.issue(startup.minor, () => relay.cancel());
    try {
      for (const message of upstream.greeting) if (message[0] === BACKEND.parameterStatus) checkPinned(message);
      return await relay.run(startup, key);
    } finally {
      this.#keys.revoke(key.process);
      upstream.socket.destroy();
    }
  }

  #login(startup: Startup): Promise<Upstream> {
    const settings = new Map([...startup.settings, ...OWN_SETTINGS]);
    settings.delete('fallback_application_name');
    if (startup.application !== null) settings.set('application_name', startup.application);
    // A second net under the policy's own judgement.
    if (this.#session.readOnly) settings.set('default_transaction_read_only', 'on');
    const late = new AbortController();
    const signal = AbortSignal.any([this.#session.signal, late.signal]);
    const { name } = this.#session.target;
    return within(login(this.#session.target, settings, signal), this.#limits.connect, `reaching target ${name}`, () =>
      late.abort(),
    );
  }
}

/** Milliseconds a client gets to read what it was told last. */
const LINGER = 1000;

const SQLSTATE: Readonly<Record<string, string | undefined>> = {
  // sqlclient_unable_to_establish_sqlconnection
  'postgres.unreachable': '08001',
  'postgres.tls': '08001',
  // invalid_authorization_specification
  'postgres.login': '28000',
  // connection_failure
  'wire.closed': '08006',
  'wire.deadline': '08006',
  // io_error
  'record.append': '58030',
};

const CAUSES: Readonly<Record<string, SessionEnd['cause'] | undefined>> = { postgres: 'target', record: 'record' };
const EXPIRED: SessionEnd = { cause: 'expired', message: 'the session has ended' };
const GONE: SessionEnd = { cause: 'client', message: 'the client went away' };

interface RelayOptions {
  readonly client: Duplex;
  readonly fromClient: Inbound;
  readonly upstream: Upstream;
  readonly session: SessionContext;
  readonly number: number;
  readonly limits: PostgresLimits;
  /** Cancels what the server does for this connection. */
  readonly cancel: () => void;
  /** Tells the client what went wrong, and says how the connection ended. */
  readonly failed: (error: unknown) => SessionEnd;
}

/** Carries a logged-in connection's messages both ways until one side ends. */
class Relay {
  readonly #options: RelayOptions;
  readonly #client: Duplex;
  readonly #upstream: Upstream;
  readonly #session: SessionContext;
  readonly #number: number;
  readonly #guard: Guard;
  readonly #machine: Machine;
  readonly #requests: Requests;
  readonly #replies: Replies;

  constructor(options: RelayOptions) {
    const { client, upstream, session, number, limits } = options;
    this.#options = options;
    this.#client = client;
    this.#upstream = upstream;
    this.#session = session;
    this.#number = number;
    this.#machine = new Machine((report) => this.#replies.report(report));
    const asker = new Asker(this.#machine, (bytes) => outbox.say(bytes));
    this.#guard = session.guard(number, openCatalog(this.#machine, asker, upstream.settings));
    const outbox = new Outbox(this.#guard, (bytes) => send(upstream.socket, bytes));
    this.#requests = new Requests(this.#machine, this.#guard, number, limits, outbox);
    this.#replies = new Replies(this.#machine, this.#guard, number);
  }

  /** The client asks to cancel what it waits for: the server may be at it, or it is still being judged. */
  cancel(): void {
    // A record that cannot be written ends the session by itself; a cancellation is not what to hold up for it.
    this.#guard.stream({ type: 'cancel', connection: this.#number })?.catch(() => undefined);
    if (this.#machine.current === null && this.#requests.withdraw()) return;
    this.#options.cancel();
  }

  async run(startup: Startup, key: CancelKey): Promise<SessionEnd> {
    await this.#guard.note({ type: 'open', connection: this.#number, application: startup.application, peer: 'local' });
    let end: SessionEnd;
    try {
      await this.#greet(key);
      end = await this.#both();
    } catch (error) {
      end = this.#options.failed(error);
    }
    if (this.#session.signal.aborted) end = EXPIRED;
    await this.#guard.note({ type: 'close', connection: this.#number, cause: end.cause });
    return end;
  }

  async #greet(key: CancelKey): Promise<void> {
    const greeting = this.#upstream.greeting.map((message) => this.#guard.shown(message));
    const keyData = frame(BACKEND.backendKeyData, int32(key.process), key.key);
    await send(this.#client, Buffer.concat([...greeting, keyData, frame(BACKEND.readyForQuery, Buffer.from('I'))]));
  }

  /** Whichever side ends first ends the other. */
  async #both(): Promise<SessionEnd> {
    const client = this.#clientToServer();
    const server = this.#serverToClient();
    try {
      const first = await Promise.race([client, server, this.#gone()]);
      // After the client's good-bye the server still has the last word.
      return first ?? (await server);
    } finally {
      // Nobody is left to hear of it: the server is not to go on by itself.
      if (!this.#machine.idle) this.#options.cancel();
      this.#machine.abandon();
      this.#upstream.socket.destroy();
      this.#options.fromClient.detach();
      await Promise.allSettled([client, server]);
    }
  }

  /** Resolves when the client's connection breaks: it may be that nobody reads from it, or writes to it, just then. */
  #gone(): Promise<SessionEnd> {
    return new Promise((resolve) => {
      this.#client.once('close', () => {
        if (!this.#requests.terminated) resolve(GONE);
      });
    });
  }

  /** Null when the client has ended in order. */
  async #clientToServer(): Promise<SessionEnd | null> {
    const { fromClient } = this.#options;
    await fromClient.flow((chunk) => {
      const sent = this.#requests.push(chunk);
      if (this.#requests.terminated) fromClient.detach();
      return sent;
    });
    if (this.#client.destroyed) return GONE;
    this.#upstream.socket.end();
    return null;
  }

  async #serverToClient(): Promise<SessionEnd> {
    const pace = new Pace();
    await this.#upstream.inbound.flow((chunk) => {
      const { length } = chunk;
      const { shown, wait } = this.#replies.push(chunk);
      const sent = wait === null ? this.#show(shown) : wait.then(() => this.#show(shown) ?? undefined);
      return sent ?? pace.after(length, this.#replies.inRows);
    });
    return this.#over();
  }

  #over(): SessionEnd {
    const orderly = this.#requests.terminated || this.#client.readableEnded;
    if (orderly) return { cause: 'client', message: 'the client ended the connection' };
    return { cause: 'target', message: 'the target closed the connection' };
  }

  /** Null when all of it has left. */
  #show(shown: readonly Masked<Buffer>[]): Promise<void> | null {
    return this.#session.signal.aborted ? null : deliver(this.#client, shown);
  }
}
