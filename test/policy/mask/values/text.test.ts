import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TYPE } from '../../../../src/policy/mask/values/constants.ts';
import { KEY, maskFor, shown, textThrough } from './cells.ts';

const TEXTS = [TYPE.text, TYPE.varchar, TYPE.bpchar, TYPE.name, TYPE.unknown, TYPE.cstring, TYPE.refcursor];
const NOT_UTF8 = [
  [0xff],
  [0x61, 0xc3],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
  [0x61, 0xe2, 0x82, 0x61],
].map((bytes) => Buffer.from(bytes));

const words = fc.string({ unit: 'binary', maxLength: 40 });

describe('partial with a number', () => {
  const keep = (most: number, value: string, type: number = TYPE.text): string | null =>
    textThrough(maskFor({ method: { partial: most }, type }), value);

  it.each([
    [4, '4111111111111111', '************1111'],
    [4, 'größe-äöü', '*****-äöü'],
    [2, '日本語テキスト', '*****スト'],
    [1, '👩👨👧', '**👧'],
    [4, 'abcd', '**cd'],
    [4, 'abc', '**c'],
    [4, 'ab', '*b'],
    [4, 'a', '*'],
    [4, '', ''],
    [64, 'x'.repeat(9), `*****${'x'.repeat(4)}`],
  ])('keeps %i code points of %j at most, and never more than half', (most, value, expected) => {
    expect(keep(most, value)).toBe(expected);
  });

  it('shows no more than half of any text', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 64 }), (value, most) => {
        const points = Array.from(value);
        const kept = Math.min(most, Math.floor(points.length / 2));
        const tail = kept === 0 ? '' : points.slice(-kept).join('');
        expect(keep(most, value)).toBe('*'.repeat(points.length - kept) + tail);
      }),
    );
  });

  it('does not count the padding of char(n) as characters', () => {
    expect(keep(4, 'abcdef     ', TYPE.bpchar)).toBe('***def     ');
    expect(keep(4, '      ', TYPE.bpchar)).toBe('      ');
  });
});

describe('partial with the domain', () => {
  const mask = maskFor({ method: { partial: 'domain' }, type: TYPE.text });

  it.each([
    ['alice@example.com', '***@example.com'],
    ['a@b', '***@b'],
    ['alice+tag@mail.example.co.uk', '***@mail.example.co.uk'],
    ['ünïcode@bücher.example', '***@bücher.example'],
    [`a@${'b'.repeat(253)}`, `***@${'b'.repeat(253)}`],
  ])('shows %j as %j', (value, expected) => {
    expect(textThrough(mask, value)).toBe(expected);
  });

  it.each([
    '',
    'alice',
    '@',
    '@example.com',
    'alice@',
    'a@b@example.com',
    '"a@b"@example.com',
    '"alice"@example.com',
    'Alice <alice@example.com>',
    '<alice@example.com>',
    'alice@example.com, bob@example.com',
    'alice@example.com\n',
    ' alice@example.com',
    'alice@exam ple.com',
    'alice@example.com:5432/secret',
    'alice@[127.0.0.1]',
    `alice@${'b'.repeat(254)}`,
  ])('redacts %j, which is no plain address', (value) => {
    expect(textThrough(mask, value)).toBe('[redacted]');
  });

  it('finds no sign behind the value', () => {
    const source = Buffer.from('alice@example.com');
    const target = Buffer.alloc(64);
    const length = mask.write(source, 0, 5, target, 0);
    expect(target.toString('utf8', 0, length)).toBe('[redacted]');
  });
});

