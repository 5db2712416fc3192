import { Cursor } from '../../wire/cursor.ts';
import type { Framing, Run } from '../../wire/framer.ts';
import { decodeUtf8 } from '../../wire/text.ts';
import type { Column } from '../../core/column.ts';
import type { Limits } from '../../core/limits.ts';
import { overLimit } from './limits.ts';

/*
 * Every message but the first of a connection (PostgreSQL documentation, "Message Formats"):
 *
 *   byte 0      type
 *   bytes 1-4   length, big-endian, counting itself but not the type
 *   then        body
 */

/** Bytes of type and length. */
export const HEADER = 5;

const code = (letter: string): number => letter.charCodeAt(0);

/** Messages of the frontend. */
export const FRONTEND = {
  bind: code('B'),
  close: code('C'),
  copyData: code('d'),
  copyDone: code('c'),
  copyFail: code('f'),
  describe: code('D'),
  execute: code('E'),
  flush: code('H'),
  functionCall: code('F'),
  parse: code('P'),
  password: code('p'),
  query: code('Q'),
  sync: code('S'),
  terminate: code('X'),
} as const;

/** Messages of the backend. */
export const BACKEND = {
  authentication: code('R'),
  backendKeyData: code('K'),
  bindComplete: code('2'),
  closeComplete: code('3'),
  commandComplete: code('C'),
  copyBothResponse: code('W'),
  copyData: code('d'),
  copyDone: code('c'),
  copyInResponse: code('G'),
  copyOutResponse: code('H'),
  dataRow: code('D'),
  emptyQueryResponse: code('I'),
  errorResponse: code('E'),
  functionCallResponse: code('V'),
  negotiateProtocolVersion: code('v'),
  noData: code('n'),
  noticeResponse: code('N'),
  notificationResponse: code('A'),
  parameterDescription: code('t'),
  parameterStatus: code('S'),
  parseComplete: code('1'),
  portalSuspended: code('s'),
  readyForQuery: code('Z'),
  rowDescription: code('T'),
} as const;

const LARGE_FROM_CLIENT: ReadonlySet<number> = new Set([FRONTEND.bind, FRONTEND.copyData]);
const LARGE_FROM_SERVER: ReadonlySet<number> = new Set([BACKEND.dataRow, BACKEND.copyData]);

/** Whole length of the message that starts at `offset`; null when it makes no sense. Reads the five bytes of the header. */
export function messageLength(bytes: Buffer, offset: number): number | null {
  const length = bytes.readInt32BE(offset + 1);
  return length < 4 ? null : length + 1;
}

/** The limit that holds for a message. */
interface Bound {
  readonly limit: keyof Limits;
  readonly bytes: number;
}

/** How one side's messages are bounded. `bulk`: types that come in large numbers, so that many are taken at a time. */
interface Bounds {
  readonly large: Bound;
  readonly other: Bound;
  readonly isLarge: ReadonlySet<number>;
  readonly bulk: ReadonlySet<number>;
}

function framing(sender: string, { large, other, isLarge, bulk }: Bounds): Framing {
  const boundOf = (type: number): Bound => (isLarge.has(type) ? large : other);
  return {
    header: HEADER,
    length: messageLength,
    limit: (bytes, offset) => boundOf(bytes[offset] ?? 0).bytes,
    over: (bytes, offset, length) => {
      const { limit, bytes: most } = boundOf(bytes[offset] ?? 0);
      return overLimit(limit, `a message of ${length} bytes from ${sender} is over the limit of ${most}`);
    },
    run: (bytes, offset) => {
      const type = bytes[offset] ?? 0;
      return bulk.has(type) ? runOf(bytes, offset, boundOf(type).bytes) : NO_RUN;
    },
  };
}

const NO_RUN: Run = { end: 0, count: 0 };

/** Whole messages of the type at `offset`, as far as they go. This is what happens to every row. */
function runOf(bytes: Buffer, offset: number, limit: number): Run {
  const type = bytes[offset];
  const last = bytes.length - HEADER;
  let end = offset;
  let count = 0;
  while (end <= last && bytes[end] === type) {
    const length = bytes.readInt32BE(end + 1) + 1;
    // Whatever is wrong with it is said where single messages are cut.
    if (length < HEADER || length > limit || end + length > bytes.length) break;
    end += length;
    count += 1;
  }
  return { end, count };
}

