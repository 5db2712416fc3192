import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TYPE } from '../../../../src/policy/mask/values/constants.ts';
import { KEY, maskFor, shown, textThrough } from './cells.ts';

const DAY = 86_400_000;
const EPOCH = Date.UTC(2000, 0, 1);

function dateBinary(text: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE((Date.parse(text) - EPOCH) / DAY);
  return bytes;
}

const isoOf = (bytes: Buffer | null): string =>
  new Date(EPOCH + (bytes?.readInt32BE() ?? 0) * DAY).toISOString().slice(0, 10);

describe('a token of a date', () => {
  const text = maskFor({ method: 'token', type: TYPE.date });
  const binary = maskFor({ method: 'token', type: TYPE.date, format: 'binary' });

  it('is another day between 1900 and 2099, a different one for each, and the same in both formats', () => {
    const tokens = new Set<string>();
    let days = 0;
    for (let time = Date.UTC(1900, 0, 1); time < Date.UTC(2100, 0, 1); time += DAY, days += 1) {
      const value = new Date(time).toISOString().slice(0, 10);
      const token = textThrough(text, value) ?? '';
      tokens.add(token);
      if (days % 97 === 0) expect(isoOf(shown(binary, dateBinary(value)))).toBe(token);
    }
    expect(tokens.size).toBe(days);
    const sorted = [...tokens].toSorted();
    expect([sorted[0], sorted.at(-1)]).toEqual(['1900-01-01', '2099-12-31']);
  });

  it.each([
    '1899-12-31',
    '2100-01-01',
    '0044-03-15 BC',
    'infinity',
    '12/31/1999',
    '31.12.1999',
    '1999-02-30',
    '1999-13-01',
    '1999-1-01',
    '',
  ])('is the first day of 2000 for %j', (value) => {
    expect(textThrough(text, value)).toBe('2000-01-01');
  });

  it('is the first day of 2000 for what is no date in binary', () => {
    const extremes = ['7fffffff', '80000000', '00', '', '0000000000'].map((hex) => Buffer.from(hex, 'hex'));
    for (const value of extremes) expect(isoOf(shown(binary, value))).toBe('2000-01-01');
  });
});

describe('a UUID', () => {
  const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

  it.each(['hash', 'token'] as const)('becomes the same one under %s in both formats', (method) => {
    const text = maskFor({ method, type: TYPE.uuid });
    const binary = maskFor({ method, type: TYPE.uuid, format: 'binary' });
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const token = textThrough(text, uuid) ?? '';
        expect(token).toMatch(FORM);
        expect(token).not.toBe(uuid);
        expect(shown(binary, bytesOf(uuid))).toEqual(bytesOf(token));
      }),
    );
  });

  it('keeps its version and variant as a token, and is of version 4 as a hash', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const token = textThrough(maskFor({ method: 'token', type: TYPE.uuid }), uuid);
        expect([token?.[14], token?.[19]]).toEqual([uuid[14], uuid[19]]);
        expect(textThrough(maskFor({ method: 'hash', type: TYPE.uuid }), uuid)).toMatch(/^.{14}4.{4}[89ab]/);
      }),
    );
  });

  it('has a token of its own', () => {
    const mask = maskFor({ method: 'token', type: TYPE.uuid, format: 'binary' });
    const tokens = new Set<string>();
    for (let n = 0; n < 2000; n += 1) {
      const uuid = Buffer.alloc(16);
      uuid.writeUInt16BE(n, n % 2 === 0 ? 0 : 14);
      tokens.add(`${shown(mask, uuid)?.toString('hex')}`);
    }
    expect(tokens.size).toBe(2000);
  });

  it('becomes zeros where it is none', () => {
    const zeros = '00000000-0000-0000-0000-000000000000';
    for (const method of ['hash', 'token'] as const) {
      const text = maskFor({ method, type: TYPE.uuid });
      const good = '6f1c2b1e-5d3a-4c7e-9b1a-0123456789ab';
      for (const value of [
        '',
        good.slice(1),
        `${good}0`,
        good.replace('-', '0'),
        good.replace('6', 'g'),
        `{${good}}`,
      ]) {
        expect(textThrough(text, value)).toBe(zeros);
      }
      const binary = maskFor({ method, type: TYPE.uuid, format: 'binary' });
      for (const length of [0, 15, 17]) expect(shown(binary, Buffer.alloc(length, 7))).toEqual(Buffer.alloc(16));
    }
  });
});

describe('bytes', () => {
  const text = maskFor({ method: 'hash', type: TYPE.bytea });
  const binary = maskFor({ method: 'hash', type: TYPE.bytea, format: 'binary' });

  it('become their HMAC-SHA-256 in both formats, as hash and as token', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
        const bytes = Buffer.from(value);
        const own = createHmac('sha256', KEY).update('hash of bytes').digest();
        const digest = createHmac('sha256', own).update(bytes).digest();
        expect(shown(binary, bytes)).toEqual(digest);
        expect(textThrough(text, `\\x${bytes.toString('hex')}`)).toBe(`\\x${digest.toString('hex')}`);
        expect(shown(maskFor({ method: 'token', type: TYPE.bytea, format: 'binary' }), bytes)).toEqual(digest);
      }),
    );
  });

  it.each(['', '\\', '\\x0', '\\xgg', 'abc', 'ab\\000', '\\\\x00'])(
    'become empty when they are written as %j',
    (value) => {
      expect(textThrough(text, value)).toBe('\\x');
      expect(textThrough(text, '\\x')).not.toBe('\\x');
    },
  );
});

describe('a method that says nothing about a type', () => {
  it.each([
    [TYPE.bool, 'token', 't', 'f'],
    [701, 'token', '1.5', '0'],
    [701, 'hash', '1.5', '0'],
    [1114, 'token', '2024-02-03 04:05:06', '2000-01-01 00:00:00'],
    [1009, 'token', '{secret}', '{}'],
    [1009, { partial: 4 }, '{secret}', '{}'],
    [TYPE.int4, { partial: 4 }, '123456', '0'],
    [TYPE.json, { partial: 4 }, '"123456"', '"[redacted]"'],
    [TYPE.xml, 'redact', '<a/>', '[redacted]'],
    [869, 'hash', '10.1.2.3', '0.0.0.0'],
    [3904, 'token', '[1,5)', 'empty'],
  ] as const)('redacts: type %i under %j', (type, method, value, expected) => {
    expect(textThrough(maskFor({ method, type }), value)).toBe(expected);
  });
});
