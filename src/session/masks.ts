import type { Column } from '../core/column.ts';
import { HoopError } from '../core/errors.ts';
import type { CellMask, Disclosure, Exposure } from '../core/mask.ts';
import type { Layer } from '../policy/applies.ts';
import type { ColumnMasks } from '../policy/mask/columns.ts';
import { type ColumnName, type Detection, openDetection } from '../policy/mask/detect/detection.ts';
import type { Keyed } from '../policy/mask/detect/replace.ts';
import { CountedMask, MaskCount } from '../policy/mask/values/counted.ts';
import { cellMask } from '../policy/mask/values/masks.ts';
import type { SearchedColumn } from '../policy/mask/detect/cell.ts';
import { searchedMask } from '../policy/mask/values/searched.ts';
import { RowSearch } from './row-search.ts';

/** One for each column; null where cells pass as they are. */
export type CellMasks = readonly (CellMask | null)[];

interface Made {
  readonly disclosure: Disclosure | null;
  readonly masked: ColumnMasks | null;
  /** Null: nothing is masked. */
  readonly masks: CellMasks | null;
}

/** Which table's column a described one is. */
export type Origin = (table: number, attribute: number) => ColumnName | null;

/** The masks of one session's results. Those of the same columns are made once. */
export class Masks {
  readonly #key: Uint8Array;
  readonly #made = new WeakMap<readonly Column[], Made>();
  /** What is looked for in all values; null for nothing. */
  readonly detection: Detection | null;
  /** Of the cells that these masks hide. */
  readonly count = new MaskCount();

  /** `key`: 32 secret bytes, on which hashes and tokens depend. `layers`: policies that may look for something. */
  constructor(key: Uint8Array, layers: readonly Layer[] = []) {
    this.#key = key;
    this.detection = openDetection(layers, keyedBy(key));
  }

  /**
   * Null when every column may be shown. `columns`: empty where nobody has described them; `masked`: what policies mask,
   * against which the server's own word on where a column comes from is held.
   * @throws HoopError `session.columns` when these are not the columns that were foreseen
   */
  of(columns: readonly Column[], disclosure: Disclosure | null, masked: ColumnMasks | null): CellMasks | null {
    if (disclosure === null && masked === null) return null;
    return this.#of(columns, disclosure, masked).masks;
  }

  /** What `detection` looks for in the columns that pass otherwise. */
  search(
    columns: readonly Column[],
    masks: CellMasks | null,
    { detection, origin }: { readonly detection: Detection; readonly origin: Origin },
  ): RowSearch {
    const width = Math.max(columns.length, masks?.length ?? 0);
    const cells = Array.from({ length: width }, (_, index): CellMask | SearchedColumn => {
      const { type = UNKNOWN, format = 'text', table = 0, attribute = 0 } = columns[index] ?? {};
      const column = table === 0 ? null : origin(table, attribute);
      return masks?.[index] ?? searchedMask({ type, format, column }, detection, this.count);
    });
    return new RowSearch(cells, detection);
  }

  #of(columns: readonly Column[], disclosure: Disclosure | null, masked: ColumnMasks | null): Made {
    const known = this.#made.get(columns);
    if (known?.disclosure === disclosure && known.masked === masked) return known;
    const exposures = foreseen(columns, disclosure).map((one, index) => checked(one, columns[index], masked));
    const masks = exposures.map((exposure, index) => {
      const { type = UNKNOWN, format = 'text' } = columns[index] ?? {};
      const mask = cellMask({ exposure, type, format }, this.#key);
      return mask === null ? null : new CountedMask(mask, this.count);
    });
    const made = { disclosure, masked, masks: masks.every((one) => one === null) ? null : masks };
    this.#made.set(columns, made);
    return made;
  }
}

/** What stands for something found under a method that depends on the key. */
function keyedBy(key: Uint8Array): Keyed {
  const masks = { hash: textMask('hash', key), token: textMask('token', key) };
  return (method, found) => {
    const bytes = Buffer.from(found, 'utf8');
    const target = Buffer.alloc(masks[method].bound(bytes.length));
    return target.toString('utf8', 0, masks[method].write(bytes, 0, bytes.length, target, 0));
  };
}

const TEXT = 25;

function textMask(method: 'hash' | 'token', key: Uint8Array): CellMask {
  const mask = cellMask({ exposure: { kind: 'masked', with: method }, type: TEXT, format: 'text' }, key);
  if (mask === null) throw new TypeError('a masked text has a mask');
  return mask;
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
