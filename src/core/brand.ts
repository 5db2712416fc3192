declare const judged: unique symbol;
declare const cleared: unique symbol;
declare const masked: unique symbol;

/** Was let through by policy, and waits until it is on record. Only `session/` can make one. */
export type Judged<T> = T & { readonly [judged]: true };

/** May be sent to the target: it was judged, and is on record. Only `session/` can make one. */
export type Cleared<T> = T & { readonly [cleared]: true };

/** May be shown to the client and written down. Only `session/` can make one. */
export type Masked<T> = T & { readonly [masked]: true };
