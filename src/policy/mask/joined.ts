import type { Exposure } from '../../core/mask.ts';
import type { Masking } from '../analysis.ts';
import { hidingBoth } from './layered.ts';

type Shown = NonNullable<Masking['columns']>[number];

/** What is left to be shown of a statement by what two layers of policies make of it. */
export function joinedMasking(one: Masking, other: Masking): Masking {
  const delicate = one.delicate || other.delicate;
  const refusal = one.refusal ?? other.refusal;
  const copy = one.copy ?? other.copy;
  if (refusal !== null) return { delicate, refusal, columns: null, copy: null };
  if (one.columns === null || other.columns === null) {
    return { delicate, refusal, columns: one.columns ?? other.columns, copy };
  }
  const columns = joinedColumns(one.columns, other.columns);
  if (columns === null) return { delicate, refusal: UNLIKE, columns, copy: null };
  const types = columns.map(({ type }) => type);
  return { delicate, refusal, columns, copy: copy === null ? null : { ...copy, types } };
}

const UNLIKE: NonNullable<Masking['refusal']> = {
  columns: [],
  act: 'come out in columns of which it is not sure what they are',
  instead: 'Name the columns one by one.',
};

/** Null when they are not the same columns. */
function joinedColumns(these: readonly Shown[], those: readonly Shown[]): readonly Shown[] | null {
  if (these.length !== those.length) return null;
  return these.map((column, index) => {
    const other = those[index];
    return other === undefined ? column : joinedColumn(column, other);
  });
}

function joinedColumn(one: Shown, other: Shown): Shown {
  const sources = [...new Set([...one.sources, ...other.sources])];
  if (one.exposure.kind === 'masked' && other.exposure.kind === 'masked') {
    return { ...one, exposure: { kind: 'masked', with: hidingBoth(one.exposure.with, other.exposure.with) }, sources };
  }
  const stricter = STRICTNESS[one.exposure.kind] >= STRICTNESS[other.exposure.kind] ? one : other;
  return { ...stricter, sources };
}

const STRICTNESS: Readonly<Record<Exposure['kind'], number>> = { clear: 0, masked: 1, withheld: 2 };
