import { type ProgramEnd, programEnd } from '../../../core/program-end.ts';
import { placeName } from '../../../core/shown-place.ts';
import { isOfTerminal, type RecordedEntry, type RecordedEvent } from './recording.ts';

type StatementEvent = Extract<RecordedEvent, { type: 'statement' }>;

/** What a replay goes through one by one. */
export interface Step {
  /** Of the chapter that it starts in. */
  readonly chapter: number;
  /** Of its first event. */
  readonly number: number;
  readonly offsetMicros: number;
  readonly kind: 'session' | 'connection' | 'statement' | 'terminal' | 'error' | 'notice' | 'request' | 'end';
  readonly event: RecordedEvent;
  /** Of a run of terminal output, where its last event is. */
  readonly last: { readonly number: number; readonly offsetMicros: number };
  /** What can be told of its outcome from its own chapter. */
  readonly outcome: Outcome;
}

/** `refused`: policy or people said no. `held`: it waits, or waited, for people. `null`: nothing is known yet. */
export interface Outcome {
  readonly verdict: 'allowed' | 'refused' | 'held' | 'failed' | null;
  /** Microseconds from the statement to the end of it; null when it is not known. */
  readonly took: number | null;
  /** Rows, as the server counted them. */
  readonly rows: number | null;
  /** How a program ended; null while it runs, and of what is none. */
  readonly ended: ProgramEnd | null;
}

const UNKNOWN: Outcome = { verdict: null, took: null, rows: null, ended: null };
/** Terminal output that comes in quick succession is one step: pauses in it, and how long it may be, in microseconds. */
const TERMINAL_PAUSE = 250_000;
const TERMINAL_RUN = 1_000_000;

export function isRefused(event: StatementEvent): boolean {
  return event.decision.verdict === 'deny';
}

/** The steps of a chapter, in order. */
export function stepsOf(chapter: number, entries: readonly RecordedEntry[]): readonly Step[] {
  const steps: Step[] = [];
  const statements = new Map<number, number>();
  /** By connection, so that what names no statement goes to the last one. */
  const current = new Map<number, number>();
  for (const { number, offsetMicros, event } of entries) {
    const kind = kindOf(event, (connection) => current.has(connection));
    if (kind === null) {
      refine(steps, statements, event, offsetMicros);
      continue;
    }
    const before = steps.at(-1);
    if (kind === 'terminal' && before?.kind === 'terminal' && goesOn(before, event, offsetMicros)) {
      steps[steps.length - 1] = { ...before, last: { number, offsetMicros } };
      continue;
    }
    if (event.type === 'statement') {
      statements.set(number, steps.length);
      current.set(event.connection, number);
    }
    const outcome: Outcome =
      event.type === 'statement' ? { ...UNKNOWN, verdict: isRefused(event) ? 'refused' : 'allowed' } : UNKNOWN;
    steps.push({ chapter, number, offsetMicros, kind, event, last: { number, offsetMicros }, outcome });
  }
  return steps;
}

/** What is typed, and what another terminal shows, begins a step of its own. */
function goesOn({ event, offsetMicros, last }: Step, next: RecordedEvent, micros: number): boolean {
  const same = isOfTerminal(event) && isOfTerminal(next) && placeName(event) === placeName(next);
  // A size that is followed by the first output would hide what that says.
  if (event.type === 'resize' && next.type !== 'resize') return false;
  return same && !isTyped(next) && micros - last.offsetMicros < TERMINAL_PAUSE && micros - offsetMicros < TERMINAL_RUN;
}

function isTyped(event: RecordedEvent): boolean {
  return event.type === 'terminal' && event.stream === 'input';
}

/** Null for an event that belongs to a step before it. */
function kindOf(event: RecordedEvent, hasStatement: (connection: number) => boolean): Step['kind'] | null {
  switch (event.type) {
    case 'header':
      return 'session';
    case 'open':
    case 'close':
    case 'cancel':
      return 'connection';
    case 'statement':
      return 'statement';
    case 'terminal':
      // What a command without a terminal writes is its result.
      return event.piped === true && event.statement !== undefined ? null : 'terminal';
    case 'resize':
      return 'terminal';
    case 'error':
      return event.statement === null && !hasStatement(event.connection) ? 'error' : null;
    case 'notice':
      return hasStatement(event.connection) ? null : 'notice';
    case 'revoked':
      return 'request';
    case 'end':
      return 'end';
    case 'columns':
    case 'rows':
    case 'complete':
    case 'transfer':
    case 'request':
    case 'preview':
    case 'answer':
    case 'settled':
    case 'granted':
      return null;
  }
}

/** Notes on a statement's step what a later event says of it. */
function refine(
  steps: Step[],
  statements: ReadonlyMap<number, number>,
  event: RecordedEvent,
  offsetMicros: number,
): void {
  if (!('statement' in event) || event.statement === null || event.statement === undefined) return;
  const index = statements.get(event.statement);
  const step = index === undefined ? undefined : steps[index];
  if (index === undefined || step === undefined) return;
  steps[index] = { ...step, outcome: refined(step.outcome, event, offsetMicros - step.offsetMicros) };
}

function refined(outcome: Outcome, event: RecordedEvent, took: number): Outcome {
  switch (event.type) {
    case 'request':
      return { ...outcome, verdict: 'held' };
    case 'settled':
      return { ...outcome, verdict: event.outcome === 'approved' ? 'allowed' : 'refused' };
    case 'error':
      return { ...outcome, verdict: outcome.verdict === 'refused' ? 'refused' : 'failed', took };
    case 'complete': {
      const ended = programEnd(event.tag);
      const verdict = ended?.failed === true && outcome.verdict !== 'refused' ? 'failed' : outcome.verdict;
      return { verdict, took, rows: added(outcome.rows, rowsOf(event)), ended };
    }
    default:
      return outcome;
  }
}

/** Rows that a statement gave or, by its tag (`DELETE 5`, `INSERT 0 3`), touched; null when it has to do with none. */
function rowsOf({ rows, tag }: Extract<RecordedEvent, { type: 'complete' }>): number | null {
  const counted = /^[A-Z ]+ (?:0 )?(?<count>\d{1,15})$/.exec(tag)?.groups?.['count'];
  return rows === 0 && counted === undefined ? null : Math.max(rows, Number(counted ?? 0));
}

function added(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : one + other;
}
