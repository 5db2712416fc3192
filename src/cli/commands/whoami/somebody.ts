import { type Identity, identityLabel, principalOf } from '../../../core/identity.ts';
import type { Profile } from '../../../core/profile.ts';
import { keptLabel } from '../../../core/secret-store.ts';
import { visible } from '../../../core/visible.ts';
import { groupsLabel, lapseOf, shownProfile, span } from '../../profile-view.ts';
import type { Terminal } from '../../terminal.ts';

/** Who would ask, and from where that is known. */
export type Somebody =
  /** Nobody vouches for them. */
  | { readonly source: 'os'; readonly identity: Identity }
  /** A token in the environment, by the name of the variable; `expires` is in milliseconds since the epoch. */
  | { readonly source: 'token'; readonly variable: string; readonly identity: Identity; readonly expires: number }
  | { readonly source: 'login'; readonly profile: Profile };

/** As JSON output has it. Never with a token. */
export function shownSomebody(somebody: Somebody): Readonly<Record<string, unknown>> {
  const { source } = somebody;
  switch (source) {
    case 'os':
      return { version: 1, source, identity: somebody.identity };
    case 'token': {
      const { variable, identity, expires } = somebody;
      return { version: 1, source, variable, identity, expires: new Date(expires).toISOString() };
    }
    case 'login':
      return { version: 1, source, ...shownProfile(somebody.profile) };
  }
}

export function printSomebody(terminal: Terminal, somebody: Somebody, now: number): void {
  const identity = somebody.source === 'login' ? somebody.profile.identity : somebody.identity;
  terminal.line(terminal.style('bold', visible(identityLabel(identity))));
  const facts = [...identityFacts(identity), ...sourceFacts(somebody, now)];
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) terminal.line(`  ${name.padEnd(width)}  ${visible(value)}`);
}

type Fact = readonly [name: string, value: string];

function identityFacts(identity: Identity): readonly Fact[] {
  const { email, service, subject, display } = identity;
  return [
    ...(subject === display ? [] : [['subject', subject] as const]),
    ...(email === null ? [] : [['e-mail', email] as const]),
    ...(service === null ? [] : [['service', service] as const]),
    // An agent has none of its own: policies go by those of whom it acts for.
    ['groups', groupsLabel(principalOf(identity))],
  ];
}

function sourceFacts(somebody: Somebody, now: number): readonly Fact[] {
  switch (somebody.source) {
    case 'os':
      return [];
    case 'token':
      return [
        ['token', `in ${somebody.variable}, verified just now`],
        ['expires', `in ${span(somebody.expires - now)}`],
      ];
    case 'login': {
      const { name, clientId, confirmed, renewable, kept } = somebody.profile;
      return [
        ['profile', `${name}, of the client ${clientId}`],
        ['confirmed', `${span(now - Date.parse(confirmed))} ago`],
        ['expires', renewable ? 'renewed by itself, until the provider says no' : lapseOf(somebody.profile, now)],
        ['tokens', `in ${keptLabel(kept)}`],
      ];
    }
  }
}
