/** How a value is hidden. */
export type MaskMethod = 'redact' | 'hash' | 'token' | 'null' | { readonly partial: 'domain' | number };

/** What may be shown of an output column. */
export type Exposure =
  | { readonly kind: 'clear' }
  /** Its values are those of one masked column, untouched: NULL stays NULL. */
  | { readonly kind: 'masked'; readonly with: MaskMethod }
  /** It depends on masked values in some other way: every cell, NULL or not, becomes the same constant. */
  | { readonly kind: 'withheld' };

/** What may be shown of what one statement brings. */
export interface ResultMask {
  /** Of its columns, in their order, with the name each must have (null where it is not known); null: all of it. */
  readonly columns: readonly { readonly name: string | null; readonly exposure: Exposure }[] | null;
  /** Masked values are within reach: errors and notices may hold them. */
  readonly delicate: boolean;
}

/** What nothing is held back of. */
export const UNMASKED: ResultMask = { columns: null, delicate: false };

/** True when both let the same be seen. */
export function isSameMask(one: ResultMask, other: ResultMask): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
