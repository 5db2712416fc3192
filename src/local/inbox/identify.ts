import { isDeepStrictEqual } from 'node:util';
import type { Identity } from '../../core/identity.ts';
import type { Proof, Proven, Unproven } from '../../core/proof.ts';
import type { SignedAnswer } from '../../core/request.ts';
import { isSignedWith } from '../../record/answer-signature.ts';
import { verificationKeys } from '../../record/key.ts';

export interface IdentifyOptions {
  /** The directory with the keys that are kept for approving. */
  readonly state: string;
  /** The operating system's user, who answers where no provider vouches for anybody. */
  readonly own: Identity;
  /** Whom a proof shows; null: no provider vouches for anybody. Never rejects. */
  readonly proven: ((proof: Proof) => Promise<Proven | Unproven>) | null;
}

/**
 * Who gave an answer that came over a control socket: nobody but this user gets there. So it must be signed with a key that
 * is kept for approving, and be given in this user's name, or in that of the person whom its proof shows: what it says
 * itself of who gives it is never believed. Never rejects.
 */
export async function identify(
  answer: SignedAnswer,
  proof: Proof | null,
  { state, own, proven }: IdentifyOptions,
): Promise<Proven | Unproven> {
  if (!(await isSignedHere(answer, state)))
    return { reason: 'it is not signed with a key that this user approves with' };
  if (proven === null) return identifyOwn(answer, proof, own);
  if (proof === null) return { reason: 'it comes without a login: hoopctl login' };
  const person = await proven(proof);
  if ('reason' in person || isDeepStrictEqual(answer.by, person.identity)) return person;
  return {
    reason: 'it is given in the name of somebody else than its login shows, or their groups have changed since',
  };
}

function identifyOwn(answer: SignedAnswer, proof: Proof | null, own: Identity): Proven | Unproven {
  if (proof !== null) return NOBODY_VOUCHES;
  if (isDeepStrictEqual(answer.by, own)) return { identity: own, authenticated: null, nonce: null };
  return { reason: 'it is given in the name of somebody else than this user' };
}

/** Who takes a grant back: the operating system's user, or the person whom a proof shows. Never rejects. */
export async function identifyRevoker(
  proof: Proof | null,
  { own, proven }: Pick<IdentifyOptions, 'own' | 'proven'>,
): Promise<Proven | Unproven> {
  if (proof === null) return { identity: own, authenticated: null, nonce: null };
  return proven === null ? NOBODY_VOUCHES : proven(proof);
}

const NOBODY_VOUCHES: Unproven = { reason: 'it comes with a login, and no provider vouches for people here' };

async function isSignedHere(answer: SignedAnswer, state: string): Promise<boolean> {
  try {
    return isSignedWith(answer, await verificationKeys(state, 'approver'));
  } catch {
    // Keys that cannot be read vouch for nobody.
    return false;
  }
}
