import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Guard, Masked } from '../../core/guard.ts';
import { HoopError } from '../../core/errors.ts';
import type { SessionContext, SessionEnd } from '../../core/protocol.ts';
import type { Inbound } from '../../wire/inbound.ts';
import { Pace } from '../../wire/pace.ts';
import { deliver, send } from '../../wire/sending.ts';
import { Asker } from './asker.ts';
import type { Glances } from './catalog/glances.ts';
import { openCatalog } from './catalog/source.ts';
import { ENDED, EXPIRED, GONE, LINGER, ORDERLY, SEVERED } from './ends.ts';
import { type Failure, unheard, untaken } from './failure.ts';
import { BACKEND, frame, int32 } from './frames.ts';
import { Holding } from './holding.ts';
import { Machine } from './machine.ts';
import { Outbox } from './outbox.ts';
import { Enclosure } from './preview/enclosure.ts';
import { PostgresTrials } from './preview/trials.ts';
import { feelPulse } from './pulse.ts';
import { errorResponse, type Fault, REVOKED } from './refuse.ts';
import { Replies } from './replies.ts';
import { Requests } from './requests.ts';
import type { Startup } from './startup.ts';
import type { CancelKey, Upstream } from './upstream.ts';

/** Milliseconds for one question of a trial: more than the five seconds after which the server gives up. */
const TRIAL = 10_000;

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
export class Relay {
  readonly #options: RelayOptions;
  readonly #client: Duplex;
  readonly #upstream: Upstream;
  readonly #session: SessionContext;
  readonly #number: number;
  readonly #guard: Guard;
  readonly #machine: Machine;
  readonly #requests: Requests;
  readonly #replies: Replies;
  readonly #holding: Holding;
  #severed = false;
  #lost: HoopError | null = null;
  /** What the server said last, while it waits to be on record before the client sees it. */
  #late: Promise<unknown> | null = null;
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
    const patience = { milliseconds: limits.catalogWait, lost: () => this.#lose(unheard()) };
    const say = (bytes: Buffer): void => outbox.say(bytes);
    const asker = new Asker(this.#machine, patience, say);
    const enclosure = new Enclosure({
      machine: this.#machine,
      append: (bytes) => outbox.append(bytes),
      report: (report) => this.#replies.report(report),
    });
    const trials = new PostgresTrials({
      machine: this.#machine,
      asker: new Asker(this.#machine, { milliseconds: TRIAL, lost: () => this.#lose(untaken()) }, say),
      cancel: options.cancel,
      lose: () => this.#lose(untaken()),
      enclosure,
    });
    this.#guard = session.guard(number, {
      catalog: openCatalog(this.#machine, asker, options.glances),
      trials,
    });
    const outbox = new Outbox(this.#guard, (bytes) => send(upstream.socket, bytes));
    this.#holding = new Holding({
      machine: this.#machine,
      enclosure,
      settle: () => this.#requests.settle(),
      tell: (notice, waits) => this.#tell(notice, waits),
      sever: () => this.#sever(),
      withdrawn: () => this.#requests.withdrawn,
    });
    this.#requests = new Requests({
      machine: this.#machine,
      guard: this.#guard,
      connection: number,
      limits,
      outbox,
      holding: this.#holding,
    });
    this.#replies = new Replies({ machine: this.#machine, guard: this.#guard, connection: number, limits, enclosure });
  }

  /** The client asks to cancel what it waits for: the server may be at it, or it is still being judged. */
  async cancel(): Promise<void> {
    // A record that cannot be written ends the session by itself; a cancellation is not what to hold up for it.
    this.#guard.stream({ type: 'cancel', connection: this.#number })?.catch(() => undefined);
    const withdrawn = this.#machine.current === null && this.#requests.withdraw();
    // It may be judged by what the server is being asked for.
    if (!withdrawn || this.#machine.asking) await this.#options.cancel();
  }

  /** Behind all that the server said before. Nothing is under way, so that it does not get between parts of a message. */
  #tell(message: Buffer, waits: () => boolean): void {
    const tell = (): void => {
      void this.#show([this.#guard.shown(message)]);
      feelPulse(this.#client, this.#upstream.greeting, waits);
    };
    if (this.#late === null) tell();
    else void this.#late.then(tell, () => undefined);
  }

  /** What runs here was allowed, and is not any more. */
  #sever(): void {
    this.#severed = true;
    if (this.#machine.idle && !this.#client.writableEnded) this.#client.end(errorResponse(REVOKED));
    else this.#client.destroy();
    this.#upstream.socket.destroy();
  }

  async run(startup: Startup, key: CancelKey): Promise<SessionEnd> {
    await this.#guard.note({ type: 'open', connection: this.#number, application: startup.application, peer: 'local' });
    let end: SessionEnd;
    try {
      await this.#greet(key);
      this.#guard.begin();
      end = await this.#both();
    } catch (error) {
      // What breaks when both sides are cut off is no failure of theirs.
      const failure = this.#severed ? { end: SEVERED, fault: null } : this.#options.failed(error);
      end = failure.end;
      await this.#noteFault(failure.fault);
    }
    if (this.#severed) end = SEVERED;
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
    const expire = (): void => this.#holding.close('ended');
    this.#session.signal.addEventListener('abort', expire, { once: true });
    try {
      return (await Promise.race([client, server, gone])) ?? (await this.#lastWords(server, gone));
    } finally {
      this.#session.signal.removeEventListener('abort', expire);
      this.#holding.close(this.#session.signal.aborted ? 'ended' : 'disconnected');
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
    return new Promise((resolve) => {
      const closed = (): void => {
        if (!this.#requests.terminated) resolve(GONE);
      };
      const ended = (): void => {
        // Nobody can be waiting for an answer that takes a person's leave, and say so by ending.
        if (this.#holding.waiting) closed();
        else feelPulse(client, this.#upstream.greeting, waiting);
      };
      client.once('close', closed).once('end', ended);
      this.#holding.whenHeld(() => {
        if (client.readableEnded) closed();
      });
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
      const sent = wait === null ? this.#show(shown) : this.#showLate(wait, shown);
      if (shown.length > 0 && this.#machine.idle) this.#serve();
      // It has said so, and the client hears it: whether it closes, too, does not matter.
      if (this.#machine.ended) inbound.detach();
      return sent ?? pace.after(length, this.#replies.inRows);
    });
    if (!this.#machine.ended) return this.#over();
    return this.#clientEnded ? ORDERLY : ENDED;
  }

  async #showLate(wait: Promise<unknown>, shown: readonly Masked<Buffer>[]): Promise<void> {
    const late = wait.then(() => this.#show(shown) ?? undefined);
    this.#late = late;
    await late;
    if (this.#late === late) this.#late = null;
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

  /** The server does not answer what it must: whatever it says later comes too late. */
  #lose(error: HoopError): void {
    this.#lost = error;
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
