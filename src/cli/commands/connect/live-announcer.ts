import { systemClock } from '../../../core/clock.ts';
import type { Identity } from '../../../core/identity.ts';
import type { Inbox } from '../../../core/inbox.ts';
import type { Standing } from '../../../core/standing.ts';
import { type GuardedSession, shownAddress } from '../../../local/guarded-session.ts';
import { ruleLabel } from '../../../core/decision.ts';
import type { Observed } from '../../../session/index.ts';
import { maskedColumns } from './masked-columns.ts';
import { canDraw } from '../../../tui/drawable.ts';
import type { LiveEvent, LiveFeed } from '../../../tui/model/connect/feed.ts';
import type { Invocation } from '../../invocation.ts';
import { profileAsked } from '../../logins.ts';
import { aborted } from './aborted.ts';
import { type Announcer, textAnnouncer } from './announcer.ts';
import { urlVariable } from './doors.ts';

/** True where somebody looks on, nobody has the terminal to themselves, and text was not asked for. */
export function isWatched({ interactive, terminal, env, rest, options }: Invocation): boolean {
  return interactive && rest === null && !options.flag('json') && !options.flag('plain') && canDraw(terminal, env);
}

export interface Watching {
  readonly standing: Standing;
  /** Requests that can be answered in place; null: none. */
  readonly inbox: Inbox | null;
}

/** For people who look on while doors are open: the live view. What is to be said when it is gone is said as text. */
export function liveAnnouncer(invocation: Invocation, { standing, inbox }: Watching): Announcer {
  const text = textAnnouncer(invocation);
  const before: LiveEvent[] = [];
  const afterwards: (() => void)[] = [];
  let feed: LiveFeed | null = null;
  let up = false;
  const push = (event: LiveEvent): void => void (feed === null ? before.push(event) : feed.push(event));
  const say = (words: () => void): void => void (up ? afterwards.push(words) : words());
  standing.listen((identity) => {
    if (identity !== null) push({ type: 'identity', identity });
  });
  return {
    ready: (session, variables) => push(doorOf(session, variables, standing.identity)),
    decision: (session, target, observed) => push(statementOf(session, target, observed)),
    masked: (_session, values) => push({ type: 'masked', values }),
    request: (request) => {
      if (inbox === null) push({ type: 'warning', message: `held: hoopctl approve ${request.id}` });
    },
    end: (session, cause) => say(() => text.end(session, cause)),
    warn: (message) => {
      push({ type: 'warning', message });
      say(() => text.warn(message));
    },
    hold: async (signal) => {
      up = true;
      try {
        const { openLive } = await import('../../../tui/live.tsx');
        const { stdin, stdout } = invocation.terminal;
        const profile = profileAsked(invocation);
        const view = openLive({ clock: systemClock, inbox, profile, stdin, stdout, env: invocation.env, signal });
        ({ feed } = view);
        for (const event of before.splice(0)) feed.push(event);
        if ((await view.ended) || signal.aborted) return;
        // In a screen, Ctrl-C is a key: it means what it means everywhere.
        process.kill(process.pid, 'SIGINT');
        await aborted(signal);
      } finally {
        up = false;
        for (const words of afterwards.splice(0)) words();
      }
    },
  };
}

function doorOf(
  { id, target, address, environment, terms, expires }: GuardedSession,
  variables: Readonly<Record<string, string>>,
  identity: Identity,
): LiveEvent {
  const shown = Object.entries(environment).map(([name, value]) => ({ name, value, secret: name === 'PGPASSWORD' }));
  const url = urlVariable(target.name);
  const value = variables[url];
  return {
    type: 'door',
    door: {
      session: id,
      target: target.name,
      protocol: target.protocol,
      address: shownAddress(address),
      // A URL has the secret in it.
      variables: value === undefined ? shown : [...shown, { name: url, value, secret: true }],
      identity,
      reason: terms.reason,
      expires,
    },
  };
}

function statementOf(
  session: string,
  target: string,
  { connection, statement, judgement, refusal }: Observed,
): LiveEvent {
  const { phase, text } = statement;
  const { effects, decision } = judgement;
  const rule = ruleLabel(decision.rule);
  const masked = refusal === null ? maskedColumns(judgement) : 0;
  return { type: 'statement', statement: { session, target, connection, phase, text, effects, rule, refusal, masked } };
}
