import { isDeepStrictEqual } from 'node:util';
import type { Identity } from '../../core/identity.ts';
import type { SignedAnswer } from '../../core/request.ts';
import { isSignedWith } from '../../record/answer-signature.ts';
import { verificationKeys } from '../../record/key.ts';

/**
 * Who gave an answer that came over a control socket: nobody but this user gets there. So it must be given in this user's
 * name, and be signed with a key that is kept for approving. Null for anything else; never rejects.
 */
export function identifyBy(state: string, own: Identity): (answer: SignedAnswer) => Promise<Identity | null> {
  return async (answer) => {
    try {
      if (!isDeepStrictEqual(answer.by, own)) return null;
      return isSignedWith(answer, await verificationKeys(state, 'approver')) ? own : null;
    } catch {
      // Keys that cannot be read vouch for nobody.
      return null;
    }
  };
}
