import type { Guard } from '../../../core/guard.ts';
import type { Offer } from '../opening.ts';
import type { Extra } from './extras.ts';

/** Something of a client's that it may lend to one program. */
export interface Leave {
  readonly extra: Extra;
  /** The record's number of it. */
  readonly statement: number;
  readonly guard: Guard;
  /** Aborts when what was approved is not any more. */
  readonly revoked: AbortSignal;
  /** Tells the client that the target does not want it. */
  readonly declined: () => void;
}

/** How the loans of one connection hear of what becomes of one of them. */
export interface Ledger {
  /** Whether the target has it, by what it said. */
  settled(loan: Loan, agreed: boolean): boolean;
  /** `hurry`: what goes on is broken off. */
  ended(loan: Loan, hurry: boolean): void;
}

/** What is lent to one program, for as long as it runs. */
export class Loan implements Offer {
  readonly leave: Leave;
  readonly #ledger: Ledger;
  #isUsed = false;
  /** Of what came from the target. */
  bytes = 0;

  constructor(leave: Leave, ledger: Ledger) {
    this.leave = leave;
    this.#ledger = ledger;
    leave.revoked.addEventListener('abort', () => this.revoke(), { once: true });
  }

  get extra(): Extra {
    return this.leave.extra;
  }

  /** Whether the target may reach it once more. */
  take(): boolean {
    const { extra } = this.leave;
    if (extra.kind === 'x11' && extra.screen.single && this.#isUsed) return false;
    this.#isUsed = true;
    return true;
  }

  answered(agreed: boolean): void {
    if (this.#ledger.settled(this, agreed)) return;
    this.revoke();
    this.leave.declined();
  }

  /** The program is over. */
  end(): void {
    this.#ledger.ended(this, false);
  }

  /** It is taken back, and what goes on with it. */
  revoke(): void {
    this.#ledger.ended(this, true);
  }
}
