import type { ClientChannel, ServerChannel } from 'ssh2';
import type { Guard } from '../../../core/guard.ts';
import { doneWhen, doneWith } from '../arrivals.ts';
import { Tally } from '../bulk.ts';
import { flow, written } from '../flow.ts';
import { Outlet } from '../outlet.ts';
import { sayEof } from '../ssh2.ts';

export interface PipeOptions {
  readonly client: ServerChannel;
  readonly upstream: ClientChannel;
  readonly guard: Guard;
  readonly connection: number;
  /** The record's number of what was let through. */
  readonly statement: number;
  /** Whether one of the two connections that it passes over is gone, so that its end is none of its own. */
  readonly isLost: () => boolean;
}

/** One connection that is led through: what comes passes as it is, in both directions, each until it ends. */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #clientClosed: Promise<void>;
  readonly #upstreamClosed: Promise<void>;
  readonly #dropped = Promise.withResolvers<void>();
  readonly #sent = new Tally();
  readonly #received = new Tally();
  #hasSentAll = false;
  #hasReceivedAll = false;

  constructor(options: PipeOptions) {
    const { client, upstream } = options;
    this.#options = options;
    this.#clientClosed = closeOf(client);
    this.#upstreamClosed = closeOf(upstream);
  }

  /** Of what came from the target. */
  get bytes(): number {
    return this.#received.bytes;
  }

  /** Never rejects. Both channels are closed, and what passed is on record, when it resolves. */
  async run(): Promise<void> {
    const { client, upstream } = this.#options;
    const sent = this.#send();
    const received = this.#receive();
    try {
      // A side that has closed takes nothing any more; what it sent before is still due to the other one.
      await Promise.race([
        Promise.all([sent, received]),
        this.#clientClosed.then(() => sent),
        this.#upstreamClosed.then(() => received),
        this.#dropped.promise,
      ]);
    } catch {
      // There is no record of it any more, or nobody knows who asks: that ends the session.
    }
    client.close();
    upstream.close();
    await this.#note().catch(() => undefined);
  }

  /** Breaks it off. */
  drop(): void {
    this.#dropped.resolve();
  }

  async #send(): Promise<void> {
    const { client, upstream, guard } = this.#options;
    await flow(client, (bytes) => {
      this.#sent.add(bytes);
      const cleared = guard.release([guard.housekeeping(bytes)]);
      const sent = (): void => doneWith(bytes);
      return cleared instanceof Promise
        ? cleared.then(async (late) => void (await written(upstream, late, sent)))
        : written(upstream, cleared, sent);
    });
    await Promise.race([new Promise<void>((resolve) => upstream.end(() => resolve())), this.#upstreamClosed]);
    this.#hasSentAll = upstream.writableFinished;
  }

  async #receive(): Promise<void> {
    const { client, upstream, guard } = this.#options;
    const outlet = new Outlet(client, this.#clientClosed);
    await flow(upstream, (bytes) => {
      this.#received.add(bytes);
      return doneWhen(outlet.write('output', guard.shown(bytes)), bytes);
    });
    await outlet.flushed();
    this.#hasReceivedAll = upstream.readableEnded;
    // Not its end: the client may still have something to send.
    sayEof(client);
  }

  async #note(): Promise<void> {
    const { guard, connection, statement, isLost } = this.#options;
    const lost = isLost();
    for (const [direction, { bytes, sha256 }, complete] of [
      ['in', this.#known(this.#sent), this.#hasSentAll && !lost],
      ['out', this.#known(this.#received), this.#hasReceivedAll && !lost],
    ] as const) {
      await guard.note({ type: 'transfer', connection, statement, direction, path: null, bytes, sha256, complete });
    }
  }

  #known(tally: Tally): { readonly bytes: number; readonly sha256: string } {
    return { bytes: tally.bytes, sha256: tally.sha256() };
  }
}

export function closeOf(channel: ServerChannel | ClientChannel): Promise<void> {
  // It closes the channel, too.
  channel.on('error', () => undefined);
  return new Promise((resolve) => channel.once('close', () => resolve()));
}
