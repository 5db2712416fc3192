import type { Order } from '../../core/conversation.ts';
import type { Refusal } from '../../core/decision.ts';
import { HoopError } from '../../core/errors.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { Call } from './call.ts';
import type { InnerSession } from './sessions.ts';

/** Statements that run or wait at once: each has a connection to its target. */
const MOST_AT_ONCE = 32;
/** Statements that people were asked about, and that have ended, whose results are kept. */
const MOST_KEPT = 32;

/** The statements of one server, whether they run, wait, or have been asked about. */
export class Calls {
  readonly #running = new Map<string, Call>();
  /** By each of their requests, oldest first. */
  readonly #asked = new Map<string, Call>();

  /** @throws HoopError `wire.limit` when too many are under way, `session.expired` */
  start(target: string, session: InnerSession, order: Order): Call {
    if (this.#running.size >= MOST_AT_ONCE) {
      throw new HoopError('wire.limit', `${MOST_AT_ONCE} statements are under way already`, {
        hint: 'Wait until some of them have ended, or withdraw the requests that are not wanted any more.',
      });
    }
    const call = new Call(target, session, order);
    const key = keyOf(call.session, call.connection);
    this.#running.set(key, call);
    void call.ended.then(() => this.#running.delete(key));
    return call;
  }

  /** The one that led to this request; null when there is none, or none any more. */
  find(request: string): Call | null {
    return this.#asked.get(request) ?? null;
  }

  /** Must not throw. */
  observed(session: string, connection: number, refusal: Refusal | null): void {
    this.#running.get(keyOf(session, connection))?.observed(refusal);
  }

  /** Must not throw. */
  held({ id, session, connection }: Pick<ApprovalRequest, 'id' | 'session' | 'connection'>): void {
    const call = this.#running.get(keyOf(session, connection));
    if (call === undefined) return;
    this.#asked.set(id, call);
    this.#forget();
    call.asked(id);
  }

  #forget(): void {
    const ended = [...this.#asked].filter(([, call]) => call.over);
    for (const [id] of ended.slice(0, Math.max(0, ended.length - MOST_KEPT))) this.#asked.delete(id);
  }
}

function keyOf(session: string, connection: number): string {
  return `${session} ${connection}`;
}
