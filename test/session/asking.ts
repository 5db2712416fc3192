import type { Approver } from '../../src/core/approver.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Hold } from '../../src/core/guard.ts';
import { type Identity, OS_ISSUER } from '../../src/core/identity.ts';
import type { Answer, ApprovalRequest, SignedAnswer } from '../../src/core/request.ts';
import { type Origin, Register } from '../../src/session/approvals/register.ts';
import { person } from '../policy/examples.ts';

export const ORIGIN: Origin = {
  session: 'session',
  target: { name: 'pg', protocol: 'postgres', address: 'localhost:5432', database: 'db', user: 'app' },
  reason: 'ticket 4711',
  policyHash: 'hash of the policies',
};

/** Takes every answer for its giver's, whom no provider vouches for. */
export const trusting = {
  issuer: OS_ISSUER,
  identify: async ({ by }: SignedAnswer) => ({ identity: by, authenticated: null, nonce: null }),
};

export function openRegister(clock: Clock): Register {
  return new Register({ clock, ...trusting });
}

/** Of a session whose requests nobody ever answers. */
export function unanswered(clock: Clock): Approver {
  return openRegister(clock).approver(ORIGIN, async () => true);
}

/** A connection that holds back what it is told to, and keeps what it was told. */
export class ScriptedHold implements Hold {
  inTransaction = false;
  readiness: true | Promise<boolean> = true;
  readonly requests: ApprovalRequest[] = [];
  severed = 0;
  #gone = new AbortController();
  #waiting: ((request: ApprovalRequest) => void)[] = [];

  ready(): true | Promise<boolean> {
    return this.readiness;
  }

  held(request: ApprovalRequest): AbortSignal {
    this.requests.push(request);
    this.#gone = new AbortController();
    for (const wake of this.#waiting.splice(0)) wake(request);
    return this.#gone.signal;
  }

  sever(): void {
    this.severed += 1;
  }

  leave(cause: 'cancelled' | 'disconnected' | 'expired'): void {
    this.#gone.abort(cause);
  }

  /** The next request that is held. */
  next(): Promise<ApprovalRequest> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export const reviewer: Identity = { ...person, subject: 'u-2', display: 'Grace', groups: ['dba'] };

/** A plain yes of whoever opened the session, unless told otherwise. */
export function answerTo({ id, digest }: ApprovalRequest, with_: Partial<Answer> = {}): SignedAnswer {
  return {
    request: id,
    digest,
    verdict: 'approve',
    reason: null,
    by: person,
    at: '2026-01-01T00:00:00.000Z',
    uses: 1,
    until: null,
    effect: null,
    breakGlass: false,
    ...with_,
    key: '',
    signature: '',
  };
}
