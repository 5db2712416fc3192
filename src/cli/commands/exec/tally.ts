import type { GuardedSession } from '../../../local/guarded-session.ts';
import type { Observed } from '../../../session/index.ts';

interface Counts {
  statements: number;
  refused: number;
  requests: number;
  /** Values that were masked in what the program was shown. */
  masked: number;
}

/** Counts what happened in each session, to be said when all is over. */
export class Tally {
  readonly #counts = new Map<string, Counts>();

  decision(session: string, { statement, refusal }: Observed): void {
    const counts = this.#of(session);
    // A prepared statement is one, however often it is bound.
    const ran = statement.phase === 'query' || statement.phase === 'execute';
    if (ran) counts.statements += 1;
    if (refusal !== null) counts.refused += 1;
  }

  masked(session: string, values: number): void {
    this.#of(session).masked += values;
  }

  request(session: string): void {
    this.#of(session).requests += 1;
  }

  /** A line for people. */
  line({ id, target }: Pick<GuardedSession, 'id' | 'target'>): string {
    const { statements, refused, requests, masked } = this.#of(id);
    const facts = [
      `${statements} ${statements === 1 ? 'statement' : 'statements'}`,
      `${refused} refused`,
      ...(requests === 0 ? [] : [`${requests} held for approval`]),
      ...(masked === 0 ? [] : [`${masked} ${masked === 1 ? 'value' : 'values'} masked`]),
    ];
    return `${target.name}: ${facts.join(', ')}. On record: hoopctl replay ${id}`;
  }

  #of(session: string): Counts {
    let counts = this.#counts.get(session);
    if (counts === undefined) {
      counts = { statements: 0, refused: 0, requests: 0, masked: 0 };
      this.#counts.set(session, counts);
    }
    return counts;
  }
}
