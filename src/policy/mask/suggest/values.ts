import type { KindName } from './kinds.ts';

/*
 * Simple checks of what sampled values are. They look at whole values and go by form alone: what stands somewhere in a
 * text is for detectors. All are linear in a value's length, which is bounded where it is read.
 */

interface Check {
  readonly kind: KindName;
  readonly holds: (value: string) => boolean;
  /** Of all values that are there: the smallest share, and the smallest number, that tells. */
  readonly share: number;
  readonly least: number;
}

const MOST = { share: 0.6, least: 3 };
/** Nobody keeps what looks like this for another reason. */
const ANY = { share: 0.5, least: 1 };

const matches =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);

const CHECKS: readonly Check[] = [
  { kind: 'email', holds: matches(/^[^\s@,;<>()]{1,64}@[^\s@.,;<>()]+\.[^\s@,;<>()]+$/u), ...MOST },
  { kind: 'bank-account', holds: isIban, ...MOST },
  { kind: 'card', holds: isCard, ...MOST },
  { kind: 'national-id', holds: matches(/^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/), ...MOST },
  { kind: 'phone', holds: isPhone, ...MOST },
  {
    kind: 'password',
    holds: matches(/^(?:\$2[abxy]?\$\d\d\$|\$argon2(?:id?|d)\$|\$[156y]\$|\$scrypt\$|pbkdf2|SCRAM-SHA-256\$)/),
    ...ANY,
  },
  { kind: 'secret', holds: isSecret, ...ANY },
  { kind: 'ip-address', holds: isIpAddress, ...MOST },
];

/** What values turned out to be. */
export interface Finding {
  readonly kind: KindName;
  readonly matching: number;
  /** How many values there were, without NULL and empty ones. */
  readonly of: number;
}

/** What the values of a column of text are; null when they do not tell. */
export function findingIn(values: readonly string[]): Finding | null {
  return foundBy(CHECKS, values);
}

/** The same for numbers: one of ten passes for a card's by chance, so that nearly all must. */
const NUMERIC: readonly Check[] = [{ kind: 'card', holds: isCard, share: 0.9, least: 5 }];

export function findingInNumbers(values: readonly string[]): Finding | null {
  return foundBy(NUMERIC, values);
}

function foundBy(checks: readonly Check[], values: readonly string[]): Finding | null {
  const present = values.map((value) => value.trim()).filter((value) => value !== '');
  for (const { kind, holds, share, least } of checks) {
    const matching = present.filter(holds).length;
    if (matching >= least && matching >= share * present.length) return { kind, matching, of: present.length };
  }
  return null;
}

/** With a plus, brackets or gaps: bare digits may be any number. */
function isPhone(value: string): boolean {
  if (!/^[+(\d][\d\s().\-/]*\d$/.test(value) || /^\d+$/.test(value)) return false;
  // Dates, dotted numbers, numbers of books and of persons are written with the same signs.
  if (/^(?:\d{4}-\d\d-\d\d|97[89][- ]|\d{3}-\d\d-\d{4}$|\d+\.\d+(?:\.\d+){0,2}$)/.test(value)) return false;
  const digits = value.replaceAll(/\D/g, '').length;
  return digits >= 8 && digits <= 15;
}

/** ISO 7812: what begins as cards do, with the right check digit. */
function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  if (!/^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14})$/.test(digits))
    return false;
  let sum = 0;
  for (let place = 1; place <= digits.length; place += 1) {
    const weighed = Number(digits[digits.length - place]) * (place % 2 === 0 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the remainder of its digits by 97 is 1. */
function isIban(value: string): boolean {
  const compact = value.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d\d[A-Z\d]{11,30}$/.test(compact)) return false;
  let remainder = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const number = Number.parseInt(sign, 36);
    remainder = (remainder * (number > 9 ? 100 : 10) + number) % 97;
  }
  return remainder === 1;
}

/** Private keys, JSON web tokens, and keys that say whose they are. */
function isSecret(value: string): boolean {
  return (
    /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ||
    /^eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*$/.test(value) ||
    /^(?:AKIA|ASIA)[A-Z\d]{16}$/.test(value) ||
    /^(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|whsec_)[\w-]{10,}$/.test(value)
  );
}

function isIpAddress(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}
