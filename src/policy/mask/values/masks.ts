import type { CellMask, Exposure, MaskMethod } from '../../../core/mask.ts';
import { ByteaHash } from './bytea.ts';
import { Fixed, NOTHING, Withheld } from './cell.ts';
import { type Constant, constantOf, TYPE } from './constants.ts';
import { DateToken } from './dates.ts';
import { Digest, type DigestForm } from './digest.ts';
import { INT2, INT4, INT8, NUMERIC, NumberHash, NumberToken, type NumberType } from './numbers.ts';
import { KeepDomain, KeepLast, TextToken } from './text.ts';
import { UuidHash, UuidToken } from './uuid.ts';

/*
 * Which mask a cell gets, by method and type:
 *
 *   redact    a constant of the type                                                   all types
 *   null      NULL                                                                     all types
 *   hash      a keyed digest                                                           text, json, jsonb, xml, bytea, uuid
 *             a keyed number                                                           int2, int4, int8, numeric
 *   token     a keyed stand-in of the same form, one to one                            text, uuid, int2, int4, int8,
 *                                                                                      numeric, date
 *   partial   the last characters, or the domain                                       text
 *
 * Where a method says nothing about a type, `token` does what `hash` does, and all do what `redact` does. A type without
 * a constant (enums, composites, extensions' types, …) becomes NULL under every method. Arrays, ranges and documents
 * are values as a whole.
 */

const TEXTS: ReadonlySet<number> = new Set([
  TYPE.text,
  TYPE.varchar,
  TYPE.bpchar,
  TYPE.name,
  TYPE.unknown,
  TYPE.cstring,
  TYPE.refcursor,
]);

const NUMBERS: ReadonlyMap<number, NumberType> = new Map([
  [TYPE.int2, INT2],
  [TYPE.int4, INT4],
  [TYPE.int8, INT8],
  [TYPE.numeric, NUMERIC],
]);

const QUOTE = Buffer.from('"');
/** Version 1. */
const VERSIONED_QUOTE = Buffer.from('\u0001"');

/** How a column's values come, and what may be shown of them. */
export interface Cells {
  readonly exposure: Exposure;
  /** OID of the type. */
  readonly type: number;
  readonly format: 'text' | 'binary';
}

/** The mask of a column's cells; null when they pass as they are. `key`: 32 secret bytes. */
export function cellMask({ exposure, type, format }: Cells, key: Uint8Array): CellMask | null {
  if (exposure.kind === 'clear') return null;
  const constant = constantOf(type);
  if (constant === null) return NOTHING;
  if (exposure.kind === 'withheld') return new Withheld(constant[format]);
  return maskOf(exposure.with, { type, format, constant, key });
}

interface Setting {
  readonly type: number;
  readonly format: 'text' | 'binary';
  readonly constant: Constant;
  readonly key: Uint8Array;
}

function maskOf(method: MaskMethod, setting: Setting): CellMask {
  if (typeof method === 'object') return partial(method.partial, setting);
  switch (method) {
    case 'redact':
      return redact(setting);
    case 'null':
      return NOTHING;
    case 'hash':
      return hash(setting);
    case 'token':
      return token(setting);
  }
}

function redact({ constant, format }: Setting): CellMask {
  return new Fixed(constant[format]);
}

const isPadded = (type: number): boolean => type === TYPE.bpchar;

function partial(kept: 'domain' | number, setting: Setting): CellMask {
  const { type, constant, format } = setting;
  if (!TEXTS.has(type)) return redact(setting);
  if (kept === 'domain') return new KeepDomain(constant[format], isPadded(type));
  return new KeepLast(kept, constant[format], isPadded(type));
}

function hash(setting: Setting): CellMask {
  const { type, format, constant, key } = setting;
  if (TEXTS.has(type)) return new Digest(key, 'hash of text', { padded: isPadded(type) });
  const number = NUMBERS.get(type);
  if (number !== undefined) return new NumberHash(key, number, format, constant);
  switch (type) {
    case TYPE.xml:
      return new Digest(key, 'hash of text');
    case TYPE.json:
      return new Digest(key, 'hash of a document', QUOTED);
    case TYPE.jsonb:
      return new Digest(key, 'hash of a document', format === 'text' ? QUOTED : VERSIONED);
    case TYPE.bytea:
      return new ByteaHash(key, format, constant);
    case TYPE.uuid:
      return new UuidHash(key, format, constant);
    default:
      return redact(setting);
  }
}

const QUOTED: DigestForm = { before: QUOTE, after: QUOTE };
const VERSIONED: DigestForm = { before: VERSIONED_QUOTE, after: QUOTE, skip: 1 };

function token(setting: Setting): CellMask {
  const { type, format, constant, key } = setting;
  if (TEXTS.has(type)) {
    const padded = isPadded(type);
    return new TextToken(key, new Digest(key, 'hash of text', { padded }), constant[format], padded);
  }
  const number = NUMBERS.get(type);
  if (number !== undefined) return new NumberToken(key, number, format, constant);
  if (type === TYPE.date) return new DateToken(key, format, constant);
  return type === TYPE.uuid ? new UuidToken(key, format, constant) : hash(setting);
}
