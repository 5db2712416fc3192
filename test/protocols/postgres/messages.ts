import { frame } from '../../../src/protocols/postgres/frames.ts';

/** A message with this type and body. */
export function message(letter: string, ...body: readonly Buffer[]): Buffer {
  return frame(letter.charCodeAt(0), ...body);
}

/** Numbers in network order. */
export const i8 = (value: number): Buffer => Buffer.from([value]);
export const i16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
export const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
export const text = (value: string): Buffer => Buffer.from(`${value}\0`, 'utf8');

/** A column as RowDescription describes it. */
export function column(
  name: string,
  more: { table?: number; attribute?: number; type?: number; format?: number } = {},
) {
  const { table = 0, attribute = 0, type = 25, format = 0 } = more;
  return Buffer.concat([text(name), i32(table), i16(attribute), i32(type), i16(-1), i32(-1), i16(format)]);
}

/** Messages of a server. */
export const server = {
  authentication: (kind: number, ...rest: readonly Buffer[]): Buffer => message('R', i32(kind), ...rest),
  status: (name: string, value: string): Buffer => message('S', text(name), text(value)),
  keyData: (process: number, key: Buffer): Buffer => message('K', i32(process), key),
  ready: (status = 'I'): Buffer => message('Z', Buffer.from(status)),
  parseComplete: (): Buffer => message('1'),
  bindComplete: (): Buffer => message('2'),
  closeComplete: (): Buffer => message('3'),
  noData: (): Buffer => message('n'),
  empty: (): Buffer => message('I'),
  suspended: (): Buffer => message('s'),
  columns: (...columns: readonly Buffer[]): Buffer => message('T', i16(columns.length), ...columns),
  parameters: (...types: readonly number[]): Buffer => message('t', i16(types.length), ...types.map(i32)),
  row: (...values: readonly (string | null)[]): Buffer =>
    message('D', i16(values.length), ...values.map((value) => (value === null ? i32(-1) : sized(value)))),
  complete: (tag: string): Buffer => message('C', text(tag)),
  error: (code: string, words = 'no', severity = 'ERROR'): Buffer =>
    message('E', ...Object.entries({ S: severity, V: severity, C: code, M: words }).map(field), i8(0)),
  notice: (words: string): Buffer =>
    message('N', ...Object.entries({ S: 'NOTICE', V: 'NOTICE', C: '00000', M: words }).map(field), i8(0)),
  copyIn: (): Buffer => message('G', i8(0), i16(0)),
  copyOut: (): Buffer => message('H', i8(0), i16(0)),
  copyData: (data: string): Buffer => message('d', Buffer.from(data)),
  copyDone: (): Buffer => message('c'),
} as const;

const field = ([letter, value]: readonly [string, string]): Buffer => Buffer.concat([Buffer.from(letter), text(value)]);
const sized = (value: string): Buffer => Buffer.concat([i32(Buffer.byteLength(value)), Buffer.from(value)]);
