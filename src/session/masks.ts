import type { Column } from '../core/column.ts';
import { HoopError } from '../core/errors.ts';
import type { CellMask, Disclosure, Exposure } from '../core/mask.ts';
import type { ColumnMasks } from '../policy/mask/columns.ts';
import { cellMask } from '../policy/mask/values/masks.ts';

/** One for each column; null where cells pass as they are. */
type CellMasks = readonly (CellMask | null)[];

interface Made {
  readonly disclosure: Disclosure | null;
  readonly masked: ColumnMasks | null;
  /** Null: nothing is masked. */
  readonly masks: CellMasks | null;
}

/** The masks of one session's results. Those of the same columns are made once. */
export class Masks {
  readonly #key: Uint8Array;
  readonly #made = new WeakMap<readonly Column[], Made>();

  /** `key`: 32 secret bytes, on which hashes and tokens depend. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * Null when every column may be shown. `columns`: empty where nobody has described them; `masked`: what policies mask,
   * against which the server's own word on where a column comes from is held.
   * @throws HoopError `session.columns` when these are not the columns that were foreseen
   */
  of(columns: readonly Column[], disclosure: Disclosure | null, masked: ColumnMasks | null): CellMasks | null {
    if (disclosure === null && masked === null) return null;
    const known = this.#made.get(columns);
    if (known?.disclosure === disclosure && known.masked === masked) return known.masks;
    const exposures = foreseen(columns, disclosure).map((one, index) => checked(one, columns[index], masked));
    const masks = exposures.map((exposure, index) => {
      const { type = UNKNOWN, format = 'text' } = columns[index] ?? {};
      return cellMask({ exposure, type, format }, this.#key);
    });
    const made = { disclosure, masked, masks: masks.every((one) => one === null) ? null : masks };
    this.#made.set(columns, made);
    return made.masks;
  }
}

/** No type is numbered so: of values of a type that nobody knows only NULL is shown. */
const UNKNOWN = 0;
const CLEAR: Exposure = { kind: 'clear' };

function foreseen(columns: readonly Column[], disclosure: Disclosure | null): readonly Exposure[] {
  if (disclosure === null) return columns.map(() => CLEAR);
  const { exposures, names, copy } = disclosure;
  const described = columns.length > 0;
  const alike = columns.every(({ name }, index) => copy !== null || (names[index] ?? name) === name);
  if (!described || (alike && columns.length === exposures.length)) return exposures;
  throw new HoopError('session.columns', 'a result has other columns than its statement was judged to give', {
    hint: 'Connect again; the tables it reads may have changed.',
  });
}

/** What the server says is a masked column's is masked, whatever was found out of the statement. */
function checked(exposure: Exposure, column: Column | undefined, masked: ColumnMasks | null): Exposure {
  if (exposure.kind !== 'clear' || column === undefined || masked === null || column.table === 0) return exposure;
  const method = masked.at(column.table, column.attribute);
  return method === null ? exposure : { kind: 'masked', with: method };
}
