import { describe, expect, it } from 'vitest';
import { StreamMask } from '../../../../src/policy/mask/stream/stream-mask.ts';
import { StreamSearch } from '../../../../src/policy/mask/stream/search.ts';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const [HEAD, TAIL] = [ID.slice(0, 8), ID.slice(8)];

function open(columns = 40, rows = 10): StreamMask {
  const looking = ['aws-key', 'credit-card', 'jwt', 'private-key', 'email'];
  const search = new StreamSearch(
    looking.map((detector) => ({ detector, method: 'redact' as const })),
    (method) => method,
  );
  const mask = new StreamMask(search, true);
  mask.size = { columns, rows };
  return mask;
}

function shown(slices: readonly (string | Buffer)[], mask = open()): string {
  const parts = slices.map((slice) => mask.push(Buffer.from(slice)).shown);
  return Buffer.concat([...parts, mask.end().shown]).toString('utf8');
}

const bytewise = (text: string): string => shown(Array.from(Buffer.from(text), (byte) => Buffer.of(byte)));

/** The letters of it, in the order in which they come. */
const seen = (all: string): string => all.replaceAll(/\u001b\[[\d;?]*[A-Za-z@]/g, '');
/** What was shown before anything was known may be seen: never most of it. */
const LEAK = /ODNN7|ELPMAXE|EXAMPLE/;

describe('on a screen, an id', () => {
  it.each([
    ['whose halves are put in their places', `\u001b[5;1H${HEAD}\u001b[5;9H${TAIL}`],
    ['beside other rows', `\u001b[5;1H${HEAD}\u001b[7;1Hother\u001b[5;9H${TAIL}`],
    [
      'that is drawn letter by letter',
      Array.from(ID)
        .map((letter, index) => `\u001b[3;${index + 4}H${letter}`)
        .join(''),
    ],
    ['that goes forwards over what is there', `\u001b[5;1H${HEAD} ${TAIL}\u001b[5;9H\u001b[P`],
    ['into which a letter is inserted', `\u001b[5;1H${HEAD}${TAIL.slice(1)}\u001b[5;9H\u001b[@${TAIL.slice(0, 1)}`],
    ['behind a line that is drawn', `\u001b(0x\u001b(B${ID}`],
    ['behind tabs', `\u001b[5;1H\t${HEAD}\u001b[5;17H${TAIL}`],
    ['in the region that scrolls', `\u001b[2;5r\u001b[5;1H${HEAD}\n\u001b[4;9H${TAIL}`],
    ['on the other screen', `\u001b[?1049h\u001b[H${HEAD}\u001b[2;1H~\u001b[1;9H${TAIL}`],
  ])('%s is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(seen(all)).not.toMatch(LEAK);
  });

  it.each([
    ['whose end is put there first', `\u001b[5;9H${TAIL}\u001b[5;1H${HEAD}`],
    [
      'that is drawn backwards',
      Array.from(ID)
        .map((letter, index) => `\u001b[3;${index + 4}H${letter}`)
        .toReversed()
        .join(''),
    ],
    ['with columns and rows apart', `\u001b[5d\u001b[9G${TAIL}\u001b[1A\u001b[1B\r${HEAD}`],
  ])('%s is masked where it comes in one piece', (_, text) => {
    expect(seen(shown([text]))).not.toMatch(LEAK);
  });

  it('that is a row of its own shows as many cells as it has', () => {
    expect(shown([`\u001b[5;1H${HEAD}\u001b[5;9H${TAIL} ok`])).toBe(`\u001b[5;1H[redacte\u001b[5;9Hd]********** ok`);
  });

  it('is no id where its halves stand in different rows', () => {
    const text = `\u001b[5;1H${HEAD}\u001b[6;9H${TAIL}`;
    expect(shown([text])).toBe(text);
  });
});

describe('at the end of a row, an id', () => {
  const before = 'x'.repeat(31);
  it.each([
    ['that the terminal breaks', `${before} ${HEAD}${TAIL} ok\r\n`],
    ['that a program breaks', `${before} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['in a line of several rows', `${'y'.repeat(40)}${before} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['behind letters of other alphabets', `${'ö'.repeat(31)} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['that is put into the next row', `\u001b[3;1H${before} ${HEAD}\u001b[4;1H${TAIL} ok`],
    ['that is set in, as numbers of lines are wide', `   7 ${before.slice(5)} ${HEAD}\r\n     ${TAIL} ok\r\n`],
    ['with a blank that is taken back, as less does', `${before} ${HEAD} \b${TAIL} ok\r\n`],
  ])('%s is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(seen(all)).not.toMatch(LEAK);
  });

  it('that is broken three times is masked', () => {
    const [one, two, three, four] = [ID.slice(0, 4), ID.slice(4, 12), ID.slice(12, 19), ID.slice(19)];
    const text = `xyz ${one}\r\n${two}\r\n${three}${four} ok`;
    expect(shown([text], open(8))).toBe('xyz ****\r\n********\r\n******** ok');
  });

  it('is none where the row is not full', () => {
    const text = `${before} ${HEAD.slice(0, 7)}\r\n${HEAD.slice(7)}${TAIL} ok\r\n`;
    expect(shown([text])).toBe(text);
  });
});
