import { systemClock } from '../../../core/clock.ts';
import type { TokenSet } from '../../../core/provider.ts';
import { readTokens } from '../../../identity/token-input.ts';
import type { Invocation } from '../../invocation.ts';
import { readSecret } from '../../typed-secret.ts';

/** Tokens from stdin: what a token endpoint answers, or a token alone. @throws HoopError `cli.usage`, `identity.token` */
export async function pipedTokens(invocation: Invocation): Promise<TokenSet> {
  const given = await readSecret(invocation, 'The token', 'hoopctl login --with-token');
  return readTokens(given.reveal(), systemClock);
}
