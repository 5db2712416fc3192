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
    const answers = await this.#ask(await this.#holding(reply.request), {
      method: 'POST',
      path: '/v1/answers',
      body: signed,
    });
    const receipts = answers.filter(({ status }) => status === 200).map(({ value }) => value as Receipt);
    const accepted = receipts.find((one) => one.accepted);
    if (accepted !== undefined) return accepted;
    // Those that do not know it say so; one may know how it ended.
    const reasons = receipts.flatMap((one) => (one.accepted ? [] : [one.reason]));
    return { accepted: false, reason: reasons.find((one) => one !== UNKNOWN) ?? UNKNOWN };
  }

  async revoke(request: string, reason: string | null): Promise<Grant> {
    const answers = await this.#ask(await socketPaths(this.#options.runtime), {
      method: 'POST',
      path: '/v1/revocations',
      body: { request, reason },
    });
    const done = answers.find(({ status }) => status === 200);
    if (done !== undefined) return (done.value as { grant: Grant }).grant;
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
    const answers = await this.#ask(await socketPaths(this.#options.runtime), { method: 'GET', path });
    return answers.flatMap(({ socket, value }) => {
      const items = (value as Readonly<Record<string, readonly T[]>>)[field] ?? [];
      return items.map((item) => ({ socket, item }));
    });
  }

  /**
   * What these processes answer. One that is stopped must not keep the others from being heard: it counts only when
   * nobody else is there. @throws HoopError `local.inbox`
   */
  async #ask(sockets: readonly string[], what: Parameters<typeof exchange>[1]): Promise<readonly Answered[]> {
    const outcomes = await Promise.allSettled(
      sockets.map(async (socket) => ({ socket, response: await exchange(socket, what) })),
    );
    const answered = outcomes.flatMap((one) => {
      if (one.status === 'rejected' || one.value.response === null) return [];
      return [{ socket: one.value.socket, ...one.value.response }];
    });
    const failed = outcomes.find((one) => one.status === 'rejected');
    if (answered.length === 0 && failed !== undefined) throw failed.reason;
    return answered;
  }
}

interface Answered {
  readonly socket: string;
  readonly status: number;
  readonly value: unknown;
}

/** What the register says of a request that it does not know. */
const UNKNOWN = 'there is no such request';
