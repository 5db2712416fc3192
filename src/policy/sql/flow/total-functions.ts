/*
 * Functions of the server's that may be given masked values: whatever those are, the function does not fail, does not
 * take longer, and gives one value. All others are refused.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Of a whole text, what differs only where the text does. */
export const WHOLE = words('lower upper');

/** They put values together. What they make may be put together again, and nothing else. */
export const BUILDERS = words(`concat concat_ws row_to_json to_json to_jsonb json_build_array jsonb_build_array
  json_build_object jsonb_build_object json_agg jsonb_agg json_agg_strict jsonb_agg_strict string_agg quote_literal
  quote_nullable`);

/** Builders whose keys must not be NULL: every other argument, from the first. */
export const KEYED = words('json_build_object jsonb_build_object');

/** Parts and measures. What they give may be shown, hidden, and nothing else. */
export const PARTS = words(`length char_length character_length octet_length bit_length left right substr initcap btrim
  ltrim rtrim md5 reverse split_part starts_with strpos position ascii age to_char
  jsonb_typeof json_typeof jsonb_pretty array_length cardinality array_ndims array_lower array_upper
  min max bool_and bool_or every first_value last_value lag lead nth_value any_value`);

/** Sums and the like, which do not overflow for these types. */
export const SUMS = words('sum avg stddev stddev_pop stddev_samp variance var_pop var_samp');
export const SUMMED: ReadonlySet<number> = new Set([20, 21, 23]);

/** They say what statements of other sessions read. */
export const HEARSAY = words('pg_stat_get_activity pg_stat_get_backend_activity');

/** Types whose values are texts: casting between them changes nothing. */
export const TEXTS: ReadonlySet<number> = new Set([25, 1042, 1043]);

/** Types of which an array can be made of any values: no array themselves. */
export const SCALARS: ReadonlySet<number> = new Set([
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 142, 650, 700, 701, 790, 829, 869, 1042, 1043, 1082, 1083, 1114, 1184, 1186,
  1266, 1560, 1562, 1700, 2950, 3802,
]);

/** Parts of the second argument. */
export const PARTS_OF_SECOND = words('date_part extract date_trunc');
