import { HoopError } from '../../core/errors.ts';

/** The error words of RFC 6749, 7009, 8628, 8707, 6750 and OpenID Connect: no other word of a provider's is repeated. */
const REGISTERED: ReadonlySet<string> = new Set([
  'access_denied',
  'account_selection_required',
  'authorization_pending',
  'consent_required',
  'expired_token',
  'insufficient_scope',
  'interaction_required',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'invalid_token',
  'login_required',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'unsupported_token_type',
]);

/** What is wrong with hoopctl.yaml or the client's registration when a provider says so. */
const HINTS: Readonly<Record<string, string>> = {
  invalid_client: 'check identity.client_id and identity.client_secret in hoopctl.yaml',
  unauthorized_client:
    'have the provider allow this client the way you log in: device code, authorization code, refresh',
  unsupported_grant_type: 'hoopctl login --browser, or have the provider allow device codes to this client',
  invalid_scope: 'check identity.scopes in hoopctl.yaml',
};

/** The registered error word that a provider answered with; null when the failure is another one. */
export function errorWordOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name !== 'ResponseBodyError' && error.name !== 'AuthorizationResponseError') return null;
  const word: unknown = 'error' in error ? error.error : null;
  return typeof word === 'string' && REGISTERED.has(word) ? word : 'an error of its own';
}

/**
 * Any failure of talking to a provider, by its name in hoopctl. Nothing of what the provider said is carried along but a
 * registered word: not as a cause either, since a parser quotes what it could not parse.
 */
export function named(error: unknown): HoopError {
  const own = hoopErrorIn(error);
  if (own !== null) return own;
  const word = errorWordOf(error);
  if (word !== null) return refused(word);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE') return refused('invalid_client');
  if (code?.startsWith('OAUTH_JWT_') === true)
    return new HoopError('identity.token', 'the identity provider handed out an ID token that is not for this login');
  const isLibrary = code?.startsWith('OAUTH_') === true || error instanceof SyntaxError;
  return new HoopError(
    'identity.provider',
    `the identity provider's answer is not what OpenID Connect asks for${isLibrary && code !== null ? ` (${code})` : ''}`,
    isLibrary ? {} : { cause: error },
  );
}

function refused(word: string): HoopError {
  switch (word) {
    case 'access_denied':
      return new HoopError('identity.denied', 'the login was denied', { hint: 'hoopctl login, and confirm it' });
    case 'expired_token':
      return timedOut();
    case 'invalid_grant':
    case 'login_required':
    case 'interaction_required':
      return new HoopError('identity.login', 'the identity provider says that this login has ended', {
        hint: 'hoopctl login',
      });
    default: {
      const hint = HINTS[word];
      return new HoopError(
        'identity.provider',
        `the identity provider refused: ${word}`,
        hint === undefined ? {} : { hint },
      );
    }
  }
}

export function timedOut(hint = 'hoopctl login'): HoopError {
  return new HoopError('identity.timeout', 'nobody confirmed the login in time', { hint });
}

export function cancelled(): HoopError {
  return new HoopError('cli.cancelled', 'the login was cancelled', { hint: 'hoopctl login' });
}

/** The library wraps what our own fetch throws. */
function hoopErrorIn(error: unknown): HoopError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1)
    if (at instanceof HoopError) return at;
  return null;
}

/**
 * The work's outcome, or `cli.cancelled` at once when the signal aborts, whatever the work is waiting for.
 * @throws HoopError and nothing else
 */
export async function cancellable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw cancelled();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(cancelled());
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } catch (error) {
    throw signal.aborted ? cancelled() : named(error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
