import type { Duplex } from 'node:stream';
import { HoopError } from '../../core/errors.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import { within } from '../../wire/deadline.ts';
import { Inbound } from '../../wire/inbound.ts';
import { Unrecorded } from './clearances.ts';
import { Door } from './door.ts';
import { EXPIRED, LINGER, NOT_LET_IN } from './ends.ts';
import { type Failure, failureOf } from './failure.ts';
import { BACKEND } from './frames.ts';
import { cancelUpstream, oneAtATime } from './keys.ts';
import type { Reception } from './reception.ts';
import { DISOWNED, errorResponse, type Fault, OVER } from './refuse.ts';
import { Relay } from './relay.ts';
import { checkPinned } from './replies.ts';
import type { Startup } from './startup.ts';

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
    const { signal } = this.#session;
    const stop = (): void => this.#dismiss(signal.reason === 'identity' ? DISOWNED : OVER);
    signal.addEventListener('abort', stop, { once: true });
    const place = this.#reception.entrance.arrive(() => this.#turnAway(CROWDED));
    try {
      if (signal.aborted) stop();
      const startup = await this.#admit();
      if (startup === null) return NOT_LET_IN;
      if (!place.enter()) return this.#full();
      return await this.#connected(startup);
    } catch (error) {
      return this.#failed(error).end;
    } finally {
      place.leave();
      signal.removeEventListener('abort', stop);
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

/** Milliseconds a client gets to read its last words when the session ends: before its record is sealed, the connection has to have noted its end. */
const HURRY = 250;

/** too_many_connections, as PostgreSQL says it. */
const TOO_MANY = { severity: 'FATAL', code: '53300' } as const;
const CROWDED: Fault = { ...TOO_MANY, message: 'too many clients are logging in at once', hint: 'Try again.' };
const FULL: Fault = {
  ...TOO_MANY,
  message: 'sorry, too many clients already',
  hint: 'Close some of this session’s connections, or raise limits.connections of the target.',
};
