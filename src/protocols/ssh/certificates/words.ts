import { visible } from '../../../core/visible.ts';
import type { Certificate } from './certificate.ts';

/** Characters: whoever signed it chooses how long names are. */
const LONGEST = 80;
/** How many names are told. */
const MOST = 8;
/** What a Date can hold, in milliseconds. */
const LAST = 8_640_000_000_000_000n;

/** A name out of a certificate, on one line, safe to print. */
export function nameWords(name: string): string {
  return visible(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}

/** `web-1, web-1.internal`; not for none. */
export function principalWords({ principals }: Certificate): string {
  const shown = principals.slice(0, MOST).map(nameWords).join(', ');
  return principals.length > MOST ? `${shown} and ${principals.length - MOST} more` : shown;
}

/** When it is, or was, valid, as far as it is not now: `expired on …`; null when it is. `now`: milliseconds. */
export function invalidityWords({ validAfter, validBefore }: Certificate, now: number): string | null {
  const seconds = BigInt(Math.floor(now / 1000));
  if (seconds >= validBefore) return `expired on ${moment(validBefore)}`;
  if (seconds < validAfter) return `is not valid before ${moment(validAfter)}`;
  return null;
}

/** `until 2026-03-01T10:15:00Z`, or `forever`. */
export function validityWords({ validBefore }: Certificate): string {
  return validBefore * 1000n > LAST ? 'forever' : `until ${moment(validBefore)}`;
}

function moment(seconds: bigint): string {
  const milliseconds = seconds * 1000n;
  if (milliseconds > LAST) return 'no day that there is';
  return new Date(Number(milliseconds)).toISOString().replace('.000Z', 'Z');
}
