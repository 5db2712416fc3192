import type { Outcome } from './request.ts';

/** How a request ended, in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  approved: 'approved',
  denied: 'denied: it was not sent',
  expired: 'nobody answered in time: it was not sent',
  cancelled: 'cancelled by its client: it was not sent',
  disconnected: 'its client went away: it was not sent',
  ended: 'its session ended: it was not sent',
  crowded: 'too much waited already: it was not sent',
  unconfirmed: 'it was not known any more who asked: it was not sent',
  changed: 'what it would do has changed: it was not sent',
};
