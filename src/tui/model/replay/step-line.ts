import { clockTime } from '../../../core/clock.ts';
import { fitLine, type Line, lineWidth, safeLine, type Span } from '../../safe-text.ts';
import { textLabel } from '../text-layout.ts';
import type { Step } from './step.ts';

/** A step as it stands in a list, with the text that belongs to it. */
export interface StepRow {
  readonly step: Step;
  /** A statement's text, or what else is told of it in a line. */
  readonly text: string;
}

/** Characters of how a program ended: the record may be anybody's. */
const MOST_WORDS = 40;

const SIGNS: Readonly<Record<Exclude<Step['outcome']['verdict'], null>, Span>> = {
  allowed: { text: '✓', tone: 'good' },
  refused: { text: '✗', tone: 'bad' },
  held: { text: '?', tone: 'ask' },
  failed: { text: '!', tone: 'warn' },
};

/** One row of the list: when, what became of it, what it was, and how long it took. */
export function stepLine({ step, text }: StepRow, width: number): Line {
  const { kind, event, outcome, offsetMicros } = step;
  const when: Span = { text: ` ${clockTime(offsetMicros).padStart(9)} `, tone: 'dim' };
  const sign: Span = outcome.verdict === null ? { text: '·', tone: 'dim' } : SIGNS[outcome.verdict];
  const phase: Line =
    event.type === 'statement' && event.phase !== 'query' ? [{ text: `${event.phase} `, tone: 'dim' }] : [];
  const space: Span = { text: ' ', tone: 'plain' };
  const tail = outcomeLine(step);
  const room = Math.max(0, width - 13 - (width > 60 ? lineWidth(tail) + 2 : 0));
  const what: Line =
    event.type === 'statement'
      ? textLabel(text, event.effects, room)
      : safeLine(text.slice(0, 4 * room), kind === 'error' ? 'bad' : 'dim');
  const head: Line = [when, sign, space, ...fitLine([...phase, ...what], room)];
  return width > 60 ? [...head, space, ...tail] : head;
}

function outcomeLine({ outcome: { verdict, rows, took, ended } }: Step): Line {
  if (verdict === 'refused') return [{ text: 'refused', tone: 'bad' }];
  if (verdict === 'held') return [{ text: 'waiting', tone: 'ask' }];
  if (ended !== null) {
    const words = safeLine(ended.words.slice(0, MOST_WORDS), ended.failed ? 'warn' : 'dim');
    return [...words, ...(took === null ? [] : [{ text: `  ${brief(took)}`, tone: 'dim' } as const])];
  }
  if (verdict === 'failed') return [{ text: 'error', tone: 'warn' }];
  const parts = [
    ...(rows === null ? [] : [`${rows} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(took === null ? [] : [brief(took)]),
  ];
  return parts.length === 0 ? [] : [{ text: parts.join('  '), tone: 'dim' }];
}

function brief(micros: number): string {
  if (micros < 1000) return `${micros}µs`;
  if (micros < 10_000_000) return `${(micros / 1000).toFixed(micros < 100_000 ? 1 : 0)}ms`;
  return clockTime(micros);
}
