import type { Settlement } from '../core/approver.ts';
import { type Refusal, WITHDRAWN } from '../core/decision.ts';
import type { Outcome } from '../core/request.ts';
import type { ProtocolName } from '../core/target.ts';
import { unconfirmed } from './unconfirmed.ts';

const STOP = 'This is policy, not a fault: do not retry variants.';

/** What a client is told of a statement that was asked for and did not get leave. `policy`: the rule's own refusal. */
export function refusalOf(
  outcome: Outcome,
  settlement: Settlement,
  { protocol, policy }: { readonly protocol: ProtocolName; readonly policy: Refusal | null },
): Refusal {
  // A shell, a file or a port is no statement to whoever asked for it.
  const [what, many] = protocol === 'ssh' ? ['this', 'requests'] : ['this statement', 'statements'];
  const detail = policy?.detail ?? `The policy wants ${what} approved.`;
  switch (outcome) {
    case 'denied': {
      const reason = settlement.outcome === 'approved' ? null : settlement.reason;
      const message = `a person denied ${what}${reason === null ? '' : `: ${reason}`}`;
      return { message, detail, hint: `${STOP} Ask whoever denied it what to do instead.`, cause: 'rejected' };
    }
    case 'expired':
      return {
        message: `nobody approved ${what} in time`,
        detail,
        hint: `${STOP} Ask for approval again when somebody is there to answer.`,
        cause: 'expired',
      };
    case 'changed':
      return CHANGED;
    case 'crowded':
      return {
        message: `too many ${many} wait for approval already`,
        detail: 'Nobody was asked for this one, and it was not sent.',
        hint: 'Wait until the others are answered, or take them back.',
        cause: 'expired',
      };
    case 'unconfirmed':
      return unconfirmed('who asked has to be confirmed again');
    case 'ended':
      return {
        message: 'the session ended before anybody answered',
        detail,
        hint: 'It was not sent. Open a new session to ask for it again.',
        cause: 'ended',
      };
    case 'approved':
    case 'cancelled':
    case 'disconnected':
      return protocol === 'ssh' ? TAKEN_BACK : WITHDRAWN;
  }
}

/** Over SSH the client is somebody at a terminal, or a program that stands for them. */
const TAKEN_BACK: Refusal = {
  message: 'taken back before anybody answered: it was not run',
  detail: '',
  hint: 'Run it again if it is wanted after all.',
  cause: 'cancelled',
};

/** It would do something else than what people looked at. */
export const CHANGED: Refusal = {
  message: 'what this statement does, or the policies, have changed since it was asked for',
  detail: 'It was not sent: nobody has approved it as it is now.',
  hint: 'Send it again, with its values: it will be asked for as it is now.',
  cause: 'expired',
};

/** Nobody can approve under policies that are not in force any more. */
export const OUTDATED: Refusal = {
  message: 'the policies have changed since this session was opened',
  detail: 'Nothing is approved under policies that are not in force any more. It was not sent.',
  hint: 'Open a new session, under the policies as they are now.',
  cause: 'expired',
};

/** Its rows are made when they are fetched: again after going back, and by what functions are by then. */
export const CURSOR: Refusal = {
  message: 'what changes something is not approved for a cursor',
  detail: 'A cursor runs what it stands for whenever it is read, as often as it is read. It was not sent.',
  hint: 'Run the statement without a cursor.',
  cause: 'rejected',
};

/** The server will say so itself: this is never shown. */
export const SKIPPED: Refusal = {
  message: 'the statement is ignored, because one before it failed',
  detail: 'Nobody was asked for approval.',
  hint: 'End the transaction, or the pipeline, and send it again.',
  cause: 'cancelled',
};

/** Asking itself went wrong. */
export const UNANSWERED: Refusal = {
  message: 'the request for approval failed',
  detail: 'The policy wants this statement approved, and nobody could be asked. It was not sent.',
  hint: 'Try again; if it goes on, report it as a bug.',
  cause: 'rejected',
};
