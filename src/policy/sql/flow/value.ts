import type { Exposure, MaskMethod } from '../../../core/mask.ts';
import type { MaskedColumn } from '../../mask/columns.ts';

/**
 * How much of masked columns a value holds, from what may be used most freely to what may only be shown, hidden:
 * - `verbatim`: the very values of masked columns
 * - `whole`: something made of whole values, so that telling two of them apart takes a whole guess (`lower(email)`)
 * - `mixed`: one of these, or something clean (`coalesce(email, name)`)
 * - `match`: the answer to whether whole values are equal
 * - `built`: whole values put together with others (`name || email`, a row, JSON)
 * - `final`: a part, or anything else that was computed
 */
export type Form = 'verbatim' | 'whole' | 'mixed' | 'match' | 'built' | 'final';

export interface Taint {
  readonly form: Form;
  readonly sources: readonly MaskedColumn[];
}

/** Null: it depends on no masked column. */
export type Value = Taint | null;

export const CLEAN: Value = null;

export function verbatim(column: MaskedColumn): Taint {
  return { form: 'verbatim', sources: [column] };
}

/** What depends on all of these. */
export function joined(values: readonly Value[], form: Form): Value {
  const sources = new Set(values.flatMap((value) => value?.sources ?? []));
  return sources.size === 0 ? CLEAN : { form, sources: [...sources] };
}

/** What is one of these: the answer of CASE, COALESCE, UNION ALL. */
export function oneOf(values: readonly Value[]): Value {
  const forms = new Set(values.map((value) => value?.form ?? null));
  const [only] = forms;
  if (forms.size === 1) return joined(values, only ?? 'final');
  const all = [...forms];
  if (all.every((form) => form === 'verbatim' || form === 'whole')) return joined(values, 'whole');
  if (all.every((form) => form === null || WHOLES.has(form))) return joined(values, 'mixed');
  return joined(values, all.every((form) => form === null || form === 'match') ? 'match' : 'final');
}

const WHOLES: ReadonlySet<Form> = new Set<Form>(['verbatim', 'whole', 'mixed']);

export function isWhole(value: Taint): boolean {
  return WHOLES.has(value.form);
}

/** Of whole values, what tells them apart as a whole. */
export function wholeOf(values: readonly Value[]): Value {
  return joined(values, values.some((value) => value?.form === 'mixed') ? 'mixed' : 'whole');
}

/** True when nothing changed from one to the other, as far as later steps can tell. */
export function isSame(one: Value, other: Value): boolean {
  if (one === null || other === null) return one === other;
  return one.form === other.form && one.sources.length === other.sources.length;
}

/** What may be shown of a value. */
export function exposureOf(value: Value): Exposure {
  if (value === null) return { kind: 'clear' };
  const [first, ...others] = value.sources;
  const alike = first !== undefined && others.every((one) => isSameMethod(one.with, first.with));
  return value.form === 'verbatim' && alike ? { kind: 'masked', with: first.with } : { kind: 'withheld' };
}

export function isSameMethod(one: MaskMethod, other: MaskMethod): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
