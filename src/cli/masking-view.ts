import type { Exposure, MaskMethod } from '../core/mask.ts';
import type { Masking } from '../policy/analysis.ts';
import { visible } from '../core/visible.ts';
import { cellWidth, padToWidth } from '../core/width.ts';

/** A column of a result, and what is shown of it. */
export interface ShownColumn {
  /** Null where the server's name for it is not known. */
  readonly name: string | null;
  readonly exposure: Exposure['kind'];
  /** The method, as the policy file has it; null unless it is masked. */
  readonly with: MaskMethod | null;
  /** The masked columns it depends on: `schema.relation.column`. */
  readonly sources: readonly string[];
}

/** What masks make of one statement. */
export interface ShownMasking {
  /** In the order of the result; null when all of it is shown, when it gives none, and when it is refused. */
  readonly columns: readonly ShownColumn[] | null;
  /** Whether the texts of errors and notices are withheld, because they may hold masked values. */
  readonly errors: 'clear' | 'withheld';
  /** Why masks refuse it: what would happen to these columns' values, and what to write instead. */
  readonly refusal: { readonly columns: readonly string[]; readonly act: string; readonly instead: string } | null;
}

export function shownMasking(masking: Masking | null): ShownMasking {
  const columns = masking?.columns?.map(({ name, exposure, sources }) => ({
    name,
    exposure: exposure.kind,
    with: exposure.kind === 'masked' ? exposure.with : null,
    sources,
  }));
  return {
    columns: columns ?? null,
    errors: masking?.delicate === true ? 'withheld' : 'clear',
    refusal: masking?.refusal ?? null,
  };
}

/** A method in words: `redact`, `partial: domain`. */
export function methodText(method: MaskMethod): string {
  return typeof method === 'string' ? method : `partial: ${method.partial}`;
}

/** What is shown of a column, in a few words. */
function exposureText({ exposure, with: method }: ShownColumn): string {
  return method === null ? exposure : `${exposure} with ${methodText(method)}`;
}

/** Lines under names; a name without lines is left out. */
export type Facts = readonly (readonly [name: string, values: readonly string[]])[];

/** What masks make of one statement. `which`: of several, the number of this one, with a space before it. */
export function maskingFacts(masking: Masking | null, which: string): Facts {
  if (masking === null) return [];
  const { columns, errors, refusal } = shownMasking(masking);
  if (refusal !== null) {
    const told = `masked values ${refusal.act}`;
    return [
      [`refused${which}`, refusal.columns.length === 0 ? [told] : [`${told}:`, ...refusal.columns]],
      [`instead${which}`, [refusal.instead]],
    ];
  }
  const withheld = 'texts are withheld, as they may hold masked values; SQLSTATEs are kept';
  return [
    [`columns${which}`, columns === null ? ['nothing masked is in what it gives'] : columnLines(columns)],
    [`errors${which}`, errors === 'clear' ? [] : [withheld]],
  ];
}

function columnLines(columns: readonly ShownColumn[]): readonly string[] {
  const names = columns.map(({ name }) => visible(name ?? '?'));
  const exposures = columns.map(exposureText);
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(cellWidth));
  const [nameWidth, exposureWidth] = [widest(names), widest(exposures)];
  return columns.map(({ sources }, index) => {
    const from = sources.length === 0 ? '' : `of ${sources.join(', ')}`;
    const cells = [padToWidth(names[index] ?? '', nameWidth), padToWidth(exposures[index] ?? '', exposureWidth), from];
    return cells.join('  ').trimEnd();
  });
}
