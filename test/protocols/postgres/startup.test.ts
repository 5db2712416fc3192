import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  cancelRequest,
  decodeStartup,
  sslRequest,
  type Startup,
  startupMessage,
} from '../../../src/protocols/postgres/startup.ts';
import type { Fault } from '../../../src/protocols/postgres/refuse.ts';
import { i32, text } from './messages.ts';

function packet(code: number, ...body: readonly Buffer[]): Buffer {
  const rest = Buffer.concat(body);
  return Buffer.concat([i32(rest.length + 8), i32(code), rest]);
}

const version = (major: number, minor: number): number => (major << 16) | minor;

function asked(parameters: Readonly<Record<string, string>>, minor = 0): Startup | Fault {
  return admit({ minor, parameters: new Map(Object.entries({ user: 'visitor', database: 'db', ...parameters })) });
}

const turnedAway = (parameters: Readonly<Record<string, string>>): Fault | null => {
  const answer = asked(parameters);
  return 'settings' in answer ? null : answer;
};

describe('the first packet', () => {
  it('is read as it was written', () => {
    const parameters = new Map([
      ['user', 'visitor'],
      ['database', 'größe'],
    ]);
    expect(decodeStartup(startupMessage(parameters))).toEqual({ kind: 'startup', minor: 0, parameters });
    expect(decodeStartup(sslRequest())).toEqual({ kind: 'ssl' });
    expect(decodeStartup(packet(80877104))).toEqual({ kind: 'gssenc' });
    expect(decodeStartup(cancelRequest(7, Buffer.from('abcd')))).toEqual({
      kind: 'cancel',
      process: 7,
      key: Buffer.from('abcd'),
    });
  });

  it('names any minor version of protocol 3', () => {
    for (const minor of [0, 1, 2, 99, 9999]) {
      expect(decodeStartup(packet(version(3, minor), Buffer.from([0])))).toMatchObject({ kind: 'startup', minor });
    }
  });

  it.each([
    ['protocol 2.0', packet(version(2, 0), Buffer.from([0]))],
    ['protocol 4.0', packet(version(4, 0), Buffer.from([0]))],
    ['an unknown request', packet(80877105)],
    ['SSLRequest with a body', packet(80877103, Buffer.from('x'))],
    ['GSSENCRequest with a body', packet(80877104, Buffer.from('x'))],
    ['parameters without their end', packet(version(3, 0), text('user'), text('a'))],
    ['a name without a value', packet(version(3, 0), text('user'), Buffer.from('a'))],
    ['bytes behind the end', packet(version(3, 0), text('user'), text('a'), Buffer.from([0, 1]))],
    ['no parameters and no end', packet(version(3, 0))],
    [
      'the same parameter twice',
      packet(version(3, 0), text('user'), text('a'), text('user'), text('b'), Buffer.from([0])),
    ],
    ['a value that is not UTF-8', packet(version(3, 0), text('user'), Buffer.from([0xc0, 0xaf, 0]), Buffer.from([0]))],
    ['a name that is not UTF-8', packet(version(3, 0), Buffer.from([0xff, 0]), text('a'), Buffer.from([0]))],
    ['a cancel key of 3 bytes', cancelRequest(1, Buffer.alloc(3))],
    ['a cancel key of 257 bytes (R24)', cancelRequest(1, Buffer.alloc(257))],
    ['a cancel request without a key', packet(80877102, i32(1))],
  ])('is malformed: %s', (_what, bytes) => {
    expect(decodeStartup(bytes).kind).toBe('malformed');
  });

  it('may carry a cancel key of 4 to 256 bytes (R24)', () => {
    for (const length of [4, 32, 256])
      expect(decodeStartup(cancelRequest(1, Buffer.alloc(length))).kind).toBe('cancel');
  });

  it('of any bytes never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(0, 196608, 196610, 80877102, 80877103),
        (body, code) => {
          expect(() => decodeStartup(Buffer.from(body))).not.toThrow();
          expect(() => decodeStartup(packet(code, Buffer.from(body)))).not.toThrow();
        },
      ),
    );
  });
});

