import { randomInt } from 'node:crypto';
import type { Approver, Asked, Leave, Settlement, Witness } from '../../core/approver.ts';
import type { Clock } from '../../core/clock.ts';
import type { Identity } from '../../core/identity.ts';
import type { InboxEvent, Receipt } from '../../core/inbox.ts';
import type { Proof, Proven, Unproven } from '../../core/proof.ts';
import type { ApprovalRequest, Grant, Preview, SignedAnswer } from '../../core/request.ts';
import { isSame, objection, unmet, whoMay } from '../../policy/approvers.ts';
import { digestOf, shapeOf } from './digest.ts';
import { staleness } from './fresh.ts';
import { Grants } from './grants.ts';
import { malformation } from './malformed.ts';
import { type GivenAnswer, Pending } from './pending.ts';

/** What all requests of one session have in common. */
export type Origin = Pick<ApprovalRequest, 'session' | 'target' | 'reason' | 'policyHash'>;

export interface RegisterOptions {
  readonly clock: Clock;
  /** Who vouches for those who answer: see `ApprovalRequest.issuer`. */
  readonly issuer: string;
  /**
   * Who gave an answer, by its signature, what was shown beside it, and the way it came. May take its time; never rejects.
   */
  readonly identify: (answer: SignedAnswer, proof: Proof | null) => Promise<Proven | Unproven>;
}

/** No letter or digit that is taken for another one, and no vowel that makes words. */
const LETTERS = '23456789bcdfghjkmnpqrstvwxyz';
const ID_LENGTH = 8;
/** Requests that wait at once, and characters of their texts: what people are to look at must fit on their desk. */
const MOST_WAITING = 500;
const MOST_TEXT = 32 * 1024 * 1024;
/** Requests that were settled and can still be told so to who answers late. */
const REMEMBERED = 1000;

/** The requests of all sessions of this process, and what was granted. Whoever answers comes through here. */
export class Register {
  readonly #clock: Clock;
  readonly #issuer: string;
  readonly #identify: RegisterOptions['identify'];
  readonly #grants: Grants;
  readonly #pending = new Map<string, Pending>();
  readonly #settled = new Map<string, Settlement>();
  readonly #drafts = new WeakMap<ApprovalRequest, Asked>();
  readonly #listeners = new Set<(event: InboxEvent) => void>();

  constructor({ clock, issuer, identify }: RegisterOptions) {
    this.#clock = clock;
    this.#issuer = issuer;
    this.#identify = identify;
    this.#grants = new Grants(clock);
  }

  /** For one session. `inForce`: see `Approver`. */
  approver({ session, target, reason, policyHash }: Origin, inForce: Approver['inForce']): Approver {
    const origin = { session, target, reason, policyHash };
    return {
      inForce,
      granted: (asked, witness) => this.#grants.use(origin.session, asked, witness),
      draft: (asked, statement) => this.#draft(origin, asked, statement),
      ask: (request, gone, witness) => this.#ask(request, gone, witness),
      preview: (request, preview) => this.preview(request, preview),
    };
  }

  /** Forgets a session that has ended. */
  forget(session: string): void {
    this.#grants.forget(session);
  }

