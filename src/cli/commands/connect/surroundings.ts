import type { Config } from '../../../config/load.ts';
import type { Standing } from '../../../core/standing.ts';
import { agree, type SessionRequest, type Surroundings } from '../../../local/guarded-session.ts';
import type { HeldTokens } from '../../../identity/held-tokens.ts';
import { openAsking } from '../../asking.ts';
import type { Invocation } from '../../invocation.ts';
import { type Shared, surroundingsOf } from '../../surroundings.ts';
import type { Announcer } from './announcer.ts';

export interface SurroundingsOptions<A> {
  readonly invocation: Invocation;
  readonly config: Config;
  readonly requests: readonly SessionRequest[];
  /** Who says what happens, once it is known who asks. */
  readonly announcer: (standing: Standing) => A;
}

/**
 * What the sessions of one command share. All or nothing: what would be refused is refused before the first door opens.
 * What is opened is closed with the stack.
 * @throws HoopError as `openAsking` and `agree` do
 */
export async function openSurroundings<A extends Pick<Announcer, 'decision' | 'masked' | 'request' | 'warn'>>(
  { invocation, config, requests, announcer: announcerFor }: SurroundingsOptions<A>,
  stack: AsyncDisposableStack,
): Promise<{ readonly around: Surroundings; readonly announcer: A; readonly held: HeldTokens }> {
  const asking = await openAsking(invocation, config);
  const { standing } = asking;
  stack.defer(() => standing.close());
  const { identity } = standing;
  const announcer = announcerFor(standing);
  const policies = requests.flatMap((request) => agree({ config, identity }, request).policies);
  const events: Shared['events'] = {
    observe: (session, target, observed) => announcer.decision(session, target, observed),
    masked: (session, _target, values) => announcer.masked(session, values),
    held: (request) => announcer.request(request),
    warn: (message) => announcer.warn(message),
  };
  const around = await surroundingsOf({ ...asking, invocation, config, policies, events }, stack);
  return { around, announcer, held: asking.held };
}
