import { expect, it } from 'vitest';
import { lettersOf } from '../../src/record/letters.ts';
import { TerminalFilter } from '../../src/record/terminal-filter.ts';

const letters = (text: string): string => lettersOf(new TerminalFilter().push(text));

it.each([
  ['colours and titles', '\u001b[1mab\u001b]0;x\u0007c\u001b[0m', 'abc'],
  ['ends of lines', 'a\r\nb\r\r\nc\rd', 'a\nb\nc\nd'],
  ['steps back, as many as there are', 'abx\b\bc', 'ac'],
  ['steps back by a number', 'abxy\u001b[3Dc', 'ac'],
  ['steps back at the beginning of a line', 'a\n\b\bb', 'a\nb'],
  ['a letter of two halves that is taken back', 'a\u{1f600}\bb', 'ab'],
  ['what is erased', 'ab\u001b[Kc', 'abc'],
])('%s are no letters', (_, text, expected) => {
  expect(letters(text)).toBe(expected);
});

it.each([
  ['in another row', 'ab\u001b[5;1Hcd\u001b[Bef\u001b[Mgh\u001bMij', 'ab\ncd\nef\ngh\nij'],
  ['beside it', 'ab\u001b[9Gcd\u001b[4Cef\u001b[Pgh', 'ab cd ef gh'],
  ['on another screen', 'ab\u001b[?1049h\u001b[Hcd\u001b[?25l\u001b[?7h\u001b[?1049lef', 'ab\ncd\nef'],
  ['where a cursor was kept', 'ab\u001b8cd', 'ab\ncd'],
])('what is put %s does not meet what was before', (_, text, expected) => {
  expect(letters(text)).toBe(expected);
});
