import type { Detector } from '../detector.ts';
import { isBase64, isDigit, isHex, isLower, isUpper, isUrlSafe, type Text } from '../text.ts';

/** Bytes of a secret: shorter ones cannot be told from names, longer ones are data. */
const SHORTEST = 20;
const LONGEST = 256;
/** Bytes before a value in which a word may say what it is. */
const NEAR = 40;

const EQUALS = 0x3d;
const DASH = 0x2d;
const isToken = (byte: number): boolean => isBase64(byte) || isUrlSafe(byte);

/** Lengths in hex of digests and ids that are no secret: 12 to 64 bytes. */
const DIGESTS = new Set([24, 32, 40, 56, 64, 96, 128]);
const SHORTEST_HEX = 32;

/** Words that say a value is a secret, in lower case. */
const WORDS = ['key', 'secret', 'token', 'passw', 'pwd', 'credential', 'auth', 'bearer'] as const;

/** A run of characters that looks drawn at random. Digests, UUIDs, words, paths and what is too long for a secret do not. */
export const highEntropy: Detector = {
  name: 'high-entropy',
  triggers: ['longToken'],
  find(text, at, report) {
    const run = text.back(at, isToken, LONGEST);
    const start = run + text.escaped(run);
    const end = text.past(start, isToken, LONGEST + 1);
    const length = end - start;
    if (length < SHORTEST || length > LONGEST) return;
    if (isRandom(text, start, end)) report(start, text.past(end, isPadding, 2));
  },
};

const isPadding = (byte: number): boolean => byte === EQUALS;

/** What one value is made of. Reused: nothing is kept between two calls. */
const seen = { digits: 0, upper: 0, lower: 0, hex: 0, dashes: 0, changes: 0 };

const DIGIT = 1;
const UPPER = 2;
const LOWER = 3;
const MARK = 4;

function kindOf(byte: number): number {
  if (isDigit(byte)) return DIGIT;
  if (isLower(byte)) return LOWER;
  return isUpper(byte) ? UPPER : MARK;
}

/** Counts kinds of characters and changes between them: a capital before small letters, or a mark, begins a word. */
function look(text: Text, start: number, end: number): void {
  seen.digits = seen.upper = seen.lower = seen.hex = seen.dashes = seen.changes = 0;
  let before = MARK;
  for (let at = start; at < end; at++) {
    const byte = text.at(at);
    const kind = kindOf(byte);
    if (isHex(byte)) seen.hex++;
    if (kind === DIGIT) seen.digits++;
    else if (kind === UPPER) seen.upper++;
    else if (kind === LOWER) seen.lower++;
    else if (byte === DASH) seen.dashes++;
    const beginsWord = before === MARK || kind === MARK || (before === UPPER && kind === LOWER);
    if (kind !== before && !beginsWord) seen.changes++;
    before = kind;
  }
}

function isRandom(text: Text, start: number, end: number): boolean {
  look(text, start, end);
  const length = end - start;
  const letters = seen.upper + seen.lower;
  if (letters === 0) return false;
  if (seen.hex + seen.dashes === length) return isRandomHex(text, start, end);
  const mixed = seen.upper > 0 && seen.lower > 0;
  // One word has few changes, and digits only at its end. What is drawn at random has about 0.45 and 0.4 of its length.
  if (seen.changes < (letters + seen.digits) * (mixed ? 0.28 : 0.22) || seen.digits < (mixed ? 1 : 3)) return false;
  if (bits(text, start, end) < Math.log2(length) * 0.8) return false;
  return isNamed(text, start) || !(isUlid(text, start, length) || isData(text, start));
}

/** Digests and ids are everywhere: only a word before it, or an odd length, makes hex a secret. A UUID never is one. */
function isRandomHex(text: Text, start: number, end: number): boolean {
  const length = end - start;
  if (seen.dashes > 0 || seen.digits === 0) return false;
  const odd = length >= SHORTEST_HEX && !DIGESTS.has(length);
  return (odd || isNamed(text, start)) && bits(text, start, end) >= 3;
}

const counts = new Uint16Array(256);

/** Bits of information in each character (Shannon). */
function bits(text: Text, start: number, end: number): number {
  for (let at = start; at < end; at++) counts[text.at(at)] = 0;
  for (let at = start; at < end; at++) counts[text.at(at)] = (counts[text.at(at)] ?? 0) + 1;
  let sum = 0;
  for (let at = start; at < end; at++) sum += Math.log2(counts[text.at(at)] ?? 1);
  return Math.log2(end - start) - sum / (end - start);
}

function isNamed(text: Text, start: number): boolean {
  for (let at = Math.max(text.start, start - NEAR); at < start; at++) {
    for (const word of WORDS) if (text.readsLoosely(at, word)) return true;
  }
  return false;
}

/** A sortable id: a time and some chance, in Crockford's base 32. */
function isUlid(text: Text, start: number, length: number): boolean {
  return length === 26 && text.at(start) >= 0x30 && text.at(start) <= 0x37 && seen.lower === 0;
}

/** The beginning of a data URL, or a digest that says so (subresource integrity). */
function isData(text: Text, start: number): boolean {
  return (
    text.reads(start - 7, 'base64,') ||
    text.reads(start, 'sha256-') ||
    text.reads(start, 'sha384-') ||
    text.reads(start, 'sha512-')
  );
}
