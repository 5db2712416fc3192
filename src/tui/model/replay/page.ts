import { clockTime } from '../../../core/clock.ts';
import { ruleLabel } from '../../../core/decision.ts';
import { programEnd } from '../../../core/program-end.ts';
import { type Line, lineWidth, safeLine, safeLines, type Span, type Tone, wrapLine } from '../../safe-text.ts';
import type { Effect } from '../../../core/action.ts';
import { layOut } from '../text-layout.ts';
import type { Detail, Part } from './detail.ts';
import type { Output } from './output.ts';
import type { RecordedEvent } from './recording.ts';
import { isRefused } from './step.ts';
import { type Block, CELL, tableBlock, textBlock } from './table.ts';

/** A step as rows to be scrolled: down through all of it, to the side where tables are wide. */
export interface Page {
  readonly rows: number;
  /** Cells of the widest table. */
  readonly columns: number;
  readonly line: (index: number) => Line;
}

export interface PageOptions {
  /** Cells. */
  readonly width: number;
  /** What comes later is not shown; null: all of it is. */
  readonly untilMicros: number | null;
  /** True when values are shown at full length. */
  readonly wide: boolean;
}

type StatementEvent = Extract<RecordedEvent, { type: 'statement' }>;

export function pageOf(detail: Detail, options: PageOptions): Page {
  const { event } = detail.step;
  const blocks: Block[] = [];
  if (event.type === 'statement') blocks.push(textBlock(statementLines(detail, event, options.width)));
  const parts = detail.parts.filter(
    ({ offsetMicros }) => options.untilMicros === null || offsetMicros <= options.untilMicros,
  );
  for (const part of parts) blocks.push(...partBlocks(part, detail, options));
  if (detail.damage !== null) blocks.push(textBlock([[], ...wrapped(safeLines(detail.damage, 'bad'), options.width)]));
  return joined(blocks);
}

function joined(blocks: readonly Block[]): Page {
  const rows = blocks.reduce((sum, { count }) => sum + count, 0);
  const columns = Math.max(0, ...blocks.map(({ width }) => width));
  const line = (index: number): Line => {
    let at = index;
    for (const block of blocks) {
      if (at < block.count) return block.line(at);
      at -= block.count;
    }
    return [];
  };
  return { rows, columns, line };
}

function wrapped(lines: readonly Line[], width: number): readonly Line[] {
  return lines.flatMap((line) => wrapLine(line, width));
}

function statementLines(detail: Detail, event: StatementEvent, width: number): readonly Line[] {
  const lines: Line[] = [...verdictLines(event, width), []];
  if (detail.text === null)
    lines.push([{ text: `(the text of event ${event.prepared ?? detail.step.number} is not at hand)`, tone: 'warn' }]);
  else lines.push(...textRows(detail.text, event.effects, width));
  const values =
    event.parameters?.map((value, index): Line => [{ text: `$${index + 1} = `, tone: 'dim' }, ...parameter(value)]) ??
    [];
  return [...lines, ...wrapped(values, width), []];
}

/** A statement's rows: all of it, with a mark before those that go on within a token, and those that did not fit. */
export function textRows(text: string, effects: readonly Effect[], width: number): readonly Line[] {
  return layOut(text, effects).flatMap(({ line, within }) =>
    wrapLine(line, width - 2).map((row, index): Line => {
      const gutter = index > 0 ? '↪ ' : within ? '┆ ' : '  ';
      return [{ text: gutter, tone: 'dim' }, ...row];
    }),
  );
}

function verdictLines(event: StatementEvent, width: number): readonly Line[] {
  const { rule, refusal, verdict } = event.decision;
  const by = `by ${ruleLabel(rule)}`;
  if (!isRefused(event)) {
    const word: Span = verdict === 'ask' ? { text: '? asked for ', tone: 'ask' } : { text: '✓ allowed ', tone: 'good' };
    return wrapped([[word, ...safeLine(by, 'dim')]], width);
  }
  const why = refusal === null ? [] : [...safeLines(refusal.message, 'strong'), ...safeLines(refusal.detail)];
  return wrapped([[{ text: '✗ refused ', tone: 'bad' }, ...safeLine(by, 'dim')], ...why], width);
}

function parameter(value: string | null | { readonly base64: string }): Line {
  if (value === null) return [{ text: 'NULL', tone: 'dim' }];
  if (typeof value === 'string') return safeLine(`'${value}'`, 'string');
  return [{ text: `\\x${Buffer.from(value.base64, 'base64').toString('hex')}`, tone: 'number' }];
}

const TONES: Partial<Record<RecordedEvent['type'], Tone>> = {
  error: 'bad',
  notice: 'warn',
  complete: 'good',
  request: 'ask',
  preview: 'ask',
  answer: 'ask',
  settled: 'ask',
  granted: 'ask',
  revoked: 'ask',
};

function partBlocks(part: Part, { step }: Detail, { width, wide, untilMicros }: PageOptions): readonly Block[] {
  if (part.kind === 'output') return [outputBlock(part.output, width, untilMicros)];
  if (part.kind === 'result') return [tableBlock(part.result, wide ? CELL.wide : CELL.narrow)];
  if (part.kind === 'screen') {
    const { lines, columns } = part.screen;
    // Marks take more cells than what they stand for.
    return [{ ...textBlock(lines), width: Math.max(columns, ...lines.map(lineWidth)) }];
  }
  const tone = toneOf(part.event);
  const when: Span = { text: after(part.offsetMicros - step.offsetMicros).padEnd(9), tone: 'dim' };
  const none: Span = { text: ' '.repeat(9), tone: 'plain' };
  const own = step.number === 0 || part.offsetMicros === step.offsetMicros;
  const lines = part.lines.map((line, index): Line => [
    ...(own ? [] : [index === 0 ? when : none]),
    ...safeLine(line, tone),
  ]);
  return [textBlock([...wrapped(lines, width), ...(part.event.type === 'complete' ? [[]] : [])])];
}

function toneOf(event: RecordedEvent): Tone {
  if (event.type === 'complete' && programEnd(event.tag)?.failed === true) return 'warn';
  return TONES[event.type] ?? 'plain';
}

/** What a command wrote: `!` stands before what came on its error stream. */
function outputBlock(output: Output, width: number, untilMicros: number | null): Block {
  const lines = output.lines(untilMicros).map(({ stream, text }): Line => {
    const isError = stream === 'errors';
    const gutter: Span = { text: isError ? '! ' : '| ', tone: isError ? 'warn' : 'dim' };
    return [gutter, ...safeLine(text)];
  });
  const more: Line = [{ text: '(more is on record: replay --text or export it)', tone: 'dim' }];
  return textBlock([...wrapped(lines, width), ...(output.more ? [more] : []), []]);
}

/** How long after something it was: `+12ms`, `+3.4s`, `+2:03.000`. */
function after(micros: number): string {
  if (micros < 1000) return `+${micros}µs`;
  if (micros < 1_000_000) return `+${Math.round(micros / 1000)}ms`;
  return micros < 60_000_000 ? `+${(micros / 1_000_000).toFixed(2)}s` : `+${clockTime(micros)}`;
}
