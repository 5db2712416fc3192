import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import { isSameOne } from '../core/identity.ts';
import type { Profile, Profiles } from '../core/profile.ts';
import type { Answerer } from '../core/proof.ts';
import type { Provider, TokenSet } from '../core/provider.ts';
import { provenPerson, requirePerson } from './proven.ts';
import { loginStanding } from './standing/login.ts';

export interface AnsweringOptions {
  readonly provider: Provider;
  readonly profiles: Profiles;
  /** Of the provider's issuer and client. */
  readonly profile: Profile;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Whoever has logged in under a profile, confirmed anew where that was too long ago, with what shows it to others. Null where
 * what is kept shows nobody: there are providers that send no ID token when a login is renewed.
 * @throws HoopError `local.approver` when it is no person, `identity.*` and `local.secrets` when it does not hold
 */
export async function answererBy(options: AnsweringOptions): Promise<Answerer | null> {
  const { profiles, profile } = options;
  requirePerson(profile.identity);
  // It is believed by the same measure as whoever asks, and renewed by one process at a time.
  const standing = await loginStanding(options);
  await standing.close();
  const tokens = await profiles.tokens(profile);
  return tokens.idToken === null ? null : shownBy(tokens, options);
}

/**
 * Whoever has logged in under a profile, by a login that was made for one answer, and that nobody keeps.
 * @throws HoopError `identity.login` when somebody else has logged in, and as above
 */
export async function answererByAnother(tokens: TokenSet, options: AnsweringOptions): Promise<Answerer> {
  const answerer = await shownBy(tokens, options);
  const { name, identity } = options.profile;
  if (isSameOne(answerer.identity, identity)) return answerer;
  throw new HoopError(
    'identity.login',
    `"${name}" is the login of ${identity.display}, and somebody else has logged in`,
    {
      hint: `the same command, and log in as ${identity.display}, or --profile with your own login`,
    },
  );
}

async function shownBy({ idToken, accessToken }: TokenSet, options: AnsweringOptions): Promise<Answerer> {
  if (idToken === null) throw new HoopError('identity.provider', 'the identity provider sent no ID token');
  const proof = { idToken, accessToken };
  const { identity } = await provenPerson(proof, options);
  return { identity, proof };
}
