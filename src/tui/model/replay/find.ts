import { MARKS } from './marks.ts';
import { isOfTerminal, type RecordedEvent } from './recording.ts';
import { pause, type Script } from './script.ts';
import type { Step } from './step.ts';

/** What is looked for, from a step on. */
export type Wanted =
  | { readonly kind: 'statement' | 'refusal' | 'request' | 'error' }
  | { readonly kind: 'text'; readonly text: string };

export interface FindOptions {
  readonly direction: 1 | -1;
  readonly signal: AbortSignal;
  /** Called now and then with how far the search is, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** The next step of a kind, or whose text, result or outcome holds a text in any case; null when there is none. */
export async function find(script: Script, from: Step, wanted: Wanted, options: FindOptions): Promise<Step | null> {
  if (wanted.kind === 'text') return findText(script, from, wanted.text, options);
  for await (const step of script.walk(from, options.direction, MARKS[wanted.kind])) {
    if (options.signal.aborted) return null;
    if (isOfKind(step, wanted.kind)) return step;
  }
  return null;
}

function isOfKind({ kind, event, outcome }: Step, wanted: Exclude<Wanted['kind'], 'text'>): boolean {
  switch (wanted) {
    case 'statement':
      return kind === 'statement';
    case 'refusal':
      return outcome.verdict === 'refused';
    case 'request':
      return kind === 'request' || (event.type === 'statement' && event.decision.verdict === 'ask');
    case 'error':
      return kind === 'error' || outcome.verdict === 'failed';
  }
}

/** Event by event, so that what belongs to a step is searched with it. */
async function findText(script: Script, from: Step, text: string, options: FindOptions): Promise<Step | null> {
  const { direction, signal, onProgress } = options;
  const needle = text.toLowerCase();
  const total = Math.max(1, script.chapters);
  for (let chapter = from.chapter; chapter >= 0 && chapter < script.chapters; chapter += direction) {
    if (signal.aborted) return null;
    const { entries, steps } = await script.scene(chapter);
    const ordered = direction === 1 ? entries : entries.toReversed();
    for (const { number, event } of ordered) {
      if (direction === 1 ? number <= from.number : number >= from.number) continue;
      if (!(await holds(script, event, needle))) continue;
      const step = ownerOf(steps, number, event) ?? (await script.stepOf(number));
      if (step !== null && step.number !== from.number) return step;
    }
    onProgress?.(Math.abs(chapter - from.chapter) / total);
    await pause();
  }
  return null;
}

/** The step that an event belongs to, when that is in the same chapter. */
function ownerOf(steps: readonly Step[], number: number, event: RecordedEvent): Step | null {
  const shown = isOfTerminal(event);
  if (!shown && 'statement' in event && event.statement !== null) {
    return steps.find((step) => step.number === event.statement) ?? null;
  }
  const mayOwn = (step: Step): boolean => !shown || step.kind === 'terminal';
  return steps.findLast((step) => step.number <= number && mayOwn(step)) ?? null;
}

async function holds(script: Script, event: RecordedEvent, needle: string): Promise<boolean> {
  switch (event.type) {
    case 'statement':
      // The text of one that was prepared is found where it stands.
      return event.text?.toLowerCase().includes(needle) === true || parameters(event).includes(needle);
    case 'rows':
      return event.bytes.toString('utf8').toLowerCase().includes(needle);
    case 'terminal':
      return event.text.toLowerCase().includes(needle);
    default:
      return script.recording.describe(event).join('\n').toLowerCase().includes(needle);
  }
}

function parameters(event: Extract<RecordedEvent, { type: 'statement' }>): string {
  return (event.parameters ?? [])
    .filter((value) => typeof value === 'string')
    .join('\n')
    .toLowerCase();
}
