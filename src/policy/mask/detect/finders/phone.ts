import type { Detector } from '../detector.ts';
import { DIGIT, WORD, is, isDigit, type Text } from '../text.ts';

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const PLUS = 0x2b;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const ONE = 0x31;
const TWO = 0x32;

/** E.164: digits of a number with its country's code. */
const SHORTEST_ABROAD = 8;
const LONGEST_ABROAD = 15;
/** Digits of a number that begins with the 0 of long-distance calls. */
const SHORTEST_TRUNK = 9;
const LONGEST_TRUNK = 12;
/** Bytes of the longest number with what parts its digits. */
const LONGEST = 32;

/**
 * A telephone number: `+` and the country's code; `0` and an area's code, parted; or three, three and four digits as in
 * North America. Bare digits are no number: they are an id.
 */
export const phone: Detector = {
  triggers: ['dialled', 'groups'],
  find(text, at, report) {
    const dialled = at - 8;
    const first = text.at(dialled);
    let end = 0;
    if (first === PLUS) end = abroadEnd(text, dialled);
    else if (first === ZERO) end = trunkEnd(text, dialled);
    if (end > 0)
      return report(text.at(dialled - 1) === OPEN && closesFirst(text, dialled, end) ? dialled - 1 : dialled, end);
    const start = americanStart(text, at);
    if (start >= 0) report(start, at + 1);
  },
};

/** What `read` saw of digits and what parts them. Reused: nothing is kept between two calls. */
const seen = { digits: 0, end: 0, gaps: 0, dots: 0, firstGroup: 0 };

/** Reads digits in groups of two or more (one, right after a country's code), single marks or `) ` between them. */
function read(text: Text, start: number): void {
  Object.assign(seen, { digits: 0, end: start, gaps: 0, dots: 0, firstGroup: 0 });
  let at = start;
  while (at - start < LONGEST) {
    const close = text.past(at, DIGIT, LONGEST);
    if (close === at) return;
    seen.digits += close - at;
    seen.end = close;
    if (seen.firstGroup === 0) seen.firstGroup = close - start;
    const next = gapEnd(text, close);
    if (next === close) return;
    if (text.at(close) === DOT) seen.dots++;
    seen.gaps++;
    at = next;
  }
}

function gapEnd(text: Text, from: number): number {
  let at = from;
  const mark = text.at(at);
  if (mark === SPACE || mark === DASH || mark === DOT || mark === SLASH || mark === CLOSE) at++;
  if (mark === CLOSE && (text.at(at) === SPACE || text.at(at) === DASH)) at++;
  if (text.at(at) === OPEN && mark !== CLOSE) at++;
  return isDigit(text.at(at)) ? at : from;
}

function abroadEnd(text: Text, start: number): number {
  const before = text.at(start - 1);
  if (is(before, WORD) && !text.endsEscape(start)) return 0;
  if (before === PLUS || before === DOT) return 0;
  const digits = text.at(start + 1) === OPEN ? start + 2 : start + 1;
  if (text.at(digits) === ZERO) return 0;
  read(text, digits);
  const fits = seen.digits >= SHORTEST_ABROAD && seen.digits <= LONGEST_ABROAD && seen.dots !== 1;
  return fits && endsThere(text, seen.end) ? seen.end : 0;
}

function trunkEnd(text: Text, start: number): number {
  const before = text.at(start - 1);
  if (is(before, WORD) && !text.endsEscape(start)) return 0;
  if (before === PLUS || before === DASH || before === DOT || before === SLASH || before === 0x3a || before === 0x2c)
    return 0;
  const abroad = text.at(start + 1) === ZERO;
  const second = text.at(abroad ? start + 2 : start + 1);
  if (!isDigit(second) || second === ZERO || isDate(text, start)) return 0;
  read(text, start);
  const least = abroad ? SHORTEST_ABROAD + 2 : SHORTEST_TRUNK;
  const most = abroad ? LONGEST_ABROAD + 2 : LONGEST_TRUNK;
  const grouped = seen.gaps > 0 && seen.firstGroup <= 6 && seen.dots !== 1;
  return grouped && seen.digits >= least && seen.digits <= most && endsThere(text, seen.end) ? seen.end : 0;
}

/** `01.02.2024` and the like. */
function isDate(text: Text, start: number): boolean {
  const mark = text.at(start + 2);
  return (
    (mark === DOT || mark === DASH || mark === SLASH) &&
    text.at(start + 5) === mark &&
    text.past(start + 3, DIGIT, 2) === start + 5 &&
    text.past(start + 6, DIGIT, 4) === start + 10
  );
}

/** Where a number begins whose last of three, three and four digits is at `at`: area and exchange begin with 2 to 9. -1: none. */
function americanStart(text: Text, at: number): number {
  const end = at + 1;
  if (!endsThere(text, end) || !isMark(text.at(at - 4)) || !isExchange(text, at - 7)) return -1;
  let area = at - 11;
  let start = area;
  if (text.at(at - 8) === CLOSE || (text.at(at - 8) === SPACE && text.at(at - 9) === CLOSE)) {
    area = text.at(at - 8) === CLOSE ? at - 11 : at - 12;
    start = area - 1;
    if (text.at(start) !== OPEN) return -1;
  } else if (!isMark(text.at(at - 8))) return -1;
  if (!isExchange(text, area)) return -1;
  if (text.at(start - 2) === ONE && isMark(text.at(start - 1)) && beginsThere(text, start - 2)) return start - 2;
  return beginsThere(text, start) ? start : -1;
}

function isMark(byte: number): boolean {
  return byte === SPACE || byte === DASH || byte === DOT;
}

function isExchange(text: Text, at: number): boolean {
  return text.at(at) >= TWO && text.past(at, DIGIT, 3) === at + 3;
}

function beginsThere(text: Text, at: number): boolean {
  const before = text.at(at - 1);
  return text.begins(at) && before !== DASH && before !== DOT && before !== PLUS;
}

function endsThere(text: Text, end: number): boolean {
  const next = text.at(end);
  const goesOn = next === DASH || next === DOT || next === SLASH || next === 0x3a;
  return !is(next, WORD) && !(goesOn && is(text.at(end + 1), WORD));
}

/** Whether a bracket closes that did not open there. */
function closesFirst(text: Text, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (text.at(at) === CLOSE) return true;
    if (text.at(at) === OPEN) return false;
  }
  return false;
}
