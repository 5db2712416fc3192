import type { ApprovalRequest, DryRun, Preview } from '../../../core/request.ts';
import { isCommand } from '../../../core/command-words.ts';
import type { Effect } from '../../../core/action.ts';
import type { Line, Span } from '../../safe-text.ts';
import { sampleLines } from './sample.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, count, dryRunGist, effectLine, effectNotes, rows, said } from '../words.ts';

/** What will happen: what must be read before anything else, and what there is too much of to stand before the text. */
export interface Forecast {
  readonly first: readonly Line[];
  readonly rest: readonly Line[];
}

const MOST_EFFECTS = 24;
const MOST_TABLES = 24;
const MOST_MASKED = 12;
const MOST_SAMPLED = 12;

export function forecast(request: ApprovalRequest, cells: number): Forecast {
  const [effects, otherEffects] = split(merged(byWeight(request.effects)), MOST_EFFECTS);
  const [masked, otherMasked] = split(request.masked, MOST_MASKED);
  const first: Line[] = effects.flatMap((effect) => effectLines(effect));
  const rest: Line[] = otherEffects.flatMap((effect) => effectLines(effect));
  if (request.effects.length === 0) first.push([said('  nothing that is known', 'warn')]);
  if (otherEffects.length > 0) first.push(more(otherEffects.length, 'effects, none of them graver'));
  if (masked.length > 0) {
    first.push([said('  masked columns in reach: ', 'dim'), ...listed(masked)]);
    if (otherMasked.length > 0) first.push(more(otherMasked.length, 'masked columns'));
    rest.push(...otherMasked.map((name): Line => [said('  masked: ', 'dim'), ...clipped(name)]));
  }
  if (request.preview !== null) preview(request.preview, cells, first, rest);
  // A command is not tried beforehand: there is nothing to wait for.
  else if (!isCommand(request.effects)) first.push([said('  what it would touch is not known (yet)', 'dim')]);
  return { first, rest };
}

function effectLines(effect: Effect): readonly Line[] {
  return [[said('  '), ...effectLine(effect)], ...effectNotes(effect).map((note): Line => [said('      '), ...note])];
}

/** The same thing done twice is said once. */
function merged(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Map<string, Effect>();
  for (const effect of effects) {
    const key = JSON.stringify(effect);
    if (!seen.has(key)) seen.set(key, effect);
  }
  return [...seen.values()];
}

function split<T>(all: readonly T[], most: number): readonly [readonly T[], readonly T[]] {
  return [all.slice(0, most), all.slice(most)];
}

function more(number: number, what: string): Line {
  return [said(`  and ${count(number)} more ${what}: at the end`, 'warn')];
}

function listed(names: readonly string[]): Line {
  return names.flatMap((name, index): Span[] => [...(index === 0 ? [] : [said(', ', 'dim')]), ...clipped(name, 'ask')]);
}

function preview({ estimate, dryRun, withheld }: Preview, cells: number, first: Line[], rest: Line[]): void {
  if (estimate !== null) first.push([said('  the server expects '), said(rows(estimate), 'strong')]);
  if (withheld !== null) first.push([said('  not run on trial: ', 'dim'), ...clipped(withheld, 'plain', 200)]);
  if (dryRun !== null) trial(dryRun, cells, first, rest);
}

function trial(dryRun: DryRun, cells: number, first: Line[], rest: Line[]): void {
  first.push([said('  run on trial and rolled back: '), said(dryRunGist(dryRun), 'strong')]);
  const ordered = dryRun.tables.toSorted((one, other) => other.deleted - one.deleted);
  const [tables, others] = split(ordered, MOST_TABLES);
  first.push(...tables.map((table) => tableLine(table)));
  if (others.length > 0) first.push(more(others.length, 'tables'));
  rest.push(...others.map((table) => tableLine(table)));
  if (dryRun.sample !== null && dryRun.sample.rows.length > 0) {
    const [shown, hidden] = split(dryRun.sample.rows, MOST_SAMPLED);
    const sample = { columns: dryRun.sample.columns, rows: shown };
    first.push([said(`  ${rows(shown.length)} of them, masked as always:`, 'dim')]);
    first.push(...sampleLines(sample, cells - 4).map((line): Line => [said('    '), ...line]));
    if (hidden.length > 0) first.push([said(`  and ${rows(hidden.length)} of the sample not shown`, 'dim')]);
  }
  first.push([said(`  ${afterwards(dryRun)}`, 'dim')]);
}

function afterwards({ repeatable, undoable }: DryRun): string {
  if (!repeatable) return 'it does something else each time: exactly this cannot be approved';
  return undoable ? 'approved for exactly this (e), what undoes it is kept' : 'what undoes it cannot be kept';
}

function tableLine({ schema, name, inserted, updated, deleted }: DryRun['tables'][number]): Line {
  const line: Span[] = [said('    '), ...clipped(`${schema}.${name}`, 'strong')];
  if (deleted > 0) line.push(said(`  loses ${count(deleted)}`, 'bad'));
  if (updated > 0) line.push(said(`  changes ${count(updated)}`, 'warn'));
  if (inserted > 0) line.push(said(`  gains ${count(inserted)}`, 'good'));
  if (deleted + updated + inserted === 0) line.push(said('  stays as it is', 'dim'));
  return line;
}
