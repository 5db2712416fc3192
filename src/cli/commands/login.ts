import { HoopError } from '../../core/errors.ts';
import type { Provider, ProviderSettings, TokenSet } from '../../core/provider.ts';
import { DEFAULT_PROFILE } from '../../identity/login-command.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../failure.ts';
import { refuseInside } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';
import { issuerSettings } from '../issuer.ts';
import { type Logins, openLogins, profileAsked, warnOfToken } from '../logins.ts';
import { type Opener, openerOf, thisMachine } from '../opener.ts';
import { interruptible } from '../signals.ts';
import { jsonAnnouncer, type LoginAnnouncer } from './login/announcer.ts';
import { pipedTokens } from './login/piped-tokens.ts';
import { settle } from './login/settle.ts';
import { textAnnouncer } from './login/text-announcer.ts';

export const login: Run = async (invocation) => {
  refuseInside(invocation.env);
  const settings = await issuerSettings(invocation);
  const opener = invocation.options.flag('open') ? openerOf(thisMachine(invocation.env)) : null;
  return logInWith(invocation, openLogins(invocation), settings, opener);
};

/**
 * Logs in, and keeps the login. Resolves with the exit code.
 * @param opener null where no page can be opened, or is to be
 */
export async function logInWith(
  invocation: Invocation,
  logins: Logins,
  settings: ProviderSettings,
  opener: Opener | null,
): Promise<number> {
  const { terminal, options, env } = invocation;
  const name = profileAsked(invocation) ?? DEFAULT_PROFILE;
  // A name that is none, a login that cannot be read, or a place that is not fit, is told before anybody goes to the trouble of logging in.
  await logins.profiles.read(name);
  await logins.profiles.ready();
  const way = await wayOf(invocation);
  const announcer = options.flag('json')
    ? jsonAnnouncer(invocation, opener)
    : textAnnouncer(invocation, settings, opener);
  using interruption = interruptible();
  const { signal } = interruption;
  try {
    const provider = await logins.open(settings);
    const tokens = await way(provider, announcer, signal);
    announcer.settled();
    const { profile, replaced } = await settle(tokens, { name, provider, logins, signal });
    announcer.done(profile, replaced);
  } catch (error) {
    const code = interruption.exitCode();
    if (code !== null && error instanceof HoopError) {
      announcer.cancelled();
      return code;
    }
    announcer.settled();
    throw error;
  }
  warnOfToken(terminal, env);
  return EXIT.ok;
}

/** How somebody shows who they are. */
type Way = (provider: Provider, announcer: LoginAnnouncer, signal: AbortSignal) => Promise<TokenSet>;

const byDevice: Way = (provider, announcer, signal) =>
  provider.loginByDevice({ freshness: null, prompt: (prompt) => announcer.code(prompt), signal });

const byClient: Way = (provider, _, signal) => {
  requireService(provider.settings);
  return provider.loginAsClient(signal);
};

/** What a provider hands out to a client that is no service shows nobody. @throws HoopError `cli.usage` */
function requireService({ issuer, clientSecret, services }: ProviderSettings): void {
  if (clientSecret === null) {
    throw new HoopError('cli.usage', 'a service logs in with the secret of its client, and there is none', {
      hint: 'identity.client_secret in hoopctl.yaml, or HOOPCTL_CLIENT_SECRET',
    });
  }
  if (services.every((service) => service.issuer !== issuer)) {
    throw new HoopError('cli.usage', `no service of ${issuer} is declared that a client could log in as`, {
      hint: 'identity.services in hoopctl.yaml, with the audience and subject of its tokens',
    });
  }
}

/** By the options that ask for them. */
const WAYS: Readonly<Record<string, (invocation: Invocation) => Way | Promise<Way>>> = {
  browser: () => (provider, announcer, signal) =>
    provider.loginByBrowser({ freshness: null, open: (url) => announcer.page(url), signal }),
  // Read before signals are taken for anything but the end of the program, which may wait here for good.
  'with-token': async (invocation) => {
    const tokens = await pipedTokens(invocation);
    return () => Promise.resolve(tokens);
  },
  'client-credentials': () => byClient,
};

/** @throws HoopError `cli.usage` when more than one is asked for */
async function wayOf(invocation: Invocation): Promise<Way> {
  const [first, second] = Object.keys(WAYS).filter((option) => invocation.options.flag(option));
  if (second !== undefined) {
    throw new HoopError('cli.usage', `--${first} and --${second} exclude each other`, {
      hint: 'leave one of them out',
    });
  }
  return first === undefined ? byDevice : ((await WAYS[first]?.(invocation)) ?? byDevice);
}
