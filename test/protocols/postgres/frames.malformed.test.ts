import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import {
  backendFraming,
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
  frontendFraming,
  HEADER,
} from '../../../src/protocols/postgres/frames.ts';
import { decodeRows } from '../../../src/protocols/postgres/results.ts';
import { Framer, type Framing } from '../../../src/wire/framer.ts';
import { column, i16, i32, i8, message, server, text } from './messages.ts';

interface Case {
  readonly name: string;
  readonly decode: (bytes: Buffer) => unknown;
  readonly good: Buffer;
}

const CASES: readonly Case[] = [
  { name: 'Query', decode: decodeQuery, good: message('Q', text('select 1')) },
  { name: 'Parse', decode: decodeParse, good: message('P', text('name'), text('select $1'), i16(2), i32(23), i32(0)) },
  {
    name: 'Bind',
    decode: decodeBind,
    good: message(
      'B',
      text('p'),
      text('s'),
      i16(2),
      i16(0),
      i16(1),
      i16(2),
      i32(3),
      Buffer.from('abc'),
      i32(-1),
      i16(1),
      i16(1),
    ),
  },
  { name: 'Describe', decode: decodeNamed, good: message('D', Buffer.from('S'), text('name')) },
  { name: 'Close', decode: decodeNamed, good: message('C', Buffer.from('P'), text('')) },
  { name: 'Execute', decode: decodeExecute, good: message('E', text('portal'), i32(0)) },
  { name: 'ParameterStatus', decode: decodeParameterStatus, good: server.status('client_encoding', 'UTF8') },
  { name: 'ReadyForQuery', decode: decodeReady, good: server.ready() },
  { name: 'CommandComplete', decode: decodeTag, good: server.complete('SELECT 1') },
  { name: 'RowDescription', decode: decodeColumns, good: server.columns(column('a'), column('b', { format: 1 })) },
  { name: 'DataRow', decode: decodeRow, good: server.row('abc', null, '') },
  { name: 'ErrorResponse', decode: decodeFields, good: server.error('42501') },
];

/** The same message without its last bytes, its length put right: what a liar would send. */
function shortened(bytes: Buffer, length: number): Buffer {
  const cut = Buffer.from(bytes.subarray(0, length));
  cut.writeInt32BE(length - 1, 1);
  return cut;
}

describe.each(CASES)('a malformed $name', ({ decode, good }) => {
  it('is none (the good one is)', () => {
    expect(decode(good)).not.toBeNull();
  });

  it('that ends after any of its bytes is null, never read past its end (R17)', () => {
    for (let length = HEADER; length < good.length; length += 1) {
      // What stands behind it in memory must not be read.
      const beside = Buffer.concat([shortened(good, length), good.subarray(length), Buffer.alloc(64)]);
      expect(decode(beside.subarray(0, length))).toBeNull();
    }
  });

  it('with more bytes than it should have is null', () => {
    for (const tail of [i8(0), Buffer.from('x'), Buffer.alloc(40), good]) {
      expect(decode(message(String.fromCharCode(good[0] ?? 0), good.subarray(HEADER), tail))).toBeNull();
    }
  });

  it('of any bytes never throws and never takes long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (body) => {
        decode(message(String.fromCharCode(good[0] ?? 0), Buffer.from(body)));
      }),
      { numRuns: 500 },
    );
  });

  it('with any byte changed never throws', () => {
    for (let at = HEADER; at < good.length; at += 1) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(good);
        changed[at] = byte;
        expect(() => decode(changed)).not.toThrow();
      }
    }
  });
});

const INVALID = ['80', 'c3', 'c0af', 'c080', 'eda080', 'f4908080', 'ff'].map((hex) => Buffer.from(hex, 'hex'));

