/*
 * What stands for a value of each built-in type, as text and in the type's binary form (the `…recv` functions of
 * PostgreSQL's src/backend/utils/adt). A type that is not here has no value that is known to be safe: NULL stands for
 * its values. That goes for enums, composites, domains' own output, extensions' types, pseudo-types, and for
 * pg_node_tree, pg_ndistinct, pg_dependencies, pg_mcv_list, pg_brin_*, gtsvector (none of which the server reads back)
 * and aclitem (whose values name roles).
 */

/** What stands for any value of one type. */
export interface Constant {
  readonly text: Buffer;
  readonly binary: Buffer;
}

export const TYPE = {
  bool: 16,
  bytea: 17,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  xml: 142,
  unknown: 705,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  numeric: 1700,
  refcursor: 1790,
  cstring: 2275,
  uuid: 2950,
  jsonb: 3802,
} as const;

const REDACTED = '[redacted]';

const zeros = (length: number): Buffer => Buffer.alloc(length);
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Name, OID, OID of the array, text, binary. */
type Line = readonly [string, number, number | null, string, Buffer];

const WORDS: readonly Line[] = [
  ['text', TYPE.text, 1009, REDACTED, utf8(REDACTED)],
  ['varchar', TYPE.varchar, 1015, REDACTED, utf8(REDACTED)],
  ['bpchar', TYPE.bpchar, 1014, REDACTED, utf8(REDACTED)],
  ['name', TYPE.name, 1003, REDACTED, utf8(REDACTED)],
  ['unknown', TYPE.unknown, null, REDACTED, utf8(REDACTED)],
  ['cstring', TYPE.cstring, 1263, REDACTED, utf8(REDACTED)],
  ['refcursor', TYPE.refcursor, 2201, REDACTED, utf8(REDACTED)],
  // One byte wide.
  ['char', 18, 1002, '?', utf8('?')],
  ['xml', TYPE.xml, 143, REDACTED, utf8(REDACTED)],
  ['json', TYPE.json, 199, `"${REDACTED}"`, utf8(`"${REDACTED}"`)],
  // Binary jsonb and jsonpath begin with their version, 1.
  ['jsonb', TYPE.jsonb, 3807, `"${REDACTED}"`, utf8(`\u0001"${REDACTED}"`)],
  ['jsonpath', 4072, 4073, '$', utf8('\u0001$')],
  ['bytea', TYPE.bytea, 1001, '\\x', zeros(0)],
  ['bit', 1560, 1561, '0', hex('00000001 00')],
  ['varbit', 1562, 1563, '', zeros(4)],
  ['tsvector', 3614, 3643, '', zeros(4)],
  // One operand, of no weight and no prefix: the server takes no empty query in binary.
  ['tsquery', 3615, 3645, "'redacted'", Buffer.concat([hex('00000001 01 00 00'), utf8('redacted\0')])],
];

const NUMBERS: readonly Line[] = [
  ['bool', TYPE.bool, 1000, 'f', zeros(1)],
  ['int2', TYPE.int2, 1005, '0', zeros(2)],
  ['int4', TYPE.int4, 1007, '0', zeros(4)],
  ['int8', TYPE.int8, 1016, '0', zeros(8)],
  ['float4', 700, 1021, '0', zeros(4)],
  ['float8', 701, 1022, '0', zeros(8)],
  // Digits, weight, sign and scale: none, 0, plus, 0.
  ['numeric', TYPE.numeric, 1231, '0', zeros(8)],
  // Drivers take the first character for a currency sign.
  ['money', 790, 791, '$0.00', zeros(8)],
  ['uuid', TYPE.uuid, 2951, '00000000-0000-0000-0000-000000000000', zeros(16)],
  ['oid', 26, 1028, '0', zeros(4)],
  ['xid', 28, 1011, '0', zeros(4)],
  ['xid8', 5069, 271, '0', zeros(8)],
  ['cid', 29, 1012, '0', zeros(4)],
  ['tid', 27, 1010, '(0,0)', zeros(6)],
  ['pg_lsn', 3220, 3221, '0/0', zeros(8)],
  // One element: the server takes no empty ones in binary.
  ['int2vector', 22, 1006, '0', hex('00000001 00000000 00000015 00000001 00000000 00000002 0000')],
  ['oidvector', 30, 1013, '0', hex('00000001 00000000 0000001a 00000001 00000000 00000004 00000000')],
  ['txid_snapshot', 2970, 2949, '1:1:', hex('00000000 0000000000000001 0000000000000001')],
  ['pg_snapshot', 5038, 5039, '1:1:', hex('00000000 0000000000000001 0000000000000001')],
];

