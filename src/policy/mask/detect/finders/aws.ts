import type { Detector, Report } from '../detector.ts';
import { DIGIT, UPPER, LOWER, BASE64, WORD, is, isDigit, type Text } from '../text.ts';

/** Of an access key's id, and of the secret that goes with it. */
const ID_LENGTH = 20;
const SECRET_LENGTH = 40;
/** Bytes around an id, and after the words "secret access key", within which a secret is looked for. */
const NEAR = 256;
const AFTER_WORDS = 48;

const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;

const ID = UPPER | DIGIT;

/** The id of an access key of AWS, and the secret near one or after words that say so. */
export const awsKey: Detector = {
  triggers: ['AKI, ASI or AIz', 'the middle of secret_access'],
  find(text, at, report) {
    const start = at - 2;
    if (text.reads(start, 'AKIA') || text.reads(start, 'ASIA')) return findId(text, start, report);
    const words = secretWordsEnd(text, at);
    if (words > 0) findSecrets(text, words, words + AFTER_WORDS, report);
  },
};

function findId(text: Text, start: number, report: Report): void {
  const end = start + ID_LENGTH;
  if (!text.begins(start) || text.past(start, ID, ID_LENGTH) !== end || is(text.at(end), WORD)) return;
  report(start, end);
  findSecrets(text, start - NEAR, start, report);
  findSecrets(text, end, end + NEAR, report);
}

/** Where "secret access key" ends, in any spelling, its middle ending at `at` (`t_a` or `tAc`); 0 when it is not there. */
function secretWordsEnd(text: Text, at: number): number {
  const access = text.at(at - 1) === UNDERSCORE ? at : at - 1;
  const secret = at - 2 - 'secre'.length;
  if (!text.readsLoosely(secret, 'secret') || !text.readsLoosely(access, 'access')) return 0;
  const key = access + 'access'.length + (text.at(access + 6) === UNDERSCORE ? 1 : 0);
  return text.readsLoosely(key, 'key') ? key + 3 : 0;
}

/** Runs of exactly forty bytes that begin between these places. */
function findSecrets(text: Text, from: number, to: number, report: Report): void {
  const last = Math.min(to, text.end);
  for (let at = Math.max(from, text.start); at < last; at++) {
    if (!is(text.at(at), BASE64) || !text.begins(at, BASE64)) continue;
    const end = text.past(at, BASE64, SECRET_LENGTH + 1);
    if (end - at === SECRET_LENGTH && isMixed(text, at, end)) report(at, end);
    // Within a run there is none; where an escape may end in it, there may.
    else if (text.at(at - 1) !== BACKSLASH) at = end - 1;
  }
}

function isMixed(text: Text, start: number, end: number): boolean {
  let digits = 0;
  let upper = 0;
  let lower = 0;
  for (let at = start; at < end; at++) {
    const byte = text.at(at);
    if (isDigit(byte)) digits++;
    else if (is(byte, UPPER)) upper++;
    else if (is(byte, LOWER)) lower++;
  }
  return digits > 0 && upper > 0 && lower > 0;
}
