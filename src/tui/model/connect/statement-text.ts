import { type Line, safeLines, wrapLine } from '../../safe-text.ts';
import { heading, indented, wrapProse } from '../prose.ts';
import { statementRows } from '../statement-rows.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, count, effectLine, effectNotes, said } from '../words.ts';
import { timeOf } from './statement-list.ts';
import type { Seen } from './tally.ts';

const KEPT = new WeakMap<Seen, { readonly cells: number; readonly lines: readonly Line[] }>();

/** All that is known of a statement: what was decided, what it does, and its text. */
export function statementText(seen: Seen, cells: number): readonly Line[] {
  const known = KEPT.get(seen);
  if (known?.cells === cells) return known.lines;
  const lines = laidOut(seen, cells);
  KEPT.set(seen, { cells, lines });
  return lines;
}

function laidOut(seen: Seen, cells: number): readonly Line[] {
  const { text, length, effects } = seen;
  const kept =
    text.length < length
      ? `the first ${count(text.length)} of ${count(length)} characters; all of it is on record`
      : '';
  const prose = [
    ...verdict(seen),
    ...heading('What it does'),
    ...byWeight(effects).flatMap((one) => [
      indented(effectLine(one)),
      ...effectNotes(one).map((note) => indented(note, 6)),
    ]),
    ...(effects.length === 0 ? [indented([said('nothing that is known', 'dim')])] : []),
    ...heading('Statement', kept),
  ];
  return [
    ...prose.flatMap((line) => wrapProse(line, cells)),
    ...statementRows(text, effects, cells - 2).map(({ line }) => indented(line)),
  ];
}

function verdict({ refusal, rule, target, connection, at, masked, phase }: Seen): readonly Line[] {
  const where: Line = [
    said(`${timeOf(at)}  `, 'dim'),
    ...clipped(target, 'accent'),
    said(`, connection ${connection}, ${phase}`, 'dim'),
  ];
  const decided: Line = [said('  by ', 'dim'), ...clipped(rule, 'dim')];
  if (refusal === null) {
    const hidden = masked > 0 ? [said(`, ${count(masked)} ${masked === 1 ? 'column' : 'columns'} masked`, 'ask')] : [];
    return [where, [said('let through', 'good'), ...hidden, ...decided]];
  }
  const { message, detail, hint } = refusal;
  return [
    where,
    [said('refused', 'bad'), ...decided],
    ...[message, detail, hint].flatMap((part) => safeLines(part).flatMap((line) => wrapLine(indented(line), 2000))),
  ];
}