/** How a client's messages are cut. */
export function frontendFraming({ statement, clientMessage }: Limits): Framing {
  return framing('the client', {
    isLarge: LARGE_FROM_CLIENT,
    bulk: new Set([FRONTEND.copyData]),
    large: { limit: 'clientMessage', bytes: clientMessage },
    other: { limit: 'statement', bytes: statement },
  });
}

/** How a server's messages are cut. */
export function backendFraming({ serverMessage, serverReply }: Limits): Framing {
  return framing('the server', {
    isLarge: LARGE_FROM_SERVER,
    bulk: LARGE_FROM_SERVER,
    large: { limit: 'serverMessage', bytes: serverMessage },
    other: { limit: 'serverReply', bytes: serverReply },
  });
}

/** A message of this type with this body. */
export function frame(type: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.alloc(HEADER);
  header[0] = type;
  header.writeInt32BE(length + 4, 1);
  return Buffer.concat([header, ...body], HEADER + length);
}

/** Text as the protocol's String: UTF-8 and a NUL. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const body = (message: Buffer): Cursor => new Cursor(message, HEADER);

/** Names are cut there by the server (NAMEDATALEN): longer ones would mean something else than they say. */
const LONGEST_NAME = 63;

/** A statement's or a portal's name: null when it is not valid UTF-8, or too long to be kept as it is. */
function decodeName(cursor: Cursor): string | null {
  const bytes = cursor.terminated();
  return bytes.length > LONGEST_NAME ? null : decodeUtf8(bytes);
}

/** Query: String. Null when malformed or not valid UTF-8. */
export function decodeQuery(message: Buffer): string | null {
  const cursor = body(message);
  const text = cursor.terminated();
  return cursor.finished ? decodeUtf8(text) : null;
}

export interface ParseMessage {
  readonly name: string;
  readonly text: string;
  readonly types: readonly number[];
}

/** Parse: String name, String text, Int16 n, n × Int32 type. Null when malformed or not valid UTF-8. */
export function decodeParse(message: Buffer): ParseMessage | null {
  const cursor = body(message);
  const name = decodeName(cursor);
  const text = decodeUtf8(cursor.terminated());
  const count = cursor.uint16();
  const types: number[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) types.push(cursor.uint32());
  return cursor.finished && name !== null && text !== null ? { name, text, types } : null;
}

export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  readonly parameters: readonly { readonly format: 'text' | 'binary'; readonly value: Buffer | null }[];
  /** One for all columns, one each, or none for text. */
  readonly resultFormats: readonly number[];
}

/**
 * Bind: String portal, String statement, Int16 f, f × Int16 format, Int16 p, p × (Int32 length or −1, bytes),
 * Int16 r, r × Int16 format. Null when malformed, not valid UTF-8, or with an unknown format code.
 */
export function decodeBind(message: Buffer): BindMessage | null {
  const cursor = body(message);
  const portal = decodeName(cursor);
  const statement = decodeName(cursor);
  const formats = decodeFormats(cursor);
  const count = cursor.uint16();
  if (formats === null || (formats.length > 1 && formats.length !== count)) return null;
  const parameters: { format: 'text' | 'binary'; value: Buffer | null }[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) {
    const length = cursor.int32();
    if (length < -1) return null;
    const value = length === -1 ? null : cursor.bytes(length);
    parameters.push({ format: formatOf(formats, index), value });
  }
  const resultFormats = decodeFormats(cursor);
  if (!cursor.finished || portal === null || statement === null || resultFormats === null) return null;
  return { portal, statement, parameters, resultFormats };
}

/** Bind of these values to the statement and the portal of this name, for results in text. */
export function bindOf(name: string, parameters: BindMessage['parameters']): Buffer {
  const formats = parameters.map(({ format }) => int16(format === 'binary' ? 1 : 0));
  const values = parameters.flatMap(({ value }) => (value === null ? [int32(-1)] : [int32(value.length), value]));
  const count = int16(parameters.length);
  return frame(FRONTEND.bind, cstring(name), cstring(name), count, ...formats, count, ...values, int16(0));
}

function decodeFormats(cursor: Cursor): number[] | null {
  const count = cursor.uint16();
  const formats: number[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) {
    const format = cursor.uint16();
    if (format > 1) return null;
    formats.push(format);
  }
  return formats;
}

