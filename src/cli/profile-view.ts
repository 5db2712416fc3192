import type { Identity } from '../core/identity.ts';
import type { Profile } from '../core/profile.ts';
import type { Kept } from '../core/secret-store.ts';

/** A login as JSON output shows it. Never with a token. */
export function shownProfile(profile: Profile): Readonly<Record<string, unknown>> {
  const { name, issuer, clientId, identity, confirmed, authenticated, expires, renewable, kept } = profile;
  return { profile: name, issuer, clientId, identity, confirmed, authenticated, expires, renewable, kept };
}

export const PROFILE_COLUMNS = ['profile', 'who', 'at', 'groups', 'expires', 'tokens'] as const;

const KEPT: Readonly<Record<Kept, string>> = {
  keychain: 'keychain',
  'encrypted-file': 'encrypted file',
  file: 'plain file',
};

export function profileRow(profile: Profile, now: number): readonly string[] {
  const { name, identity, issuer, kept } = profile;
  return [
    name,
    identity.display,
    siteOf(issuer),
    groupsLabel(identity),
    profile.renewable ? 'renewed' : lapseOf(profile, now),
    KEPT[kept],
  ];
}

export function groupsLabel({ groups }: Identity): string {
  return groups.length === 0 ? 'none' : groups.join(', ');
}

/** Somebody by name and verified address: `Ada (ada@example.com)`. Not made safe. */
export function personLabel({ display, email }: Identity): string {
  return email === null || email === display ? display : `${display} (${email})`;
}

/** An issuer for people to read: `idp.example.com/realms/acme`. */
export function siteOf(issuer: string): string {
  const url = URL.parse(issuer);
  return url === null ? issuer : `${url.host}${url.pathname}`.replace(/\/$/, '');
}

/** Until when something holds that nothing renews: `in 10 minutes`. */
export function lapseOf({ expires }: Pick<Profile, 'expires'>, now: number): string {
  const left = Date.parse(expires) - now;
  return left > 0 ? `in ${span(left)}` : 'lapsed';
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Milliseconds in the largest unit that there are two of, or one of exactly: `10 minutes`, `1 hour`, `90 seconds`. */
export function span(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count >= 2 || seconds === size) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'a moment';
}
