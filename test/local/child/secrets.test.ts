import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretFilter } from '../../../src/local/child/secrets.ts';

/** All that is shown of these pieces. */
function shown(secrets: readonly string[], pieces: readonly (string | Buffer)[], settling = false): string {
  const filter = new SecretFilter(() => secrets);
  const parts: Buffer[] = [];
  for (const piece of pieces) {
    parts.push(filter.push(Buffer.from(piece)));
    if (settling) parts.push(filter.settle());
  }
  return Buffer.concat([...parts, filter.end()]).toString();
}

const HUNTER = (
  (known) => () =>
    known
)(['hunter2']);

describe('a filter of secrets', () => {
  it('lets everything else pass as it is', () => {
    expect(shown(['hunter2'], ['hunter', '3 and hunte', 'r'])).toBe('hunter3 and hunter');
    expect(shown([], ['anything'])).toBe('anything');
  });

  it('takes them out in URLs and in JSON, too', () => {
    const secret = 'p@ss "word"/1';
    expect(shown([secret], [`a ${secret} b ${encodeURIComponent(secret)} c ${JSON.stringify({ secret })}`])).toBe(
      'a [secret] b [secret] c {"secret":"[secret]"}',
    );
  });

  it('takes the longer one of two that begin alike', () => {
    expect(shown(['abcd', 'abcdef'], ['abcdefg'])).toBe('[secret]g');
  });

  it('leaves out what stands in half of all words', () => {
    expect(shown(['app'], ['my app'])).toBe('my app');
  });

  it('shows the end of a prompt that a secret could begin with, and watches on', () => {
    const filter = new SecretFilter(HUNTER);
    expect(filter.push(Buffer.from('with hu')).toString()).toBe('with ');
    expect(filter.settle().toString()).toBe('hu');
    expect(filter.settle().toString()).toBe('');
    expect(filter.push(Buffer.from('nt')).toString()).toBe('');
    expect(filter.settle().toString()).toBe('');
    expect(filter.push(Buffer.from('er2!')).toString()).toBe('[secret]!');
  });

  it('shows what it held back once, when it was no secret after all', () => {
    const filter = new SecretFilter(HUNTER);
    filter.push(Buffer.from('hu'));
    expect(filter.settle().toString()).toBe('hu');
    expect(filter.push(Buffer.from('ge hu')).toString()).toBe('ge ');
    expect(filter.end().toString()).toBe('hu');
  });

  it('takes out what it has come to know meanwhile, also of what it holds back', () => {
    let known = ['hunter2'];
    const filter = new SecretFilter(() => known);
    expect(filter.push(Buffer.from('sword1 hunt')).toString()).toBe('sword1 ');
    known = ['hunter2', 'sword1', 'hunt55'];
    expect(filter.push(Buffer.from('55 sword1 hunter2')).toString()).toBe('[secret] [secret] [secret]');
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 200 });
  const secret = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 12 });

  it('shows the same wherever the text is cut', () => {
    fc.assert(
      fc.property(
        letters,
        fc.array(secret, { maxLength: 3 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (text, secrets, cuts) => {
          const places = [
            0,
            ...cuts.filter((cut) => cut < text.length).toSorted((one, other) => one - other),
            text.length,
          ];
          const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
          expect(shown(secrets, pieces)).toBe(shown(secrets, [text]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never shows a whole secret, not even one letter at a time and with pauses', () => {
    fc.assert(
      fc.property(letters, secret, letters, (before, hidden, after) => {
        expect(shown([hidden], (before + hidden + after).split(''), true)).not.toContain(hidden);
      }),
      { numRuns: 500 },
    );
  });
});