describe('start-up parameters', () => {
  it.each([
    'application_name',
    'DateStyle',
    'TimeZone',
    'IntervalStyle',
    'extra_float_digits',
    'statement_timeout',
    'lock_timeout',
    'client_min_messages',
    'bytea_output',
  ])('that change nothing about names, roles or reading are handed on in any case: %s', (name) => {
    for (const form of [name, name.toUpperCase(), name.toLowerCase()]) {
      const answer = asked({ [form]: 'value' });
      expect('settings' in answer ? answer.settings.get(name.toLowerCase()) : answer).toBe('value');
    }
  });

  it.each([
    'options',
    'search_path',
    'role',
    'session_authorization',
    'default_transaction_read_only',
    'session_preload_libraries',
    'local_preload_libraries',
    'row_security',
    'escape_string_warning',
    'backslash_quote',
    'default_tablespace',
    'check_function_bodies',
    'session_replication_role',
    'hoopctl.anything',
    'is_superuser',
    '__proto__',
    'constructor',
    'USER',
    'Database',
    '',
    ' user',
    "x'; drop table t; --",
  ])('that are not on the list turn the client away (R20): %j', (name) => {
    for (const form of new Set([name, name.toUpperCase(), name.toLowerCase()])) {
      if (form === 'user' || form === 'database') continue;
      const fault = turnedAway(Object.fromEntries([[form, '-c search_path=evil']]));
      expect(fault).toMatchObject({ severity: 'FATAL', code: '42501' });
      expect(fault?.message).not.toContain('evil');
    }
  });

  it('cannot smuggle anything in beside a good one', () => {
    expect(turnedAway({ application_name: 'psql', Search_Path: 'evil' })).not.toBeNull();
  });

  it.each(['UTF8', 'utf-8', 'UTF_8', 'unicode', "'utf-8'", 'SQL_ASCII'])('client_encoding may be %s', (value) => {
    const answer = asked({ client_encoding: value });
    // It is set by hoopctl itself.
    expect('settings' in answer ? answer.settings.has('client_encoding') : answer).toBe(false);
  });

  it.each(['LATIN1', 'SJIS', 'GBK', 'BIG5', 'WIN1252', 'auto', '', 'utf16', 'UTF8 LATIN1'])(
    'client_encoding may not be %j',
    (value) => {
      expect(turnedAway({ Client_Encoding: value })).toMatchObject({ message: 'hoopctl speaks UTF-8 only' });
    },
  );

  it.each([
    ['standard_conforming_strings', 'on', true],
    ['standard_conforming_strings', 'TRUE', true],
    ['standard_conforming_strings', 'off', false],
    ['STANDARD_CONFORMING_STRINGS', '0', false],
    ['standard_conforming_strings', '', false],
    ['replication', 'false', true],
    ['replication', 'off', true],
    ['replication', 'true', false],
    ['Replication', 'on', false],
    ['replication', '1', false],
    ['replication', 'database', false],
    ['replication', '', false],
    ['options', '', true],
    ['options', '  ', true],
    ['options', '-c role=postgres', false],
    ['OPTIONS', '--search_path=evil', false],
  ])('%s=%j is let through: %s', (name, value, passes) => {
    expect(turnedAway({ [name]: value }) === null).toBe(passes);
    const answer = asked({ [name]: value });
    if ('settings' in answer) expect([...answer.settings]).toEqual([]);
  });

  it('must name a user; the database is the user’s where none is named', () => {
    expect(admit({ minor: 0, parameters: new Map() })).toMatchObject({ code: '28000' });
    expect(admit({ minor: 0, parameters: new Map([['user', '']]) })).toMatchObject({ code: '28000' });
    expect(admit({ minor: 0, parameters: new Map([['user', 'a']]) })).toMatchObject({ user: 'a', database: 'a' });
  });

  it('of the protocol itself are not known and said to be so', () => {
    expect(asked({ '_pq_.command_tag': 'x', '_pq_.test': 'y' }, 2)).toMatchObject({
      unknownOptions: ['_pq_.command_tag', '_pq_.test'],
      newer: false,
      minor: 2,
    });
  });

  it.each([
    [0, 0, false],
    [1, 1, false],
    [2, 2, false],
    [3, 2, true],
    [9999, 2, true],
  ])('of protocol 3.%i are answered in 3.%i', (minor, spoken, newer) => {
    expect(asked({}, minor)).toMatchObject({ minor: spoken, newer });
  });

  it('call the application by its name, or by its fallback', () => {
    expect(asked({ application_name: 'a', fallback_application_name: 'b' })).toMatchObject({ application: 'a' });
    expect(asked({ fallback_application_name: 'b' })).toMatchObject({ application: 'b' });
    expect(asked({})).toMatchObject({ application: null });
  });
});
