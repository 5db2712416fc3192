import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Guard, Masked } from '../../core/guard.ts';
import { HoopError } from '../../core/errors.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import { within } from '../../wire/deadline.ts';
import { Inbound } from '../../wire/inbound.ts';
import { Pace } from '../../wire/pace.ts';
import { deliver, send } from '../../wire/sending.ts';
import { Asker } from './asker.ts';
import type { Glances } from './catalog/glances.ts';
import { openCatalog } from './catalog/source.ts';
import { Door } from './door.ts';
import { BACKEND, frame, int32 } from './frames.ts';
import { type Failure, failureOf } from './failure.ts';
import { cancelUpstream, oneAtATime } from './keys.ts';
import { Machine } from './machine.ts';
import { Outbox } from './outbox.ts';
import { errorResponse, type Fault } from './refuse.ts';
import type { Reception } from './reception.ts';
import { feelPulse } from './pulse.ts';
import { checkPinned, Replies } from './replies.ts';
import { Requests } from './requests.ts';
import { Unrecorded } from './clearances.ts';
import type { Startup } from './startup.ts';
import type { CancelKey, Upstream } from './upstream.ts';

/** Settings that hoopctl gives every connection to the target. */
const OWN_SETTINGS: readonly (readonly [string, string])[] = [
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
];

/** Serves one client, from its first byte to its last. */
export class Connection {
  readonly #client: Duplex;
  readonly #number: number;
  readonly #reception: Reception;
  readonly #session: SessionContext;
  readonly #inbound: Inbound;
  /** Why the client was not let in, though it did nothing wrong. */
  #turnedAway: Fault | null = null;

  constructor(client: Duplex, number: number, reception: Reception) {
    this.#client = client;
    this.#number = number;
    this.#reception = reception;
    this.#session = reception.session;
    this.#inbound = new Inbound(client);
    // Noticed where it is read or written; after that nobody may be listening, and an error must not end the process.
    client.on('error', () => undefined);
  }

  /** Never rejects. Both sides are closed when it resolves. */
  async run(): Promise<SessionEnd> {
    const stop = (): void =>
      this.#dismiss({ severity: 'FATAL', code: '57P01', message: 'the hoopctl session has ended' });
    this.#session.signal.addEventListener('abort', stop, { once: true });
    const place = this.#reception.entrance.arrive(() => this.#turnAway(CROWDED));
    try {
      if (this.#session.signal.aborted) stop();
      const startup = await this.#admit();
      if (startup === null) return NOT_LET_IN;
      if (!place.enter()) return this.#full();
      return await this.#connected(startup);
    } catch (error) {
      return this.#failed(error).end;
    } finally {
      place.leave();
      this.#session.signal.removeEventListener('abort', stop);
      this.#client.end();
      this.#part(LINGER);
    }
  }

  #admit(): Promise<Startup | null> {
    const door = new Door(this.#client, this.#inbound, this.#reception);
    const { login: limit } = this.#session.target.limits;
    return within(door.admit(), limit, 'logging in', () => this.#inbound.detach());
  }

  #full(): SessionEnd {
    const { connections } = this.#session.target.limits;
    this.#reception.warnOnce(`${connections} clients are connected: further ones are turned away`);
    this.#tell(FULL);
    return NOT_LET_IN;
  }

  #turnAway(fault: Fault): void {
    this.#turnedAway = fault;
    this.#dismiss(fault);
  }

