import type { Effect } from '../../../core/action.ts';
import { commandWords } from '../../../core/command-words.ts';
import { describeEffect } from '../../../core/effect-line.ts';
import { type Identity, identityName } from '../../../core/identity.ts';
import type { ApprovalRequest } from '../../../core/request.ts';
import { type GuardedSession, shownAddress } from '../../../local/guarded-session.ts';
import { ruleName } from '../../../policy/cases.ts';
import type { Observed } from '../../../session/index.ts';
import { shellQuoted } from '../../../core/shell.ts';
import { visible, visibleJson } from '../../../core/visible.ts';
import { byWeight } from '../../../core/weight.ts';
import type { Invocation } from '../../invocation.ts';
import { aborted } from './aborted.ts';
import { urlVariable } from './doors.ts';
import { EventLines } from './event-lines.ts';
import { MaskedValues } from './masked-values.ts';

/** Says what happens while doors are open. */
export interface Announcer {
  ready(session: GuardedSession, variables: Readonly<Record<string, string>>): void;
  decision(session: string, target: string, observed: Observed): void;
  /** So many more values were masked in what a client was shown. */
  masked(session: string, values: number): void;
  request(request: ApprovalRequest): void;
  end(session: GuardedSession, cause: string): void;
  warn(message: string): void;
  /** Stays until the signal aborts, or whoever looks on has had enough. */
  hold(signal: AbortSignal): Promise<void>;
}

/** NDJSON on stdout. What was let through is told a moment later, in company. */
export function jsonAnnouncer({ terminal }: Invocation): Announcer {
  const lines = new EventLines((text) => terminal.line(text));
  const masked = new MaskedValues();
  const event = (name: string, fields: Readonly<Record<string, unknown>>): void =>
    lines.add(jsonLine({ version: 1, event: name, ...fields }));
  return {
    ready: (session, variables) => {
      const { id, target, identity, address, expires } = session;
      const url = urlVariable(target.name);
      event('ready', {
        session: id,
        target: target.name,
        protocol: target.protocol,
        identity: shownIdentity(identity),
        ...(address.kind === 'tcp' ? { host: address.host, port: address.port } : { socket: address.path }),
        env: { ...session.environment, ...(variables[url] === undefined ? {} : { [url]: variables[url] }) },
        expires: new Date(expires).toISOString(),
      });
    },
    decision: (session, target, observed) => {
      const line = decisionLine(session, target, observed);
      if (observed.refusal === null) lines.addSoon(line);
      else lines.add(line);
    },
    masked: (session, values) => masked.add(session, values),
    request: ({ session, target, id, ...request }) =>
      event('request', { session, target: target.name, request: id, ...request }),
    end: (session, cause) => {
      const { id, target } = session;
      event('end', { session: id, target: target.name, cause, reason: session.why(), masked: masked.of(id) });
    },
    warn: (message) => terminal.warn(message),
    hold: aborted,
  };
}

/** What a terminal might obey is escaped. */
function jsonLine(value: Readonly<Record<string, unknown>>): string {
  return visibleJson(JSON.stringify(value));
}

/** Of judgements under which statements were let through, which come again and again: how their lines end. */
const LET_THROUGH = new WeakMap<Observed['judgement'], string>();

function decisionLine(session: string, target: string, observed: Observed): string {
  const { connection, statement, judgement, refusal } = observed;
  let outcome = refusal === null ? LET_THROUGH.get(judgement) : undefined;
  if (outcome === undefined) {
    const { decision, effects } = judgement;
    const fields = { verdict: decision.verdict, rule: ruleName(decision.rule), refusal, effects };
    outcome = jsonLine(fields).slice(1);
    if (refusal === null) LET_THROUGH.set(judgement, outcome);
  }
  const origin = `"session":${JSON.stringify(session)},"target":${visibleJson(JSON.stringify(target))}`;
  return `{"version":1,"event":"decision",${origin},"connection":${connection},"phase":"${statement.phase}",${outcome}`;
}

