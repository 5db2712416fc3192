import { systemClock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Reply } from '../core/inbox.ts';
import type { Profile } from '../core/profile.ts';
import type { Answerer, Proof } from '../core/proof.ts';
import type { Freshness, Provider, ProviderSettings, TokenSet } from '../core/provider.ts';
import type { ApprovalRequest } from '../core/request.ts';
import { visible } from '../core/visible.ts';
import { answererBy, answererByAnother, type AnsweringOptions } from '../identity/answering.ts';
import { requirePerson } from '../identity/proven.ts';
import { loginCommand } from '../identity/login-command.ts';
import type { InboxClientOptions } from '../local/inbox/client.ts';
import { profileFor } from '../local/who.ts';
import { wantsFresh } from '../policy/approvers.ts';
import { freshNonce } from '../session/approvals/fresh.ts';
import { jsonAnnouncer, type LoginAnnouncer } from './commands/login/announcer.ts';
import { textAnnouncer } from './commands/login/text-announcer.ts';
import { readConfig } from './configuration.ts';
import type { Invocation } from './invocation.ts';
import { settingsFor } from './issuer.ts';
import { type Logins, openLogins, profileAsked } from './logins.ts';
import { openerOf, thisMachine } from './opener.ts';

/**
 * Who answers requests that people of a provider's answer, for whoever runs this command.
 * @param anew whether somebody can log in while the request is answered: not where a screen is drawn
 */
export function answeringFor(invocation: Invocation, anew: boolean): NonNullable<InboxClientOptions['login']> {
  return async (request, reply) => {
    const login = await loginFor(invocation, request.issuer);
    const kept = isFreshWanted(request, reply, login.profile) ? null : await answererBy(await optionsOf(login));
    if (kept !== null) return kept;
    if (anew) return answererAnew(invocation, request, login);
    throw new HoopError('identity.login', 'it takes a fresh login', { hint: commandFor(invocation, request) });
  };
}

/** Denying takes none, and neither does an override. */
function isFreshWanted({ terms, identity }: ApprovalRequest, reply: Reply, profile: Profile): boolean {
  return reply.verdict === 'approve' && !reply.breakGlass && wantsFresh(profile.identity, terms, identity);
}

function commandFor(invocation: Invocation, { id }: ApprovalRequest): string {
  const name = profileAsked(invocation);
  return `hoopctl approve ${visible(id)}${name === null ? '' : ` --profile ${visible(name)}`}`;
}

/** What shows who takes a grant back, to the process that gave it. @throws HoopError `identity.*`, `config.*`, `cli.usage` */
export async function proofFor(invocation: Invocation, issuer: string): Promise<Proof> {
  const login = await loginFor(invocation, issuer);
  const answerer = await answererBy(await optionsOf(login));
  if (answerer !== null && answerer.proof !== null) return answerer.proof;
  const { name } = login.profile;
  throw new HoopError('identity.login', `the login "${name}" shows nobody any more`, { hint: loginCommand(name) });
}

interface Login {
  readonly logins: Logins;
  readonly settings: ProviderSettings;
  readonly profile: Profile;
}

/** The login that is kept for whoever answers. @throws HoopError `identity.login`, `config.*`, `cli.usage` */
async function loginFor(invocation: Invocation, issuer: string): Promise<Login> {
  const { identity, path } = await readConfig(invocation);
  if (identity?.issuer !== issuer) {
    const named = identity === null ? 'has no identity' : `names ${identity.issuer}`;
    const message = `this is for people whom ${visible(issuer)} vouches for, and ${path} ${named}`;
    throw new HoopError('identity.login', message, { hint: '--config with the hoopctl.yaml of whoever asks' });
  }
  const logins = openLogins(invocation);
  const profile = await profileFor(logins.profiles, profileAsked(invocation), identity);
  return { logins, settings: await settingsFor(invocation, profile), profile };
}

async function optionsOf({ logins, settings, profile }: Login, provider?: Provider): Promise<AnsweringOptions> {
  const { signal } = new AbortController();
  const { profiles, open } = logins;
  return { provider: provider ?? (await open(settings)), profiles, profile, clock: systemClock, signal };
}

/** By a login that is made for this one answer. Its tokens are not kept, so that nothing to renew them with is asked for. */
async function answererAnew(invocation: Invocation, request: ApprovalRequest, login: Login): Promise<Answerer> {
  const { logins, settings } = login;
  const scopes = settings.scopes.filter((scope) => scope !== 'offline_access');
  const provider = await logins.open({ ...settings, scopes });
  const options = await optionsOf(login, provider);
  requirePerson(login.profile.identity);
  invocation.terminal.progress(
    `Approving ${visible(request.id)} takes a fresh login, by ${visible(login.profile.identity.display)}.`,
  );
  return answererByAnother(await logInFor(invocation, request, provider), options);
}

/** In a browser where one can be shown, otherwise with a code for any device. */
async function logInFor(invocation: Invocation, request: ApprovalRequest, provider: Provider): Promise<TokenSet> {
  const { settings } = provider;
  const opener = invocation.interactive ? openerOf(thisMachine(invocation.env)) : null;
  const announcer: LoginAnnouncer = invocation.options.flag('json')
    ? jsonAnnouncer(invocation, opener)
    : textAnnouncer(invocation, settings, opener);
  const freshness: Freshness = { again: true, nonce: freshNonce(request) };
  // Nothing is kept that would have to be put right: a signal may end the program as ever.
  const { signal } = new AbortController();
  try {
    if (opener === null && settings.deviceFlow) {
      return await provider.loginByDevice({ freshness, prompt: (prompt) => announcer.code(prompt), signal });
    }
    return await provider.loginByBrowser({ freshness, open: (url) => announcer.page(url), signal });
  } finally {
    announcer.settled();
  }
}