  /** A client that stays all the same is not heard any more. */
  #dismiss(fault: Fault): void {
    this.#tell(fault);
    this.#inbound.detach();
    this.#part(HURRY);
  }

  /** A client that does not read its last words is not waited for. */
  #part(milliseconds: number): void {
    setTimeout(() => this.#client.destroy(), milliseconds).unref();
  }

  #tell(fault: Fault): void {
    if (!this.#client.writableEnded) this.#client.end(errorResponse(fault));
  }

  readonly #failed = (error: unknown): Failure => {
    if (this.#session.signal.aborted) return { end: EXPIRED, fault: null };
    if (this.#turnedAway !== null) return { end: NOT_LET_IN, fault: null };
    const failure = failureOf(error);
    if (failure.fault !== null) this.#tell(failure.fault);
    if (!(error instanceof HoopError)) this.#session.warn('a connection failed for a reason that is a bug in hoopctl');
    else if (REPEATED.has(error.code)) this.#reception.warnOnce(error.message);
    else if (error.code !== 'wire.closed' && !(error instanceof Unrecorded)) this.#session.warn(error.message);
    return failure;
  };

  async #connected(startup: Startup): Promise<SessionEnd> {
    const settings = this.#settings(startup);
    const { spares } = this.#reception;
    const upstream = await this.#whileThere((gone) => spares.connect(settings, gone));
    const cancel = oneAtATime(async () => {
      const { key } = upstream;
      if (key !== null) await cancelUpstream(this.#session.target, key, this.#reception.warnOnce);
    });
    const relay = new Relay({
      client: this.#client,
      fromClient: this.#inbound,
      upstream,
      session: this.#session,
      glances: this.#reception.glances,
      number: this.#number,
      cancel,
      served: () => spares.expect(settings),
      failed: this.#failed,
    });
    const { keys } = this.#reception;
    const key = keys.issue(startup.minor, () => relay.cancel());
    try {
      for (const message of upstream.greeting) if (message[0] === BACKEND.parameterStatus) checkPinned(message);
      return await relay.run(startup, key);
    } finally {
      keys.revoke(key.process);
      upstream.socket.destroy();
    }
  }

  #settings(startup: Startup): ReadonlyMap<string, string> {
    const settings = new Map([...startup.settings, ...OWN_SETTINGS]);
    settings.delete('fallback_application_name');
    if (startup.application !== null) settings.set('application_name', startup.application);
    // A second net under the policy's own judgement.
    if (this.#session.readOnly) settings.set('default_transaction_read_only', 'on');
    return settings;
  }

  /** Does what the client waits for; the signal aborts when it does not wait any longer. */
  async #whileThere<T>(work: (gone: AbortSignal) => Promise<T>): Promise<T> {
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    this.#client.once('close', leave).once('end', leave);
    try {
      return await work(gone.signal);
    } catch (error) {
      throw gone.signal.aborted ? new HoopError('wire.closed', 'the client went away', { cause: error }) : error;
    } finally {
      this.#client.off('close', leave).off('end', leave);
    }
  }
}

/** What a peer can do again and again, so that the operator hears of it once. */
const REPEATED: ReadonlySet<string> = new Set(['wire.protocol', 'wire.limit', 'wire.deadline', 'postgres.closed']);

/** Milliseconds a client gets to read what it was told last. */
const LINGER = 1000;
/** The same when the session ends: before its record is sealed, the connection has to have noted its end. */
const HURRY = 250;

const EXPIRED: SessionEnd = { cause: 'expired', message: 'the session has ended' };
const NOT_LET_IN: SessionEnd = { cause: 'client', message: 'not let in' };
const ORDERLY: SessionEnd = { cause: 'client', message: 'the client ended the connection' };
const ENDED: SessionEnd = { cause: 'target', message: 'the target ended the connection' };
const GONE: SessionEnd = { cause: 'client', message: 'the client went away' };

/** too_many_connections, as PostgreSQL says it. */
const TOO_MANY = { severity: 'FATAL', code: '53300' } as const;
const CROWDED: Fault = { ...TOO_MANY, message: 'too many clients are logging in at once', hint: 'Try again.' };
const FULL: Fault = {
  ...TOO_MANY,
  message: 'sorry, too many clients already',
  hint: 'Close some of this session’s connections, or raise limits.connections of the target.',
};

interface RelayOptions {
  readonly client: Duplex;
  readonly fromClient: Inbound;
  readonly upstream: Upstream;
  readonly session: SessionContext;
  readonly glances: Glances;
  readonly number: number;
  /** Cancels what the server does for this connection. */
  readonly cancel: () => Promise<void>;
  /** Called once, when the client has got its first answer, or has gone without. */
  readonly served: () => void;
  /** Tells the client what went wrong, and says how the connection ended. */
  readonly failed: (error: unknown) => Failure;
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
  #lost: HoopError | null = null;
  /** All that the client had to say has been sent on. */
  #heardOut = false;
  #served = false;

