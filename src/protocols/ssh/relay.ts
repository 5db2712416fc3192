import { setTimeout } from 'node:timers/promises';
import type { Connection, Session } from 'ssh2';
import { HoopError } from '../../core/errors.ts';
import type { Guard } from '../../core/guard.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import { startOf } from './directory.ts';
import { ENDED, EXPIRED, GONE, LINGER } from './ends.ts';
import { failureOf } from './failure.ts';
import { Forwards } from './forward/forwards.ts';
import { CHANNELS_AT_ONCE } from './limits.ts';
import { Loans } from './lending/loans.ts';
import type { Line } from './line.ts';
import { SessionChannel } from './session-channel.ts';
import { heedLate } from './ssh2-channels.ts';
import { answerCloses } from './ssh2-partings.ts';
import type { Turns } from './sftp/turns.ts';
import { login, type Upstream } from './upstream.ts';

export interface RelayOptions {
  readonly connection: Connection;
  /** What the client calls itself. */
  readonly software: string;
  readonly session: SessionContext;
  readonly number: number;
  readonly turns: Turns;
  /** Tells the operator, unless the same was said before in this session. */
  readonly warnOnce: (message: string) => void;
}

/** Leads one client's channels to a connection of its own to the target. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #guard: Guard;
  readonly #line: Line;
  readonly #channels = new Map<Session, SessionChannel>();
  /** Channels that are open, or for which something goes on. */
  #taken = 0;
  readonly #forwards: Forwards;
  readonly #loans: Loans;
  /** Aborts when the client is gone. */
  readonly #gone = new AbortController();
  #isTold = false;

  constructor(options: RelayOptions) {
    const { connection, session, number, turns } = options;
    this.#options = options;
    this.#guard = session.guard(number, null);
    const gone = new Promise<void>((resolve) => connection.once('close', () => resolve()));
    void gone.then(() => {
      this.#gone.abort();
      for (const channel of this.#channels.values()) channel.leave();
    });
    const upstream = this.#open();
    // Each channel hears of it, and there may be none yet.
    upstream.catch(() => undefined);
    const guard = (): Guard => session.guard(number, null);
    const start = startOf(upstream, guard);
    this.#line = { connection, session, number, turns, upstream, start, gone, guard };
    this.#forwards = new Forwards(this.#line);
    this.#loans = new Loans(this.#line);
    connection.on('session', (accept, reject) => {
      if (this.#taken >= CHANNELS_AT_ONCE) reject();
      else this.#accept(accept());
    });
    heedLate(connection, (one, late) => this.#channels.get(one)?.heed(late) === true);
    answerCloses(connection);
  }

  /** Whether there was a channel on which the client was told why it ended. */
  get isTold(): boolean {
    return this.#isTold;
  }

  async #open(): Promise<Upstream> {
    const { session, number, software, warnOnce } = this.#options;
    await this.#guard.note({ type: 'open', connection: number, application: software, peer: 'local' });
    const upstream = await login(session.target, AbortSignal.any([session.signal, this.#gone.signal]));
    if (upstream.warning !== null) warnOnce(`${upstream.warning}, and was passed over`);
    return upstream;
  }

  #accept(session: Session): void {
    const channel = new SessionChannel(session, this.#line, this.#loans);
    this.#channels.set(session, channel);
    this.#taken += 1;
    void channel.closed.then(() => this.#channels.delete(session));
    void channel.ended().then(() => (this.#taken -= 1));
  }

  /** Resolves when the connection is over, and its end is on record. */
  async run(): Promise<SessionEnd> {
    const { session, number } = this.#options;
    const expire = (): void => this.#tell('the hoopctl session has ended');
    session.signal.addEventListener('abort', expire, { once: true });
    let end = GONE;
    try {
      end = await this.#serve();
    } finally {
      session.signal.removeEventListener('abort', expire);
      await this.#forwards.close();
      await this.#loans.close();
      await this.#hangUp();
      const { cause } = session.signal.aborted ? EXPIRED : end;
      await this.#guard.note({ type: 'close', connection: number, cause }).catch(() => undefined);
    }
    return end;
  }

  async #serve(): Promise<SessionEnd> {
    const gone = new Promise<SessionEnd>((resolve) => this.#gone.signal.addEventListener('abort', () => resolve(GONE)));
    const ended = this.#untilEnded();
    const end = await Promise.race([gone, ended]);
    this.#isTold ||= this.#channels.size > 0;
    if (end !== GONE) await this.#settled();
    return end;
  }

  async #untilEnded(): Promise<SessionEnd> {
    try {
      const upstream = await this.#line.upstream;
      const why = await upstream.closed;
      if (why === null) return ENDED;
      this.#options.warnOnce(`${why.message}: its connection was ended`);
      return failureOf(why);
    } catch (error) {
      if (!(error instanceof HoopError)) throw error;
      // It can only be told on a channel, and opens one at once or not at all.
      const isHurried = this.#options.session.signal.aborted;
      if (this.#channels.size === 0 && !isHurried) await Promise.race([this.#firstChannel(), patience()]);
      return failureOf(error);
    }
  }

  /** Resolves when the client has opened a channel, or is gone. */
  #firstChannel(): Promise<void> {
    const { connection } = this.#options;
    return new Promise((resolve) => {
      connection.once('session', () => resolve());
      this.#gone.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Resolves when every channel has said its last words, or the client is gone. */
  async #settled(): Promise<void> {
    await Promise.race([Promise.all([...this.#channels.values()].map(({ closed }) => closed)), patience()]);
  }

  #tell(words: string): void {
    this.#isTold = this.#channels.size > 0;
    for (const channel of this.#channels.values()) channel.dismiss(words);
  }

  async #hangUp(): Promise<void> {
    this.#gone.abort();
    try {
      const { client } = await this.#line.upstream;
      client.end();
    } catch {
      // There is none, and who waited for it has been told.
    }
  }
}

function patience(): Promise<void> {
  return setTimeout(LINGER, undefined, { ref: false });
}
