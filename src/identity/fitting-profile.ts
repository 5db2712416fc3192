import { HoopError } from '../core/errors.ts';
import type { Profile } from '../core/profile.ts';
import type { ProviderSettings } from '../core/provider.ts';
import { DEFAULT_PROFILE } from './login-command.ts';

/** What a login is made with. */
type Client = Pick<ProviderSettings, 'issuer' | 'clientId'>;

/**
 * The login that is meant where none is named: the default one when it is of this provider and client, else the only one
 * that is.
 * @throws HoopError `identity.login` when there is none, or more than one
 */
export function fittingProfile(all: readonly Profile[], client: Client): Profile {
  const fitting = all.filter((profile) => isOf(profile, client));
  const [first, second] = fitting;
  const usual = fitting.find(({ name }) => name === DEFAULT_PROFILE);
  if (usual !== undefined) return usual;
  if (first === undefined) {
    throw new HoopError('identity.login', `nobody is logged in at ${client.issuer}`, { hint: 'hoopctl login' });
  }
  if (second === undefined) return first;
  const names = fitting.map(({ name }) => name).join(', ');
  throw new HoopError('identity.login', `there are several logins at ${client.issuer}: ${names}`, {
    hint: `the same command with --profile ${first.name}`,
  });
}

/** @throws HoopError `identity.login` when a login is of another provider or client */
export function requireFitting(profile: Profile, client: Client): void {
  if (isOf(profile, client)) return;
  const { name, issuer, clientId } = profile;
  throw new HoopError('identity.login', `the login "${name}" is of ${clientId} at ${issuer}`, {
    hint: `a login of ${client.clientId} at ${client.issuer}: hoopctl login --profile NAME`,
  });
}

function isOf({ issuer, clientId }: Profile, client: Client): boolean {
  return issuer === client.issuer && clientId === client.clientId;
}
