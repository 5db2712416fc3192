import type { MaskRule } from '../../rules.ts';

/** Stands for what was found. No detector finds it, and it breaks no quotes of JSON, CSV or COPY. */
export const REDACTED = '[redacted]';

/** Most characters that are left of a finding, whatever the policy says: fewer than any detector needs. */
const MOST_KEPT = 8;

/** An address and nothing more: a key that is cut off may hold one, and what follows it is still the key. */
const ADDRESS = /^[^@\s]+(@(?:[\p{L}\p{N}-]{1,63}\.){1,32}\p{L}{2,63})$/u;

export type Method = MaskRule['with'];

/** The same for the same value under one key; what it gives must suit any text. */
export type Keyed = (method: 'hash' | 'token', found: string) => string;

/**
 * What is shown instead of a finding. `partial: n` keeps n characters at the end, at most half of them and at most eight;
 * `partial: domain` keeps what follows the `@` of an address and nothing of anything else. Within a text there is no NULL:
 * `null` is shown as redacted.
 */
export function maskFinding(found: string, method: Method, keyed: Keyed): string {
  if (method === 'hash' || method === 'token') return keyed(method, found);
  if (typeof method === 'string') return REDACTED;
  if (method.partial === 'domain') return REDACTED + (ADDRESS.exec(found)?.[1] ?? '');
  const at = found.lastIndexOf('@');
  const characters = Array.from(found);
  // With the `@` and a letter before it an address would still be one.
  const after = at < 0 ? characters.length : Array.from(found.slice(at + 1)).length;
  const kept = Math.min(method.partial, Math.floor(characters.length / 2), after, MOST_KEPT);
  return '*'.repeat(characters.length - kept) + characters.slice(characters.length - kept).join('');
}

/** One finding of a text, and how it is masked. */
export interface Replaced {
  readonly start: number;
  readonly end: number;
  readonly method: Method;
}

const OPENS = new Set(Buffer.from(':[,', 'latin1'));
const CLOSES = new Set(Buffer.from(',]}', 'latin1'));
const BLANKS = new Set(Buffer.from(' \t\r\n', 'latin1'));

/**
 * The text `bytes[start, end)` with its findings, in order and not overlapping, masked. A number that stands where JSON has
 * a bare value gets quotes, so that JSON stays JSON.
 */
export function replaceFindings(
  bytes: Buffer,
  start: number,
  end: number,
  findings: readonly Replaced[],
  keyed: Keyed,
): Buffer {
  const parts: Buffer[] = [];
  let at = start;
  for (const { start: from, end: to, method } of findings) {
    const shown = maskFinding(bytes.toString('utf8', from, to), method, keyed);
    const quote = isBareNumber(bytes, start, end, from, to) ? '"' : '';
    parts.push(bytes.subarray(at, from), Buffer.from(quote + shown + quote, 'utf8'));
    at = to;
  }
  parts.push(bytes.subarray(at, end));
  return Buffer.concat(parts);
}

function isBareNumber(bytes: Buffer, start: number, end: number, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  let before = from - 1;
  while (before >= start && BLANKS.has(bytes[before] ?? 0)) before--;
  let after = to;
  while (after < end && BLANKS.has(bytes[after] ?? 0)) after++;
  return before >= start && after < end && OPENS.has(bytes[before] ?? 0) && CLOSES.has(bytes[after] ?? 0);
}
