import type { Outcome } from '../../../core/request.ts';

/** How a request ended, in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  approved: 'approved',
  denied: 'denied: it was not sent',
  expired: 'expired: nobody answered in time',
  cancelled: 'cancelled by the client',
  disconnected: 'the client is gone',
  ended: 'its session has ended',
  changed: 'what it would do has changed: it was not sent',
  crowded: 'too much waits already: it was not sent',
};
