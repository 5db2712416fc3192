import { describe, expect, it } from 'vitest';
import { canariesOf, cellsOf, worlds } from './canaries.ts';
import { leaksIn } from './leaks.ts';

const { words, numbers, days, bytes } = canariesOf('one');
const [word = '', number = '', day = '', photo = Buffer.alloc(0)] = [words[3], numbers[1], days[2], bytes[0]];
const reversed = word.split('').reverse().join('');
const hidden = (text: string): string => `{"row": [1, "${text}", null]}`;

describe('values are found', () => {
  it.each([
    ['in clear', word],
    ['in upper case', word.toUpperCase()],
    ['backwards', reversed],
    ['in part', word.slice(3, 11)],
    ['in hexadecimal', Buffer.from(word).toString('hex')],
    ['in hexadecimal in upper case', Buffer.from(word.toUpperCase()).toString('hex').toUpperCase()],
    ['backwards in hexadecimal', Buffer.from(reversed).toString('hex')],
    ['in base64', Buffer.from(word).toString('base64')],
    ['in base64 behind one byte', Buffer.from(`1${word}`).toString('base64')],
    ['in base64 behind two bytes', Buffer.from(`12${word}3`).toString('base64')],
    ['in a URL', encodeURIComponent(`${word}@example.com`)],
    ['as a number', `${number}.17`],
    ['as a number in hexadecimal', BigInt(number).toString(16)],
    ['as a number in binary', BigInt(number).toString(2)],
    ['as a day', day],
    ['as a day by its parts', day.split('-').reverse().join('.')],
    ['as bytes', photo.toString('latin1')],
    ['as bytes in hexadecimal', `\\x${photo.toString('hex')}`],
    ['as bytes in base64', photo.toString('base64')],
  ])('%s', (_, text) => {
    expect(leaksIn(hidden(text), 'one')).toHaveLength(1);
  });

  it('as a numeric in binary', () => {
    const groups = number.padStart(12, '0').match(/\d{4}/g) ?? [];
    const binary = Buffer.from(groups.flatMap((group) => [Number(group) >> 8, Number(group) & 255]));
    expect(leaksIn(hidden(binary.toString('latin1')), 'one')).toEqual([number]);
  });
});

it('finds nothing where nothing is', () => {
  const text = Array.from({ length: 20_000 }, (_, at) => `${at} ${(at * 7919).toString(36)} customer 2024-01-02`).join(
    '',
  );
  expect(leaksIn(text, 'one')).toEqual([]);
});

it('finds no less than eight characters of a word', () => {
  expect(leaksIn(hidden(word.slice(3, 10)), 'one')).toEqual([]);
});

it('takes no value of one world for one of the other', () => {
  for (const world of worlds) {
    const other = canariesOf(world === 'one' ? 'two' : 'one');
    expect(leaksIn([...other.words, ...other.numbers, ...other.days].join(' '), world)).toEqual([]);
  }
});

it('has the same values twice in both worlds', () => {
  for (const world of worlds) {
    const cells = cellsOf(world);
    expect(cells.ssn(3)).toBe(cells.ssn(4));
    expect(cells.email(8)).toBeNull();
    const all = canariesOf(world);
    expect(new Set(all.words).size).toBe(all.words.length - 1);
  }
});

it('has no value of the same length in both worlds', () => {
  const [one, two] = [canariesOf('one').words, canariesOf('two').words];
  expect(one.filter((each, at) => each.length === two[at]?.length)).toEqual([]);
});
