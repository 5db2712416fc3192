import type { Clock } from '../../core/clock.ts';
import { type Identity, isSameOne, principalOf } from '../../core/identity.ts';
import type { Confirmation, ProviderSettings, TokenSet } from '../../core/provider.ts';
import type { Secret } from '../../core/secret.ts';
import type { Fetch } from './bounded-fetch.ts';
import { emailIn, personOrAgent } from './claims.ts';
import { unchecked, unproven } from './compact.ts';
import type { Discovery } from './discovery.ts';
import { groupsIn, type ListedGroups } from './groups.ts';
import type { JsonRecord } from './json.ts';
import type { Keys } from './keys.ts';
import { candidatesFor, serviceFrom } from './services.ts';
import { userinfo } from './userinfo.ts';
import { verified, type Expectation, type VerifiedClaims } from './verify.ts';

export interface Grounds {
  readonly settings: ProviderSettings;
  readonly clock: Clock;
  readonly discovery: Discovery;
  readonly keys: Keys;
  readonly fetch: Fetch;
}

/** See `Provider.confirm`. */
export async function confirmation(tokens: TokenSet, before: Identity | null, grounds: Grounds): Promise<Confirmation> {
  const now = await provenBy(tokens, before, grounds);
  if (before !== null && !isSameOne(before, now.identity))
    throw unproven('the tokens are of somebody else than before');
  return now;
}

async function provenBy(tokens: TokenSet, before: Identity | null, grounds: Grounds): Promise<Confirmation> {
  if (tokens.idToken !== null) return await byToken(tokens.idToken, tokens, grounds);
  if (before !== null && before.service === null) return await byUserinfo(tokens, before, grounds);
  // A service that logged in by itself has but an access token, and that shows no person.
  if (tokens.accessToken === null) throw unproven('there is no token');
  return await byServiceToken(tokens.accessToken, grounds);
}

async function byToken(token: Secret, tokens: TokenSet, grounds: Grounds): Promise<Confirmation> {
  const { claims } = unchecked(token.reveal());
  const { settings } = grounds;
  const audiences: readonly unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  const isOurs = claims['iss'] === settings.issuer && audiences.includes(settings.clientId);
  const isService = !isOurs && candidatesFor(claims, settings.services).length > 0;
  return isService ? await byServiceToken(token, grounds) : await byIdToken(token, tokens, grounds);
}

async function byServiceToken(token: Secret, grounds: Grounds): Promise<Confirmation> {
  const { claims } = unchecked(token.reveal());
  const candidates = candidatesFor(claims, grounds.settings.services);
  const [first] = candidates;
  if (first === undefined) throw unproven('the token is of none of identity.services (issuer, audience)');
  const proven = await verified(token.reveal(), await expectation(first.issuer, first.audience, 'service', grounds));
  return confirmationOf(proven, serviceFrom(proven, candidates));
}

async function byIdToken(token: Secret, tokens: TokenSet, grounds: Grounds): Promise<Confirmation> {
  const { issuer, clientId, groups: steps } = grounds.settings;
  const proven = await verified(token.reveal(), await expectation(issuer, clientId, 'id-token', grounds));
  // RFC 9068, 5: where nobody else is at hand, the subject is the client.
  if (proven.subject === clientId) throw unproven('the token shows the client itself, and no person');
  const listed = groupsIn(proven.all, steps);
  const email = emailIn(proven.all);
  const isComplete = Array.isArray(listed) && email !== null;
  const info = isComplete ? null : await added(proven, listed, tokens, grounds);
  const groups = Array.isArray(listed) || info === null ? listed : (groupsIn(info, steps) ?? listed);
  const claims = { ...info, ...proven.all };
  const identity = personOrAgent(proven.subject, issuer, claims, known(groups), email ?? emailIn(info ?? {}));
  return confirmationOf(proven, identity);
}

/**
 * What userinfo adds to an ID token that does not say everything; null for a provider that says all it has to say in the token.
 * A token without its access token must not make somebody of fewer groups than they are in: that is an error.
 */
async function added(
  proven: VerifiedClaims,
  listed: ListedGroups,
  tokens: TokenSet,
  grounds: Grounds,
): Promise<JsonRecord | null> {
  const { settings, discovery, fetch } = grounds;
  const metadata = await discovery.of(settings.issuer, fetch);
  if (metadata.userinfo === null) return null;
  const info = await saidNow(proven.subject, tokens, grounds);
  const saysEmail = proven.all['email'] !== undefined || !settings.scopes.includes('email');
  if (info === null && (listed === null || !saysEmail))
    throw unproven(
      'the ID token does not say groups and e-mail, and there is no access token that holds to ask the provider with',
    );
  return info;
}

/** Somebody's userinfo; null where it cannot be asked. */
async function saidNow(subject: string, tokens: TokenSet, grounds: Grounds): Promise<JsonRecord | null> {
  const { settings, clock, discovery, fetch } = grounds;
  const { userinfo: address } = await discovery.of(settings.issuer, fetch);
  const holds = tokens.expires === null || tokens.expires > clock.now();
  if (address === null || tokens.accessToken === null || !holds) return null;
  return await userinfo(address, tokens.accessToken, subject, fetch);
}

/**
 * Somebody who is known, by what the provider says of them now: for providers that send no ID token when a login is
 * renewed, and for logins that cannot be renewed. What userinfo leaves out although it was known before is missing, not gone.
 */
async function byUserinfo(tokens: TokenSet, before: Identity, grounds: Grounds): Promise<Confirmation> {
  const { settings, clock } = grounds;
  const person = principalOf(before);
  const info = await saidNow(person.subject, tokens, grounds);
  if (info === null) throw unproven('there is neither an ID token nor a way to ask who this is (userinfo)');
  const groups = groupsIn(info, settings.groups);
  if (groups === null && person.groups.length > 0) throw unproven('the provider no longer lists groups (userinfo)');
  if (info['email'] === undefined && person.email !== null)
    throw unproven('the provider no longer says the e-mail address (userinfo)');
  const now = personOrAgent(person.subject, settings.issuer, info, known(groups), emailIn(info));
  return {
    identity: before.kind === 'agent' && now.kind === 'person' ? { ...before, actsFor: now } : now,
    authenticated: null,
    issued: clock.now(),
    expires: tokens.expires ?? clock.now() + settings.recheck,
    nonce: null,
  };
}

function known(groups: ListedGroups): readonly string[] {
  if (groups === 'elsewhere')
    throw unproven('the groups are too many for the token, and the provider lists them nowhere that hoopctl may ask');
  return groups ?? [];
}

async function expectation(
  issuer: string,
  audience: string,
  use: Expectation['use'],
  { discovery, keys, clock, fetch }: Grounds,
): Promise<Expectation> {
  const { jwks } = await discovery.of(issuer, fetch);
  return { issuer, audience, use, keys: keys.at(jwks, fetch), clock };
}

function confirmationOf({ authenticated, issued, expires, nonce }: VerifiedClaims, identity: Identity): Confirmation {
  return { identity, authenticated, issued, expires, nonce };
}
