import type { Profile } from '../core/profile.ts';
import { readIdentity } from '../core/read-identity.ts';

/** A profile as it is written to its file, whose name is the profile's. */
export function profileText(profile: Profile): string {
  const { issuer, clientId, identity, groupsClaim, confirmed, authenticated, expires, renewable, kept, spent } =
    profile;
  const times = { confirmed, authenticated, expires };
  const fields = { version: 1, issuer, clientId, identity, groupsClaim, ...times, renewable, kept, spent };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

const FIELDS: readonly (keyof Profile | 'version')[] = [
  'version',
  'issuer',
  'clientId',
  'identity',
  'groupsClaim',
  'confirmed',
  'authenticated',
  'expires',
  'renewable',
  'kept',
  'spent',
];

/** What is wrong with a profile's text, after `it`: `is of a newer hoopctl`. */
export class MalformedProfile extends Error {
  override readonly name = 'MalformedProfile';
}

/** @throws MalformedProfile */
export function parseProfile(name: string, text: string): Profile {
  const fields = fieldsOf(text);
  if (typeof fields['version'] === 'number' && fields['version'] > 1) {
    throw new MalformedProfile('was written by a newer hoopctl');
  }
  if (fields['version'] !== 1 || !isExactly(fields, FIELDS)) throw damaged();
  const { issuer, clientId, groupsClaim, confirmed, authenticated, expires, renewable, kept, spent } = fields;
  const identity = readIdentity(fields['identity']);
  if (identity === null || !isText(issuer) || !isText(clientId) || !isTime(confirmed) || !isTime(expires)) {
    throw damaged();
  }
  if (!isPath(groupsClaim)) throw damaged();
  if (authenticated !== null && !isTime(authenticated)) throw damaged();
  if (typeof renewable !== 'boolean' || typeof spent !== 'boolean' || !isKept(kept)) throw damaged();
  return { name, issuer, clientId, identity, groupsClaim, confirmed, authenticated, expires, renewable, kept, spent };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // The parser's message would quote the file.
  }
  throw damaged();
}

const damaged = (): MalformedProfile => new MalformedProfile('is damaged');

function isExactly(fields: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(fields).length === names.length && names.every((name) => Object.hasOwn(fields, name));
}

const isPath = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** As `toISOString` writes it, so that what is compared as text is ordered as time. */
function isTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function isKept(value: unknown): value is Profile['kept'] {
  return value === 'keychain' || value === 'encrypted-file' || value === 'file';
}
