import type { SessionEvent } from '../core/recorder.ts';
import type { SessionTotals, StoredEvent } from './event.ts';

/** Counts a session's events as its end would. */
export class Tally implements SessionTotals {
  connections = 0;
  statements = 0;
  refused = 0;
  errors = 0;
  rows = 0;

  add(event: StoredEvent | SessionEvent): void {
    if (event.type === 'open') this.connections += 1;
    if (event.type === 'error') this.errors += 1;
    if (event.type === 'complete') this.rows += event.rows;
    if (event.type !== 'statement') return;
    this.statements += 1;
    if (event.decision.verdict !== 'allow') this.refused += 1;
  }
}
