import type { Catalog } from '../../../core/catalog.ts';
import type { ColumnMasks, MaskedColumn } from '../../mask/columns.ts';
import type { Code } from '../context.ts';
import type { Names } from '../resolve.ts';
import { listAt, Unintelligible } from '../tree.ts';
import type { Level, Row } from './row.ts';
import { isWhole, type Taint, type Value } from './value.ts';

/** What one look at where masked values go needs, and what it has found so far. */
export interface Flow {
  readonly catalog: Catalog;
  readonly masks: ColumnMasks;
  readonly code: Code;
  /** Texts that EXECUTE may mean by a name. */
  readonly preparedTexts: (name: string) => readonly string[];
  /** User-defined functions that, somewhere below, read masked columns: `schema.name`. */
  readonly reading: ReadonlySet<string>;
  /** Those of them that were followed where they are called. */
  readonly followed: Set<string>;
  /** What an expression's value depends on. @throws Untraced, Unintelligible */
  readonly valueOf: (tree: unknown, at: FlowAt) => Value;
  /** The columns that a query, or a change, gives. @throws Untraced, Unintelligible */
  readonly rowOf: (tree: unknown, at: FlowAt) => Row;
  /** Rows of views, by OID. */
  readonly views: Map<number, Row>;
  depth: number;
}

/** Where the look stands. */
export interface FlowAt {
  readonly flow: Flow;
  readonly names: Names;
  readonly level: Level;
  /** What `$1`, `$2` … hold inside a function; null in what the client sent, who knows them. */
  readonly parameters: readonly Value[] | null;
}

/** Raised where masked values would go where they cannot be followed, or would tell more of themselves than they may. */
export class Untraced extends Error {
  override readonly name = 'Untraced';
  readonly columns: readonly MaskedColumn[];
  /** Completes "masked values …", such as `are passed to the function f`. */
  readonly act: string;
  /** What to write instead. */
  readonly instead: string;

  constructor(columns: readonly MaskedColumn[], act: string, instead: string) {
    super(act);
    this.columns = columns;
    this.act = act;
    this.instead = instead;
  }
}

const LEAVE_OUT = 'Leave the column out of it.';

/** Masked values reach what may tell of them in ways nobody sees: its errors, how long it takes, what it does. */
export function unfollowed(value: Value, act: string, { flow }: FlowAt, instead = LEAVE_OUT): void {
  if (value !== null && flow.masks.strict && flow.masks.inference !== 'allow') {
    throw new Untraced(value.sources, act, instead);
  }
}

/** Masked values reach what may keep them, or do anything with them: comparing them freely does not allow that. */
export function entrusted(value: Value, act: string, { flow }: FlowAt, instead = LEAVE_OUT): void {
  if (value !== null && flow.masks.strict) throw new Untraced(value.sources, act, instead);
}

const COMPARE = 'Compare whole values with = instead, or use another column.';

/** Rows are chosen by it. */
export function chooses(value: Value, act: string, { flow: { masks } }: FlowAt): void {
  if (value === null || masks.inference === 'allow') return;
  const allowed = isWhole(value) || value.form === 'match';
  if (masks.inference === 'refuse' || !allowed) throw new Untraced(value.sources, act, insteadOf(masks));
}

/** Rows with equal values are put together. */
export function groups(value: Value, act: string, { flow: { masks } }: FlowAt): void {
  if (value === null || masks.inference === 'allow') return;
  if (masks.inference === 'refuse' || value.form !== 'verbatim')
    throw new Untraced(value.sources, act, insteadOf(masks));
}

/** The order of values shows, or how large they are. */
export function orders(value: Value, act: string, { flow: { masks } }: FlowAt): void {
  if (value === null || masks.inference === 'allow') return;
  throw new Untraced(value.sources, act, insteadOf(masks));
}

function insteadOf({ inference }: ColumnMasks): string {
  return inference === 'equality' ? COMPARE : 'Use another column.';
}

/** Rows are chosen by this expression. */
export function condition(tree: unknown, act: string, at: FlowAt): void {
  chooses(at.flow.valueOf(tree, at), act, at);
}

export function valuesOf(tree: unknown, at: FlowAt): readonly Value[] {
  return listAt(tree).map((item) => at.flow.valueOf(item, at));
}

/** What was computed of it: of a part, or in a way that tells nothing of parts. */
export function computed(value: Taint): Value {
  return { form: 'final', sources: value.sources };
}

const DEEPEST = 1200;

/** Keeps count of the depth. @throws Unintelligible when it gets out of hand */
export function deeper<T>(flow: Flow, work: () => T): T {
  flow.depth += 1;
  if (flow.depth > DEEPEST) throw new Unintelligible('nested too deep');
  try {
    return work();
  } finally {
    flow.depth -= 1;
  }
}
