import fc from 'fast-check';
import { serialize } from 'pg-protocol';
import { describe, expect, it } from 'vitest';
import {
  BACKEND,
  cstring,
  decodeBind,
  decodeColumns,
  decodeExecute,
  decodeFields,
  decodeNamed,
  decodeParameterStatus,
  decodeParse,
  decodeQuery,
  decodeReady,
  decodeRow,
  decodeTag,
  encodeFields,
  formatOf,
  frame,
} from '../../../src/protocols/postgres/frames.ts';
import { column, i16, i32, message, server, text } from './messages.ts';

const words = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => value.replaceAll('\0', ''));
const oid = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const value = fc.option(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)));
const sized = (one: Buffer | null): Buffer => (one === null ? i32(-1) : Buffer.concat([i32(one.length), one]));

/** Names that break programs which build code or objects out of them (R27). */
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  "it's",
  '"quoted"',
  '`tick`',
  'a\nb',
  'a\\b',
  '${x}',
  '?column?',
  '\u202Eevil',
  '\u001B[31m',
  'ü'.repeat(40),
];

describe('a message', () => {
  it('of the client is read as it was written by another implementation', () => {
    expect(decodeQuery(serialize.query('select 1'))).toBe('select 1');
    expect(decodeParse(serialize.parse({ name: 'n', text: 'select $1', types: [23, 0] }))).toEqual({
      name: 'n',
      text: 'select $1',
      types: [23, 0],
    });
    const values = ['seven', null, Buffer.from([1, 0, 2])];
    expect(decodeBind(Buffer.from(serialize.bind({ portal: 'p', statement: 's', values, binary: true })))).toEqual({
      portal: 'p',
      statement: 's',
      parameters: [
        { format: 'text', value: Buffer.from('seven') },
        { format: 'text', value: null },
        { format: 'binary', value: Buffer.from([1, 0, 2]) },
      ],
      resultFormats: [1],
    });
    expect(decodeNamed(serialize.describe({ type: 'S', name: 'n' }))).toEqual({ kind: 'statement', name: 'n' });
    expect(decodeNamed(serialize.close({ type: 'P', name: '' }))).toEqual({ kind: 'portal', name: '' });
    expect(decodeExecute(serialize.execute({ portal: 'p', rows: 10 }))).toEqual({ portal: 'p', rows: 10 });
  });

  it('Query carries any text that has no NUL', () => {
    fc.assert(fc.property(words, (query) => void expect(decodeQuery(message('Q', text(query)))).toBe(query)));
  });

  it('Parse carries a name, a text and as many types as it says', () => {
    fc.assert(
      fc.property(words, words, fc.array(oid, { maxLength: 10 }), (name, query, types) => {
        const bytes = message('P', text(name), text(query), i16(types.length), ...types.map(i32));
        expect(decodeParse(bytes)).toEqual({ name, text: query, types });
      }),
    );
  });

  it('Bind carries values and NULLs in text or binary, one format for all or one each', () => {
    const formats = fc.constantFrom('none', 'text', 'binary', 'each');
    fc.assert(
      fc.property(words, words, fc.array(value, { maxLength: 6 }), formats, (portal, statement, values, kind) => {
        const codes = { none: [], text: [0], binary: [1], each: values.map((_one, index) => index % 2) }[kind];
        const bytes = message(
          'B',
          text(portal),
          text(statement),
          i16(codes.length),
          ...codes.map(i16),
          i16(values.length),
          ...values.map(sized),
          i16(2),
          i16(1),
          i16(0),
        );
        const bound = decodeBind(bytes);
        expect(bound?.portal).toBe(portal);
        expect(bound?.statement).toBe(statement);
        expect(bound?.resultFormats).toEqual([1, 0]);
        expect(bound?.parameters.map((one) => one.value)).toEqual(values);
        expect(bound?.parameters.map((one) => one.format)).toEqual(values.map((_one, index) => formatOf(codes, index)));
      }),
    );
  });

  it('formats: none is text, one is for all, several are one each', () => {
    expect([formatOf([], 3), formatOf([1], 3), formatOf([0, 1], 1), formatOf([0, 1], 0)]).toEqual([
      'text',
      'binary',
      'binary',
      'text',
    ]);
  });

  it('DataRow carries values of any bytes and NULL, which is not the empty value', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 10 }), (values) => {
        expect(decodeRow(message('D', i16(values.length), ...values.map(sized)))).toEqual(values);
      }),
    );
    expect(decodeRow(server.row('', null))).toEqual([Buffer.alloc(0), null]);
  });

  it.each(ODD_NAMES)('RowDescription gives a column called %j that name and nothing else (R27)', (name) => {
    const columns = decodeColumns(
      server.columns(column(name, { table: 4294967295, attribute: -1, type: 23 }), column(name)),
    );
    expect(columns).toEqual([
      { name, table: 4294967295, attribute: -1, type: 23, format: 'text' },
      { name, table: 0, attribute: 0, type: 25, format: 'text' },
    ]);
    expect(Object.getPrototypeOf(columns?.[0])).toBe(Object.prototype);
  });

  it('RowDescription tells text from binary', () => {
    const columns = decodeColumns(server.columns(column('a', { format: 1 }), column('b')));
    expect(columns?.map((one) => one.format)).toEqual(['binary', 'text']);
  });

  it.each(ODD_NAMES)('ParameterStatus may be called %j', (name) => {
    expect(decodeParameterStatus(server.status(name, 'on'))).toEqual({ name, value: 'on' });
  });

  it('ReadyForQuery knows three states', () => {
    expect(['I', 'T', 'E', 'X', ''].map((status) => decodeReady(server.ready(status)))).toEqual([
      'I',
      'T',
      'E',
      null,
      null,
    ]);
  });

  it('CommandComplete carries a tag', () => {
    expect(decodeTag(server.complete('INSERT 0 1'))).toBe('INSERT 0 1');
  });

  it('ErrorResponse gives its fields by letter, and is written as it is read', () => {
    const fields = new Map([
      ['S', 'FEHLER'],
      ['V', 'ERROR'],
      ['C', '42501'],
      ['M', 'größer als erlaubt\nzweite Zeile'],
      ['P', '17'],
    ]);
    expect(decodeFields(encodeFields(BACKEND.errorResponse, fields))).toEqual(fields);
  });

  it('ErrorResponse cannot be made to carry fields by a NUL in one', () => {
    const bytes = encodeFields(BACKEND.errorResponse, new Map([['M', 'a\0Cxxxxx\0']]));
    expect(decodeFields(bytes)).toEqual(new Map([['M', 'aCxxxxx']]));
  });

  it('is as long as it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 50 }), (type, body) => {
        const bytes = frame(type, Buffer.from(body), cstring('é'));
        expect(bytes.readInt32BE(1) + 1).toBe(bytes.length);
        expect(bytes[0]).toBe(type);
      }),
    );
  });
});