describe.each(INVALID.map((bytes) => ({ hex: bytes.toString('hex'), bytes })))('invalid UTF-8 $hex', ({ bytes }) => {
  const broken = Buffer.concat([Buffer.from('a'), bytes, Buffer.from("'b\0")]);

  it('is refused wherever a text or a name decides (R30)', () => {
    expect(decodeQuery(message('Q', broken))).toBeNull();
    expect(decodeParse(message('P', text(''), broken, i16(0)))).toBeNull();
    expect(decodeParse(message('P', broken, text('select 1'), i16(0)))).toBeNull();
    expect(decodeBind(message('B', broken, text(''), i16(0), i16(0), i16(0)))).toBeNull();
    expect(decodeBind(message('B', text(''), broken, i16(0), i16(0), i16(0)))).toBeNull();
    expect(decodeNamed(message('D', Buffer.from('S'), broken))).toBeNull();
    expect(decodeExecute(message('E', broken, i32(0)))).toBeNull();
    expect(decodeParameterStatus(message('S', text('client_encoding'), broken))).toBeNull();
  });

  it('is shown, not judged, where a server only tells something', () => {
    expect(decodeFields(message('E', Buffer.from('M'), broken, i8(0)))?.has('M')).toBe(true);
    expect(decodeTag(message('C', broken))).not.toBeNull();
  });
});

describe('a NUL', () => {
  it('inside a text does not hide what follows (R30)', () => {
    expect(decodeQuery(message('Q', text('select 1\0drop table t')))).toBeNull();
    expect(decodeParse(message('P', text(''), text('select 1\0drop table t'), i16(0)))).toBeNull();
  });
});

describe('counts and lengths within a message', () => {
  it('that are absurd give null without work for each (R18)', () => {
    expect(decodeRow(message('D', i16(-1)))).toBeNull();
    expect(decodeColumns(message('T', i16(-1)))).toBeNull();
    expect(decodeParse(message('P', text(''), text(''), i16(-1)))).toBeNull();
    expect(decodeBind(message('B', text(''), text(''), i16(0), i16(-1)))).toBeNull();
  });

  it.each([-2, -(2 ** 31), 2 ** 31 - 1, 100])('of %i for a value give null (R17)', (length) => {
    expect(decodeRow(message('D', i16(1), i32(length), Buffer.from('abc')))).toBeNull();
    expect(
      decodeBind(message('B', text(''), text(''), i16(0), i16(1), i32(length), Buffer.from('abc'), i16(0))),
    ).toBeNull();
  });

  it.each([2, -1, 256])('of an unknown format code %i give null', (format) => {
    expect(decodeBind(message('B', text(''), text(''), i16(1), i16(format), i16(0), i16(0)))).toBeNull();
    expect(decodeBind(message('B', text(''), text(''), i16(0), i16(0), i16(1), i16(format)))).toBeNull();
    expect(decodeColumns(server.columns(column('a', { format })))).toBeNull();
  });

  it('of formats that fit neither none, one nor all parameters give null', () => {
    expect(decodeBind(message('B', text(''), text(''), i16(2), i16(0), i16(0), i16(1), i32(-1), i16(0)))).toBeNull();
  });

  it('name what is described as a statement or a portal and nothing else', () => {
    expect(decodeNamed(message('D', Buffer.from('X'), text('a')))).toBeNull();
    expect(decodeNamed(message('C', Buffer.from('s'), text('a')))).toBeNull();
  });
});

function header(letter: string, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.write(letter, 'latin1');
  bytes.writeInt32BE(length, 1);
  return bytes;
}

/** How many messages come first together. */
function cut(framing: Framing, bytes: Buffer): number {
  const framer = new Framer(framing);
  framer.feed(bytes);
  return framer.next() === null ? 0 : framer.count;
}

function outcome(framing: Framing, bytes: Buffer): string {
  try {
    return String(cut(framing, bytes));
  } catch (error) {
    return error instanceof HoopError ? error.code : 'another error';
  }
}

describe.each([
  { side: 'client', framing: frontendFraming(LIMITS), letters: 'BCDEFHPQSXcdfp' },
  { side: 'server', framing: backendFraming(LIMITS), letters: '123ACDEGHIKNRSTVWZcdnstv' },
])('the length of a message of the $side', ({ framing, letters }) => {
  it.each([-(2 ** 31), -1, 0, 1, 2, 3])('%i is impossible (R17)', (length) => {
    for (const letter of letters) expect(outcome(framing, header(letter, length))).toBe('wire.protocol');
  });

  it('4 is an empty body', () => {
    for (const letter of letters) expect(outcome(framing, header(letter, 4))).toBe('1');
  });

  it('2 147 483 647 is over the limit and nothing is allocated for it (R17)', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const letter of letters) expect(outcome(framing, header(letter, 2 ** 31 - 1))).toBe('wire.limit');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });

  it('is limited for messages of unknown types, too', () => {
    for (const letter of ['\0', '!', '\u00ff'])
      expect(outcome(framing, header(letter, 2 ** 31 - 1))).toBe('wire.limit');
  });
});

