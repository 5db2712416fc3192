import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration, DeviceAuthorizationResponse } from 'openid-client';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { DevicePrompt, TokenSet } from '../../core/provider.ts';
import { tokensFrom } from './client.ts';
import { errorWordOf, named, timedOut } from './failure.ts';
import { webAddress } from './web-address.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Milliseconds for which a code is good at most: the longer it is, the longer somebody may be talked into typing it in. */
const LONGEST_CODE_LIFETIME = 10 * 60 * 1000;

/** Seconds between two questions, when the provider does not say (RFC 8628, 3.2), and by how much `slow_down` raises them. */
const INTERVAL = 5;

/** The most seconds that failed questions make the next one wait. */
const LONGEST_BACKOFF = 30;

const MOST_CODE_CHARACTERS = 64;

interface Waiting {
  readonly deviceCode: string;
  /** Seconds. */
  readonly interval: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface DeviceFlow {
  readonly client: Configuration;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly parameters: Readonly<Record<string, string>>;
  readonly prompt: (prompt: DevicePrompt) => void;
}

/** RFC 8628. @throws HoopError, or what `named` makes one of */
export async function deviceFlow({ client, clock, signal, parameters, prompt }: DeviceFlow): Promise<TokenSet> {
  const { initiateDeviceAuthorization } = await import('openid-client');
  const answer = await initiateDeviceAuthorization(client, parameters);
  const expires = clock.now() + Math.min(answer.expires_in * 1000, LONGEST_CODE_LIFETIME);
  prompt(promptFrom(answer, expires));
  const waiting = { deviceCode: answer.device_code, interval: answer.interval ?? INTERVAL, expires };
  return await confirmed(client, clock, waiting, signal);
}

function promptFrom(answer: DeviceAuthorizationResponse, expires: number): DevicePrompt {
  const { user_code: userCode, verification_uri: uri, verification_uri_complete: complete } = answer;
  const url = webAddress(uri);
  const completeUrl = complete === undefined ? null : webAddress(complete);
  if (url === null || (complete !== undefined && completeUrl === null))
    throw new HoopError(
      'identity.provider',
      'the identity provider names a page for the code that is not a safe web address',
    );
  if (userCode.length > MOST_CODE_CHARACTERS || !/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(userCode))
    throw new HoopError('identity.provider', 'the identity provider gave a code that nobody can type in');
  return { userCode, url, completeUrl, expires };
}

async function confirmed(
  client: Configuration,
  clock: Clock,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<TokenSet> {
  let interval = waiting.interval;
  let failures = 0;
  for (;;) {
    const backoff = Math.min(interval * 2 ** failures, Math.max(interval, LONGEST_BACKOFF)) * 1000;
    await sleep(Math.min(backoff, Math.max(0, waiting.expires - clock.now())), undefined, { signal });
    if (clock.now() >= waiting.expires) throw timedOut();
    const answer = await asked(client, clock, waiting.deviceCode, signal);
    if (typeof answer === 'object') return answer;
    failures = answer === 'unreachable' ? failures + 1 : 0;
    if (answer === 'slow_down') interval += INTERVAL;
  }
}

type NotYet = 'authorization_pending' | 'slow_down' | 'unreachable';

/** Asks once. A provider that cannot be asked is asked again: a restart of it must not cost the person the login. */
async function asked(
  client: Configuration,
  clock: Clock,
  deviceCode: string,
  signal: AbortSignal,
): Promise<TokenSet | NotYet> {
  const { genericGrantRequest } = await import('openid-client');
  try {
    return tokensFrom(await genericGrantRequest(client, GRANT, { device_code: deviceCode }), clock);
  } catch (error) {
    signal.throwIfAborted();
    const word = errorWordOf(error);
    if (word === 'authorization_pending' || word === 'slow_down') return word;
    // A code that is not known any more has lapsed; some providers say it so.
    if (word === 'invalid_grant') throw timedOut();
    const failure = named(error);
    if (failure.code === 'identity.unreachable') return 'unreachable';
    throw failure;
  }
}
