import type { Conversation, Order, Reply } from '../../core/conversation.ts';
import type { Refusal } from '../../core/decision.ts';
import type { Entered } from '../inner-door.ts';
import type { InnerSession } from './sessions.ts';

/** How an order has ended. */
export type Ending =
  /** `refusal`: the guard's, when it was that. */
  | { readonly reply: Reply; readonly refusal: Refusal | null }
  /** There is no telling what came of it. */
  | { readonly failure: unknown };

/** Milliseconds that a cancelled statement gets to end in order. */
const PATIENCE = 5000;

/** One order on its way, on a connection of its own. */
export class Call {
  readonly target: string;
  readonly session: string;
  readonly connection: number;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Resolves when people are asked for the first time. */
  readonly held: Promise<void>;
  readonly #inner: InnerSession;
  readonly #entered: Entered;
  readonly #whenHeld: () => void;
  #conversation: Conversation | null = null;
  #requests: readonly string[] = [];
  #refusal: Refusal | null = null;
  #withdrawn = false;
  #over = false;

  /** @throws HoopError `session.expired` when the session is over */
  constructor(target: string, inner: InnerSession, order: Order) {
    this.target = target;
    this.session = inner.id;
    this.#inner = inner;
    this.#entered = inner.enter();
    this.connection = this.#entered.connection;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    this.#whenHeld = resolve;
    this.ended = this.#work(order);
  }

  /** The requests for approval that it has led to, the last one last. */
  get requests(): readonly string[] {
    return this.#requests;
  }

  /** The one that people are asked now; null when none is. */
  get waitsFor(): string | null {
    const waiting = this.#inner.around.register.list();
    return this.#requests.find((id) => waiting.some((one) => one.id === id)) ?? null;
  }

  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  get over(): boolean {
    return this.#over;
  }

  /** What the guard has decided. */
  observed(refusal: Refusal | null): void {
    this.#refusal ??= refusal;
  }

  /** People are asked. */
  asked(request: string): void {
    this.#requests = [...this.#requests, request];
    this.#whenHeld();
  }

  /** Takes it back, whether it runs or waits. Idempotent. */
  withdraw(): void {
    if (this.#withdrawn || this.#over) return;
    this.#withdrawn = true;
    if (this.#conversation === null) return void this.#entered.stream.destroy();
    try {
      const { stream } = this.#inner.enter();
      stream.on('error', () => undefined).end(this.#conversation.cancellation);
    } catch {
      // The session ends, and what is under way in it.
      return;
    }
    const late = setTimeout(() => this.#entered.stream.destroy(), PATIENCE);
    void this.ended.then(() => clearTimeout(late));
  }

  async #work(order: Order): Promise<Ending> {
    try {
      this.#conversation = await this.#inner.converse(this.#entered);
      return { reply: await this.#conversation.run(order), refusal: this.#refusal };
    } catch (failure) {
      return { failure };
    } finally {
      this.#over = true;
      this.#conversation?.close();
    }
  }
}