describe('limits by kind', () => {
  const [client, server] = [frontendFraming(LIMITS), backendFraming(LIMITS)];

  it.each([
    ['statement', client, 'QPCDEFHSXcfp', 4 * 1024 * 1024],
    ['clientMessage', client, 'Bd', 256 * 1024 * 1024],
    ['serverReply', server, '123ACEGHIKNRSTVWZcnstv', 8 * 1024 * 1024],
    ['serverMessage', server, 'Dd', 1024 * 1024 * 1024],
  ] as const)('%s holds for its own messages, and moving it moves nothing else', (limit, framing, letters, bytes) => {
    const smaller = { ...LIMITS, [limit]: 1000 };
    const moved = framing === client ? frontendFraming(smaller) : backendFraming(smaller);
    for (const letter of framing === client ? 'BCDEFHPQSXcdfp' : '123ACDEGHIKNRSTVWZcdnstv') {
      const own = letters.includes(letter);
      if (own) expect([outcome(framing, header(letter, bytes - 1)), LIMITS[limit]]).toEqual(['0', bytes]);
      if (own) expect(outcome(framing, header(letter, bytes))).toBe('wire.limit');
      expect(outcome(moved, header(letter, 999))).toBe('0');
      expect(outcome(moved, header(letter, 1000))).toBe(own ? 'wire.limit' : '0');
    }
  });

  it.each([
    ['D', backendFraming({ ...LIMITS, serverMessage: 100 })],
    ['d', backendFraming({ ...LIMITS, serverMessage: 100 })],
    ['d', frontendFraming({ ...LIMITS, clientMessage: 100 })],
  ])('hold for each of many %s that come together', (letter, framing) => {
    const fits = Buffer.concat([header(letter, 99), Buffer.alloc(95)]);
    const framer = new Framer(framing);
    framer.feed(Buffer.concat([fits, fits, header(letter, 100), Buffer.alloc(96), fits]));
    expect([framer.next()?.length, framer.count]).toEqual([200, 2]);
    expect(() => framer.next()).toThrow(expect.objectContaining({ code: 'wire.limit' }) as Error);
  });

  it('say whose message is too long, and which limit lets it be longer', () => {
    expect(() => cut(client, header('Q', 2 ** 30))).toThrow(
      expect.objectContaining({
        message: `a message of ${2 ** 30 + 1} bytes from the client is over the limit of ${LIMITS.statement}`,
        hint: 'Ask for less, or raise limits.statement of the target.',
      }) as Error,
    );
    expect(() => cut(server, header('N', 2 ** 30))).toThrow(
      expect.objectContaining({ hint: 'Ask for less, or raise limits.server_reply of the target.' }) as Error,
    );
  });
});

describe('rows of a record', () => {
  const columns = [
    { name: '__proto__', table: 0, attribute: 0, type: 25, format: 'text' },
    { name: 'n', table: 0, attribute: 0, type: 23, format: 'binary' },
  ] as const;

  it('are read as text, numbers where the binary form is simple, and bytes in hexadecimal otherwise', () => {
    const row = message('D', i16(2), i32(2), Buffer.from('é'), i32(4), i32(-7));
    const odd = message('D', i16(2), i32(-1), i32(2), Buffer.from([1, 255]));
    expect(decodeRows(columns, Buffer.concat([row, odd]))).toEqual([
      ['é', '-7'],
      [null, String.raw`\x01ff`],
    ]);
  });

  it('never throw, whatever bytes are found (R18)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(Array.isArray(decodeRows(columns, Buffer.from(bytes)))).toBe(true);
        expect(Array.isArray(decodeRows([], message('D', Buffer.from(bytes))))).toBe(true);
      }),
    );
  });
});
