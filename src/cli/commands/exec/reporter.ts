import type { ApprovalRequest } from '../../../core/request.ts';
import { visible } from '../../../core/visible.ts';
import type { Outcome } from '../../../local/child/run.ts';
import type { GuardedSession } from '../../../local/guarded-session.ts';
import type { Observed } from '../../../session/index.ts';
import type { Invocation } from '../../invocation.ts';
import { jsonAnnouncer, textAnnouncer } from '../connect/announcer.ts';
import { Tally } from './tally.ts';

/** Says what happens while a program runs, and what has happened when it has ended. */
export interface Reporter {
  ready(session: GuardedSession): void;
  decision(session: string, target: string, observed: Observed): void;
  masked(session: string, values: number): void;
  request(request: ApprovalRequest): void;
  end(session: GuardedSession, cause: string): void;
  warn(message: string): void;
  exit(outcome: Outcome, sessions: readonly GuardedSession[]): void;
}

/** NDJSON on stdout, as `connect` has it; the secrets of doors are the program's alone. */
export function jsonReporter(invocation: Invocation): Reporter {
  const events = jsonAnnouncer(invocation);
  return {
    ...events,
    ready: (session) => events.ready({ ...session, environment: {} }, {}),
    exit: ({ code, exceeded }) => invocation.terminal.json({ version: 1, event: 'exit', code, exceeded }),
  };
}

const TOO_MUCH: Readonly<Record<NonNullable<Outcome['exceeded']>, string>> = {
  processes: 'it had more processes than it may',
  memory: 'it held more memory than it may',
  time: 'its time was up',
};

/** For people, on stderr. While the program has the terminal, only what they must know. */
export function textReporter(invocation: Invocation, onTerminal: boolean): Reporter {
  const { terminal } = invocation;
  const quiet = textAnnouncer({ ...invocation, rest: [] });
  const tally = new Tally();
  return {
    ready: () => undefined,
    decision: (session, _, observed) => tally.decision(session, observed),
    masked: (session, values) => tally.masked(session, values),
    request: ({ id, session, target }) => {
      tally.request(session);
      if (onTerminal) return;
      const label = terminal.styled('stderr', 'yellow', 'held');
      terminal.progress(`${label} ${target.name}: answer in another terminal: hoopctl approve ${id}`);
    },
    end: (session, cause) => quiet.end(session, cause),
    warn: (message) => quiet.warn(message),
    exit: ({ exceeded }, sessions) => {
      if (exceeded !== null) terminal.warn(`the program was ended: ${TOO_MUCH[exceeded]}`);
      for (const session of sessions) terminal.progress(visible(tally.line(session)));
    },
  };
}