  /** Those that wait, oldest first. */
  list(): readonly ApprovalRequest[] {
    return [...this.#pending.values()].map(({ request }) => request);
  }

  grants(): readonly Grant[] {
    return this.#grants.list();
  }

  /** Calls back for everything that happens from now on, until the returned function is called. Must not throw. */
  listen(listener: (event: InboxEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** More is known of a request; nothing happens when it is settled already. */
  preview(id: string, preview: Preview): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.request = { ...pending.request, preview };
    this.#tell({ type: 'request', request: pending.request });
  }

  /** Takes an answer. What is wrong with it is said in the receipt; it never rejects. */
  async answer(answer: SignedAnswer, proof: Proof | null): Promise<Receipt> {
    // Nobody has to be asked who answers what does not wait.
    if (!this.#pending.has(answer.request)) return refused(this.#whyGone(answer.request));
    const giver = await this.#identify(answer, proof);
    // From here on nothing waits, so that of two answers that come together one is first.
    if ('reason' in giver) return refused(giver.reason);
    const pending = this.#pending.get(answer.request);
    if (pending === undefined) return refused(this.#whyGone(answer.request));
    const given: GivenAnswer = { ...answer, by: giver.identity, stale: staleness(pending.request, giver) };
    const wrong = this.#objection(given, pending);
    if (wrong !== null) return refused(wrong);
    pending.witness.answered(answer);
    this.#tell({ type: 'answer', request: answer.request, answer });
    return given.verdict === 'deny' ? this.#denied(pending, given) : this.#approved(pending, given);
  }

  /** Takes a grant back. Null when there is none. */
  revoke(id: string, by: Identity, reason: string | null): Grant | null {
    const grant = this.#grants.revoke(id, by, reason);
    if (grant !== null) this.#tell({ type: 'grant', grant });
    return grant;
  }

  #draft(origin: Origin, asked: Asked, statement: number): ApprovalRequest {
    const { bytes, parameterTypes, ground, ...shown } = asked;
    const now = this.#clock.now();
    const bound = {
      ...origin,
      ...shown,
      id: this.#newId(),
      issuer: this.#issuer,
      statement,
      asked: new Date(now).toISOString(),
      expires: new Date(now + Math.min(...asked.terms.map(({ within }) => within))).toISOString(),
    };
    const digest = digestOf(bound, { bytes, parameterTypes, ground });
    const request: ApprovalRequest = { ...bound, digest, preview: null };
    this.#drafts.set(request, asked);
    return request;
  }

  async #ask(request: ApprovalRequest, gone: AbortSignal, witness: Witness): Promise<Settlement> {
    const asked = this.#drafts.get(request);
    if (asked === undefined) throw new TypeError('only what was drafted here is asked for');
    const pending = new Pending(request, asked, witness, this.#clock);
    if (!this.#hasRoomFor(request)) return { outcome: 'crowded', reason: null };
    this.#pending.set(request.id, pending);
    this.#tell({ type: 'request', request });
    pending.wait(gone);
    const settlement = await pending.settled;
    this.#pending.delete(request.id);
    this.#remember(request.id, settlement);
    this.#tell({ type: 'settled', request: request.id, outcome: settlement.outcome });
    return settlement;
  }

  #hasRoomFor({ text }: ApprovalRequest): boolean {
    const waiting = this.list();
    const size = waiting.reduce((sum, one) => sum + one.text.length, text.length);
    return waiting.length < MOST_WAITING && size <= MOST_TEXT;
  }

  #objection(answer: GivenAnswer, { request, approvals, settlement, isExpired }: Pending): string | null {
    if (settlement !== null) return `request ${request.id} is settled: ${settlement.outcome}`;
    if (isExpired) return `the time of request ${request.id} is up`;
    if (answer.digest !== request.digest) return 'the answer is about something else than what waits';
    if (answer.by.issuer !== request.issuer) return 'whoever gives it is vouched for by somebody else than was asked';
    const wrong = malformation(answer, request) ?? objection(answer, request.terms, request.identity);
    if (wrong !== null) return wrong;
    if (answer.until !== null && !this.#holds(answer)) return 'the time that it is to hold is over already';
    // Whoever has approved may still think better of it.
    if (answer.verdict === 'deny') return null;
    // A login that was fresh only the second time may count for more.
    const given = approvals.some((one) => isSame(one.by, answer.by) && (one.stale === null || answer.stale !== null));
    return given ? 'you have approved it already; others must, too' : null;
  }

  #denied(pending: Pending, { reason }: GivenAnswer): Receipt {
    pending.settle({ outcome: 'denied', reason });
    return { accepted: true, outcome: 'denied', missing: null };
  }

  #approved(pending: Pending, answer: GivenAnswer): Receipt {
    const { request } = pending;
    // What others have approved for a time that is over, counts no more.
    const approvals = [...pending.approvals.filter((one) => this.#holds(one)), answer];
    pending.approvals = approvals;
    const missing = unmet(approvals, request.terms, request.identity);
    if (missing.length > 0) return { accepted: true, outcome: null, missing: whoMay(missing) };
    pending.settle({ outcome: 'approved', leave: this.#grant(pending) });
    return { accepted: true, outcome: 'approved', missing: null };
  }

  #holds({ until }: GivenAnswer): boolean {
    return until === null || this.#clock.now() < Date.parse(until);
  }

  /** Of several approvers' bounds the narrowest hold. */
  #grant({ request, approvals, asked, witness }: Pending): Leave {
    const until = approvals.map((one) => one.until ?? request.expires);
    const grant: Grant = {
      id: request.id,
      target: request.target.name,
      session: request.session,
      shape: shapeOf(request),
      by: distinct(approvals.map(({ by }) => by)),
      uses: Math.min(...approvals.map(({ uses }) => uses)),
      used: 0,
      until: until.reduce((one, other) => (one < other ? one : other)),
      effect: approvals.find(({ effect }) => effect !== null)?.effect ?? null,
      breakGlass: approvals.some(({ breakGlass }) => breakGlass),
      revoked: false,
    };
    const leave = this.#grants.add(grant, asked, witness);
    if (grant.uses > 1) this.#tell({ type: 'grant', grant: { ...grant, used: 1 } });
    return leave;
  }

  #whyGone(id: string): string {
    const settlement = this.#settled.get(id);
    return settlement === undefined ? 'there is no such request' : `request ${id} is settled: ${settlement.outcome}`;
  }

  #remember(id: string, settlement: Settlement): void {
    this.#settled.set(id, settlement);
    const oldest = this.#settled.keys().next();
    if (this.#settled.size > REMEMBERED && oldest.done !== true) this.#settled.delete(oldest.value);
  }

  #newId(): string {
    for (;;) {
      const id = Array.from({ length: ID_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      if (!this.#pending.has(id) && !this.#settled.has(id)) return id;
    }
  }

  #tell(event: InboxEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Who approved twice, once without a fresh login, is one person still. */
function distinct(people: readonly Identity[]): readonly Identity[] {
  return people.filter((one, index) => people.findIndex((other) => isSame(one, other)) === index);
}

const refused = (reason: string): Receipt => ({ accepted: false, reason });