describe('hash of text', () => {
  const mask = maskFor({ method: 'hash', type: TYPE.text });

  it('is HMAC-SHA-256 cut to 128 bits, in hexadecimal', () => {
    fc.assert(
      fc.property(words, (value) => {
        const own = createHmac('sha256', KEY).update('hash of text').digest();
        const digest = createHmac('sha256', own).update(value, 'utf8').digest('hex');
        expect(textThrough(mask, value)).toBe(digest.slice(0, 32));
      }),
    );
  });

  it('is the same for all types of text, in both formats, and another under another key', () => {
    const value = 'Grüße';
    for (const type of [...TEXTS, TYPE.xml]) {
      for (const format of ['text', 'binary'] as const) {
        const other = maskFor({ method: 'hash', type, format });
        expect(textThrough(other, value)).toBe(textThrough(mask, value));
        const keyed = maskFor({ method: 'hash', type, format, key: Buffer.alloc(32, 'o') });
        expect(textThrough(keyed, value)).not.toBe(textThrough(mask, value));
      }
    }
  });

  it('does not take in the padding of char(n)', () => {
    const padded = maskFor({ method: 'hash', type: TYPE.bpchar });
    expect(textThrough(padded, 'ab   ')).toBe(`${textThrough(mask, 'ab')}`);
    expect(textThrough(mask, 'ab   ')).not.toBe(textThrough(mask, 'ab'));
  });

  it('of documents is a string, the same in both formats', () => {
    const digest = /^"[0-9a-f]{32}"$/;
    const value = '{"a": 1}';
    const text = textThrough(maskFor({ method: 'hash', type: TYPE.jsonb }), value);
    expect(text).toMatch(digest);
    const binary = maskFor({ method: 'hash', type: TYPE.jsonb, format: 'binary' });
    expect(textThrough(binary, `\u0001${value}`)).toBe(`\u0001${text}`);
    for (const method of ['hash', 'token'] as const) {
      for (const format of ['text', 'binary'] as const) {
        expect(textThrough(maskFor({ method, type: TYPE.json, format }), value)).toBe(text);
      }
    }
  });
});

describe('token of text', () => {
  const mask = maskFor({ method: 'token', type: TYPE.text });
  const token = (value: string): string => textThrough(mask, value) ?? 'NULL';

  const form = (value: string): string =>
    value
      .replaceAll(/[0-9]/g, '0')
      .replaceAll(/[a-z]/g, 'a')
      .replaceAll(/[A-Z]/g, 'A')
      .replaceAll(/[ß-öø-ÿ]/g, 'ä')
      .replaceAll(/[а-џ]/g, 'б')
      .replaceAll(/[\u3400-\u4dbf\u4e00-\u9fff]/g, '漢');

  it.each([
    'alice.smith@example.com',
    '+49 (0)170 123-45-67',
    'DE89 3704 0044 0532 0130 00',
    'Straße 12b, 10115 BERLIN',
    'привет мир 42',
    '漢字とかな',
    'x'.repeat(4096),
  ])('has the form of %j', (value) => {
    const shownAs = token(value);
    expect(form(shownAs).replaceAll(/[\u3041-\u3096]/g, 'と')).toBe(form(value).replaceAll(/[\u3041-\u3096]/g, 'と'));
    expect(Buffer.byteLength(shownAs)).toBe(Buffer.byteLength(value));
    expect(shownAs).not.toBe(value);
    expect(token(value)).toBe(shownAs);
  });

  it.each([
    ['one digit', 10, (n: number) => `${n}`],
    ['two digits', 100, (n: number) => `${Math.floor(n / 10)}-${n % 10}`],
    ['four digits', 10_000, (n: number) => `${n}`.padStart(4, '0')],
    [
      'two letters and a digit',
      6760,
      (n: number) => `${letter(n)}${letter(Math.floor(n / 26))}.${Math.floor(n / 676)}`,
    ],
    [
      'a Greek, a Hebrew and a Latin letter',
      25 * 27 * 26,
      (n: number) => `${greek(n)}${hebrew(n)}${letter(Math.floor(n / 675))}`,
    ],
  ])('maps all of %s one to one onto each other', (_what, size, nth) => {
    const values = new Set<string>();
    const tokens = new Set<string>();
    for (let n = 0; n < size; n += 1) {
      values.add(nth(n));
      tokens.add(token(nth(n)));
    }
    expect(values.size).toBe(size);
    expect(tokens.size).toBe(size);
    expect([...tokens].every((one) => values.has(one))).toBe(true);
  });

  it('looks like nothing of the value: neighbours become strangers', () => {
    let same = 0;
    for (let n = 0; n < 1000; n += 1) {
      const [one, next] = [token(`customer${1000 + n}`), token(`customer${1001 + n}`)];
      for (let at = 0; at < 12; at += 1) if (one[at] === next[at]) same += 1;
    }
    // 8 letters and 4 digits: (8/26 + 4/10) × 1000 by chance.
    expect(same).toBeGreaterThan(500);
    expect(same).toBeLessThan(900);
  });

  it('is the same for all types of text in both formats, and another under another key', () => {
    for (const type of TEXTS) {
      for (const format of ['text', 'binary'] as const) {
        expect(textThrough(maskFor({ method: 'token', type, format }), 'Bob 7')).toBe(token('Bob 7'));
      }
    }
    const other = maskFor({ method: 'token', type: TYPE.text, key: Buffer.alloc(32, 'o') });
    expect(textThrough(other, 'alice@example.com')).not.toBe(token('alice@example.com'));
  });

  it('puts a question mark for what is of no known alphabet, but tells values apart by it', () => {
    const [one, other] = [token('smile 😀 please'), token('smile 🙃 please')];
    expect(one).toMatch(/^[a-z]{5} \? [a-z]{6}$/);
    expect(other).toMatch(/^[a-z]{5} \? [a-z]{6}$/);
    expect(one).not.toBe(other);
  });

  it('keeps the padding of char(n) out of it', () => {
    expect(textThrough(maskFor({ method: 'token', type: TYPE.bpchar }), 'ab   ')).toBe(`${token('ab')}   `);
  });

  it('hashes what is too long to be permuted', () => {
    const value = 'x'.repeat(4097);
    expect(token(value)).toBe(textThrough(maskFor({ method: 'hash', type: TYPE.text }), value));
  });

  it.each(['---', '!?', ' ', '😀'])('redacts %j, which has neither letters nor digits', (value) => {
    expect(token(value)).toBe('[redacted]');
  });

  it('leaves nothing where nothing is', () => {
    expect(token('')).toBe('');
  });
});

