import { randomBytes } from 'node:crypto';

/** Crockford's base 32, lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const PATTERN = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const PREFIX_PATTERN = /^[0-9a-hjkmnp-tv-z]{1,26}$/;

/** A session's id: 48 bits of milliseconds, then 80 random bits, in 26 characters. Sorts by time. */
export function newSessionId(now: number): string {
  let id = '';
  let time = now;
  for (let digit = 0; digit < 10; digit += 1) {
    id = ALPHABET.charAt(time % 32) + id;
    time = Math.floor(time / 32);
  }
  for (const byte of randomBytes(16)) id += ALPHABET.charAt(byte % 32);
  return id;
}

/** True for what `newSessionId` could have made; nothing else ever becomes part of a path. */
export function isSessionId(text: string): boolean {
  return PATTERN.test(text);
}

/** True for what could be the start of a session's id. */
export function isSessionIdPrefix(text: string): boolean {
  return PREFIX_PATTERN.test(text);
}

/** When the id was made, milliseconds since the epoch. */
export function sessionIdTime(id: string): number {
  let time = 0;
  for (const digit of id.slice(0, 10)) time = time * 32 + ALPHABET.indexOf(digit);
  return time;
}
