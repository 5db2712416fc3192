declare const cleared: unique symbol;
declare const masked: unique symbol;

/** May be sent to the target. Only `session/` can make one. */
export type Cleared<T> = T & { readonly [cleared]: true };

/** May be shown to the client and written down. Only `session/` can make one. */
export type Masked<T> = T & { readonly [masked]: true };
