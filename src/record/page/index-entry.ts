import { programEnd } from '../../core/program-end.ts';
import { FLAG } from './card.ts';
import type { Card, Part } from './card.ts';

/** What is known of a card without reading it: see `FLAG`. */
export function entryFlags({ parts }: Card): number {
  return parts.reduce((flags, part) => flags | partFlags(part), 0);
}

function partFlags(part: Part): number {
  switch (part.kind) {
    case 'statement':
      return FLAG.statement;
    case 'refusal':
      return FLAG.refused;
    case 'settled':
      return part.approved ? FLAG.asked : FLAG.asked | FLAG.refused;
    case 'request':
    case 'preview':
    case 'answer':
    case 'granted':
    case 'revoked':
      return FLAG.asked;
    case 'error':
      return FLAG.error;
    case 'terminal':
      return part.piped ? 0 : FLAG.terminal;
    case 'outcome':
      return programEnd(part.tag)?.failed === true ? FLAG.error : 0;
    default:
      return 0;
  }
}

/** Lines that a page shows of a text before it is asked for all of it. */
export const FOLDED_LINES = 30;

/** About how many lines a card takes: the list must know before it has drawn it. */
export function lineCount({ parts }: Card): number {
  return parts.reduce((lines, part) => lines + partLines(part), 1);
}

function partLines(part: Part): number {
  switch (part.kind) {
    case 'lines':
      return part.lines.length;
    case 'statement':
      return textLines(part.text) + part.values.length + (part.effects.length > 0 ? 1 : 0);
    case 'refusal':
      return 1 + part.reasons.length;
    case 'result':
      return 2 + (part.rows?.length ?? 0);
    case 'error':
    case 'notice':
      return textLines(part.message);
    case 'request':
      return 2 + part.terms.length;
    case 'preview':
      return 2 + part.lines.length + part.tables.length + 2 * (part.sample?.rows.length ?? 0);
    case 'answer':
      return 2;
    case 'terminal':
      return 6;
    default:
      return 1;
  }
}

function textLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && lines < FOLDED_LINES; at = text.indexOf('\n', at + 1)) lines += 1;
  return Math.min(FOLDED_LINES, lines + Math.floor(text.length / 120));
}
