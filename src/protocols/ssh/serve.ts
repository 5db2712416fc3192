import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection as SshConnection, ServerConfig } from 'ssh2';
import { HoopError } from '../../core/errors.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import { visible } from '../../core/visible.ts';
import { within } from '../../wire/deadline.ts';
import { keepStep } from '../../wire/step.ts';
import { Admission } from './admission.ts';
import { DOOR_ALGORITHMS } from './algorithms.ts';
import { reclaimArrivals } from './arrivals.ts';
import { EXPIRED, GONE, LINGER, NOT_LET_IN } from './ends.ts';
import { Exchanges } from './exchanges.ts';
import { failureOf } from './failure.ts';
import { Server } from './library.ts';
import { sendTogether } from './packets.ts';
import { QUESTIONS_AT_ONCE } from './limits.ts';
import type { Reception } from './reception.ts';
import { Relay } from './relay.ts';
import { Sentry } from './sentry.ts';
import { takeGuesses } from './guesses.ts';
import { boundRequests, keepToPackets } from './ssh2.ts';
import { takeTerminalModes } from './terminal-modes.ts';
import { endWith } from './ssh2-partings.ts';
import { shareWindows } from './ssh2-windows.ts';

/** A client that has logged in, and what it calls itself: `OpenSSH_9.2p1`. */
interface Admitted {
  readonly connection: SshConnection;
  readonly software: string;
}

/** Serves one client, from its first byte to its last. */
export class Connection {
  readonly #client: Duplex;
  readonly #number: number;
  readonly #reception: Reception;
  readonly #session: SessionContext;

  constructor(client: Duplex, number: number, reception: Reception) {
    this.#client = client;
    this.#number = number;
    this.#reception = reception;
    this.#session = reception.session;
    // Noticed where it is read or written; after that nobody may be listening, and an error must not end the process.
    client.on('error', () => undefined);
  }

  /** Never rejects. Both sides are closed when it resolves. */
  async run(): Promise<SessionEnd> {
    const { signal } = this.#session;
    const stop = (): void => this.#part(HURRY);
    signal.addEventListener('abort', stop, { once: true });
    const place = this.#reception.entrance.arrive(() => void this.#client.destroy());
    try {
      if (signal.aborted) stop();
      const admitted = await this.#admit();
      if (admitted === null) return NOT_LET_IN;
      if (!place.enter()) return this.#full(admitted);
      return await this.#relay(admitted);
    } catch (error) {
      return this.#failed(error);
    } finally {
      place.leave();
      signal.removeEventListener('abort', stop);
      this.#client.end();
      this.#part(LINGER);
    }
  }

  /** Null when the client has left, or was not let in. */
  #admit(): Promise<Admitted | null> {
    const { login } = this.#session.target.limits;
    return within(this.#knock(), login, 'logging in', () => this.#client.destroy());
  }

  #knock(): Promise<Admitted | null> {
    const { keys, warnOnce } = this.#reception;
    keepStep(this.#client);
    const sentry = new Sentry(this.#client, () => warnOnce('a client sent too much before it had logged in'));
    const admission = new Admission(this.#session.door.user, keys.client);
    return new Promise((resolve) => {
      const server = new Server(SETTINGS(keys.host.privateText), (connection, { header }) => {
        sendTogether(connection, this.#client);
        let isLoggedIn = false;
        connection.on('error', ({ message }) => {
          // There is no way to tell the client: what comes next cannot be found.
          if (isLoggedIn && message.startsWith(OVERSIZED)) warnOnce(TOO_LONG);
          this.#client.destroy();
        });
        const cutOff = (): void => void this.#client.destroy();
        shareWindows(connection, cutOff);
        keepToPackets(connection, cutOff);
        takeGuesses(connection);
        boundRequests(connection, QUESTIONS_AT_ONCE, cutOff);
        const pace = this.#pace(connection);
        connection.on('rekey', () => (isLoggedIn ? pace() : cutOff()));
        connection.on('authentication', (context) => admission.answer(context, connection));
        connection.once('ready', () => {
          isLoggedIn = true;
          sentry.stop();
          takeTerminalModes(connection);
          reclaimArrivals(connection, this.#client);
          resolve({ connection, software: header.versions.software });
        });
      });
      // Nothing comes any more, so that nobody waits for an answer either.
      this.#client.once('end', () => void this.#client.end());
      this.#client.once('close', () => resolve(null));
      // Any duplex will do: of a socket ssh2 reads no more than where it comes from.
      server.injectSocket(this.#client as Socket);
    });
  }

  /** To be called with each exchange of keys after the first: what ends a client that has no end of them. */
  #pace(connection: SshConnection): () => void {
    const exchanges = new Exchanges(Date.now());
    return () => {
      if (exchanges.again(passedOn(this.#client), Date.now())) return;
      this.#reception.warnOnce('a client was cut off: it had keys exchanged again and again');
      endWith(connection, 'hoopctl: keys are exchanged too often: raise RekeyLimit');
      // It need not leave, nor stop, because it is told so.
      this.#client.pause();
      this.#part(LINGER);
    };
  }

  #full({ connection }: Admitted): SessionEnd {
    const { connections } = this.#session.target.limits;
    this.#reception.warnOnce(`${connections} clients are connected: further ones are turned away`);
    endWith(connection, 'hoopctl: too many clients are connected');
    return NOT_LET_IN;
  }

  async #relay({ connection, software }: Admitted): Promise<SessionEnd> {
    const { turns, warnOnce } = this.#reception;
    const relay = new Relay({ connection, software, session: this.#session, number: this.#number, turns, warnOnce });
    const end = await relay.run();
    const last = this.#session.signal.aborted ? EXPIRED : end;
    // One that has no channel, such as `ssh -N`, can be told nowhere else.
    if (relay.isTold || last === GONE) connection.end();
    else endWith(connection, visible(`hoopctl: ${last.message}`));
    return last;
  }

  /** A client that does not read its last words is not waited for. */
  #part(milliseconds: number): void {
    setTimeout(() => this.#client.destroy(), milliseconds).unref();
  }

  #failed(error: unknown): SessionEnd {
    if (this.#session.signal.aborted) return EXPIRED;
    if (!(error instanceof HoopError)) this.#session.warn('a connection failed for a reason that is a bug in hoopctl');
    else if (error.code === 'wire.deadline') this.#reception.warnOnce(error.message);
    return error instanceof HoopError && error.code === 'wire.closed' ? GONE : failureOf(error);
  }
}

const SETTINGS = (key: string): ServerConfig => ({
  hostKeys: [key],
  ident: 'hoopctl',
  algorithms: DOOR_ALGORITHMS,
  // From here to the client nothing is lost unnoticed, and signs of life would keep a session open that nobody uses.
  keepaliveInterval: NEVER,
});

/** Bytes, in both directions; of what is no socket they are not known. */
function passedOn(client: Duplex): number {
  return client instanceof Socket ? client.bytesRead + client.bytesWritten : 0;
}

/** What ssh2 says of a packet that is longer than it takes. */
const OVERSIZED = 'Bad packet length';
const TOO_LONG =
  'a client was cut off: it sent more at once than can be taken, such as a command line of more than about 34,000 bytes. Longer ones are read from the input of a shell: sh -s';

/** Milliseconds: the longest that a timer takes. */
const NEVER = 2 ** 31 - 1;

/** Milliseconds a client gets to read its last words when the session ends: before its record is sealed, the connection has to have noted its end. */
const HURRY = 250;