const TIMES: readonly Line[] = [
  // Binary dates and times count from the first day of 2000.
  ['date', TYPE.date, 1182, '2000-01-01', zeros(4)],
  ['time', 1083, 1183, '00:00:00', zeros(8)],
  ['timetz', 1266, 1270, '00:00:00+00', zeros(12)],
  ['timestamp', 1114, 1115, '2000-01-01 00:00:00', zeros(8)],
  ['timestamptz', 1184, 1185, '2000-01-01 00:00:00+00', zeros(8)],
  ['interval', 1186, 1187, '00:00:00', zeros(16)],
];

/** Family 2, the netmask's bits, whether it is a cidr, length and bytes of the address. */
const PLACES: readonly Line[] = [
  ['inet', 869, 1041, '0.0.0.0', hex('02 20 00 04 00000000')],
  ['cidr', 650, 651, '0.0.0.0/32', hex('02 20 01 04 00000000')],
  ['macaddr', 829, 1040, '00:00:00:00:00:00', zeros(6)],
  ['macaddr8', 774, 775, '00:00:00:00:00:00:00:00', zeros(8)],
  ['point', 600, 1017, '(0,0)', zeros(16)],
  ['lseg', 601, 1018, '[(0,0),(0,0)]', zeros(32)],
  ['path', 602, 1019, '((0,0))', hex(`01 00000001 ${'00'.repeat(16)}`)],
  ['box', 603, 1020, '(0,0),(0,0)', zeros(32)],
  ['polygon', 604, 1027, '((0,0))', hex(`00000001 ${'00'.repeat(16)}`)],
  // A line's first two coefficients must not both be 0.
  ['line', 628, 629, '{1,0,0}', hex(`3ff0000000000000 ${'00'.repeat(16)}`)],
  ['circle', 718, 719, '<(0,0),0>', zeros(24)],
];

/** Names of things of the server's, which are OIDs in binary: none of them. */
const REFERENCES: readonly Line[] = [
  ['regproc', 24, 1008, '-', zeros(4)],
  ['regprocedure', 2202, 2207, '-', zeros(4)],
  ['regoper', 2203, 2208, '0', zeros(4)],
  ['regoperator', 2204, 2209, '0', zeros(4)],
  ['regclass', 2205, 2210, '-', zeros(4)],
  ['regtype', 2206, 2211, '-', zeros(4)],
  ['regrole', 4096, 4097, '-', zeros(4)],
  ['regnamespace', 4089, 4090, '-', zeros(4)],
  ['regcollation', 4191, 4192, '-', zeros(4)],
  ['regconfig', 3734, 3735, '-', zeros(4)],
  ['regdictionary', 3769, 3770, '-', zeros(4)],
];

/** The flag of an empty range is 1. */
const EMPTY_RANGE = hex('01');
const RANGES: readonly Line[] = [
  ['int4range', 3904, 3905, 'empty', EMPTY_RANGE],
  ['numrange', 3906, 3907, 'empty', EMPTY_RANGE],
  ['tsrange', 3908, 3909, 'empty', EMPTY_RANGE],
  ['tstzrange', 3910, 3911, 'empty', EMPTY_RANGE],
  ['daterange', 3912, 3913, 'empty', EMPTY_RANGE],
  ['int8range', 3926, 3927, 'empty', EMPTY_RANGE],
  ['int4multirange', 4451, 6150, '{}', zeros(4)],
  ['nummultirange', 4532, 6151, '{}', zeros(4)],
  ['tsmultirange', 4533, 6152, '{}', zeros(4)],
  ['tstzmultirange', 4534, 6153, '{}', zeros(4)],
  ['datemultirange', 4535, 6155, '{}', zeros(4)],
  ['int8multirange', 4536, 6157, '{}', zeros(4)],
];

/** No dimensions, no NULLs, and the type of the elements there are none of. */
function emptyArray(element: number): Constant {
  const binary = zeros(12);
  binary.writeUInt32BE(element, 8);
  return { text: utf8('{}'), binary };
}

const CONSTANTS: ReadonlyMap<number, Constant> = new Map(
  [WORDS, NUMBERS, TIMES, PLACES, REFERENCES, RANGES].flat().flatMap(([, oid, array, text, binary]) => {
    const own: [number, Constant] = [oid, { text: utf8(text), binary }];
    return array === null ? [own] : [own, [array, emptyArray(oid)] satisfies [number, Constant]];
  }),
);

/** What stands for values of the type; null when no value of it is known to be safe. */
export function constantOf(type: number): Constant | null {
  return CONSTANTS.get(type) ?? null;
}
