import type { Inbox, InboxEvent, Receipt, Reply } from '../../../src/core/inbox.ts';
import type { ApprovalRequest, Grant } from '../../../src/core/request.ts';

/** An inbox whose requests come when a test says so; replies are kept, and answered as it says. */
export class FakeInbox implements Inbox {
  readonly replies: Reply[] = [];
  readonly revoked: (readonly [string, string | null])[] = [];
  answer: (reply: Reply) => Promise<Receipt> = async ({ verdict }) => ({
    accepted: true,
    outcome: verdict === 'approve' ? 'approved' : 'denied',
    missing: null,
  });
  #events: InboxEvent[] = [];
  #grants: readonly Grant[];
  #wake: () => void = () => undefined;
  #failure: Error | null = null;

  constructor(requests: readonly ApprovalRequest[] = [], grants: readonly Grant[] = []) {
    this.#events = requests.map((request) => ({ type: 'request', request }));
    this.#grants = grants;
  }

  push(...events: readonly InboxEvent[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async list(): Promise<readonly ApprovalRequest[]> {
    return [];
  }

  async grants(): Promise<readonly Grant[]> {
    return this.#grants;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<InboxEvent> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      const events = this.#events;
      this.#events = [];
      yield* events;
      if (this.#failure !== null) throw this.#failure;
      if (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async reply(reply: Reply): Promise<Receipt> {
    this.replies.push(reply);
    const receipt = await this.answer(reply);
    if (receipt.accepted && receipt.outcome !== null) {
      this.push({ type: 'settled', request: reply.request, outcome: receipt.outcome });
    }
    return receipt;
  }

  async revoke(id: string, reason: string | null): Promise<Grant> {
    this.revoked.push([id, reason]);
    const grant = this.#grants.find((one) => one.id === id);
    if (grant === undefined) throw new Error('no such grant');
    return { ...grant, revoked: true };
  }
}
