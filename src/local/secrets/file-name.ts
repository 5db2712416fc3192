import { hash } from 'node:crypto';

/** Most file systems take 255 bytes, and what is added in the course of a change takes some. */
const LONGEST = 180;

/**
 * The file that a secret of this name is kept in. Letters, digits, `-` and `_` stand for themselves; all else is escaped:
 * capitals too, since there are file systems that do not tell them apart, and dots, so that what begins with one never
 * belongs to another name. A longer name becomes its digest, which no escaped name looks like.
 */
export function secretFileName(name: string): string {
  const escaped = [...new TextEncoder().encode(name)].map(escapeByte).join('');
  return escaped.length <= LONGEST ? escaped : `%sha256-${hash('sha256', name, 'hex')}`;
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
}
