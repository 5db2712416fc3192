import type { Detector, Report } from '../detector.ts';
import { DIGIT, WORD, is, isDigit, type Text } from '../text.ts';

/** ISO/IEC 7812: digits of a card's number. */
const SHORTEST = 13;
const LONGEST = 19;

const SPACE = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const ONE = 0x31;
const SEVEN = 0x37;
const NINE = 0x39;

/** A number of a payment card: an issuer's first digits and length, and Luhn's check digit. Groups have four digits or more, but for the last. */
export const creditCard: Detector = {
  triggers: ['longNumber', 'groups'],
  find(text, at, report) {
    const group = text.back(at, DIGIT, LONGEST);
    // The fourth digit of a group, or a later one of a long number: not surely the thirteenth, since the byte before a
    // cell may look like a digit.
    const isLong = at - group > 3;
    findFrom(text, isLong ? group : text.back(group - 1, DIGIT, LONGEST), report);
  },
};

/** Reads on from where a group begins, and takes the longest number that is one. */
function findFrom(text: Text, start: number, report: Report): void {
  if (!isFirst(text.at(start))) return;
  if (is(text.at(start - 1), WORD) && !text.endsEscape(start)) return;
  if (text.at(start - 1) === DOT && isDigit(text.at(start - 2))) return;
  let end = 0;
  let digits = 0;
  let dashed = false;
  for (let group = start; digits < LONGEST;) {
    const close = text.past(group, DIGIT, LONGEST + 1);
    digits += close - group;
    if (
      digits >= SHORTEST &&
      digits <= LONGEST &&
      standsAlone(text, close, dashed) &&
      isCard(text, start, close, digits)
    ) {
      end = close;
    }
    const parted = text.at(close) === SPACE || text.at(close) === DASH;
    if (!parted || close - group < 4 || !isDigit(text.at(close + 1))) break;
    dashed ||= text.at(close) === DASH;
    group = close + 1;
  }
  if (end > 0) report(start, end);
}

/** Numbers of cards begin with 2 to 6, and 8: not so times in milliseconds. */
function isFirst(byte: number): boolean {
  return byte > ONE && byte < NINE && byte !== SEVEN;
}

function standsAlone(text: Text, end: number, dashed: boolean): boolean {
  const next = text.at(end);
  // What goes on with a dash, where dashes part groups, is a UUID or a longer number.
  const goesOn = (next === DOT && isDigit(text.at(end + 1))) || (dashed && next === DASH && is(text.at(end + 1), WORD));
  return !is(next, WORD) && !goesOn;
}

function isCard(text: Text, start: number, end: number, digits: number): boolean {
  let six = 0;
  let seen = 0;
  let sum = 0;
  for (let at = start; at < end; at++) {
    const byte = text.at(at);
    if (!isDigit(byte)) continue;
    const digit = byte - ZERO;
    if (seen < 6) six = six * 10 + digit;
    // Counted from the end, every second digit is doubled.
    const doubled = (digits - seen) % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    seen++;
  }
  return sum % 10 === 0 && isIssued(six, digits);
}

/** First and last of a range of the first six digits, and the numbers of digits there may be: at least, at most. */
const ISSUERS: readonly (readonly [number, number, number, number])[] = [
  [220000, 220499, 16, 19], // Mir
  [222100, 272099, 16, 16], // Mastercard
  [300000, 305999, 14, 16], // Diners Club
  [340000, 349999, 15, 15], // American Express
  [352800, 358999, 16, 19], // JCB
  [360000, 369999, 14, 16], // Diners Club
  [370000, 379999, 15, 15], // American Express
  [380000, 399999, 14, 16], // Diners Club
  [400000, 499999, 16, 16], // Visa
  [400000, 499999, 13, 13],
  [400000, 499999, 19, 19],
  [501800, 501899, 13, 19], // Maestro
  [502000, 503899, 13, 19],
  [510000, 559999, 16, 16], // Mastercard
  [560000, 589999, 16, 19], // Maestro
  [600000, 609999, 16, 16], // RuPay, Discover
  [601100, 601199, 16, 19], // Discover
  [620000, 629999, 16, 19], // UnionPay
  [630400, 630499, 13, 19], // Maestro
  [644000, 659999, 16, 19], // Discover
  [675900, 676999, 13, 19], // Maestro
  [810000, 829999, 16, 19], // RuPay, UnionPay
];

function isIssued(six: number, digits: number): boolean {
  return ISSUERS.some(([from, to, least, most]) => six >= from && six <= to && digits >= least && digits <= most);
}
