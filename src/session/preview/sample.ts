import type { Column } from '../../core/column.ts';
import type { Masker } from '../../core/guard.ts';
import { HoopError } from '../../core/errors.ts';
import type { Rewriter } from '../../core/mask.ts';
import type { DryRun } from '../../core/request.ts';
import type { Stage } from '../../core/trial.ts';
import { imageQuestion } from '../../policy/sql/preview/trial.ts';
import { put, type Rehearsal, Withheld } from './rehearsal.ts';

/** Masks rows of the whole table. @throws HoopError when they are not what was judged */
export type MaskRows = (columns: readonly Column[], rewriter: Rewriter) => Masker;

/** A row by its key, as it may be shown; null when there is none. */
type Image = readonly (string | null)[] | null;

/** Rows as they are at this moment, or null where none may be shown. */
export interface Images {
  readonly columns: readonly string[];
  readonly rows: readonly Image[];
}

/** Characters of a value that are shown: it is there to be recognised. */
const LONGEST = 200;

/** Looks at rows by their keys, one after the other, each masked like any row of its table. */
export async function imagesOf(
  stage: Stage,
  rehearsal: Rehearsal,
  keys: readonly (readonly string[])[],
  mask: MaskRows,
): Promise<Images | null> {
  const text = imageQuestion(rehearsal.change, rehearsal.facts);
  const types = rehearsal.facts.key.map(({ type }) => type);
  const rows: Image[] = [];
  let names: readonly string[] = [];
  for (const key of keys) {
    const parameters = types.map((type, index) => ({ type, value: key[index] ?? null }));
    const answer = await stage.undone(() => put(stage, { text, parameters }));
    if (answer instanceof Withheld) return null;
    names = answer.columns.map(({ name }) => name);
    const shown = masked(answer.rows, mask, answer.columns, stage);
    if (shown === null) return null;
    rows.push(shown[0]?.map(cut) ?? null);
  }
  return { columns: names, rows };
}

/** Null when they may not be shown after all. */
function masked(
  rows: Buffer,
  mask: MaskRows,
  columns: readonly Column[],
  stage: Stage,
): readonly (readonly (string | null)[])[] | null {
  if (rows.length === 0) return [];
  try {
    return stage.cells(mask(columns, stage.rewriter).mask(rows));
  } catch (error) {
    if (error instanceof HoopError) return null;
    throw error;
  }
}

function cut(value: string | null): string | null {
  return value !== null && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

/** Both images of the same rows side by side. Those of which neither is there were too large to be shown. */
export function sampleOf(before: Images | null, after: Images | null): DryRun['sample'] {
  if (before === null || after === null) return null;
  const columns = before.columns.length > 0 ? before.columns : after.columns;
  const pairs = after.rows.map((one, index) => ({ before: before.rows[index] ?? null, after: one }));
  const rows = pairs.filter((pair) => pair.before !== null || pair.after !== null);
  return rows.length === 0 ? null : { columns, rows };
}
