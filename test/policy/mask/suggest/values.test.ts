import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingIn, findingInNumbers } from '../../../../src/policy/mask/suggest/values.ts';

describe('values', () => {
  it.each([
    ['email', ['ada@example.org', 'b.c+d@mail.example.com', 'x@y.zz']],
    ['phone', ['+49 170 1234567', '(555) 010-9999', '030/1234-5678']],
    ['national-id', ['123-45-6789', '219-09-9998', '078-05-1120']],
    ['bank-account', ['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'FR1420041010050500013M02606']],
    ['card', ['4111111111111111', '5500 0000 0000 0004', '3782-822463-10005']],
    ['password', ['$2b$12$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=65536', '$6$salt$hash']],
    ['secret', ['AKIAIOSFODNN7EXAMPLE', 'ghp_0123456789abcdef', '-----BEGIN RSA PRIVATE KEY-----\nMII']],
    ['ip-address', ['10.0.0.1', '192.168.1.255', '8.8.8.8']],
  ])('of %s are told by their form', (kind, values) => {
    expect(findingIn(values)).toEqual({ kind, matching: 3, of: 3 });
  });

  it.each([
    ['words', ['red', 'green', 'blue']],
    ['bare numbers', ['12345678', '23456789', '34567890']],
    ['dates', ['2024-01-31', '2024-02-29', '2024-03-01 10:00']],
    ['dotted numbers', ['1234567.89', '12.345.678', '20240131.1234']],
    ['numbers of cards whose check digit is wrong', ['4111111111111112', '5500000000000005', '378282246310006']],
    [
      'account numbers whose remainder is wrong',
      ['DE89370400440532013001', 'GB29NWBK60161331926818', 'FR1420041010050500013M02607'],
    ],
    ['versions', ['1.2.3', '10.0.0', '2.0.11']],
    ['texts with an address in them', ['mail ada@example.org', 'to b@example.org, c@example.org', 'see x@y.zz please']],
    ['numbers of books', ['978-3-16-148410-0', '979-8-88645-174-0', '978 0 306 40615 7']],
    ['impossible numbers of persons', ['000-12-3456', '666-12-3456', '900-12-3456']],
  ])('that are %s tell nothing', (_, values) => {
    expect(findingIn(values)).toBeNull();
  });

  it('tell when most of them agree, and there are some', () => {
    const some = ['a@example.org', 'b@example.org', 'c@example.org'];
    expect(findingIn([...some, 'unknown'])).toEqual({ kind: 'email', matching: 3, of: 4 });
    expect(findingIn([...some, '', '  '])).toEqual({ kind: 'email', matching: 3, of: 3 });
    expect(findingIn([...some, 'no', 'none', 'nothing'])).toBeNull();
    expect(findingIn(some.slice(1))).toBeNull();
    expect(findingIn([])).toBeNull();
  });

  it('that are secrets tell when there is just one', () => {
    expect(findingIn(['AKIAIOSFODNN7EXAMPLE'])).toMatchObject({ kind: 'secret' });
  });

  it('that are numbers tell when nearly all could be a card’s', () => {
    const cards = Array.from({ length: 9 }, () => '4111111111111111');
    expect(findingInNumbers([...cards, '7'])).toMatchObject({ kind: 'card', matching: 9, of: 10 });
    expect(findingInNumbers([...cards, '7', '8'])).toBeNull();
    expect(findingInNumbers(cards.slice(0, 4))).toBeNull();
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const found = findingIn(values);
        expect(found === null || found.matching <= found.of).toBe(true);
      }),
    );
  });
});
