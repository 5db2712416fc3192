import type { Effect } from '../../core/action.ts';
import { ruleLabel } from '../../core/decision.ts';
import { describeEffect } from '../../core/effect-line.ts';
import type { StoredEvent } from '../event.ts';
import { parameterText } from '../replay-lines.ts';
import type { ShownResult } from '../results.ts';
import { visible, visibleLines } from '../../core/visible.ts';
import type { RefusalPart, ResultPart, StatementPart } from './card.ts';

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Characters of one value, and columns of one result, that a page holds. */
const MAX_VALUE = 2000;
const MAX_COLUMNS = 256;
/** Bytes of a binary parameter. */
const MAX_PARAMETER = 200;
/** A text that another card holds is not held again and again: an application executes it thousands of times. */
const MAX_REPEATED = 1000;
const MAX_EFFECTS = 64;

/** `text` is null when the event that carried it is too far back. */
export function statementPart(event: Of<'statement'>, text: string | null): StatementPart {
  const wholeAt = event.text === null ? event.prepared : null;
  const shown = text ?? '';
  const kept = wholeAt === null || shown.length <= MAX_REPEATED ? shown : shown.slice(0, MAX_REPEATED);
  return {
    kind: 'statement',
    phase: event.phase,
    text: visibleLines(kept),
    left: shown.length - kept.length,
    wholeAt: text === null || kept.length < shown.length ? wholeAt : null,
    values: event.parameters?.map((value) => parameterText(value, MAX_PARAMETER)) ?? [],
    effects: event.effects.slice(0, MAX_EFFECTS).map((effect) => visible(effectWords(effect))),
  };
}

/** What the statement does, as policy saw it: `update table app.customers without a condition; columns plan`. */
function effectWords(effect: Effect): string {
  const { columns } = effect;
  const some = columns === null || columns === 'all' || columns.length === 0 ? '' : `; columns ${columns.join(', ')}`;
  return `${describeEffect(effect)}${some}`;
}

export function refusalPart({ decision }: Of<'statement'>): RefusalPart {
  const { rule, refusal } = decision;
  const reasons = refusal === null ? [] : [refusal.message, refusal.detail, refusal.hint];
  return { kind: 'refusal', rule: visible(ruleLabel(rule)), reasons: reasons.map(visibleLines) };
}

export function resultPart({ columns, direction, rows, left }: ShownResult): ResultPart {
  let cutValues = 0;
  const value = (whole: string | null): string | null => {
    if (whole === null || whole.length <= MAX_VALUE) return whole === null ? null : visible(whole);
    cutValues += 1;
    return `${visible(whole.slice(0, MAX_VALUE))}…`;
  };
  const width = columns?.length ?? 0;
  return {
    kind: 'result',
    direction,
    columns: columns?.slice(0, MAX_COLUMNS).map((name) => visible(name.slice(0, MAX_VALUE))) ?? null,
    rows: rows?.map((row) => row.slice(0, MAX_COLUMNS).map(value)) ?? null,
    left,
    cutColumns: Math.max(0, width - MAX_COLUMNS),
    cutValues,
  };
}
