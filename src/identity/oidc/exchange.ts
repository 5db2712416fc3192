import type { Configuration } from 'openid-client';
import { HoopError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { unproven } from './compact.ts';

export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const KIND = 'urn:ietf:params:oauth:token-type:';

/**
 * RFC 8693, 2: a token about a person that names the agent which acts for them. It proves nothing until it is verified.
 * @throws HoopError `identity.token` when what came back is another kind of token, or what `named` makes a HoopError
 */
export async function exchanged(
  client: Configuration,
  subject: Secret,
  actor: Secret,
  audience: string,
  scopes: readonly string[],
): Promise<string> {
  const { genericGrantRequest } = await import('openid-client');
  const answer = await genericGrantRequest(client, EXCHANGE_GRANT, {
    subject_token: subject.reveal(),
    subject_token_type: `${KIND}access_token`,
    actor_token: actor.reveal(),
    actor_token_type: `${KIND}jwt`,
    requested_token_type: `${KIND}id_token`,
    audience,
    // Nothing that would outlive the agent's task.
    scope: scopes.filter((scope) => scope !== 'offline_access').join(' '),
  });
  // The answer's `access_token` is whatever was issued, of the kind that it says (RFC 8693, 2.2.1).
  const kind = answer['issued_token_type'];
  if (kind !== `${KIND}id_token` && kind !== `${KIND}jwt`)
    throw unproven('the identity provider handed out another kind of token than the agent needs');
  return answer.access_token;
}

export function noExchange(): HoopError {
  return new HoopError('identity.provider', 'the identity provider has no tokens for agents that act for people', {
    hint: 'hoopctl connect TARGET --as NAME, which names the agent without proof',
  });
}
