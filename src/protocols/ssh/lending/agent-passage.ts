import { Framer } from '../../../wire/framer.ts';
import { Tally } from '../bulk.ts';
import { flow, written } from '../flow.ts';
import type { Passage } from '../forward/crossings.ts';
import { closeOf, type PipeOptions } from '../forward/pipe.ts';
import { Outlet } from '../outlet.ts';
import { FAILURE, FRAMING, isAnswer, isFailure, requestOf } from './agent-messages.ts';
import { noteLoan } from './notes.ts';

/** How many refusals are on record of one passage: whoever asks decides how many there are. */
const NOTED = 16;

/** Whoever answers does not keep to the protocol. */
class Broken extends Error {}

/**
 * One connection of a program on the target to a client's agent. Keys are listed and used, each use on record before the agent
 * is asked; everything else is refused here. One request after the other: the next is not read before the last is answered.
 */
export class AgentPassage implements Passage {
  readonly #options: PipeOptions;
  readonly #outlet: Outlet;
  readonly #clientClosed: Promise<void>;
  readonly #targetClosed: Promise<void>;
  readonly #dropped = Promise.withResolvers<void>();
  readonly #requests = new Framer(FRAMING);
  readonly #answers = new Framer(FRAMING);
  /** What passed: none of what was refused here. */
  readonly #answered = new Tally();
  readonly #asked = new Tally();
  /** Takes the answer that is waited for. */
  #waiting: ((answer: Buffer) => void) | null = null;
  #refused = 0;
  #hasEnded = false;

  constructor(options: PipeOptions) {
    const { client, upstream } = options;
    this.#options = options;
    this.#clientClosed = closeOf(client);
    this.#targetClosed = closeOf(upstream);
    this.#outlet = new Outlet(client, this.#clientClosed);
  }

  get bytes(): number {
    return this.#asked.bytes;
  }

  async run(): Promise<void> {
    const { client, upstream } = this.#options;
    const asked = flow(upstream, (bytes) => this.#ask(bytes)).then(() => void (this.#hasEnded = true));
    const answered = flow(client, (bytes) => this.#answer(bytes));
    try {
      await Promise.race([asked, answered, this.#clientClosed, this.#targetClosed, this.#dropped.promise]);
    } catch {
      // One of them does not keep to the protocol; or there is no record any more, or nobody knows who asks.
    }
    client.close();
    upstream.close();
    await this.#note().catch(() => undefined);
  }

  drop(): void {
    this.#dropped.resolve();
  }

  async #ask(bytes: Buffer): Promise<void> {
    this.#requests.feed(bytes);
    for (let next = this.#requests.next(); next !== null; next = this.#requests.next()) await this.#request(next);
  }

  async #request(message: Buffer): Promise<void> {
    const request = requestOf(message);
    switch (request.kind) {
      case 'refused':
        this.#refused += 1;
        if (request.words !== null && this.#refused <= NOTED) await this.#say(`is asked ${request.words}: refused`);
        return this.#reply(FAILURE);
      case 'list':
        return this.#reply(await this.#exchange(message, 'list'));
      case 'sign': {
        await this.#say(`is asked to sign ${request.words}`);
        const answer = await this.#exchange(message, 'sign');
        if (isFailure(answer)) await this.#say('did not sign');
        return this.#reply(answer);
      }
    }
  }

  /** Has the agent answer. */
  async #exchange(message: Buffer, kind: 'list' | 'sign'): Promise<Buffer> {
    const { guard } = this.#options;
    const answer = new Promise<Buffer>((resolve) => (this.#waiting = resolve));
    this.#asked.add(message);
    await this.#outlet.write('output', guard.shown(message));
    const answered = await answer;
    if (!isAnswer(answered, kind)) throw new Broken('this is no answer to that');
    this.#answered.add(answered);
    return answered;
  }

  #answer(bytes: Buffer): null {
    this.#answers.feed(bytes);
    for (let next = this.#answers.next(); next !== null; next = this.#answers.next()) {
      const take = this.#waiting;
      this.#waiting = null;
      if (take === null) throw new Broken('nothing was asked');
      take(next);
    }
    return null;
  }

  async #reply(message: Buffer): Promise<void> {
    const { guard, upstream } = this.#options;
    await written(upstream, await guard.release([guard.housekeeping(message)]));
  }

  /** On record before anything is done. The words are the target's in part. */
  #say(words: string): Promise<void> {
    const { guard, connection } = this.#options;
    return noteLoan(guard, connection, 'agent', words);
  }

  async #note(): Promise<void> {
    const { guard, connection, statement, isLost } = this.#options;
    const complete = this.#hasEnded && !isLost();
    for (const [direction, tally] of [['in', this.#answered] as const, ['out', this.#asked] as const]) {
      const { bytes } = tally;
      const event = { type: 'transfer', connection, statement, direction, path: null, bytes, complete } as const;
      await guard.note({ ...event, sha256: tally.sha256() });
    }
  }
}
