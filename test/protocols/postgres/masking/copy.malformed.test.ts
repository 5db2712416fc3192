import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CopyFormat } from '../../../../src/core/mask.ts';
import { HoopError } from '../../../../src/core/errors.ts';
import { openCopy } from '../../../../src/protocols/postgres/masking/copy.ts';
import { Slate } from '../../../../src/protocols/postgres/masking/slate.ts';
import { i16, i32, message } from '../messages.ts';
import { copied } from './copy-data.ts';
import { MARKS } from './marks.ts';

const TEXT: CopyFormat = { kind: 'text', delimiter: 9, null: '\\N', header: false };
const CSV: CopyFormat = {
  kind: 'csv',
  delimiter: 44,
  null: '',
  header: false,
  quote: 34,
  escape: 34,
  forceQuote: new Set(),
};
const CSV_ESCAPED: CopyFormat = { ...CSV, escape: 92 };
const BINARY: CopyFormat = { kind: 'binary' };
const MASKS = [null, MARKS['constant'] ?? null];
const WHOLE = { messages: [1_000_000], together: 1 };

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEAD = Buffer.concat([SIGNATURE, i32(0), i32(0)]);
const TRAILER = i16(-1);
const cell = (value: string): Buffer => Buffer.concat([i32(value.length), Buffer.from(value)]);
const row = (...values: readonly string[]): Buffer => Buffer.concat([i16(values.length), ...values.map(cell)]);

function refusal(data: Buffer, format: CopyFormat, masks = MASKS): unknown {
  try {
    return copied(data, format, masks, WHOLE).toString('latin1');
  } catch (error) {
    return error;
  }
}

describe('COPY data in text that is no such thing is refused', () => {
  it.each([
    ['too few fields', 'only\n'],
    ['too many fields', 'a\tsecret\tb\n'],
    ['no field', '\n'],
    ['an end within a line', 'a\tsecret'],
    ['a backslash at the end of a line', 'a\tsecret\\\n'],
    ['a backslash that stands before nothing special', 'a\tsec\\qret\n'],
    ['a backslash before an octal number', 'a\tsec\\101ret\n'],
    ['more behind its end', 'a\tb\n\\.\na\tsecret\n'],
  ])('with %s', (_what, data) => {
    expect(refusal(Buffer.from(data), TEXT)).toMatchObject({ code: 'postgres.protocol' });
  });

  it('but not with a mark at its end', () => {
    expect(refusal(Buffer.from('a\tsecret\n\\.\n'), TEXT)).toBe('a\t[redacted]\n\\.\n');
  });
});

describe('COPY data in CSV that is no such thing is refused', () => {
  it.each([
    ['too few fields', 'only\n'],
    ['too many fields', 'a,secret,b\n'],
    ['a line that says the end', '\\.\n'],
    ['an end within a row', 'a,secret'],
    ['an end within quotes', 'a,"secret\n'],
    ['a quote within a field', 'a,sec"ret"\n'],
    ['more behind the closing quote', 'a,"sec"ret\n'],
    ['a field that goes on behind a closing quote', 'a,"sec" "ret"\n'],
  ])('with %s', (_what, data) => {
    expect(refusal(Buffer.from(data), CSV)).toMatchObject({ code: 'postgres.protocol' });
  });

  it('with an escape at the very end', () => {
    expect(refusal(Buffer.from('a,"secret\\'), CSV_ESCAPED)).toMatchObject({ code: 'postgres.protocol' });
  });
});

describe('COPY data in binary that is no such thing is refused', () => {
  const wrong: readonly (readonly [string, readonly Buffer[]])[] = [
    ['nothing at all', []],
    ['another signature', [Buffer.from('PGCOPY\n\xfe\r\n\0', 'latin1'), i32(0), i32(0), TRAILER]],
    ['flags that are not known', [SIGNATURE, i32(1 << 16), i32(0), row('a', 'secret'), TRAILER]],
    ['an extension of negative length', [SIGNATURE, i32(0), i32(-1), TRAILER]],
    ['too few fields', [HEAD, row('secret'), TRAILER]],
    ['too many fields', [HEAD, row('a', 'secret', 'b'), TRAILER]],
    ['a field of negative length', [HEAD, i16(2), i32(-2), cell('secret'), TRAILER]],
    ['no trailer', [HEAD, row('a', 'secret')]],
    ['an end within a row', [HEAD, row('a', 'secret').subarray(0, 10)]],
    ['an end within the header', [HEAD.subarray(0, 15)]],
    ['more behind the trailer', [HEAD, TRAILER, row('a', 'secret')]],
  ];
  it.each(wrong)('with %s', (_what, parts) => {
    expect(refusal(Buffer.concat(parts), BINARY)).toMatchObject({ code: 'postgres.protocol' });
  });

  it('but not with an extension of the header', () => {
    const head = Buffer.concat([SIGNATURE, i32(0), i32(3), Buffer.from('xyz')]);
    const shown = refusal(Buffer.concat([head, row('a', 'secret'), TRAILER]), BINARY);
    expect(shown).toBe(Buffer.concat([head, row('a', '[redacted]'), TRAILER]).toString('latin1'));
  });
});

describe('COPY data', () => {
  it.each([
    ['text', TEXT, Buffer.from('x'.repeat(100))],
    ['csv', CSV, Buffer.from(`"${'\n'.repeat(100)}`)],
    ['binary', BINARY, Buffer.concat([HEAD, i16(2), i32(1000), Buffer.alloc(100)])],
  ])('in %s is held up to a limit while a row has no end', (_what, format, data) => {
    const rewriter = openCopy(format, new Slate(), 120);
    const more = message('d', Buffer.alloc(30, 'x'));
    expect(() => {
      rewriter.rewrite(message('d', data), MASKS);
      rewriter.rewrite(more, MASKS);
    }).toThrow(expect.objectContaining({ code: 'wire.limit' }));
  });

  it.each([
    ['text', TEXT],
    ['csv', CSV],
    ['csv with an escape', CSV_ESCAPED],
    ['binary', BINARY],
  ])('in %s is masked or refused, whatever it is', (_what, format) => {
    const pieces = ['a', '\t', ',', '"', '\\', '\n', '\\.', 'secret', '\0\u0002', '\0\0\0\u0006', '\xff\xff'];
    const bytes = fc
      .array(fc.constantFrom(...pieces), { maxLength: 30 })
      .map((some) => Buffer.from(some.join(''), 'latin1'));
    fc.assert(
      fc.property(bytes, (data) => {
        const whole = format === BINARY ? Buffer.concat([HEAD, data]) : data;
        const shown = refusal(whole, format, [null, MARKS['always'] ?? null]);
        if (typeof shown !== 'string') expect(shown).toBeInstanceOf(HoopError);
        // Whatever can be read as a row with a second field has that field masked.
        else if (format !== BINARY && shown !== '' && !shown.startsWith('\\.')) expect(shown).toContain('withheld');
      }),
      { numRuns: 2000 },
    );
  });
});
