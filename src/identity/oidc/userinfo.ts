import { HoopError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Fetch } from './bounded-fetch.ts';
import { unproven } from './compact.ts';
import { isRecord, type JsonRecord } from './json.ts';

/**
 * What the provider says of the person now (OpenID Connect Core 5.3). Only plain JSON, over the connection to the provider,
 * is believed: a signed answer is refused.
 * @throws HoopError `identity.login` when it takes the access token no more, `identity.token` when it is about somebody
 *   else, `identity.provider` when it is not what it must be, and what `fetch` throws
 */
export async function userinfo(
  address: string,
  accessToken: Secret,
  subject: string,
  fetch: Fetch,
): Promise<JsonRecord> {
  const response = await fetch(address, {
    headers: { accept: 'application/json', authorization: `Bearer ${headerValue(accessToken)}` },
  });
  if (response.status === 401)
    throw new HoopError('identity.login', 'the identity provider says that this login has ended', {
      hint: 'hoopctl login',
    });
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const isJson = response.status === 200 && type === 'application/json';
  const claims: unknown = isJson ? await response.json().catch(() => null) : null;
  if (!isRecord(claims))
    throw new HoopError('identity.provider', 'the identity provider does not say who somebody is (userinfo)', {
      hint: 'have the provider answer userinfo as plain JSON, or put groups and e-mail into the ID token',
    });
  if (claims['sub'] !== subject) throw unproven('the provider speaks of somebody else than the token (userinfo)');
  return claims;
}

/** RFC 6750, 2.1. A token from standard input or a file may be anything; only these can be sent. */
function headerValue(token: Secret): string {
  const value = token.reveal();
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value)) throw unproven('the access token is malformed');
  return value;
}
