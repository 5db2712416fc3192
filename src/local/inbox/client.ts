import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { Inbox, InboxEvent, Receipt, Reply } from '../../core/inbox.ts';
import type { Answer, ApprovalRequest, Grant } from '../../core/request.ts';
import { signAnswer } from '../../record/answer-signature.ts';
import type { SigningKey } from '../../record/key.ts';
import { visible } from '../../core/visible.ts';
import { socketPaths } from './sockets.ts';
import { watchSockets } from './watching.ts';
import { exchange } from './wire.ts';

export interface InboxClientOptions {
  readonly runtime: string;
  readonly identity: Identity;
  readonly clock: Clock;
  /** Opened when something is to be signed. */
  readonly key: () => Promise<SigningKey>;
}

/** The requests of every running hoopctl of this user, over their control sockets. */
export class InboxClient implements Inbox {
  readonly #options: InboxClientOptions;

  constructor(options: InboxClientOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly ApprovalRequest[]> {
    const found = await this.#all<ApprovalRequest>('/v1/requests', 'requests');
    return found.map(({ item }) => item).sort((one, other) => one.asked.localeCompare(other.asked));
  }

  async grants(): Promise<readonly Grant[]> {
    return (await this.#all<Grant>('/v1/grants', 'grants')).map(({ item }) => item);
  }

  watch(signal: AbortSignal): AsyncIterable<InboxEvent> {
    return watchSockets(this.#options.runtime, signal);
  }

  async reply(reply: Reply): Promise<Receipt> {
    const { identity, clock, key } = this.#options;
    const { lasts, ...said } = reply;
    const now = clock.now();
    const answer: Answer = {
      ...said,
      by: identity,
      at: new Date(now).toISOString(),
      until: lasts === null ? null : new Date(now + lasts).toISOString(),
    };
    const signed = signAnswer(answer, await key());
    const unknown = 'there is no such request';
    let reason = unknown;
    for (const socket of await this.#holding(reply.request)) {
      const response = await exchange(socket, { method: 'POST', path: '/v1/answers', body: signed });
      const receipt = response?.status === 200 ? (response.value as Receipt) : null;
      if (receipt?.accepted === true) return receipt;
      // The others do not know it: one may know how it ended.
      if (reason === unknown) reason = receipt?.reason ?? unknown;
    }
    return { accepted: false, reason };
  }

  async revoke(request: string, reason: string | null): Promise<Grant> {
    for (const socket of await socketPaths(this.#options.runtime)) {
      const body = { request, reason };
      const response = await exchange(socket, { method: 'POST', path: '/v1/revocations', body });
      if (response?.status === 200) return (response.value as { grant: Grant }).grant;
    }
    throw new HoopError('local.request', `nothing was granted under ${visible(request)}, or it is revoked already`, {
      hint: 'hoopctl requests grants',
    });
  }

  /** The socket on which the request waits; all of them when it waits nowhere, since one knows how it ended. */
  async #holding(id: string): Promise<readonly string[]> {
    const found = await this.#all<ApprovalRequest>('/v1/requests', 'requests');
    const holder = found.find(({ item }) => item.id === id);
    return holder === undefined ? socketPaths(this.#options.runtime) : [holder.socket];
  }

  async #all<T>(path: string, field: string): Promise<readonly { readonly socket: string; readonly item: T }[]> {
    const sockets = await socketPaths(this.#options.runtime);
    const answers = await Promise.all(
      sockets.map(async (socket) => {
        const response = await exchange(socket, { method: 'GET', path });
        const items = (response?.value as Readonly<Record<string, readonly T[]>> | undefined)?.[field] ?? [];
        return items.map((item) => ({ socket, item }));
      }),
    );
    return answers.flat();
  }
}
