import { ruleLabel } from '../core/decision.ts';
import {
  approversLabel,
  type ApprovalRequest,
  askingRule,
  type AskTerms,
  type DryRun,
  type Grant,
  type Preview,
} from '../core/request.ts';
import { describeEffect } from '../core/effect-line.ts';
import { byWeight } from '../core/weight.ts';
import { sampleLines } from '../record/replay-requests.ts';
import { safeLines, safeText, textOf } from '../tui/safe-text.ts';
import { identityLabel, identityName } from '../core/identity.ts';
import { targetLabel } from '../core/target.ts';

/** A request as people must see it to answer: what would happen first, then all of the statement. Safe to print. */
export function requestLines(request: ApprovalRequest, now: number): readonly string[] {
  const { id, identity, target, session, connection, reason, masked, text, directory, parameters } = request;
  const facts = [
    `request  ${id}, ${timeLeft(request, now)} left (until ${request.expires})`,
    `by       ${identityLabel(identity)}`,
    `target   ${targetLabel(target)}`,
    `session  ${session}, connection ${connection}${request.inTransaction ? ', in a transaction' : ''}`,
    ...(reason === null ? [] : [`reason   ${reason}`]),
  ];
  return [
    ...facts.map(safeText),
    '',
    'It would:',
    ...effectLines(request).map((line) => `  ${line}`),
    ...previewLines(request.preview).map((line) => `  ${line}`),
    ...(masked.length === 0 ? [] : [`  with masked columns in reach: ${masked.map(safeText).join(', ')}`]),
    '',
    'Asked by:',
    ...request.terms.map((one) => `  ${termsLine(one)}`),
    '',
    `Statement (${Buffer.byteLength(text)} bytes${directory === undefined ? '' : `, in ${safeText(directory)}`}):`,
    ...safeLines(text).map((line) => `  ${textOf(line)}`),
    ...variableLines(request.variables ?? []),
    ...(parameters ?? []).map((value, index) => `  $${index + 1} = ${safeText(JSON.stringify(value))}`),
    ...request.prepared.flatMap(({ name, texts }) => texts.flatMap((one) => preparedLines(name, one))),
    '',
    `digest   ${request.digest}`,
  ];
}

function variableLines(variables: readonly string[]): readonly string[] {
  return variables.length === 0 ? [] : ['With what the client sets:', ...variables.map((one) => `  ${safeText(one)}`)];
}

function preparedLines(name: string, text: string): readonly string[] {
  return [`Where ${safeText(name)} stands for:`, ...safeLines(text).map((line) => `  ${textOf(line)}`)];
}

/** Each effect once, with how often it comes: the gravest first. */
function effectLines({ effects }: ApprovalRequest): readonly string[] {
  const counts = new Map<string, number>();
  for (const effect of byWeight(effects)) {
    const line = safeText(describeEffect(effect));
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count} times)`));
}

function previewLines(preview: Preview | null): readonly string[] {
  if (preview === null) return [];
  const { estimate, dryRun, withheld } = preview;
  return [
    ...(estimate === null ? [] : [`rows expected by the server: about ${estimate}`]),
    ...(dryRun === null ? [] : dryRunLines(dryRun)),
    ...(withheld === null ? [] : [`not run on trial: ${safeText(withheld)}`]),
  ];
}

function dryRunLines(dryRun: DryRun): readonly string[] {
  const { rows, effect, tables, undoable, repeatable } = dryRun;
  return [
    `run on trial and rolled back: ${rows} ${rows === 1 ? 'row' : 'rows'}${undoable ? ', can be undone' : ''}`,
    ...tables.map(({ schema, name, inserted, updated, deleted }) =>
      safeText(`  ${schema}.${name}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`),
    ),
    ...sampleLines(dryRun).map((line) => `  ${line}`),
    repeatable ? `effect ${effect}` : 'not the same each time: it cannot be approved for its effect alone',
  ];
}

/** Which rule asks, and whom. */
export function termsLine(terms: AskTerms): string {
  const { approvers, stepUp, breakGlass, message } = terms;
  const words = message === null ? '' : `: ${message}`;
  const fresh = stepUp ? ', after a fresh login' : '';
  const glass = breakGlass === null ? '' : `; in an emergency ${approversLabel(breakGlass)}`;
  return safeText(`${ruleLabel(askingRule(terms))}${words} (it takes ${approversLabel(approvers)}${fresh}${glass})`);
}

/** `4:05`, or `0:00` when there is none. */
export function timeLeft({ expires }: Pick<ApprovalRequest, 'expires'>, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(expires) - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The heading and a row for lists. */
export const REQUEST_COLUMNS = ['request', 'left', 'target', 'by', 'would'] as const;

export function requestRow(request: ApprovalRequest, now: number): readonly string[] {
  const [first = 'something unknown', ...others] = effectLines(request);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return [request.id, timeLeft(request, now), request.target.name, identityName(request.identity), `${first}${more}`];
}

export const GRANT_COLUMNS = ['request', 'target', 'used', 'until', 'by', 'shape'] as const;

export function grantRow({ id, target, used, uses, until, by, shape }: Grant): readonly string[] {
  return [id, target, `${used} of ${uses}`, until, by.map(({ display }) => display).join(', '), shape];
}
