import type { Refusal } from '../core/decision.ts';
import { HoopError } from '../core/errors.ts';
import type { Judgement } from './judgement.ts';
import { refuse } from './judgement.ts';

const HINT =
  'Send it again when the identity provider can be reached; if it says that you are logged out: hoopctl login.';

/** What a client is told while it is not known for sure who asks. `doubt`: see `Standing`. */
export function unconfirmed(doubt: string): Refusal {
  return {
    message: `it is not known for sure any more who asks: ${doubt}`,
    detail:
      'A statement is sent only in the name of somebody whom the identity provider has confirmed lately. It was not sent.',
    hint: HINT,
    cause: 'unconfirmed',
  };
}

/** The judgement of a statement that nobody has looked at: the record says why. */
export function unjudged(doubt: string): Judgement {
  return refuse(unconfirmed(doubt), 'identity');
}

/** For what was cleared while it was known who asked, and waited for too long. */
export function tooLate(doubt: string): HoopError {
  return new HoopError('session.unconfirmed', unconfirmed(doubt).message, { hint: HINT });
}
