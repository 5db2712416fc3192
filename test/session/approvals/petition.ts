import type { Approver, Asked, Revocation, Settlement, Witness } from '../../../src/core/approver.ts';
import type { ApprovalRequest, AskTerms, SignedAnswer } from '../../../src/core/request.ts';
import type { Origin, Register } from '../../../src/session/approvals/register.ts';
import { effect, person } from '../../policy/examples.ts';
import { openRegister, ORIGIN } from '../asking.ts';
import type { HandClock } from '../bench.ts';

export const OWN: AskTerms = {
  policy: 'guarded',
  index: 0,
  approvers: 'self',
  within: 60_000,
  stepUp: false,
  preview: 'trial',
  breakGlass: null,
  message: null,
};

/** Two of the database's administrators, of whom the requester is none. */
export const TWO: AskTerms = { ...OWN, index: 1, approvers: { groups: ['dba'], subjects: [], emails: [], count: 2 } };

export function askedFor(text: string, with_: Partial<Asked> = {}): Asked {
  return {
    connection: 1,
    identity: person,
    phase: 'query',
    text,
    parameters: null,
    parameterTypes: [],
    bytes: Buffer.from(text),
    ground: '',
    effects: [effect({ action: 'delete', name: 'users', where: 'present' })],
    masked: [],
    terms: [OWN],
    inTransaction: false,
    prepared: [],
    ...with_,
  };
}

/** Keeps what it is told. */
export class KeptWitness implements Witness {
  readonly answers: SignedAnswer[] = [];
  readonly revocations: [revocation: Revocation, record: boolean][] = [];

  answered(answer: SignedAnswer): void {
    this.answers.push(answer);
  }

  revoked(revocation: Revocation, record: boolean): void {
    this.revocations.push([revocation, record]);
  }
}

/** One request, as the petitioner of a connection makes it. */
export interface Petition {
  readonly request: ApprovalRequest;
  readonly witness: KeptWitness;
  readonly gone: AbortController;
  readonly settled: Promise<Settlement>;
  /** How it was settled; null while it is not. */
  readonly outcome: () => Settlement['outcome'] | null;
}

export function petition(approver: Approver, asked: Asked): Petition {
  const witness = new KeptWitness();
  const gone = new AbortController();
  const request = approver.draft(asked, 7);
  let outcome: Settlement['outcome'] | null = null;
  const settled = approver.ask(request, gone.signal, witness).then((settlement) => {
    ({ outcome } = settlement);
    return settlement;
  });
  return { request, witness, gone, settled, outcome: () => outcome };
}

/** A register that takes every answer for its giver's, and the approver of one session. */
export function opened(clock: HandClock, origin: Origin = ORIGIN): { register: Register; approver: Approver } {
  const register = openRegister(clock);
  return { register, approver: register.approver(origin, async () => true) };
}

/** A clock that has been set, so that times are those of answers. */
export function setClock(clock: HandClock, time = '2026-01-01T00:00:00.000Z'): void {
  clock.micros = Date.parse(time) * 1000;
}
