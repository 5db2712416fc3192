import type { Detector } from '../detector.ts';
import { URL_SAFE, type Text } from '../text.ts';

const DOT = 0x2e;
/** A header names an algorithm and a key; some carry certificates. */
const LONGEST_HEADER = 16 * 1024;
/** Parts of a signed token (RFC 7515) and of an encrypted one (RFC 7516). */
const SIGNED = 3;
const ENCRYPTED = 5;

/** A JSON web token: base64url parts with dots between them, the first a JSON object that names an algorithm. */
export const jwt: Detector = {
  triggers: ['eyJ'],
  find(text, at, report) {
    const start = at - 2;
    if (!text.reads(start, 'eyJ') || !text.begins(start, URL_SAFE)) return;
    const header = text.past(start, URL_SAFE, Infinity);
    if (text.at(header) !== DOT || header - start > LONGEST_HEADER) return;
    let end = header;
    let parts = 1;
    while (parts < ENCRYPTED && text.at(end) === DOT) {
      const part = text.past(end + 1, URL_SAFE, Infinity);
      // Only a signature may be empty, where nothing is signed.
      if (part === end + 1 && parts !== SIGNED - 1) break;
      end = part;
      parts++;
    }
    if (parts >= SIGNED && namesAlgorithm(text, start, header)) report(start, end);
  },
};

function namesAlgorithm(text: Text, start: number, end: number): boolean {
  const decoded = Buffer.from(text.latin1(start, end), 'base64url').toString('utf8');
  try {
    const header: unknown = JSON.parse(decoded);
    return typeof header === 'object' && header !== null && 'alg' in header && typeof header.alg === 'string';
  } catch {
    // No JSON, so no header: text that begins like one.
    return false;
  }
}
