/** How a value is hidden. */
export type MaskMethod = 'redact' | 'hash' | 'token' | 'null' | { readonly partial: 'domain' | number };

/** What may be shown of an output column. */
export type Exposure =
  | { readonly kind: 'clear' }
  /** Its values are those of one masked column, untouched: NULL stays NULL. */
  | { readonly kind: 'masked'; readonly with: MaskMethod }
  /** It depends on masked values in some other way: every cell, NULL or not, becomes the same constant. */
  | { readonly kind: 'withheld' };