/** The format of value `index` under the protocol's "none, one for all, or one each". */
export function formatOf(formats: readonly number[], index: number): 'text' | 'binary' {
  const format = formats.length === 1 ? formats[0] : formats[index];
  return format === 1 ? 'binary' : 'text';
}

export interface NamedMessage {
  readonly kind: 'statement' | 'portal';
  readonly name: string;
}

/** Describe and Close: Byte1 `S` or `P`, String name. Null when malformed. */
export function decodeNamed(message: Buffer): NamedMessage | null {
  const cursor = body(message);
  const kind = cursor.uint8();
  const name = decodeName(cursor);
  if (!cursor.finished || name === null) return null;
  if (kind === code('S')) return { kind: 'statement', name };
  return kind === code('P') ? { kind: 'portal', name } : null;
}

export interface ExecuteMessage {
  readonly portal: string;
  /** 0: no limit. */
  readonly rows: number;
}

/** Execute: String portal, Int32 rows. Null when malformed. */
export function decodeExecute(message: Buffer): ExecuteMessage | null {
  const cursor = body(message);
  const portal = decodeName(cursor);
  const rows = cursor.int32();
  return cursor.finished && portal !== null ? { portal, rows } : null;
}

/** ParameterStatus: String name, String value. Null when malformed. */
export function decodeParameterStatus(message: Buffer): { readonly name: string; readonly value: string } | null {
  const cursor = body(message);
  const name = decodeUtf8(cursor.terminated());
  const value = decodeUtf8(cursor.terminated());
  return cursor.finished && name !== null && value !== null ? { name, value } : null;
}

export type TransactionStatus = 'I' | 'T' | 'E';

/** ReadyForQuery: Byte1 status. Null when malformed. */
export function decodeReady(message: Buffer): TransactionStatus | null {
  const cursor = body(message);
  const status = String.fromCharCode(cursor.uint8());
  return cursor.finished && (status === 'I' || status === 'T' || status === 'E') ? status : null;
}

/** CommandComplete: String tag. Null when malformed. */
export function decodeTag(message: Buffer): string | null {
  const cursor = body(message);
  const tag = cursor.terminated();
  return cursor.finished ? tag.toString('utf8') : null;
}

/**
 * RowDescription: Int16 n, n × (String name, Int32 table, Int16 attribute, Int32 type, Int16 size, Int32 modifier,
 * Int16 format). Null when malformed.
 */
export function decodeColumns(message: Buffer): Column[] | null {
  const cursor = body(message);
  const count = cursor.uint16();
  const columns: Column[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) {
    const name = cursor.terminated().toString('utf8');
    const table = cursor.uint32();
    const attribute = cursor.int16();
    const type = cursor.uint32();
    cursor.bytes(6);
    const format = cursor.uint16();
    if (format > 1) return null;
    columns.push({ name, table, attribute, type, format: format === 1 ? 'binary' : 'text' });
  }
  return cursor.finished ? columns : null;
}

/** DataRow: Int16 n, n × (Int32 length or −1, bytes). Null when malformed. */
export function decodeRow(message: Buffer): (Buffer | null)[] | null {
  const cursor = body(message);
  const count = cursor.uint16();
  const values: (Buffer | null)[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) {
    const length = cursor.int32();
    if (length < -1) return null;
    values.push(length === -1 ? null : cursor.bytes(length));
  }
  return cursor.finished ? values : null;
}

/**
 * ErrorResponse and NoticeResponse: (Byte1 field, String value)*, NUL. Null when malformed. Fields by their letter:
 * `S` severity, `V` the same unlocalised, `C` SQLSTATE, `M` message, `D` detail, `H` hint, `P` position, …
 */
export function decodeFields(message: Buffer): ReadonlyMap<string, string> | null {
  const cursor = body(message);
  const fields = new Map<string, string>();
  for (;;) {
    const field = cursor.uint8();
    if (!cursor.intact) return null;
    if (field === 0) return cursor.finished ? fields : null;
    // Errors may quote bytes of any encoding: for showing, not for judging.
    fields.set(String.fromCharCode(field), cursor.terminated().toString('utf8'));
  }
}

/** ErrorResponse or NoticeResponse with these fields. */
export function encodeFields(type: number, fields: ReadonlyMap<string, string>): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of fields) parts.push(Buffer.from(field, 'latin1'), cstring(value.replaceAll('\0', '')));
  return frame(type, ...parts, Buffer.from([0]));
}
