import type { Detector } from '../detector.ts';
import { LETTER, ALPHANUMERIC, is, isDigit, type Text } from '../text.ts';

/** RFC 5321, 4.5.3.1: of the part before the `@`, and of the domain. */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

const AT_SIGN = 0x40;
const DOT = 0x2e;
const DASH = 0x2d;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
const LOCAL = new Set(Buffer.from('._%+-&', 'latin1'));

/** `ada@example.com`, with letters of European alphabets on both sides. */
export const email: Detector = {
  triggers: ['an at sign'],
  find(text, at, report) {
    if (text.at(at) !== AT_SIGN) return;
    const start = localStart(text, at);
    if (start === at) return;
    const end = domainEnd(text, at + 1);
    if (end === 0 || isRemote(text, start, at, end)) return;
    report(start, end);
  },
};

/** Where the part before the `@` begins; `at` itself where there is none. */
function localStart(text: Text, at: number): number {
  const least = Math.max(text.start, at - LONGEST_LOCAL);
  let start = at;
  for (let size = letterBefore(text, start); size > 0 && start - size >= least; size = letterBefore(text, start)) {
    start -= size;
  }
  start += text.escaped(start);
  while (start < at && !is(text.at(start), ALPHANUMERIC) && text.at(start) < 0x80 && text.at(start) !== UNDERSCORE)
    start++;
  return start;
}

/** Bytes of the character before, if one may stand in an address; otherwise 0. */
function letterBefore(text: Text, at: number): number {
  const byte = text.at(at - 1);
  if (is(byte, ALPHANUMERIC) || LOCAL.has(byte)) return 1;
  return isForeign(text, at - 2) ? 2 : 0;
}

/** A letter of two bytes: Latin with accents, Greek, Cyrillic. Words of other scripts stand next to addresses without a gap. */
function isForeign(text: Text, at: number): boolean {
  const lead = text.at(at);
  return lead >= 0xc3 && lead <= 0xd4 && (text.at(at + 1) & 0xc0) === 0x80;
}

/** Where the longest domain ends: labels, the last of them of letters alone. 0 when there is none. */
function domainEnd(text: Text, from: number): number {
  const most = from + LONGEST_DOMAIN;
  let end = 0;
  let label = from;
  for (let labels = 1; label < most; labels++) {
    const close = labelEnd(text, label, most);
    if (close === label) break;
    const letters = lettersEnd(text, label, close);
    const whole = letters === close || text.at(letters) === DASH || text.reads(label, 'xn--');
    if (labels > 1 && whole && letters - label >= 2) end = text.reads(label, 'xn--') ? close : letters;
    if (text.at(close) !== DOT) break;
    label = close + 1;
  }
  return end;
}

function labelEnd(text: Text, from: number, most: number): number {
  let at = from;
  while (at < most) {
    if (is(text.at(at), ALPHANUMERIC) || text.at(at) === DASH) at++;
    else if (isForeign(text, at)) at += 2;
    else break;
  }
  return at;
}

function lettersEnd(text: Text, from: number, close: number): number {
  let at = from;
  while (at < close && !isDigit(text.at(at)) && text.at(at) !== DASH) at++;
  return at;
}

/** `git@host.example:path` is an address of no one, and `logo@2x.png` is a picture. */
function isRemote(text: Text, start: number, at: number, end: number): boolean {
  if (at - start === 3 && text.reads(start, 'git@') && text.at(end) === COLON) return true;
  return isDigit(text.at(at + 1)) && text.at(at + 2) === 0x78 && text.at(at + 3) === DOT && is(text.at(at + 4), LETTER);
}
