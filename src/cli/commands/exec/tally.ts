import type { GuardedSession } from '../../../local/guarded-session.ts';
import type { Observed } from '../../../session/index.ts';

interface Counts {
  statements: number;
  /** Of these, what is no command: files, channels and variables over SSH. */
  others: number;
  refused: number;
  requests: number;
  /** Values that were masked in what the program was shown. */
  masked: number;
}

/** Where a program runs that somebody asked for. */
const COMMANDS: ReadonlySet<string> = new Set(['exec', 'shell']);

/** Counts what happened in each session, to be said when all is over. */
export class Tally {
  readonly #counts = new Map<string, Counts>();

  decision(session: string, { statement, judgement, refusal }: Observed): void {
    const counts = this.#of(session);
    // A prepared statement is one, however often it is bound.
    const ran = statement.phase === 'query' || statement.phase === 'execute';
    if (ran) counts.statements += 1;
    const channel = judgement.effects[0]?.command?.channel;
    if (ran && channel !== undefined && !COMMANDS.has(channel)) counts.others += 1;
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
    const { statements, others, refused, requests, masked } = this.#of(id);
    const ran = statements - others;
    const what = target.protocol === 'ssh' ? 'command' : 'statement';
    const facts = [
      `${ran} ${ran === 1 ? what : `${what}s`}`,
      ...(others === 0 ? [] : [`${others} other ${others === 1 ? 'request' : 'requests'}`]),
      `${refused} refused`,
      ...(requests === 0 ? [] : [`${requests} held for approval`]),
      ...(masked === 0 ? [] : [`${masked} ${masked === 1 ? 'value' : 'values'} masked`]),
    ];
    return `${target.name}: ${facts.join(', ')}. On record: hoopctl replay ${id}`;
  }

  #of(session: string): Counts {
    let counts = this.#counts.get(session);
    if (counts === undefined) {
      counts = { statements: 0, others: 0, refused: 0, requests: 0, masked: 0 };
      this.#counts.set(session, counts);
    }
    return counts;
  }
}
