import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaskMethod } from '../../../../src/core/mask.ts';
import { TYPE } from '../../../../src/policy/mask/values/constants.ts';
import { Decimal } from '../../../../src/policy/mask/values/decimal.ts';
import { maskFor, shown, textThrough } from './cells.ts';

const WIDTHS = new Map<number, number>([
  [TYPE.int2, 2],
  [TYPE.int4, 4],
  [TYPE.int8, 8],
]);

/** A number as the server sends it in binary. */
function binary(type: number, text: string): Buffer {
  const width = WIDTHS.get(type);
  const bytes = Buffer.alloc(1000);
  if (width === 8) bytes.writeBigInt64BE(BigInt(text));
  else if (width !== undefined) bytes.writeIntBE(Number(text), 0, width);
  if (width !== undefined) return bytes.subarray(0, width);
  const decimal = new Decimal();
  if (!decimal.readText(Buffer.from(text), 0, text.length)) throw new Error(`${text} is no number`);
  return bytes.subarray(0, decimal.writeNumeric(bytes, 0));
}

/** A number in binary as the server would print it. */
function printed(type: number, bytes: Buffer): string {
  const width = WIDTHS.get(type);
  const decimal = new Decimal();
  if (width !== undefined) decimal.readInteger(bytes, 0, width);
  else if (!decimal.readNumeric(bytes, 0, bytes.length)) throw new Error('it is no number');
  const target = Buffer.alloc(1000);
  return target.toString('latin1', 0, decimal.writeText(target, 0));
}

function through(method: MaskMethod, type: number, value: string): string {
  const text = textThrough(maskFor({ method, type }), value);
  const bytes = shown(maskFor({ method, type, format: 'binary' }), binary(type, value));
  expect(bytes === null ? null : printed(type, bytes)).toBe(text);
  return text ?? 'NULL';
}

const bigger = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const VALUES = new Map<number, fc.Arbitrary<string>>([
  [TYPE.int2, fc.integer({ min: -32768, max: 32767 }).map(String)],
  [TYPE.int4, fc.integer({ min: -2147483648, max: 2147483647 }).map(String)],
  [
    TYPE.int8,
    fc
      .oneof(
        bigger,
        bigger.map((value) => value >> 30n),
      )
      .map(String),
  ],
  [
    TYPE.numeric,
    fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 30 }))
      .map(([negative, value, scale]) => {
        const digits = value.toString().padStart(scale + 1, '0');
        const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
        return negative && value !== 0n ? `-${text}` : text;
      }),
  ],
]);
const TYPES = [...VALUES.keys()];
const valuesOf = (type: number): fc.Arbitrary<string> => VALUES.get(type) ?? fc.constant('0');

const formOf = (value: string): string => value.replaceAll(/[0-9]/g, '0');

describe.each(TYPES)('a token of a number of type %i', (type) => {
  it('has the same sign and the same digits before and behind the point, and is the same in both formats', () => {
    fc.assert(
      fc.property(valuesOf(type), (value) => {
        const token = through('token', type, value);
        expect(formOf(token)).toBe(formOf(value));
        expect(token).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/);
        const width = WIDTHS.get(type);
        if (width !== undefined) expect(BigInt.asIntN(width * 8, BigInt(token))).toBe(BigInt(token));
      }),
    );
  });
});

describe.each(TYPES)('a hash of a number of type %i', (type) => {
  it('is a number of the type that is not negative, and the same in both formats', () => {
    fc.assert(
      fc.property(valuesOf(type), (value) => {
        const hash = through('hash', type, value);
        expect(hash).toMatch(/^(0|[1-9][0-9]*)$/);
        const width = WIDTHS.get(type);
        if (width !== undefined) expect(BigInt.asIntN(width * 8, BigInt(hash))).toBe(BigInt(hash));
      }),
    );
  });
});

