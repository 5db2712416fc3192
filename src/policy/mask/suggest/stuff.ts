import { TYPE } from '../values/constants.ts';

/** What a type's values are like, as far as suggestions go by it. `own`: of a type that is not PostgreSQL's. */
export type Stuff =
  | 'text'
  | 'number'
  | 'time'
  | 'bytes'
  | 'document'
  | 'list'
  | 'network'
  | 'hardware'
  | 'own'
  | 'other';

const STUFF: ReadonlyMap<number, Stuff> = new Map<number, Stuff>([
  [TYPE.text, 'text'],
  [TYPE.varchar, 'text'],
  [TYPE.bpchar, 'text'],
  [TYPE.name, 'text'],
  [TYPE.int2, 'number'],
  [TYPE.int4, 'number'],
  [TYPE.int8, 'number'],
  [TYPE.numeric, 'number'],
  // float4, float8, money
  [700, 'number'],
  [701, 'number'],
  [790, 'number'],
  [TYPE.date, 'time'],
  // timestamp, timestamptz
  [1114, 'time'],
  [1184, 'time'],
  [TYPE.bytea, 'bytes'],
  [TYPE.json, 'document'],
  [TYPE.jsonb, 'document'],
  [TYPE.xml, 'document'],
  // text[], varchar[], bpchar[]
  [1009, 'list'],
  [1015, 'list'],
  [1014, 'list'],
  // inet, cidr
  [869, 'network'],
  [650, 'network'],
  // macaddr, macaddr8
  [829, 'hardware'],
  [774, 'hardware'],
]);

const FIRST_OWN = 16_384;

export function stuffOf(type: number): Stuff {
  return STUFF.get(type) ?? (type >= FIRST_OWN ? 'own' : 'other');
}

const SAMPLED: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar, TYPE.bpchar, TYPE.int8, TYPE.numeric]);

/** Types whose values can tell what they are, and are read by nobody's code but the server's. */
export function isSampled(type: number): boolean {
  return SAMPLED.has(type);
}