  constructor(options: RelayOptions) {
    const { client, upstream, session, number } = options;
    const { limits } = session.target;
    this.#options = options;
    this.#client = client;
    this.#upstream = upstream;
    this.#session = session;
    this.#number = number;
    this.#machine = new Machine(limits, (report) => this.#replies.report(report));
    const patience = { milliseconds: limits.catalogWait, lost: () => this.#lose() };
    const asker = new Asker(this.#machine, patience, (bytes) => outbox.say(bytes));
    this.#guard = session.guard(number, openCatalog(this.#machine, asker, options.glances));
    const outbox = new Outbox(this.#guard, (bytes) => send(upstream.socket, bytes));
    this.#requests = new Requests(this.#machine, this.#guard, number, limits, outbox);
    this.#replies = new Replies(this.#machine, this.#guard, number, limits);
  }

  /** The client asks to cancel what it waits for: the server may be at it, or it is still being judged. */
  async cancel(): Promise<void> {
    // A record that cannot be written ends the session by itself; a cancellation is not what to hold up for it.
    this.#guard.stream({ type: 'cancel', connection: this.#number })?.catch(() => undefined);
    const withdrawn = this.#machine.current === null && this.#requests.withdraw();
    // It may be judged by what the server is being asked for.
    if (!withdrawn || this.#machine.asking) await this.#options.cancel();
  }

  async run(startup: Startup, key: CancelKey): Promise<SessionEnd> {
    await this.#guard.note({ type: 'open', connection: this.#number, application: startup.application, peer: 'local' });
    let end: SessionEnd;
    try {
      await this.#greet(key);
      this.#guard.begin();
      end = await this.#both();
    } catch (error) {
      const failure = this.#options.failed(error);
      end = failure.end;
      await this.#noteFault(failure.fault);
    }
    if (this.#session.signal.aborted) end = EXPIRED;
    await this.#guard.note({ type: 'close', connection: this.#number, cause: end.cause });
    return end;
  }

  /** What hoopctl itself tells the client at the end belongs in the record, like what the server tells it. */
  async #noteFault(fault: Fault | null): Promise<void> {
    if (fault === null) return;
    const { code, message, severity } = fault;
    await this.#guard.note({ type: 'error', connection: this.#number, statement: null, code, message, severity });
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
    const gone = this.#gone();
    try {
      return (await Promise.race([client, server, gone])) ?? (await this.#lastWords(server, gone));
    } finally {
      this.#serve();
      // Nobody is left to hear of it: the server is not to go on by itself.
      if (!this.#machine.idle) void this.#options.cancel();
      this.#machine.abandon();
      this.#upstream.socket.destroy();
      this.#options.fromClient.detach();
      await Promise.allSettled([client, server]);
    }
  }

  /** Resolves when the client's connection breaks: it may be that nobody reads from it, or writes to it, just then. */
  #gone(): Promise<SessionEnd> {
    const client = this.#client;
    const waiting = (): boolean => !this.#heardOut || !this.#machine.idle;
    const ended = (): void => feelPulse(client, this.#upstream.greeting, waiting);
    return new Promise((resolve) => {
      const closed = (): void => {
        if (!this.#requests.terminated) resolve(GONE);
      };
      client.once('close', closed).once('end', ended);
      if (client.closed) closed();
      else if (client.readableEnded) ended();
    });
  }

  /** After the client's good-bye the server answers what it was sent before; then it is not waited for any more. */
  async #lastWords(server: Promise<SessionEnd>, gone: Promise<SessionEnd>): Promise<SessionEnd> {
    const end = await Promise.race([server, gone, this.#answered()]);
    return end ?? Promise.race([server, gone, pause(LINGER, ORDERLY, { ref: false })]);
  }

  async #answered(): Promise<null> {
    while (!this.#machine.idle) await this.#machine.change();
    return null;
  }

  /** Null when the client has ended in order. */
  async #clientToServer(): Promise<SessionEnd | null> {
    const { fromClient } = this.#options;
    await fromClient.flow((chunk) => {
      const sent = this.#requests.push(chunk);
      if (this.#requests.terminated) fromClient.detach();
      return sent;
    });
    this.#heardOut = true;
    if (this.#client.destroyed) return GONE;
    this.#upstream.socket.end();
    return null;
  }

  async #serverToClient(): Promise<SessionEnd> {
    const { inbound } = this.#upstream;
    const pace = new Pace();
    await inbound.flow((chunk) => {
      const { length } = chunk;
      const { shown, wait } = this.#replies.push(chunk);
      const sent = wait === null ? this.#show(shown) : wait.then(() => this.#show(shown) ?? undefined);
      if (shown.length > 0 && this.#machine.idle) this.#serve();
      // It has said so, and the client hears it: whether it closes, too, does not matter.
      if (this.#machine.ended) inbound.detach();
      return sent ?? pace.after(length, this.#replies.inRows);
    });
    if (!this.#machine.ended) return this.#over();
    return this.#clientEnded ? ORDERLY : ENDED;
  }

  get #clientEnded(): boolean {
    return this.#requests.terminated || this.#client.readableEnded;
  }

  /** @throws HoopError `postgres.closed` when the server closed the connection for no reason that it gave */
  #over(): SessionEnd {
    if (this.#lost !== null) throw this.#lost;
    if (this.#clientEnded) return ORDERLY;
    throw new HoopError('postgres.closed', 'the target closed the connection', { hint: 'Connect again.' });
  }

  /** The server does not answer what has to be known to judge: whatever it says later comes too late. */
  #lose(): void {
    this.#lost = new HoopError('postgres.catalog', 'the target did not say in time what the statement’s names mean', {
      hint: 'Connect again; if it goes on, raise limits.catalog_wait of the target.',
    });
    this.#upstream.socket.destroy();
  }

  #serve(): void {
    if (!this.#served) this.#options.served();
    this.#served = true;
  }

  /** Null when all of it has left. */
  #show(shown: readonly Masked<Buffer>[]): Promise<void> | null {
    return this.#session.signal.aborted ? null : deliver(this.#client, shown);
  }
}