describe('tokens of numbers', () => {
  it('map all numbers of a form one to one onto each other', () => {
    const forms: readonly (readonly [number, number, number])[] = [
      [TYPE.int4, 0, 9],
      [TYPE.int4, -9, -1],
      [TYPE.int8, 10, 99],
      [TYPE.int2, 1000, 9999],
      [TYPE.int2, 10_000, 32_767],
      [TYPE.int2, -32_768, -10_000],
    ];
    for (const [type, from, to] of forms) {
      const mask = maskFor({ method: 'token', type });
      const tokens = new Set<number>();
      for (let value = from; value <= to; value += 1) tokens.add(Number(textThrough(mask, String(value))));
      expect(tokens.size).toBe(to - from + 1);
      expect(Math.min(...tokens)).toBe(from);
      expect(Math.max(...tokens)).toBe(to);
    }
  });

  it('map all small amounts one to one onto each other', () => {
    const mask = maskFor({ method: 'token', type: TYPE.numeric });
    for (const sign of ['', '-']) {
      const tokens = new Set<string>();
      // There is no minus zero.
      const first = sign === '' ? 0 : 1;
      for (let cents = first; cents < 1000; cents += 1) {
        tokens.add(textThrough(mask, `${sign}${(cents / 100).toFixed(2)}`) ?? '');
      }
      expect(tokens.size).toBe(1000 - first);
    }
  });

  it('stay the same when a column becomes wider', () => {
    for (const value of ['7', '-42', '1234', '30000']) {
      const one = textThrough(maskFor({ method: 'token', type: TYPE.int4 }), value);
      expect(textThrough(maskFor({ method: 'token', type: TYPE.int8 }), value)).toBe(one);
      expect(textThrough(maskFor({ method: 'token', type: TYPE.numeric }), value)).toBe(one);
    }
  });
});

describe('hashes of numbers', () => {
  it('are the same for amounts that are equal, however many zeros stand behind them', () => {
    const hash = maskFor({ method: 'hash', type: TYPE.numeric });
    expect(textThrough(hash, '12.50')).toBe(textThrough(hash, '12.5'));
    expect(textThrough(hash, '12.00')).toBe(textThrough(hash, '12'));
    expect(textThrough(hash, '120')).not.toBe(textThrough(hash, '12'));
    expect(textThrough(hash, '1.2')).not.toBe(textThrough(hash, '12'));
  });
});

describe('what is no such number', () => {
  const odd = [
    '',
    '-',
    '+1',
    '1.',
    '.5',
    '1e5',
    ' 1',
    '0x10',
    '1_000',
    'NaN',
    'Infinity',
    '-Infinity',
    '１',
    '1.2.3',
    '9'.repeat(401),
  ];

  it.each(odd)('becomes 0, such as %j', (value) => {
    for (const type of TYPES) {
      for (const method of ['hash', 'token'] as const) {
        expect(textThrough(maskFor({ method, type }), value)).toBe('0');
      }
    }
  });

  it('becomes 0 when it is beyond the type', () => {
    for (const value of ['32768', '-32769', '99999', '100000', '1.5']) {
      expect(textThrough(maskFor({ method: 'token', type: TYPE.int2 }), value)).toBe('0');
    }
  });

  it('becomes 0 as a token when the server would not print it', () => {
    for (const value of ['007', '-0', '-0.00']) {
      expect(textThrough(maskFor({ method: 'token', type: TYPE.numeric }), value)).toBe('0');
    }
  });

  it('becomes 0 in binary, too', () => {
    const numerics = [
      '',
      '0001',
      '0000 0000 c000 0000',
      '0000 0000 d000 0020',
      '0001 0000 0000 0000',
      '0001 0000 0000 0000 2710',
      '0001 7fff 0000 0000 0001',
      '0001 0000 0000 3fff 0001',
      '0002 0000 0000 0000 0001',
    ].map((digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex'));
    for (const method of ['hash', 'token'] as const) {
      for (const value of numerics) {
        expect(shown(maskFor({ method, type: TYPE.numeric, format: 'binary' }), value)).toEqual(Buffer.alloc(8));
      }
      for (const [type, width] of WIDTHS) {
        for (const length of [0, 1, width - 1, width + 1]) {
          expect(shown(maskFor({ method, type, format: 'binary' }), Buffer.alloc(length, 7))).toEqual(
            Buffer.alloc(width),
          );
        }
      }
    }
  });

  it('never comes through, whatever the bytes', () => {
    for (const type of TYPES) {
      for (const method of ['hash', 'token'] as const) {
        for (const format of ['text', 'binary'] as const) {
          const mask = maskFor({ method, type, format });
          expect(shown(mask, null)).toBeNull();
          fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void shown(mask, Buffer.from(bytes))));
        }
      }
    }
  });
});