describe('every mask of text', () => {
  const methods = ['token', { partial: 4 }, { partial: 'domain' }] as const;

  it.each(methods)('under %j redacts what is not UTF-8', (method) => {
    for (const value of NOT_UTF8) {
      const signed = Buffer.concat([Buffer.from('name@'), value]);
      expect(shown(maskFor({ method, type: TYPE.text }), signed)?.toString()).toBe('[redacted]');
    }
  });

  it.each([...methods, 'hash', 'redact', 'null'] as const)(
    'under %j keeps within its bound, and NULL is NULL',
    (method) => {
      for (const type of TEXTS) {
        const mask = maskFor({ method, type });
        expect(shown(mask, null)).toBeNull();
        fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void shown(mask, Buffer.from(bytes))));
        fc.assert(fc.property(words, (text) => void shown(mask, Buffer.from(text))));
      }
    },
  );

  it.each([...methods, 'hash', 'redact'] as const)('under %j may write over the value it reads', (method) => {
    const mask = maskFor({ method, type: TYPE.text });
    fc.assert(
      fc.property(fc.oneof(words, fc.emailAddress()), fc.nat({ max: 5 }), (text, spare) => {
        const value = Buffer.from(text);
        const room = Math.max(0, mask.bound(value.length) - value.length) + spare;
        const memory = Buffer.concat([Buffer.alloc(room), value]);
        const length = mask.write(memory, room, value.length, memory, 0);
        expect(memory.subarray(0, length)).toEqual(shown(mask, value));
      }),
    );
  });
});

function letter(n: number): string {
  return String.fromCharCode(0x61 + (n % 26));
}

/** α to ω, with both forms of σ: 25. */
function greek(n: number): string {
  return String.fromCharCode(0x3b1 + (n % 25));
}

function hebrew(n: number): string {
  return String.fromCharCode(0x5d0 + (Math.floor(n / 25) % 27));
}
