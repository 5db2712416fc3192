import type { Detector } from '../detector.ts';
import { UPPER, LOWER, HEX, URL_SAFE, BASE64, DASH_SIGN, is, isDigit, type Text } from '../text.ts';

/** Bytes of a secret: shorter ones cannot be told from names, longer ones are data. */
const SHORTEST = 20;
const LONGEST = 256;
/** Bytes before a value in which a word may say what it is. */
const NEAR = 40;

const EQUALS = 0x3d;
const TOKEN = BASE64 | URL_SAFE;

/** Lengths in hex of digests and ids that are no secret: 12 to 64 bytes. */
const DIGESTS = new Set([24, 32, 40, 56, 64, 96, 128]);
const SHORTEST_HEX = 32;

/** Words that say a value is a secret, in lower case. */
const WORDS = ['key', 'secret', 'token', 'passw', 'pwd', 'credential', 'auth', 'bearer'] as const;

/** A run of characters that looks drawn at random. Digests, UUIDs, words, paths and what is too long for a secret do not. */
export const highEntropy: Detector = {
  triggers: ['longToken'],
  find(text, at, report) {
    const run = text.back(at, TOKEN, LONGEST + 1);
    const start = run + text.escaped(run);
    const end = text.past(start, TOKEN, LONGEST + 1);
    const length = end - start;
    if (length < SHORTEST || length > LONGEST) return;
    if (isRandom(text, start, end)) report(start, paddingEnd(text, end));
  },
};

function paddingEnd(text: Text, end: number): number {
  if (text.at(end) !== EQUALS) return end;
  return text.at(end + 1) === EQUALS ? end + 2 : end + 1;
}

/** What one value is made of. Reused: nothing is kept between two calls. */
const seen = { digits: 0, upper: 0, lower: 0, changes: 0 };

const KIND_DIGIT = 1;
const KIND_UPPER = 2;
const KIND_LOWER = 3;
const KIND_MARK = 4;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isDigit(byte)) return KIND_DIGIT;
  if (is(byte, LOWER)) return KIND_LOWER;
  return is(byte, UPPER) ? KIND_UPPER : KIND_MARK;
});

/** Counts kinds of characters and changes between them: a capital before small letters, or a mark, begins a word. */
function look(bytes: Buffer, start: number, end: number): void {
  let upper = 0;
  let lower = 0;
  let digits = 0;
  let changes = 0;
  let before = KIND_MARK;
  for (let at = start; at < end; at++) {
    const kind = KINDS[bytes[at] ?? 0] ?? KIND_MARK;
    if (kind === KIND_DIGIT) digits++;
    else if (kind === KIND_UPPER) upper++;
    else if (kind === KIND_LOWER) lower++;
    const beginsWord = before === KIND_MARK || kind === KIND_MARK || (before === KIND_UPPER && kind === KIND_LOWER);
    if (kind !== before && !beginsWord) changes++;
    before = kind;
  }
  [seen.upper, seen.lower, seen.digits, seen.changes] = [upper, lower, digits, changes];
}

function isRandom(text: Text, start: number, end: number): boolean {
  const length = end - start;
  if (text.past(start, HEX | DASH_SIGN, length) === end) return isRandomHex(text, start, end);
  look(text.bytes, start, end);
  const { digits, upper, lower, changes } = seen;
  const mixed = upper > 0 && lower > 0;
  // A name has few changes, and digits only at its end. What is drawn at random has 0.45 and 0.4 of its length.
  if (changes < (upper + lower + digits) * (mixed ? 0.28 : 0.22) || digits < (mixed ? 1 : 3)) return false;
  // Of as many different characters as fit; a long value cannot have more than its alphabet.
  if (bits(text, start, end) < Math.min(Math.log2(length) * 0.8, mixed ? 4.2 : 3.9)) return false;
  return isNamed(text, start) || !(isUlid(text, start, length) || isData(text, start));
}

/** Digests and ids are everywhere: only a word before it, or an odd length, makes hex a secret. A UUID never is one. */
function isRandomHex(text: Text, start: number, end: number): boolean {
  const length = end - start;
  const odd = length >= SHORTEST_HEX && !DIGESTS.has(length);
  if (!odd && !isNamed(text, start)) return false;
  look(text.bytes, start, end);
  const { digits, upper, lower } = seen;
  return digits + upper + lower === length && digits > 0 && digits < length && bits(text, start, end) >= 3;
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
