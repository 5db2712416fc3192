import { identityLabel } from '../core/identity.ts';
import { ruleLabel } from '../core/decision.ts';
import { OUTCOME_WORDS } from '../core/outcome.ts';
import {
  approversLabel,
  askingRule,
  type AskTerms,
  type DryRun,
  type Preview,
  type SignedAnswer,
} from '../core/request.ts';
import type { SessionEvent } from '../core/recorder.ts';
import { tableLines } from './table.ts';
import { visible } from '../core/visible.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

export type RequestEvent = Of<'request' | 'preview' | 'answer' | 'settled' | 'granted' | 'revoked'>;

/** Cells that one value of a preview's sample may take. */
const MAX_CELL = 40;

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
      return previewLines(event.request, event.preview);
    case 'answer':
      return [answerLine(event.answer)];
    case 'settled':
      return [`#${event.statement} request ${event.request} is over: ${OUTCOME_WORDS[event.outcome]}`];
    case 'granted':
      return [`#${event.statement} runs under request ${event.request} (use ${event.use})`];
    case 'revoked':
      return [`request ${event.request} revoked by ${identityLabel(event.by)}${because(event.reason)}`];
  }
}

/** One rule by which a statement is asked for, and who may answer. Not made safe. */
export function termsLine(terms: AskTerms): string {
  const { approvers, within, stepUp, breakGlass, message } = terms;
  const conditions = [
    `within ${duration(within)}`,
    ...(stepUp ? ['logged in anew'] : []),
    ...(breakGlass === null ? [] : [`or, in an emergency, ${approversLabel(breakGlass)}`]),
  ];
  return `asked by ${ruleLabel(askingRule(terms))}: ${approversLabel(approvers)}, ${conditions.join(', ')}${because(message)}`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** What a preview found out, but for its tables and rows. Not made safe. */
export function previewWords({ estimate, dryRun, withheld }: Preview): string[] {
  return [
    ...(estimate === null ? [] : [`expected rows: about ${estimate}`]),
    ...(withheld === null ? [] : [`not run on trial: ${withheld}`]),
    ...(dryRun === null
      ? []
      : [`on trial: ${dryRun.rows} rows${dryRun.undoable ? ', an undo script can be kept' : ''}`]),
    ...(estimate === null && withheld === null && dryRun === null ? ['nothing is known of what it would do'] : []),
  ];
}

function previewLines(request: string, preview: Preview): string[] {
  const tables = preview.dryRun?.tables ?? [];
  return [
    `request ${request} would do:`,
    ...previewWords(preview).map((line) => `  ${line}`),
    ...tables.map(({ schema, name, inserted, updated, deleted }) => {
      return `  ${schema}.${name} +${inserted} ~${updated} -${deleted}`;
    }),
    ...sampleLines(preview.dryRun).map((line) => `  ${line}`),
  ];
}

/** Rows of a trial as a table, before and after: made safe. */
export function sampleLines(dryRun: DryRun | null): string[] {
  const sample = dryRun?.sample ?? null;
  if (sample === null || sample.rows.length === 0) return [];
  const rows = sample.rows.flatMap(({ before, after }) => [
    ...(before === null ? [] : [['-', ...before]]),
    ...(after === null ? [] : [['+', ...after]]),
  ]);
  return tableLines(['', ...sample.columns], rows, { maxCell: MAX_CELL });
}

/** How far an approval reaches. Not made safe. */
export function answerBounds({ verdict, uses, until, effect }: SignedAnswer): string[] {
  if (verdict === 'deny') return [];
  return [
    ...(uses > 1 ? [`${uses} times`] : []),
    ...(until === null ? [] : [`until ${until}`]),
    ...(effect === null ? [] : ['only with the effect that was shown']),
  ];
}

function answerLine(answer: SignedAnswer): string {
  const { request, verdict, by, reason, breakGlass } = answer;
  const what = `${breakGlass ? 'break-glass: ' : ''}${verdict === 'approve' ? 'approved' : 'denied'}`;
  const bounds = answerBounds(answer);
  const bounded = bounds.length === 0 ? '' : `, ${bounds.join(', ')}`;
  return `request ${request} ${what} by ${identityLabel(by)}${bounded}${because(reason)}`;
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}
