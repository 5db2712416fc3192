import type { Identity } from '../../../core/identity.ts';
import type { Profile } from '../../../core/profile.ts';
import type { DevicePrompt } from '../../../core/provider.ts';
import type { Invocation } from '../../invocation.ts';
import type { Ending } from '../../logins.ts';
import { type Opener, openPage } from '../../opener.ts';
import { shownProfile } from '../../profile-view.ts';

/** A login that took another's place. */
export interface Replaced {
  readonly identity: Identity;
  readonly issuer: string;
  /** What became of it at its provider; null when it was left alone there. */
  readonly ending: Ending | null;
}

/** Says what a login needs, and what came of it. */
export interface LoginAnnouncer {
  /** A code to confirm on any device. */
  code(prompt: DevicePrompt): void;
  /** A page to log in on, at this machine. */
  page(url: string): Promise<void>;
  /** Nothing more is waited for, whatever came of it. Idempotent. */
  settled(): void;
  /** It was given up. */
  cancelled(): void;
  done(profile: Profile, replaced: Replaced | null): void;
}

export const CANCELLED = 'Cancelled: nothing was kept.';

/** NDJSON on stdout. A page is only opened where it must be at this machine. */
export function jsonAnnouncer(invocation: Invocation, opener: Opener | null): LoginAnnouncer {
  const { terminal, env } = invocation;
  const event = (name: string, fields: Readonly<Record<string, unknown>>): void =>
    terminal.json({ version: 1, event: name, ...fields });
  return {
    code: ({ userCode, url, completeUrl, expires }) =>
      event('code', {
        user_code: userCode,
        verification_uri: url,
        verification_uri_complete: completeUrl,
        expires: new Date(expires).toISOString(),
      }),
    page: async (url) => {
      event('page', { url });
      if (opener !== null) await openPage(opener, url, env);
    },
    settled: () => undefined,
    cancelled: () => terminal.progress(CANCELLED),
    done: (profile, replaced) => event('login', { ...shownProfile(profile), replaced }),
  };
}

/** How the page of a code is best shown: with the code in it where that is the same site. */
export function pageOf({ url, completeUrl }: DevicePrompt): string {
  const complete = completeUrl === null ? null : URL.parse(completeUrl);
  return complete !== null && complete.origin === URL.parse(url)?.origin ? complete.href : url;
}
