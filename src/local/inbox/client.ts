import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { type Identity, OS_ISSUER } from '../../core/identity.ts';
import type { Inbox, InboxEvent, Receipt, Reply } from '../../core/inbox.ts';
import type { Answerer, Proof } from '../../core/proof.ts';
import type { Answer, ApprovalRequest, Grant } from '../../core/request.ts';
import { signAnswer } from '../../record/answer-signature.ts';
import type { SigningKey } from '../../record/key.ts';
import { visible } from '../../core/visible.ts';
import { answeringBody, revokingBody } from './bodies.ts';
import { CONFIRMING } from '../../identity/proven.ts';
import { socketPaths } from './sockets.ts';
import { watchSockets } from './watching.ts';
import { type Exchange, exchange } from './wire.ts';

/** Milliseconds in which an answer is taken: the process that holds the request may have to ask a provider who gives it. */
const TAKING = CONFIRMING + 5000;

export interface InboxClientOptions {
  readonly runtime: string;
  /** The operating system's user, who answers where no provider vouches for anybody. */
  readonly own: Identity;
  /** Who answers where one does; null: nobody. @throws HoopError `identity.*` when nobody is logged in who could */
  readonly login: ((request: ApprovalRequest, reply: Reply) => Promise<Answerer>) | null;
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
    const { clock, key } = this.#options;
    const { lasts, ...said } = reply;
    const { sockets, request } = await this.#holding(reply.request);
    const { identity: by, proof } = await this.#answerer(request, reply);
    const now = clock.now();
    const answer: Answer = {
      ...said,
      by,
      at: new Date(now).toISOString(),
      until: lasts === null ? null : new Date(now + lasts).toISOString(),
    };
    const signed = signAnswer(answer, await key());
    const body = answeringBody({ answer: signed, proof });
    const answers = await this.#ask(sockets, { method: 'POST', path: '/v1/answers', body, patience: TAKING });
    const receipts = answers.filter(({ status }) => status === 200).map(({ value }) => value as Receipt);
    const accepted = receipts.find((one) => one.accepted);
    if (accepted !== undefined) return accepted;
    // Those that do not know it say so; one may know how it ended.
    const reasons = receipts.flatMap((one) => (one.accepted ? [] : [one.reason]));
    return { accepted: false, reason: reasons.find((one) => one !== UNKNOWN) ?? UNKNOWN };
  }

  /** @param proof whose name it is done in; null: in the operating system's user's, which takes no provider that answers */
  async revoke(request: string, reason: string | null, proof: Proof | null = null): Promise<Grant> {
    // A login is shown to nobody but the process that it is for.
    const sockets = proof === null ? await socketPaths(this.#options.runtime) : await this.#granting(request);
    const body = revokingBody({ request, reason, proof });
    const answers = await this.#ask(sockets, { method: 'POST', path: '/v1/revocations', body, patience: TAKING });
    const done = answers.find(({ status }) => status === 200);
    if (done !== undefined) return (done.value as { grant: Grant }).grant;
    const refused = answers.find(({ status }) => status === 403);
    if (refused !== undefined) throw notRevoked(refused.value);
    throw new HoopError('local.request', `nothing was granted under ${visible(request)}, or it is revoked already`, {
      hint: 'hoopctl requests grants',
    });
  }

  /** The socket of a grant that can still be used. */
  async #granting(id: string): Promise<readonly string[]> {
    const found = await this.#all<Grant>('/v1/grants', 'grants');
    return found.filter(({ item }) => item.id === id).map(({ socket }) => socket);
  }

  /**
   * To what waits nowhere nobody's login is shown: it is only asked how it ended.
   * @throws HoopError `identity.*`
   */
  async #answerer(request: ApprovalRequest | null, reply: Reply): Promise<Answerer> {
    const { own, login } = this.#options;
    if (request === null || request.issuer === OS_ISSUER) return { identity: own, proof: null };
    if (login !== null) return login(request, reply);
    throw new HoopError(
      'identity.login',
      `this request is answered by people whom ${visible(request.issuer)} vouches for`,
    );
  }

  /** The socket on which the request waits; all of them when it waits nowhere, since one knows how it ended. */
  async #holding(id: string): Promise<Holding> {
    const found = await this.#all<ApprovalRequest>('/v1/requests', 'requests');
    const holder = found.find(({ item }) => item.id === id);
    if (holder === undefined) return { sockets: await socketPaths(this.#options.runtime), request: null };
    return { sockets: [holder.socket], request: holder.item };
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
  async #ask(sockets: readonly string[], what: Exchange): Promise<readonly Answered[]> {
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

interface Holding {
  readonly sockets: readonly string[];
  readonly request: ApprovalRequest | null;
}

interface Answered {
  readonly socket: string;
  readonly status: number;
  readonly value: unknown;
}

function notRevoked(value: unknown): HoopError {
  const { error } = value as { readonly error: string };
  return new HoopError('local.approver', `this revocation does not count: ${visible(error)}`, {
    hint: 'the same command without --profile',
  });
}

/** What the register says of a request that it does not know. */
const UNKNOWN = 'there is no such request';
