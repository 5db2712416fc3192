import type { DetectorName } from '../../../../src/policy/mask/detect/names.ts';
import { compileScanner, type Scanner } from '../../../../src/policy/mask/detect/scanner.ts';
import * as personal from './personal.ts';
import * as secrets from './secrets.ts';

/** What a scanner finds in a text: the pieces, in order. */
export function found(scanner: Scanner, text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const pieces: string[] = [];
  scanner.scan(bytes, 0, bytes.length, (start, end) => pieces.push(bytes.toString('utf8', start, end)));
  return pieces;
}

const scanners = new Map<string, Scanner>();

/** A scanner with that detector alone; the same one each time. */
export function scannerOf(name: DetectorName): Scanner {
  const known = scanners.get(name);
  if (known !== undefined) return known;
  const made = compileScanner([name]);
  scanners.set(name, made);
  return made;
}

/** Values that each detector must find whole. */
export const POSITIVES: Readonly<Record<DetectorName, readonly string[]>> = {
  ...personal.POSITIVES,
  ...secrets.POSITIVES,
};

/** What looks like it, and is something else. */
export const NEAR_MISSES: Readonly<Record<DetectorName, readonly string[]>> = {
  ...personal.NEAR_MISSES,
  ...secrets.NEAR_MISSES,
};

/** Places a value may stand at: what comes before it, and after. None of them changes what is found. */
export const AROUND: readonly (readonly [string, string])[] = [
  ['', ''],
  ['value: ', ' and more'],
  ['{"a":"', '","b":1}'],
  ['1,"', '",x'],
  ['ERROR:  invalid input syntax for type integer: "', '"'],
  ['first line\n', '\nlast line'],
  ['{"text":"line\\n', '\\nline"}'],
  ['Größe → ', ' € 5'],
  ['日本語', '。'],
  ['(', ')'],
  ["'", "'"],
  ['\t', '\t'],
];
