import { describe, expect, it } from 'vitest';
import { onlyKnown, optionalText, requiredText, valuesGiven, wholeNumber } from '../../../src/local/mcp/arguments.ts';

describe('texts', () => {
  it('are given, or left out where they may be', () => {
    expect(requiredText({ sql: 'select 1' }, 'sql')).toBe('select 1');
    expect([optionalText({}, 'schema'), optionalText({ schema: null }, 'schema')]).toEqual([null, null]);
  });

  it.each([undefined, null, '', ' \n', 7, ['select 1'], { text: 'select 1' }])('are no %j', (sql) => {
    expect(() => requiredText({ sql }, 'sql')).toThrow(/^sql is (?:missing|no text)$/);
  });

  it('hold nothing that would be sent as something else', () => {
    expect(() => requiredText({ sql: 'select 1\0; drop table t' }, 'sql')).toThrow('sql contains a NUL character');
    expect(() => requiredText({ sql: "select '\ud800'" }, 'sql')).toThrow('sql contains half of a surrogate pair');
    expect(requiredText({ sql: "select '\u{1f916}'" }, 'sql')).toBe("select '\u{1f916}'");
  });
});

describe('numbers', () => {
  const bounds = { least: 1, most: 10, otherwise: 5 };

  it('lie within their bounds', () => {
    expect([
      wholeNumber({}, 'n', bounds),
      wholeNumber({ n: 1 }, 'n', bounds),
      wholeNumber({ n: 10 }, 'n', bounds),
    ]).toEqual([5, 1, 10]);
  });

  it.each([0, 11, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', true, [5], {}])('are no %j', (n) => {
    expect(() => wholeNumber({ n }, 'n', bounds)).toThrow('n is a whole number from 1 to 10');
  });
});

describe('values', () => {
  it('are written as PostgreSQL reads them', () => {
    expect(valuesGiven({ v: ['a', 1, 1.5, -0, true, false, null, ''] }, 'v', 8)).toEqual([
      'a',
      '1',
      '1.5',
      '0',
      'true',
      'false',
      null,
      '',
    ]);
    expect([valuesGiven({}, 'v', 8), valuesGiven({ v: [] }, 'v', 8)]).toEqual([null, []]);
  });

  it.each([[{ a: 1 }], [[1]], ['\0'], ['\udc00']])('hold no %j', (value) => {
    expect(() => valuesGiven({ v: ['a', value] }, 'v', 8)).toThrow(/^v\[1\] /);
  });

  it.each(['9007199254740993', '-9007199254740993', '12345678901234567890', '1e400', '123456789012.123456789'])(
    'hold no number %s, of which another one may be left',
    (number) => {
      const given = JSON.parse(`{"v": [${number}]}`) as Record<string, unknown>;
      expect(() => valuesGiven(given, 'v', 8)).toThrow(/^v\[0\] .* write it as text/);
      expect(valuesGiven({ v: [number] }, 'v', 8)).toEqual([number]);
    },
  );

  it('hold the numbers that are kept exactly', () => {
    const numbers = ['9007199254740991', '-9007199254740991', '0.000123456789012345', '1.5e-300', '12345.6789'];
    const given = JSON.parse(`{"v": [${numbers.join()}]}`) as Record<string, unknown>;
    expect(valuesGiven(given, 'v', 8)).toEqual(numbers);
  });

  it('are not more than there may be, and a list', () => {
    expect(() => valuesGiven({ v: [1, 2, 3] }, 'v', 2)).toThrow('v has more than 2 values');
    expect(() => valuesGiven({ v: { length: 1 } }, 'v', 2)).toThrow('v is no list');
  });
});

describe('other arguments', () => {
  it('are not known, and said to be so without the whole of their names', () => {
    expect(() => onlyKnown({ target: 'pg' }, ['target'])).not.toThrow();
    expect(() => onlyKnown({ approve: true }, ['target', 'sql'])).toThrow(
      'there is no argument "approve": target, sql are known',
    );
    expect(() => onlyKnown({ ['x'.repeat(10_000)]: 1 }, ['target'])).toThrow(/^.{0,120}$/);
    expect(() => onlyKnown(JSON.parse('{"__proto__": 1}') as Record<string, unknown>, ['target'])).toThrow('__proto__');
  });
});
