import type { Identity } from '../core/identity.ts';
import type { AskTerms, Outcome, Preview, SignedAnswer } from '../core/request.ts';
import type { SessionEvent } from '../core/recorder.ts';
import { visible } from './visible.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

type RequestEvent = Of<'request' | 'preview' | 'answer' | 'settled' | 'granted' | 'revoked'>;

/** What happened to a request for approval, as lines without any character that a terminal obeys. */
export function requestLines(event: RequestEvent): string[] {
  return linesOf(event).map((line) => visible(`  ${line}`));
}

function linesOf(event: RequestEvent): string[] {
  switch (event.type) {
    case 'request':
      return [
        `#${event.statement} held: request ${event.request}, until ${event.expires}`,
        ...event.terms.map(termsLine),
      ];
    case 'preview':
      return previewLines(event.preview);
    case 'answer':
      return answerLines(event.answer);
    case 'settled':
      return [`#${event.statement} ${OUTCOMES[event.outcome]}`];
    case 'granted':
      return [`#${event.statement} runs under request ${event.request} (use ${event.use})`];
    case 'revoked':
      return [`request ${event.request} revoked by ${shownIdentity(event.by)}${because(event.reason)}`];
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  approved: 'approved',
  denied: 'denied: it was not sent',
  expired: 'nobody answered in time: it was not sent',
  cancelled: 'cancelled by its client: it was not sent',
  disconnected: 'its client went away: it was not sent',
  ended: 'its session ended: it was not sent',
  crowded: 'too many statements waited already: it was not sent',
  changed: 'what it does had changed when it was approved: it was not sent',
};

function termsLine({ policy, index, approvers }: AskTerms): string {
  const where = index === null ? 'default' : `ask ${index + 1}`;
  const who =
    approvers === 'self' ? 'whoever opened the session' : `${approvers.count} of ${approvers.groups.join(', ')}`;
  return `asked by ${policy}, ${where}: ${who}`;
}

function previewLines({ estimate, dryRun, withheld }: Preview): string[] {
  const estimated = estimate === null ? [] : [`expected rows: about ${estimate}`];
  if (dryRun === null) return [...estimated, ...(withheld === null ? [] : [`not run on trial: ${withheld}`])];
  const tables = dryRun.tables.map(
    ({ schema, name, inserted, updated, deleted }) => `${schema}.${name} +${inserted} ~${updated} -${deleted}`,
  );
  return [...estimated, `on trial: ${dryRun.rows} rows (${tables.join(', ')})`];
}

function answerLines({ request, verdict, by, reason, uses, until, effect, breakGlass }: SignedAnswer): string[] {
  const what = `${breakGlass ? 'break-glass: ' : ''}${verdict === 'approve' ? 'approved' : 'denied'}`;
  const bounds = [
    ...(uses > 1 ? [`${uses} times`] : []),
    ...(until === null ? [] : [`until ${until}`]),
    ...(effect === null ? [] : ['only with the effect that was shown']),
  ];
  const bounded = bounds.length === 0 ? '' : `, ${bounds.join(', ')}`;
  return [`request ${request} ${what} by ${shownIdentity(by)}${bounded}${because(reason)}`];
}

function shownIdentity({ display, issuer, verified }: Identity): string {
  return `${display} (${issuer}${verified ? '' : ', not verified'})`;
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}