/** Ends that nobody at the terminal has asked for, and that are told. */
const CLOSES_BY_ITSELF: ReadonlySet<string> = new Set(['expired', 'identity', 'idle']);

/** For people: how to use the door, and every refusal. With a client inside, only warnings: the terminal is the client's. */
export function textAnnouncer({ terminal, rest }: Invocation): Announcer {
  const inside = rest !== null;
  // A client may have made of the terminal that a new line does not begin at its left.
  const isTaken = inside && terminal.interactive;
  const say = (text: string): void => terminal.progress(isTaken ? `${text}\r` : text);
  return {
    ready: (session) => {
      if (inside) return;
      for (const line of instructions(session)) terminal.line(line);
    },
    decision: (_session, target, { judgement, refusal }) => {
      if (inside || refusal === null) return;
      const label = terminal.styled('stderr', 'red', 'refused');
      terminal.progress(`${label} ${target}: ${visible(refusal.message)} (${describe(judgement.decision.effect)})`);
    },
    masked: () => undefined,
    request: ({ id, target, effects }) => {
      // Whoever waits for a port is told by nobody else: SSH has no words for it.
      const isPort = effects.some(({ command }) => command?.channel === 'forward');
      if (inside && !isPort) return;
      const label = terminal.styled('stderr', 'yellow', 'held');
      const what = describe(byWeight(effects)[0] ?? null);
      say(`${label} ${target.name}: ${what}. Answer in another terminal: hoopctl approve ${id}`);
    },
    end: (session, cause) => {
      // A client that was stopped has left the cursor behind its prompt.
      if (isTaken && CLOSES_BY_ITSELF.has(cause)) say('');
      if (cause === 'expired') say(`The time of ${session.target.name} is up: its door is closed.`);
      if (cause === 'identity') for (const line of disowned(session)) say(line);
      if (cause === 'idle') say(`Nothing came through the door of ${session.target.name}: it is closed.`);
      if (!inside) terminal.progress(`On record: hoopctl replay ${session.id}`);
    },
    warn: (message) => terminal.warn(visible(message)),
    hold: aborted,
  };
}

/** Who asks, for programs: what policies match by stays in the record. */
function shownIdentity({
  kind,
  display,
  subject,
  issuer,
  verified,
  actsFor,
}: Identity): Readonly<Record<string, unknown>> {
  const person = actsFor === null ? null : shownIdentity(actsFor);
  return { kind, display, subject, issuer, verified, actsFor: person };
}

function disowned(session: GuardedSession): readonly string[] {
  const reason = session.why() ?? 'who asks is not who it was opened for any more';
  // Connecting says so when it takes a new login.
  return [
    `The door of ${session.target.name} is closed: ${visible(reason)}.`,
    `Try: hoopctl connect ${session.target.name}`,
  ];
}

function instructions({ id, target, identity, address, environment, expires }: GuardedSession): readonly string[] {
  const minutes = Math.max(1, Math.round((expires - Date.now()) / 60_000));
  return [
    `${target.name} is open at ${shownAddress(address)} for ${minutes} min (session ${id})`,
    visible(`as ${identityName(identity)}${identity.verified ? '' : ' (not verified)'}`),
    '',
    // Variables, not a URL on the command line: arguments are for every user of the machine to read.
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${shellQuoted(value)}`),
    '',
    `With these set, ${clientsOf(target)}. Ctrl-C closes it.`,
  ];
}

function clientsOf({ protocol, name }: GuardedSession['target']): string {
  if (protocol !== 'ssh') return 'ordinary clients find it: psql, pg_dump, any driver';
  return `OpenSSH’s clients find it: ssh -F "$HOOPCTL_SSH_CONFIG" ${visible(name)}, scp and sftp likewise`;
}

function describe(effect: Effect | null): string {
  if (effect === null) return 'the whole statement';
  if (commandWords(effect) !== null) return visible(describeEffect(effect));
  const name = [effect.schema, effect.name].filter((part) => part !== null).join('.');
  return visible([effect.action, effect.object ?? '', name].filter((part) => part !== '').join(' '));
}
