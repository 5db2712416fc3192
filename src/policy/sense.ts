/**
 * How a rule is held against an effect that is not fully known. Rules that refuse or ask take every
 * `could`; rules that allow take only what `surely` matches.
 */
export type Sense = 'could' | 'surely';
