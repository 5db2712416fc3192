import type { Detector } from '../detector.ts';
import { DIGIT, UPPER, DASH_SIGN, BLANK, type Text } from '../text.ts';

const SPACE = 0x20;
/** Of the label between the dashes: `BEGIN ENCRYPTED PRIVATE KEY` and longer ones. */
const LONGEST_LABEL = 64;

const KIND = 'PRIVATE KEY';
const LABEL = UPPER | DIGIT | BLANK;

/**
 * A private key as text (RFC 7468, OpenSSH, PGP, SSH2): from its BEGIN line to the end of its END line, or of the text where
 * that is missing.
 */
export const privateKey: Detector = {
  triggers: ['sk- or --B'],
  swallows: true,
  find(text, at, report) {
    const start = keyStart(text, at);
    if (start >= 0) report(start, keyEnd(text, at));
  },
};

/** Where the dashes before the `B` of a key's BEGIN line at `at` begin; -1 when it is none. */
export function keyStart(text: Text, at: number): number {
  if (!text.reads(at, 'BEGIN ')) return -1;
  const dashes = text.at(at - 1) === SPACE ? at - 1 : at;
  const start = text.back(dashes, DASH_SIGN, 5);
  if (dashes - start < 4) return -1;
  const close = text.past(at, LABEL, LONGEST_LABEL);
  if (!text.reads(close, '----')) return -1;
  return text.latin1(at, close).includes(KIND) ? start : -1;
}

/** Where the key whose BEGIN line has its `B` at `at` ends. */
export function keyEnd(text: Text, at: number): number {
  // The bytes go on behind the text: they are not searched, or a chunk of many cut keys would be gone over for each.
  const rest = text.bytes.subarray(at, text.end);
  for (let from = rest.indexOf('END '); from >= 0; from = rest.indexOf('END ', from + 4)) {
    const label = at + from;
    const dashes = text.at(label - 1) === SPACE ? label - 1 : label;
    const close = text.past(label, LABEL, LONGEST_LABEL);
    const isLine = text.back(dashes, DASH_SIGN, 4) === dashes - 4 && text.reads(close, '----');
    // The END of something else, such as a certificate that follows a key cut off, ends nothing.
    if (isLine && text.latin1(label, close).includes(KIND)) return text.past(close, DASH_SIGN, 5);
  }
  return text.end;
}
